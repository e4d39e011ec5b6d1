"""Importing a file by a command: where it comes from, a progress bar, troubles on the screen, and all of them in a report."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated, BinaryIO, Protocol

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from credentials.tabular.reading import Trouble
from credentials.tabular.writing import BOM, csv_lines
from lrs.errors import InvalidRequestError

_PIECE = 256 * 1024  # bytes read at once
_SHOWN = 20  # troubles on the screen; the report has all

Report = Annotated[Path | None, typer.Option(help="Write every trouble to this CSV file: row, severity, column, message, fix.")]
Encoding = Annotated[str, typer.Option(help="When the file does not tell it by itself: windows-1252, iso-8859-1.")]
Delimiter = Annotated[str, typer.Option(help="When the header does not tell it: , ; | or a tab.")]


class Importing(Protocol):
    """An import that takes a file piece by piece."""

    async def feed(self, content: bytes) -> list[Trouble]: ...

    async def finish(self) -> list[Trouble]: ...


async def run_import(importing: Importing, file: str, report: Path | None) -> None:
    """All of the file (- for standard input). Raises InvalidRequestError when it cannot be read, or the report not be written."""
    with ExitStack() as stack:
        content, size = _opened(stack, file)
        tell = stack.enter_context(_telling(report))
        advance = stack.enter_context(_progress(size))
        while piece := await asyncio.to_thread(content.read, _PIECE):
            tell(await importing.feed(piece))
            advance(len(piece))
        tell(await importing.finish())


def _opened(stack: ExitStack, file: str) -> tuple[BinaryIO, int | None]:
    """The file, and its size when it has one."""
    if file == "-":
        return sys.stdin.buffer, None
    try:
        return stack.enter_context(Path(file).open("rb")), Path(file).stat().st_size
    except OSError as error:
        raise InvalidRequestError(f"it cannot be read: {error.strerror}", where=file) from error


@contextmanager
def _telling(report: Path | None) -> Iterator[Callable[[list[Trouble]], None]]:
    """The first troubles on standard error, all of them in the report."""
    shown = 0

    def show(troubles: list[Trouble]) -> None:
        nonlocal shown
        for one in troubles[: max(0, _SHOWN - shown)]:
            typer.echo(
                f"row {one.row:,}{' ' + one.column if one.column else ''}: {one.severity}: {one.message}; {one.fix}".rstrip("; "), err=True
            )
        if shown <= _SHOWN < shown + len(troubles):
            typer.echo("… more; --report FILE has all" if report is None else f"… more in {report}", err=True)
        shown += len(troubles)

    if report is None:
        yield show
        return
    try:
        with report.open("x", encoding="utf-8", newline="") as out:
            out.write(BOM + "".join(csv_lines([("row", "severity", "column", "message", "fix")])))

            def both(troubles: list[Trouble]) -> None:
                show(troubles)
                out.writelines(csv_lines((str(one.row), one.severity, one.column, one.message, one.fix) for one in troubles))

            yield both
    except OSError as error:
        raise InvalidRequestError(f"it cannot be written: {error.strerror}", where=str(report)) from error


def _line(one: Trouble) -> str:
    where = f"row {one.row:,}" + (f" {one.column}" if one.column else "")
    return f"{where}: {one.severity}: {one.message}" + (f"; {one.fix}" if one.fix else "")


@contextmanager
def _progress(size: int | None) -> Iterator[Callable[[int], None]]:
    """A bar of bytes on standard error, when that is a terminal."""
    if not sys.stderr.isatty():
        yield lambda count: None
        return
    columns = (TextColumn("importing"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=size)
        yield lambda count: bar.advance(task, count)
