"""YAML documents of rules, read strictly: a key that stands twice is an error, not the last one's victory."""

from collections.abc import Hashable
from typing import Any

import yaml

# libyaml, where PyYAML was built with it, reads the lexicon ten times faster.
_Loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _StrictLoader(_Loader):  # type: ignore[valid-type,misc]  # one of two classes with one interface
    """A safe loader that refuses a repeated key."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise ValueError(f"{key!r} stands twice, again at line {key_node.start_mark.line + 1}")
            seen.add(key)
        mapping: dict[Hashable, Any] = super().construct_mapping(node, deep)
        return mapping


def read_yaml(name: str, text: str) -> dict[str, Any]:
    """The mapping of a YAML text. Raises ValueError that names the document and the place."""
    try:
        document = yaml.load(text, _StrictLoader)  # noqa: S506 - a SafeLoader by inheritance
    except yaml.YAMLError as error:
        raise ValueError(f"{name}: {error}") from None
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None
    if not isinstance(document, dict):
        raise ValueError(f"{name}: must be a mapping")
    return document


def listed(value: Any) -> Any:
    """For pydantic: one string where a list of strings may stand."""
    return [value] if isinstance(value, str) else value
