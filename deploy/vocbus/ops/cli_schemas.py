"""`vocbus schemas`: check a change of the schemas, release it, list and show what there is."""

import json
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Column, Table

from vocbus.contracts.gate import NotReleasable, check, release
from vocbus.contracts.schemas import Finding, SchemaVersion, load_lock, load_versions, packaged
from vocbus.contracts.topics import catalogue


def _with_schemas(_ctx: click.Context, _param: click.Parameter, directory: Path | None) -> Path:
    directory = Path(str(packaged())) if directory is None else directory
    for part in ("avro", "examples"):
        if not (directory / part).is_dir():
            raise click.BadParameter(f"{directory} has no folder {part}/")
    return directory


_directory = click.option(
    "--directory",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    callback=_with_schemas,
    help="Folder that holds avro/ and examples/.  [default: that of the installed package]",
)
_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for scripts.")


@click.group()
def schemas() -> None:
    """Check the schemas against the compatibility gate, release, list and show them.

    To change a record, copy its newest avro/<record>/vN.avsc to the next number and add fields with defaults or enum
    symbols; nothing is ever removed or edited. Then run `check`, then `release`, then commit.
    """


@schemas.command("check")
@_directory
@_json
@click.pass_context
def check_command(ctx: click.Context, directory: Path, as_json: bool) -> None:
    """Check schemas, examples and lock file; exit status 1 when there is an error.

    Every version must be readable as every other, shown by decoding data; a released version must stand as it was
    released; each record needs valid and invalid examples, which must be accepted and refused.
    """
    findings = check(directory)
    errors = sum(finding.level == "ERROR" for finding in findings)
    if as_json:
        _print({"ok": not errors, "findings": [finding._asdict() for finding in findings]})
    else:
        _tell(findings)
        count = sum(map(len, load_versions(directory).values()))
        click.echo(
            f"{count} schemas checked: {_counted(errors, 'error')}, {_counted(len(findings) - errors, 'warning')}"
        )
    ctx.exit(1 if errors else 0)


@schemas.command("release")
@_directory
def release_command(directory: Path) -> None:
    """Give new schema versions their ids, for ever, in avro/lock.json. Refused while `check` finds other errors."""
    try:
        released = release(directory)
    except NotReleasable as refusal:
        _tell(refusal.findings)
        raise click.ClickException("nothing was released, since `vocbus schemas check` fails") from None
    for entry in released:
        click.echo(f"released {entry.file} with id {entry.id}")
    click.echo(f"commit {directory / 'avro' / 'lock.json'}" if released else "every schema is released already")


@schemas.command("list")
@_directory
@_json
def list_command(directory: Path, as_json: bool) -> None:
    """List records, versions, ids and the topics that carry them."""
    try:
        rows = _rows(directory)
    except ValueError:
        raise click.ClickException("a file is malformed: `vocbus schemas check` tells which") from None
    if as_json:
        _print(rows)
        return
    table = Table(*(Column(name, overflow="fold") for name in ("record", "version", "id", "topics")))
    for row in rows:
        shown = "not released" if row["id"] is None else str(row["id"])
        table.add_row(row["record"], f"v{row['version']}", shown, ", ".join(row["topics"]))
    Console(markup=False).print(table)


def _rows(directory: Path) -> list[dict[str, Any]]:
    ids = {(entry.record, entry.version): entry.id for entry in load_lock(directory).schemas}
    return [
        {
            "record": schema.record,
            "version": schema.version,
            "id": ids.get((schema.record, schema.version)),
            "fingerprint": schema.fingerprint,
            "topics": [topic.name for topic in catalogue() if topic.record == schema.record],
        }
        for found in load_versions(directory).values()
        for schema in found
    ]


@schemas.command("show")
@click.argument("record")
@click.option("--version", type=int, help="Version to show.  [default: the newest]")
@_directory
@_json
def show_command(record: str, version: int | None, directory: Path, as_json: bool) -> None:
    """Show the fields of RECORD; with --json the Avro schema itself. `list` names the records."""
    found = {schema.version: schema for schema in load_versions(directory).get(record, [])}
    if not found:
        known = ", ".join(load_versions(directory))
        raise click.BadParameter(f"no record {record}; there are: {known}", param_hint="RECORD")
    schema = found.get(max(found) if version is None else version)
    if schema is None:
        known = ", ".join(map(str, found))
        raise click.BadParameter(f"{record} has no version {version}; there are: {known}", param_hint="--version")
    if as_json:
        _print(schema.definition)
        return
    Console(markup=False).print(_fields(schema))


def _fields(schema: SchemaVersion) -> Table:
    """The fields of a schema, those of nested records indented below theirs."""
    table = Table("field", "type", "default", "meaning", title=f"{schema.record} v{schema.version}")

    def add(fields: list[dict[str, Any]], indent: str) -> None:
        for field in fields:
            default = json.dumps(field["default"]) if "default" in field else "required"
            table.add_row(indent + field["name"], _type(field["type"]), default, field.get("doc", ""))
            for nested in _records(field["type"]):
                add(nested["fields"], indent + "  ")

    add(schema.definition["fields"], "")
    return table


def _type(kind: Any) -> str:
    """A type in words, e.g. `list of Turn`, `string or null`."""
    if isinstance(kind, list):
        return " or ".join(sorted(map(_type, kind), key=lambda word: word == "null"))
    if not isinstance(kind, dict):
        return str(kind)
    if kind["type"] == "array":
        return f"list of {_type(kind['items'])}"
    if kind["type"] == "map":
        return f"map of {_type(kind['values'])}"
    if kind["type"] == "enum":
        return ", ".join(kind["symbols"])
    return str(kind.get("logicalType") or kind.get("name") or kind["type"])


def _records(kind: Any) -> list[dict[str, Any]]:
    """The record definitions inside a field's type."""
    if isinstance(kind, list):
        return [record for branch in kind for record in _records(branch)]
    if not isinstance(kind, dict):
        return []
    return [kind] if kind["type"] == "record" else _records(kind.get("items") or kind.get("values"))


def _tell(findings: list[Finding]) -> None:
    for finding in findings:
        colour = "red" if finding.level == "ERROR" else "yellow"
        click.echo(f"{click.style(finding.level.lower(), fg=colour)}  {finding.place}: {finding.problem}")


def _print(document: Any) -> None:
    click.echo(json.dumps(document, ensure_ascii=False, indent=2))


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
