"""Plain records to Avro binary (Apache Avro 1.12 specification, "Binary encoding"), strict about types.

A schema is compiled once into nested functions, one for each of its types. fastavro's writer takes a string for an
array, a float for an int or an int beyond 32 bits without a word, and its errors hold values; this one refuses what a
reader would not give back, names the field only, and is faster. Both write the same bytes.
"""

import re
import struct
from collections.abc import Callable, Mapping
from typing import Any

#: Appends one value to the buffer. Raises Misfit.
Write = Callable[[bytearray, Any], None]

_IDENTIFIER = re.compile(r"[A-Za-z_]\w{0,63}", re.ASCII)
_DOUBLE = struct.Struct("<d")
_FLOAT = struct.Struct("<f")


class Misfit(Exception):
    """A value does not fit the schema. Holds its path from the inside out, and never the value."""

    def __init__(self, problem: str, *steps: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.steps = list(steps)

    def __str__(self) -> str:
        path = "".join(reversed(self.steps)).removeprefix(".")
        return f"{path or 'record'} {self.problem}"


def compile_writer(schema: Any) -> Write:
    """The writer of a schema that fastavro has parsed. ValueError for a type that it does not know."""
    return _compile(schema, {})


def _compile(schema: Any, named: dict[str, Write]) -> Write:
    if isinstance(schema, list):
        return _union([_compile(branch, named) for branch in schema], schema)
    kind = schema["type"] if isinstance(schema, dict) else schema
    if kind in _PRIMITIVES:
        return _PRIMITIVES[kind]
    if kind in named:
        return named[kind]
    if kind == "array":
        return _array(_compile(schema["items"], named))
    if kind == "map":
        return _map(_compile(schema["values"], named))
    if kind == "enum":
        return named.setdefault(schema["name"], _enum(schema["symbols"]))
    if kind == "record":
        return named.setdefault(schema["name"], _record(schema["fields"], named))
    raise ValueError(f"Avro type {kind} is not supported")


def _append_long(out: bytearray, value: int) -> None:
    rest = value << 1 if value >= 0 else ~(value << 1)
    while rest > 0x7F:
        out.append(rest & 0x7F | 0x80)
        rest >>= 7
    out.append(rest)


def _integer(bits: int) -> Write:
    low, high = -(1 << bits - 1), (1 << bits - 1) - 1

    def write(out: bytearray, value: Any) -> None:
        if type(value) is not int or not low <= value <= high:
            raise Misfit(f"must be an integer of {bits} bits")
        _append_long(out, value)

    return write


def _floating(packer: struct.Struct) -> Write:
    def write(out: bytearray, value: Any) -> None:
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise Misfit("must be a number")
        try:
            out += packer.pack(value)
        except (OverflowError, struct.error):
            raise Misfit("must be a number within range") from None

    return write


def _null(out: bytearray, value: Any) -> None:
    if value is not None:
        raise Misfit("must be null")


def _boolean(out: bytearray, value: Any) -> None:
    if value is not True and value is not False:
        raise Misfit("must be true or false")
    out.append(value)


def _string(out: bytearray, value: Any) -> None:
    if not isinstance(value, str):
        raise Misfit("must be a string")
    try:
        raw = value.encode()
    except UnicodeEncodeError:
        raise Misfit("must be valid Unicode") from None
    _append_long(out, len(raw))
    out += raw


def _bytes(out: bytearray, value: Any) -> None:
    if not isinstance(value, bytes | bytearray):
        raise Misfit("must be bytes")
    _append_long(out, len(value))
    out += value


_PRIMITIVES: dict[str, Write] = {
    "null": _null,
    "boolean": _boolean,
    "int": _integer(32),
    "long": _integer(64),
    "float": _floating(_FLOAT),
    "double": _floating(_DOUBLE),
    "bytes": _bytes,
    "string": _string,
}


def _union(branches: list[Write], schema: list[Any]) -> Write:
    def write_first_fit(out: bytearray, value: Any) -> None:
        start = len(out)
        for index, branch in enumerate(branches):
            try:
                _append_long(out, index)
                return branch(out, value)
            except Misfit:
                del out[start:]
        raise Misfit("fits no branch of its union")

    if len(branches) != 2 or schema[0] != "null":
        return write_first_fit
    branch = branches[1]

    def write_nullable(out: bytearray, value: Any) -> None:
        if value is None:
            out.append(0)
        else:
            out.append(2)
            branch(out, value)

    return write_nullable


def _enum(symbols: list[str]) -> Write:
    indices = {symbol: index for index, symbol in enumerate(symbols)}

    def write(out: bytearray, value: Any) -> None:
        index = indices.get(value) if isinstance(value, str) else None
        if index is None:
            raise Misfit("must be one of the enum's symbols")
        _append_long(out, index)

    return write


def _array(item: Write) -> Write:
    def write(out: bytearray, value: Any) -> None:
        if not isinstance(value, list | tuple):
            raise Misfit("must be a list")
        if value:
            _append_long(out, len(value))
            index = 0
            try:
                for index, element in enumerate(value):  # noqa: B007 - the handler below reads the index
                    item(out, element)
            except Misfit as misfit:
                misfit.steps.append(f"[{index}]")
                raise
        out.append(0)

    return write


def _map(item: Write) -> Write:
    def write(out: bytearray, value: Any) -> None:
        if type(value) is not dict and not isinstance(value, Mapping):
            raise Misfit("must be a map")
        if value:
            _append_long(out, len(value))
            try:
                for key, element in value.items():
                    _string(out, key)
                    item(out, element)
            except Misfit as misfit:
                # A key is data as well.
                misfit.steps.append("{}")
                raise
        out.append(0)

    return write


def _record(fields: list[dict[str, Any]], named: dict[str, Write]) -> Write:
    writers = [(field["name"], _compile(field["type"], named)) for field in fields]
    defaults = {field["name"]: field["default"] for field in fields if "default" in field}

    def write(out: bytearray, value: Any) -> None:
        if type(value) is not dict and not isinstance(value, Mapping):
            raise Misfit("must be a record")
        if len(value) != len(writers):
            value = defaults | dict(value)
        name = ""
        try:
            for name, field in writers:
                field(out, value[name])
        except Misfit as misfit:
            misfit.steps.append(f".{name}")
            raise
        except KeyError:
            raise Misfit("is missing", f".{name}") from None
        if len(value) != len(writers):
            unknown = next(str(key) for key in value if key not in dict(writers))
            # What does not look like a name may be customer text.
            raise Misfit("is no field of the schema", f".{unknown if _IDENTIFIER.fullmatch(unknown) else '?'}")

    return write
