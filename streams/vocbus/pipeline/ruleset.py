"""The rules that decisions follow, read together from one folder, with one version for all of them."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable

from vocbus.contracts.topics import catalogue
from vocbus.pipeline.documents import read_yaml
from vocbus.pipeline.lexicon import Lexicon, parse_lexicon
from vocbus.pipeline.route import Routes, parse_routes
from vocbus.pipeline.taxonomy import Taxonomy, parse_taxonomy

#: Files of the lexicon; together they make one.
LEXICON = (
    "lexicon.yaml",
    "words.yaml",
    "products.yaml",
    "complaint.yaml",
    "feedback.yaml",
    "sales.yaml",
    "inquiry.yaml",
)
FILES = ("taxonomy.yaml", "traditional.yaml", *LEXICON, "routes.yaml")


@dataclass(frozen=True)
class Rules:
    """Lexicon, taxonomy and routes. `version` changes with any change of their files."""

    version: str
    taxonomy: Taxonomy
    lexicon: Lexicon
    routes: Routes


def load_rules(folder: Traversable | None = None, departments: Mapping[str, str] | None = None) -> Rules:
    """The rules in `folder`, by default those that ship with the package.

    Raises ValueError that names the file, the entry and what is wrong with it; FileNotFoundError for a missing
    file. `departments` are by default those of the topic catalogue.
    """
    folder = resources.files("vocbus.pipeline") / "rules" if folder is None else folder
    texts = {name: (folder / name).read_text("utf-8") for name in FILES}
    known = catalogue().departments if departments is None else departments
    taxonomy = parse_taxonomy(texts["taxonomy.yaml"])
    traditional = {
        forms[0]: forms[1:] for forms in read_yaml("traditional", texts["traditional.yaml"])["characters"].split()
    }
    lexicon = parse_lexicon({name: texts[name] for name in LEXICON}, taxonomy, traditional)
    routes = parse_routes(texts["routes.yaml"], taxonomy, known)
    digest = hashlib.sha256("\x1f".join(texts.values()).encode()).hexdigest()
    return Rules(f"{lexicon.version}+{digest[:8]}", taxonomy, lexicon, routes)
