import pytest

from vocbus.contracts.topics import catalogue
from vocbus.pipeline.classify import Verdict
from vocbus.pipeline.route import Route, parse_routes, route
from vocbus.pipeline.ruleset import Rules

HEAD = "version: '1'\ndefault: {departments: [operations], priority: 4}\n"


def verdict(kind: str, category: str, severity: int | None = None, polarity: str | None = None) -> Verdict:
    return Verdict(
        kind=kind,  # type: ignore[arg-type]  # kinds as plain strings
        category=category,
        severity=severity,
        polarity=polarity,
        interest=None,
        confidence=0.9,
        review=False,
        evidence=(),
    )


def test_departments_of_all_matching_routes_come_together_with_the_most_urgent_priority(rules: Rules) -> None:
    routes = parse_routes(
        HEAD
        + """
routes:
  - {name: a, when: {kind: COMPLAINT}, departments: complaints, priority: 3}
  - {name: b, when: {category: "*.fraud"}, departments: [risk, complaints], priority: 1}
  - {name: c, when: {kind: FEEDBACK}, departments: product, priority: 4}
""",
        rules.taxonomy,
        catalogue().departments,
    )
    found = route(verdict("COMPLAINT", "cards.fraud", 4), "CHAT", "ZH", (), routes)
    assert found == Route(("complaints", "risk"), 1)


@pytest.mark.parametrize(
    ("when", "matches"),
    [
        ("{severity: [3, 4]}", True),
        ("{severity: 2}", False),
        ("{polarity: PRAISE}", False),
        ("{product: cards}", True),
        ("{product: [loans, mortgage]}", False),
        ("{channel: [PHONE, CHAT]}", True),
        ("{language: EN}", False),
        ("{category: 'cards.*', channel: CHAT, kind: COMPLAINT}", True),
        ("{category: 'cards.*', channel: EMAIL}", False),
    ],
)
def test_all_conditions_of_a_route_must_hold(rules: Rules, when: str, matches: bool) -> None:
    text = f"{HEAD}routes: [{{name: a, when: {when}, departments: risk, priority: 2}}]"
    routes = parse_routes(text, rules.taxonomy, catalogue().departments)
    found = route(verdict("COMPLAINT", "cards.fees", 3), "CHAT", "ZH", {"cards"}, routes)
    assert found == (Route(("risk",), 2) if matches else Route(("operations",), 4))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("version: '1'\nroutes: []", "default"),
        (
            HEAD + "routes: [{name: a, when: {kind: COMPLAINT}, departments: nobody, priority: 1}]",
            "'a': there is no department 'nobody'; known: complaints",
        ),
        (HEAD + "routes: [{name: a, when: {}, departments: risk, priority: 1}]", "'a'.*needs a condition"),
        (HEAD + "routes: [{name: a, when: {colour: red}, departments: risk, priority: 1}]", "'a'.*colour"),
        (
            HEAD + "routes: [{name: a, when: {category: '*.weather'}, departments: risk, priority: 1}]",
            "'a': category '\\*.weather' matches nothing",
        ),
        (HEAD + "routes: [{name: a, when: {product: boats}, departments: risk, priority: 1}]", "'a': product 'boats'"),
        (
            HEAD + "routes: [{name: a, when: {severity: [4, 3]}, departments: risk, priority: 1}]",
            "'a'.*lower to the higher",
        ),
        (HEAD + "routes: [{name: a, when: {kind: COMPLAINT}, departments: risk, priority: 5}]", "'a'.priority"),
        (HEAD + "routes: [{name: a, when: {kind: COMPLAINT}, departments: [], priority: 1}]", "'a'.departments"),
        ("version: '1'\ndefault: {departments: [nobody], priority: 1}\nroutes: []", "default: there is no department"),
    ],
)
def test_a_wrong_route_is_named_with_what_is_wrong(rules: Rules, text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_routes(text, rules.taxonomy, catalogue().departments)


def test_shipped_routes_send_every_verdict_somewhere(rules: Rules) -> None:
    for category in rules.taxonomy.categories():
        for kind, severity, polarity in (
            ("COMPLAINT", 1, None),
            ("COMPLAINT", 4, None),
            ("FEEDBACK", None, "PRAISE"),
            ("FEEDBACK", None, "CRITICISM"),
            ("SALES_SIGNAL", None, None),
        ):
            found = route(verdict(kind, category, severity, polarity), "PHONE", "UNKNOWN", (), rules.routes)
            assert found.departments
            assert set(found.departments) <= set(catalogue().departments)
            assert 1 <= found.priority <= 4


def test_shipped_routes_follow_the_obvious(rules: Rules) -> None:
    def departments(kind: str, category: str, severity: int | None = None, channel: str = "CHAT") -> tuple[str, ...]:
        return route(verdict(kind, category, severity), channel, "ZH", (), rules.routes).departments

    assert "complaints" in departments("COMPLAINT", "cards.fees", 2)
    assert "risk" in departments("COMPLAINT", "cards.fraud", 4)
    assert "compliance" in departments("COMPLAINT", "loans.delay", 4)
    assert "compliance" in departments("COMPLAINT", "loans.delay", 2, "REGULATOR")
    assert departments("SALES_SIGNAL", "loans.opening") == ("sales",)
