"""`vocbus correct`: a person's judgement on a decision."""

import logging
from collections.abc import Callable
from importlib import resources
from pathlib import Path

import click
from pydantic import ValidationError

from vocbus.contracts.codec import Codec
from vocbus.contracts.errors import Rejected, Retryable
from vocbus.contracts.models import Outcome, Polarity, SignalKind
from vocbus.contracts.registry import open_registry
from vocbus.contracts.rules import LABELS
from vocbus.contracts.settings import Settings
from vocbus.contracts.topics import catalogue
from vocbus.departments.outcomes import OutcomePublisher, PublishError, Subject
from vocbus.ops.connections import elasticsearch_client
from vocbus.ops.corrections import interactions
from vocbus.ops.options import server_options
from vocbus.ops.outages import publish_failure
from vocbus.pipeline.taxonomy import parse_taxonomy

_SUBJECT = {"includes": ["tenant", "customer_token"]}


def _labels(allowed: tuple[str, ...]) -> Callable[[click.Context, click.Parameter, str | None], list[str] | None]:
    """A callback that reads labels with commas between, or the word none; None where the option is not given."""

    def read(_ctx: click.Context, _param: click.Parameter, value: str | None) -> list[str] | None:
        if value is None:
            return None
        if value.strip().lower() == "none":
            return []
        names = [name.strip().upper() for name in value.split(",")]
        for name in names:
            if name not in allowed:
                hint = "; INQUIRY is a flag of its own: --inquiry or --no-inquiry" if name == "INQUIRY" else ""
                raise click.BadParameter(f"must be none, or some of {', '.join(allowed)} with commas between{hint}")
        return list(dict.fromkeys(names))

    return read


def _category(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    if value is not None:
        text = (resources.files("vocbus.pipeline") / "rules" / "taxonomy.yaml").read_text("utf-8")
        taxonomy = parse_taxonomy(text)
        if value not in taxonomy.categories():
            products, issues = ", ".join(taxonomy.products), ", ".join(taxonomy.issues)
            raise click.BadParameter(f"must be product.issue. Products: {products}. Issues: {issues}")
    return value


@click.command()
@click.argument("interaction_id")
@click.option(
    "--labels",
    required=True,
    callback=_labels(LABELS[:-1]),
    metavar="KIND,…|none",
    help="All the signals that it really holds, of COMPLAINT, FEEDBACK and SALES_SIGNAL; none where there are none.",
)
@click.option(
    "--known",
    callback=_labels(LABELS),
    metavar="KIND,…",
    help="The labels you judged, where it was not all; the others stay open. INQUIRY comes with its own option.  "
    "[default: every signal]",
)
@click.option("--inquiry/--no-inquiry", default=None, help="Whether it asks for information or a service action.")
@click.option("--category", callback=_category, metavar="PRODUCT.ISSUE", help="What it is about, as in cards.fees.")
@click.option("--severity", type=click.IntRange(1, 4), help="Of a complaint: 1 annoyance to 4 threat to escalate.")
@click.option(
    "--polarity",
    type=click.Choice([each.value for each in Polarity if each is not Polarity.UNKNOWN], case_sensitive=False),
    help="Of feedback.",
)
@click.option("--by", required=True, metavar="STAFF", help="Your staff id.")
@click.option(
    "--department",
    type=click.Choice(list(catalogue().departments)),
    metavar="NAME",
    default="training",
    show_default=True,
    help="Your department, one of the catalogue.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON, for scripts.")
@server_options()
def correct(
    kafka: str,
    elasticsearch: str,
    data: Path,
    interaction_id: str,
    labels: list[str],
    known: list[str] | None,
    inquiry: bool | None,
    category: str | None,
    severity: int | None,
    polarity: str | None,
    by: str,
    department: str,
    as_json: bool,
) -> None:
    """Say what the interaction INTERACTION_ID really holds.

    What is in doubt stands in the topic `interactions-review`, and in Elasticsearch as interactions with `review`. The
    correction is published to `outcomes`, kept in Elasticsearch beside the decision, and given to the next training by
    `vocbus corrections export`. The decision itself stays as it is. A later correction of the same interaction
    replaces this one as a whole.

    Exit status 0 when Kafka has the correction; 1 when the interaction is not known, or a server does not answer.

    \b
    vocbus correct call-20261102-000417 --labels COMPLAINT --severity 3 --by A-0031
    vocbus correct chat-88121 --labels none --inquiry --by A-0031
    vocbus correct mail-7 --labels SALES_SIGNAL --known SALES_SIGNAL --by A-0031
    """
    # This command says itself what went wrong, once and readably.
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    settings = Settings()
    with elasticsearch_client(elasticsearch) as client:
        (found,) = interactions(client, settings.index_prefix, [interaction_id], _SUBJECT)
    if interaction_id not in found:
        raise click.ClickException(
            f"Elasticsearch has no interaction {interaction_id}. Is the id right? What was published a moment ago is "
            "there once the workers have caught up: `vocbus verify` tells whether something is in flight."
        )
    subject = Subject(interaction_id=interaction_id, **found[interaction_id])
    try:
        with OutcomePublisher(kafka, department, Codec(open_registry(settings))) as outcomes:
            outcome = outcomes.correct(
                subject,
                [SignalKind(label) for label in labels],
                by=by,
                known=known,
                inquiry=inquiry,
                category=category,
                severity=severity,
                polarity=None if polarity is None else Polarity(polarity),
            )
    except ValidationError as error:
        broken = "; ".join(each["msg"] for each in error.errors(include_input=False, include_url=False))
        raise click.UsageError(broken.replace("Value error, ", "").replace("correction.", "")) from None
    except Rejected as rejected:
        raise click.ClickException(f"the correction {rejected.detail}") from None
    except (Retryable, PublishError) as error:
        raise click.ClickException(publish_failure(error, kafka)) from None
    click.echo(outcome.model_dump_json() if as_json else _told(outcome))


def _told(outcome: Outcome) -> str:
    """The correction in one line."""
    correction = outcome.correction
    if correction is None:
        raise ValueError("the outcome is no correction")
    labels = ", ".join(correction.labels) or "no signal"
    judged = ", ".join(correction.known)
    return f"{outcome.interaction_id} corrected to {labels} (judged: {judged}), outcome {outcome.outcome_id}"
