"""The two-level taxonomy of categories: a product and what is said about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from vocbus.pipeline.documents import read_yaml

#: Where no product or no issue is recognised.
GENERAL, OTHER = "general", "other"

Name = Annotated[str, Field(min_length=1)]


class _Cfpb(BaseModel):
    model_config = ConfigDict(extra="forbid")

    product: Name
    issues: dict[str, Name]


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid")

    version: str
    products: dict[str, str] = Field(min_length=1)
    issues: dict[str, str] = Field(min_length=1)
    cfpb: dict[str, _Cfpb] = Field(default_factory=dict)


class CfpbCategory(NamedTuple):
    """Product and issue of the Consumer Financial Protection Bureau; an issue without a counterpart is None."""

    product: str
    issue: str | None


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """Product and issue slugs, each with what it covers."""

    version: str
    products: Mapping[str, str]
    issues: Mapping[str, str]
    _cfpb: Mapping[str, _Cfpb]

    def categories(self) -> set[str]:
        """Every `product.issue` that a signal can carry."""
        return {f"{product}.{issue}" for product in self.products for issue in self.issues}

    def cfpb(self, category: str) -> CfpbCategory | None:
        """What the CFPB files a `product.issue` under; None where its product has no counterpart there."""
        product, _, issue = category.partition(".")
        found = self._cfpb.get(product)
        return None if found is None else CfpbCategory(found.product, found.issues.get(issue))


def parse_taxonomy(text: str) -> Taxonomy:
    """The taxonomy of a YAML text. Raises ValueError naming what is wrong with it."""
    try:
        document = _Document.model_validate(read_yaml("taxonomy", text))
    except ValidationError as error:
        findings = error.errors(include_input=False, include_url=False)
        problems = "; ".join(f"{'.'.join(map(str, found['loc']))}: {found['msg']}" for found in findings)
        raise ValueError(f"taxonomy: {problems}") from None
    for slug, known in ((GENERAL, document.products), (OTHER, document.issues)):
        if slug not in known:
            raise ValueError(f"taxonomy: {slug!r} is missing; it is where everything else goes")
    for product, counterpart in document.cfpb.items():
        if product not in document.products:
            raise ValueError(f"taxonomy: cfpb: there is no product {product!r}")
        unknown = sorted(set(counterpart.issues) - set(document.issues))
        if unknown:
            raise ValueError(f"taxonomy: cfpb.{product}: there is no issue {', '.join(unknown)}")
    return Taxonomy(document.version, document.products, document.issues, document.cfpb)
