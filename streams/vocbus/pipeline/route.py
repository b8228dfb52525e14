"""Routing: which departments act on a verdict, and how soon."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from vocbus.contracts.models import Channel, Polarity, SignalKind
from vocbus.pipeline.classify import Verdict
from vocbus.pipeline.documents import listed, read_yaml
from vocbus.pipeline.taxonomy import Taxonomy


def _bounds(value: Any) -> Any:
    return [value, value] if isinstance(value, int) else value


Priority = Annotated[int, Field(ge=1, le=4)]
Departments = Annotated[list[str], BeforeValidator(listed), Field(min_length=1)]


class _When(BaseModel):
    """Conditions, all of which must hold; each takes one value or a list of them."""

    model_config = ConfigDict(extra="forbid")

    kind: Annotated[list[SignalKind] | None, BeforeValidator(listed)] = None
    category: Annotated[list[str] | None, BeforeValidator(listed)] = None
    severity: Annotated[tuple[Priority, Priority] | None, BeforeValidator(_bounds)] = None
    polarity: Annotated[list[Polarity] | None, BeforeValidator(listed)] = None
    product: Annotated[list[str] | None, BeforeValidator(listed)] = None
    channel: Annotated[list[Channel] | None, BeforeValidator(listed)] = None
    language: Annotated[list[Literal["ZH", "EN", "UNKNOWN"]] | None, BeforeValidator(listed)] = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("needs a condition; what is for everything else is the default")
        if self.severity and self.severity[0] > self.severity[1]:
            raise ValueError("severity runs from the lower to the higher")
        return self


class _RouteEntry(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    when: _When
    departments: Departments
    priority: Priority


class _Default(BaseModel):
    model_config = ConfigDict(extra="forbid")

    departments: Departments
    priority: Priority


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid")

    version: str
    default: _Default
    routes: list[_RouteEntry]


@dataclass(frozen=True, slots=True)
class Route:
    """Departments in the order of the rules, each once; priority 1 (act now) to 4."""

    departments: tuple[str, ...]
    priority: int


@dataclass(frozen=True, slots=True)
class Condition:
    """One compiled route; None means that anything will do."""

    kinds: frozenset[str] | None
    categories: frozenset[str] | None
    severity: tuple[int, int] | None
    polarities: frozenset[str] | None
    products: frozenset[str] | None
    channels: frozenset[str] | None
    languages: frozenset[str] | None
    route: Route

    def holds(self, verdict: Verdict, channel: str, language: str, products: Collection[str]) -> bool:
        """Whether the verdict is for this route."""
        return (
            (self.kinds is None or verdict.kind in self.kinds)
            and (self.categories is None or verdict.category in self.categories)
            and (
                self.severity is None
                or (verdict.severity is not None and self.severity[0] <= verdict.severity <= self.severity[1])
            )
            and (self.polarities is None or verdict.polarity in self.polarities)
            and (self.products is None or not self.products.isdisjoint(products))
            and (self.channels is None or channel in self.channels)
            and (self.languages is None or language in self.languages)
        )


@dataclass(frozen=True, slots=True)
class Routes:
    """All routes, and where a verdict goes that none of them wants."""

    version: str
    conditions: tuple[Condition, ...]
    default: Route


def route(verdict: Verdict, channel: str, language: str, products: Collection[str], routes: Routes) -> Route:
    """Departments of every route that holds, with the most urgent priority among them; else the default."""
    matching = [
        condition.route for condition in routes.conditions if condition.holds(verdict, channel, language, products)
    ]
    if not matching:
        return routes.default
    departments = dict.fromkeys(name for found in matching for name in found.departments)
    return Route(tuple(departments), min(found.priority for found in matching))


def parse_routes(text: str, taxonomy: Taxonomy, departments: Mapping[str, str]) -> Routes:
    """The routes of a YAML text. Raises ValueError that names the route and what is wrong with it."""
    raw = read_yaml("routes", text)
    try:
        document = _Document.model_validate(raw)
    except ValidationError as error:
        findings = error.errors(include_input=False, include_url=False)
        raise ValueError(
            "routes: " + "; ".join(f"{_located(finding['loc'], raw)}: {finding['msg']}" for finding in findings)
        ) from None
    categories = taxonomy.categories()
    for name, wanted in [("default", document.default.departments)] + [
        (repr(entry.name), entry.departments) for entry in document.routes
    ]:
        for department in wanted:
            if department not in departments:
                known = ", ".join(departments)
                raise ValueError(f"routes: {name}: there is no department {department!r}; known: {known}")
    for entry in document.routes:
        for product in entry.when.product or ():
            if product not in taxonomy.products:
                raise ValueError(f"routes: {entry.name!r}: product {product!r} is not in the taxonomy")
    return Routes(
        version=document.version,
        conditions=tuple(_condition(entry, categories) for entry in document.routes),
        default=Route(tuple(document.default.departments), document.default.priority),
    )


def _located(path: tuple[int | str, ...], raw: Any) -> str:
    """Field path of a finding, with the route's name in place of its number."""
    if len(path) > 1 and path[0] == "routes" and isinstance(path[1], int):
        entry = raw["routes"][path[1]]
        if isinstance(entry, dict) and "name" in entry:
            return ".".join(map(str, (repr(entry["name"]), *path[2:])))
    return ".".join(map(str, path))


def _condition(entry: _RouteEntry, categories: Collection[str]) -> Condition:
    when = entry.when
    matched: frozenset[str] | None = None
    if when.category is not None:
        for glob in when.category:
            if not any(fnmatchcase(category, glob) for category in categories):
                raise ValueError(f"routes: {entry.name!r}: category {glob!r} matches nothing in the taxonomy")
        matched = frozenset(c for c in categories if any(fnmatchcase(c, glob) for glob in when.category))

    def names(values: Collection[str] | None) -> frozenset[str] | None:
        return None if values is None else frozenset(str(value) for value in values)

    return Condition(
        kinds=names(when.kind),
        categories=matched,
        severity=when.severity,
        polarities=names(when.polarity),
        products=names(when.product),
        channels=names(when.channel),
        languages=names(when.language),
        route=Route(tuple(entry.departments), entry.priority),
    )
