"""The lexicon as it is written: groups and rules in YAML, read and checked entry by entry."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from vocbus.contracts.models import Channel
from vocbus.pipeline.documents import listed, read_yaml
from vocbus.pipeline.taxonomy import Taxonomy

Score = Literal["complaint", "praise", "criticism", "suggestion", "sales"]
#: What a channel shifts before a word is read.
Decision = Literal["complaint", "feedback", "sales", "inquiry"]
#: Prefix of the groups that name a product.
PRODUCT_GROUP = "product."
#: `negated: nothing`: with a negation in front the phrase does not count.
NOTHING = "nothing"

Phrases = Annotated[list[Annotated[str, Field(strict=True, min_length=1)]], Field(default_factory=list)]


class Entry(BaseModel):
    model_config = ConfigDict(extra="forbid")

    en: Phrases
    zh: Phrases
    #: Regular expressions, one of which must match right before, right after a phrase for it to count.
    before: Annotated[list[str] | None, BeforeValidator(listed)] = None
    after: Annotated[list[str] | None, BeforeValidator(listed)] = None
    #: What a negation in front ("not", 没有) makes of it: nothing, or a phrase of another group.
    negated: str | None = None

    @property
    def templates(self) -> list[str]:
        return [*self.en, *self.zh]


class GroupEntry(Entry):
    #: What its phrases have in common, for the reader.
    about: str | None = None
    #: Phrases inside a shield's phrases do not count: "not complaining" hides "complaining".
    shield: bool = False


class RuleEntry(Entry):
    id: str = Field(pattern=r"^[a-z][a-z0-9_.]*$")
    all: list[str] = Field(default_factory=list)
    none: list[str] = Field(default_factory=list)
    scope: Literal["sentence", "contact"] = "sentence"
    within: int | None = Field(None, ge=1)
    adds: dict[Score, float] = Field(min_length=1)
    severity: int | None = Field(None, ge=1, le=4)
    #: How much a sales signal wants it, 1 (asks) to 3 (now).
    strength: int | None = Field(None, ge=1, le=3)
    issue: str | None = None
    product: str | None = None

    @model_validator(mode="after")
    def _has_a_trigger(self) -> Self:
        if not self.all and not self.templates:
            raise ValueError("needs phrases (en, zh) or groups (all)")
        return self


class Document(BaseModel):
    model_config = ConfigDict(extra="forbid")

    version: str
    priors: dict[Decision, dict[Channel, float]]
    groups: dict[str, GroupEntry] = Field(default_factory=dict)
    rules: list[RuleEntry] = Field(default_factory=list)

    @property
    def entries(self) -> dict[str, Entry]:
        """Everything that has phrases, by name; rules with phrases of their own are groups too."""
        return {**self.groups, **{rule.id: rule for rule in self.rules if rule.templates}}


def read_document(texts: Mapping[str, str], taxonomy: Taxonomy) -> Document:
    """The document that some YAML texts (file name → text) make together.

    Raises ValueError that names the entry and what is wrong with it.
    """
    raw = _merged(texts)
    try:
        document = Document.model_validate(raw)
    except ValidationError as error:
        raise ValueError(_located(error, raw)) from None
    problems = [*_unknown_names(document, taxonomy), *_unknown_groups(document)]
    if problems:
        raise ValueError(f"lexicon: {'; '.join(problems)}")
    return document


def _merged(texts: Mapping[str, str]) -> dict[str, Any]:
    """Groups and rules of all files; whatever else there is may stand in one of them only."""
    merged: dict[str, Any] = {"groups": {}, "rules": []}
    for name, text in texts.items():
        for key, value in read_yaml(f"lexicon: {name}", text).items():
            if key == "rules" and isinstance(value, list):
                merged["rules"] += value
                continue
            target, entries = (merged["groups"], value) if key == "groups" else (merged, {key: value})
            for entry in entries:
                if entry in target:
                    raise ValueError(f"lexicon: {name}: {entry!r} stands in another file as well")
            target.update(entries)
    return merged


def _located(error: ValidationError, raw: Any) -> str:
    """pydantic's findings with the rule's id in place of its number."""
    lines = []
    for finding in error.errors(include_input=False, include_url=False):
        path = [str(part) for part in finding["loc"]]
        if len(path) > 1 and path[0] == "rules":
            with suppress(KeyError, IndexError, TypeError, ValueError):
                path[:2] = [f"rule {raw['rules'][int(path[1])]['id']!r}"]
        lines.append(f"{'.'.join(path)}: {finding['msg']}")
    return "lexicon: " + "; ".join(lines)


def _unknown_names(document: Document, taxonomy: Taxonomy) -> Iterator[str]:
    """Ids used twice, and what is not in the taxonomy."""
    seen = set(document.groups)
    for rule in document.rules:
        if rule.id in seen:
            yield f"rule {rule.id!r}: the id is used twice"
        seen.add(rule.id)
        if rule.issue is not None and rule.issue not in taxonomy.issues:
            yield f"rule {rule.id!r}: issue {rule.issue!r} is not in the taxonomy"
        if rule.product is not None and rule.product not in taxonomy.products:
            yield f"rule {rule.id!r}: product {rule.product!r} is not in the taxonomy"
    for name in document.groups:
        if name.startswith(PRODUCT_GROUP) and name.removeprefix(PRODUCT_GROUP) not in taxonomy.products:
            yield f"{name}: names no product of the taxonomy"


def _unknown_groups(document: Document) -> Iterator[str]:
    """Groups that entries refer to and that are not there."""
    for rule in document.rules:
        for term in (*rule.all, *rule.none):
            for name in term.split("|"):
                if name not in document.groups:
                    yield f"rule {rule.id!r}: there is no group {name!r}"
    for name, entry in document.entries.items():
        if entry.negated not in (None, NOTHING) and entry.negated not in document.groups:
            yield f"{name}: negated names no group: {entry.negated!r}"
