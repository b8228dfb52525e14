"""The two-level taxonomy of categories: a product and what is said about it."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

from vocbus.pipeline.documents import read_yaml

#: Where no product or no issue is recognised.
GENERAL, OTHER = "general", "other"


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid")

    version: str
    products: dict[str, str] = Field(min_length=1)
    issues: dict[str, str] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """Product and issue slugs, each with what it covers."""

    version: str
    products: Mapping[str, str]
    issues: Mapping[str, str]

    def categories(self) -> set[str]:
        """Every `product.issue` that a signal can carry."""
        return {f"{product}.{issue}" for product in self.products for issue in self.issues}


def parse_taxonomy(text: str) -> Taxonomy:
    """The taxonomy of a YAML text. Raises ValueError naming what is wrong with it."""
    document = _Document.model_validate(read_yaml("taxonomy", text))
    for slug, known in ((GENERAL, document.products), (OTHER, document.issues)):
        if slug not in known:
            raise ValueError(f"taxonomy: {slug!r} is missing; it is where everything else goes")
    return Taxonomy(document.version, document.products, document.issues)
