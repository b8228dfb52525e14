from collections.abc import Callable
from typing import Any

import pytest
import yaml

from vocbus.contracts.topics import (
    INTERACTIONS,
    OUTCOMES,
    RAW,
    REVIEW,
    SIGNALS,
    catalogue,
    parse_catalogue,
    retention_ms,
)

Document = dict[str, Any]


def shipped() -> Document:
    """A catalogue like the shipped one, as YAML has it, with the first topic and its dead letters."""
    policy = {"partitions": 1, "retention": "P7D", "cleanup": "delete", "producers": ["a"], "personal_data": False}
    topic = {**policy, "key": "customer_ref", "owner": "o", "consumers": ["b"], "summary": "s"}
    return {
        "topics": [
            {**topic, "name": "raw", "record": "interaction", "dlq": "raw-dlq"},
            {**topic, "name": "raw-dlq", "record": "dead_letter"},
        ],
        "departments": {**policy, "record": "signal", "key": "customer_token", "names": {"sales": "Sales."}},
    }


def test_the_shipped_catalogue_holds_the_topics_that_the_code_names() -> None:
    assert catalogue()[RAW].record == "interaction"
    assert catalogue()[INTERACTIONS].record == "classified_interaction"
    assert catalogue()[REVIEW].record == "classified_interaction"
    assert catalogue()[SIGNALS].record == "signal"
    assert catalogue()[OUTCOMES].record == "outcome"


def test_a_subject_is_the_topic_and_value() -> None:
    assert catalogue()[RAW].subject == "interactions-raw-value"


def test_every_department_has_a_topic_of_signals() -> None:
    for name, summary in catalogue().departments.items():
        topic = catalogue().department(name)
        assert (topic.name, topic.record, topic.owner, topic.summary) == (f"dept-{name}", "signal", name, summary)


def test_an_unknown_department_is_answered_with_the_known_ones() -> None:
    with pytest.raises(KeyError, match=r"no department 'sails'; known: .*sales"):
        catalogue().department("sails")


def test_what_agents_consume_has_a_place_for_dead_letters() -> None:
    for topic in (catalogue()[name] for name in (RAW, INTERACTIONS, SIGNALS, OUTCOMES)):
        assert topic.dlq is not None
        assert catalogue()[topic.dlq].record == "dead_letter"
        assert catalogue()[topic.dlq].key == topic.key
        assert catalogue()[topic.dlq].max_message_bytes > topic.max_message_bytes


def test_what_is_in_doubt_fits_where_all_interactions_fit() -> None:
    interactions, review = catalogue()[INTERACTIONS], catalogue()[REVIEW]
    assert (review.key, review.max_message_bytes) == (interactions.key, interactions.max_message_bytes)
    assert not review.personal_data


def test_personal_data_has_a_short_life() -> None:
    for topic in catalogue():
        if topic.personal_data:
            assert 0 < retention_ms(topic.retention) <= retention_ms("P30D")


def test_a_dead_letter_of_personal_data_is_personal_data() -> None:
    for topic in catalogue():
        if topic.dlq is not None:
            assert catalogue()[topic.dlq].personal_data >= topic.personal_data


def test_a_topic_says_how_kafka_is_to_keep_it() -> None:
    assert parse_catalogue(yaml.safe_dump(shipped()))["raw"].configuration == {
        "cleanup.policy": "delete",
        "retention.ms": "604800000",
        "max.message.bytes": "1048588",
    }


def test_the_catalogue_is_read_in_its_order() -> None:
    assert [topic.name for topic in parse_catalogue(yaml.safe_dump(shipped()))] == ["raw", "raw-dlq", "dept-sales"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda d: d["topics"][0].update(partitons=6), "partitons"),
        (lambda d: d.update(topic=[]), "topic"),
        (lambda d: d["departments"].update(owners="x"), "owners"),
        (lambda d: d["topics"][0].update(record="interacton"), "no such record; known: interaction"),
        (lambda d: d["topics"][0].update(dlq="raw"), "raw: dlq raw is not a topic of dead letters"),
        (lambda d: d["topics"][0].update(dlq="nowhere"), "raw: dlq nowhere is not a topic of dead letters"),
        (lambda d: d["topics"].append(dict(d["topics"][0])), "a topic stands in the catalogue twice"),
        (
            lambda d: d["topics"].append({**d["topics"][0], "name": "dept-sales"}),
            "a topic stands in the catalogue twice",
        ),
        (lambda d: d["topics"][0].update(name="Raw_Topic"), "name"),
        (lambda d: d["topics"][0].update(retention="7 days"), "retention must be an ISO 8601 duration"),
        (lambda d: d["topics"][0].update(partitions=0), "partitions"),
        (lambda d: d["topics"][0].update(cleanup="keep"), "cleanup"),
        (lambda d: d["topics"][0].update(key="customer"), "key"),
        (lambda d: d["topics"][0].update(consumers=[]), "consumers"),
        (lambda d: d["topics"][0].pop("owner"), "owner"),
        (lambda d: d["topics"][0].pop("personal_data"), "personal_data"),
        (lambda d: d["departments"].update(names={}), "names"),
    ],
)
def test_a_catalogue_with_a_fault_is_refused(change: Callable[[Document], object], told: str) -> None:
    document = shipped()
    change(document)
    with pytest.raises(ValueError, match=told):
        parse_catalogue(yaml.safe_dump(document))


@pytest.mark.parametrize("text", ["", "[]", "topics", "topics: [", "\t", "a: b: c"])
def test_what_is_no_catalogue_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"catalogue|Document"):
        parse_catalogue(text)


@pytest.mark.parametrize(
    ("duration", "milliseconds"),
    [("P7D", 604_800_000), ("PT12H", 43_200_000), ("P1DT2H3M", 93_780_000), ("PT5M", 300_000), ("forever", -1)],
)
def test_a_retention_is_read(duration: str, milliseconds: int) -> None:
    assert retention_ms(duration) == milliseconds


@pytest.mark.parametrize("duration", ["", "P", "PT", "7D", "P7", "P7H", "P1M", "P-1D", "P7D ", "Forever", "-1"])
def test_a_retention_that_is_none_is_refused(duration: str) -> None:
    with pytest.raises(ValueError, match="ISO 8601"):
        retention_ms(duration)
