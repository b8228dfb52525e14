"""Sample values of a schema, the same every time: together they take every enum symbol and every union branch."""

from typing import Any

#: Values at the edges of each primitive type.
_PRIMITIVES: dict[str, list[Any]] = {
    "null": [None],
    "boolean": [True, False],
    "int": [0, 1, -1, 2**31 - 1, -(2**31)],
    "long": [0, 1_793_000_000_000, 2**63 - 1, -(2**63)],
    "float": [0.0, -1.5],
    "double": [0.0, 0.875, -1.5e300],
    "bytes": [b"", b"\x00\xff"],
    "string": ["", "plain", "退款 refund é 😀", "x" * 200],
}


def sample_values(schema: Any) -> list[Any]:
    """Samples of a schema that fastavro has parsed. Records must not hold themselves."""
    return _values(schema, {})


def _values(schema: Any, named: dict[str, list[Any]]) -> list[Any]:
    if isinstance(schema, list):
        return [value for branch in schema for value in _values(branch, named)]
    kind = schema["type"] if isinstance(schema, dict) else schema
    if kind in _PRIMITIVES:
        return _PRIMITIVES[kind]
    if kind == "array":
        return [[], _values(schema["items"], named)]
    if kind == "map":
        return [{}, {f"键 {index}": value for index, value in enumerate(_values(schema["values"], named))}]
    if kind == "enum":
        return named.setdefault(schema["name"], list(schema["symbols"]))
    if kind == "fixed":
        return named.setdefault(schema["name"], [bytes(schema["size"])])
    if kind == "record":
        fields = {field["name"]: _values(field["type"], named) for field in schema["fields"]}
        return named.setdefault(schema["name"], _records(fields))
    return named[kind]


def _records(fields: dict[str, list[Any]]) -> list[dict[str, Any]]:
    """As many records as the widest field has values; each value of each field stands in one of them at least."""
    count = max(map(len, fields.values()), default=1)
    return [{name: values[index % len(values)] for name, values in fields.items()} for index in range(count)]
