"""What decisions follow: the rules, read together from one folder with one version for all of them, and the model."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable

from vocbus.contracts.topics import catalogue
from vocbus.pipeline.documents import read_yaml
from vocbus.pipeline.lexicon import Lexicon, parse_lexicon
from vocbus.pipeline.model import Model, load_model
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
)
FILES = ("taxonomy.yaml", "traditional.yaml", *LEXICON, "routes.yaml")


@dataclass(frozen=True)
class Rules:
    """Lexicon, taxonomy, routes and model. `version` changes with any change of the rule files, `model.hash` with the
    model."""

    version: str
    taxonomy: Taxonomy
    lexicon: Lexicon
    routes: Routes
    model: Model


def load_rules(
    folder: Traversable | None = None,
    departments: Mapping[str, str] | None = None,
    model: Traversable | None = None,
) -> Rules:
    """The rules in `folder` and the model in the folder `model`, by default those that ship with the package.

    Raises ValueError that names the file, the entry and what is wrong with it; FileNotFoundError for a missing
    file. `departments` are by default those of the topic catalogue.
    """
    texts = _texts(folder)
    known = catalogue().departments if departments is None else departments
    taxonomy = parse_taxonomy(texts["taxonomy.yaml"])
    lexicon = _lexicon(texts, taxonomy)
    routes = parse_routes(texts["routes.yaml"], taxonomy, known)
    digest = hashlib.sha256("\x1f".join(texts.values()).encode()).hexdigest()
    found = load_model(model)
    unknown = sorted(found.slugs - set(taxonomy.products) - set(taxonomy.issues))
    if unknown:
        raise ValueError(f"model: its {', '.join(unknown)} stand in no taxonomy; train it again")
    return Rules(f"{lexicon.version}+{digest[:8]}", taxonomy, lexicon, routes, found)


def load_lexicon(folder: Traversable | None = None) -> Lexicon:
    """The lexicon alone: a model that is trained needs no model. Raises as `load_rules`."""
    texts = _texts(folder)
    return _lexicon(texts, parse_taxonomy(texts["taxonomy.yaml"]))


def _texts(folder: Traversable | None) -> dict[str, str]:
    folder = resources.files("vocbus.pipeline") / "rules" if folder is None else folder
    return {name: (folder / name).read_text("utf-8") for name in FILES}


def _lexicon(texts: Mapping[str, str], taxonomy: Taxonomy) -> Lexicon:
    characters = read_yaml("traditional", texts["traditional.yaml"])["characters"].split()
    traditional = {forms[0]: forms[1:] for forms in characters}
    return parse_lexicon({name: texts[name] for name in LEXICON}, taxonomy, traditional)
