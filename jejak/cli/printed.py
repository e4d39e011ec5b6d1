"""What the commands of access print: tables and cards for people, one JSON object a line for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated

import orjson
import typer

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs; the same members as /admin.")]
Members = Mapping[str, object]

_TIMES = {"expires", "old_secret_until"}  # microseconds, 0 for none


def print_rows(rows: Sequence[Members], columns: tuple[str, ...], *, as_json: bool) -> None:
    """A table of the columns, or every member as JSON."""
    if as_json:
        for row in rows:
            typer.echo(orjson.dumps(row))
        return
    table = [[name.replace("_", " ").upper() for name in columns], *([_text(name, row[name]) for name in columns] for row in rows)]
    widths = [max(len(line[column]) for line in table) for column in range(len(columns))]
    for line in table:
        typer.echo("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def print_one(members: Members, *, as_json: bool) -> None:
    """A member a line, or JSON."""
    if as_json:
        typer.echo(orjson.dumps(members))
        return
    width = max(map(len, members))
    for name, value in members.items():
        typer.echo(f"{name.replace('_', ' '):<{width}}  {_text(name, value)}".rstrip())


def _text(name: str, value: object) -> str:
    if name in _TIMES and isinstance(value, int):
        return datetime.fromtimestamp(value / 1_000_000, UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if value else "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ",".join(map(str, value)) or "-"
    return str(value) or "-"
