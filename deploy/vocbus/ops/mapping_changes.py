"""What may become of Elasticsearch mappings and settings that exist: only more. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

#: Mapping parameters that Elasticsearch lets one change in place.
_CHANGEABLE = frozenset({"ignore_above", "fields"})

_Tree = Mapping[str, Any]


def clashes(has: _Tree, wanted: _Tree, path: str = "") -> Iterator[str]:
    """Mapping properties that both have and that cannot become what is wanted, each told with its path."""
    for name in wanted.keys() & has.keys():
        before, after = has[name], wanted[name]
        where = f"{path}{name}"
        if _type(before) != _type(after):
            yield f"{where}: {_type(before)} cannot become {_type(after)}"
            continue
        for parameter in sorted((before.keys() | after.keys()) - _CHANGEABLE - {"type", "properties"}):
            if before.get(parameter) != after.get(parameter):
                yield f"{where}: {parameter} cannot be changed"
        yield from clashes(before.get("properties", {}), after.get("properties", {}), f"{where}.")


def additions(has: _Tree, wanted: _Tree, path: str = "") -> Iterator[str]:
    """What mapping properties without clashes gain, each told with its path."""
    for name, after in wanted.items():
        where = f"{path}{name}"
        before = has.get(name)
        if before is None:
            yield f"field {where} ({_type(after)})"
            continue
        for parameter in sorted(_CHANGEABLE & after.keys()):
            if merge(before.get(parameter, {}), after[parameter]) != before.get(parameter):
                yield f"{where}: {parameter}"
        yield from additions(before.get("properties", {}), after.get("properties", {}), f"{where}.")


def merge(has: Any, wanted: Any) -> Any:
    """`has` with everything wanted in it; anything but a mapping is replaced."""
    if not isinstance(has, Mapping) or not isinstance(wanted, Mapping):
        return wanted
    return {**has, **{key: merge(has.get(key), value) for key, value in wanted.items()}}


def flat_settings(settings: _Tree, path: str = "") -> dict[str, str]:
    """Index settings as `index.…` keys with strings for values, whichever way they were written."""
    flat: dict[str, str] = {}
    for key, value in settings.items():
        where = f"{path}{key}"
        if isinstance(value, Mapping):
            flat |= flat_settings(value, f"{where}.")
        else:
            flat[where if where.startswith("index.") else f"index.{where}"] = str(value)
    return flat


def _type(field: _Tree) -> str:
    return str(field.get("type", "object"))
