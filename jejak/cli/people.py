"""`jejak people`: HR's file of persons into the register."""

from __future__ import annotations

import asyncio
import gc
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated, BinaryIO

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from credentials.services.people_import import ImportOrder, Outcome, PeopleImport
from credentials.services.sign_in import day_of
from credentials.tabular.reading import Trouble
from credentials.tabular.writing import BOM, csv_lines
from jejak.cli.opened import with_product
from jejak.cli.outcomes import Exit, commands, examples
from jejak.cli.printed import AsJson, print_one
from jejak.composition import Product
from lrs.errors import InvalidRequestError

people_app = commands("Persons: HR's file into the register.")

_PIECE = 256 * 1024  # bytes read at once
_SHOWN = 20  # troubles on the screen; the report has all
_OPERATOR = "operator"

File = Annotated[str, typer.Argument(help="A CSV file; - for standard input. docs/people.md has the columns.")]
Agency = Annotated[str, typer.Option(help="The agency's code, for rows that name none.")]
AsOf = Annotated[str, typer.Option("--as-of", help="The day that the file speaks of, such as 2026-12-31; today.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Tell what would happen, and write nothing.")]
Report = Annotated[Path | None, typer.Option(help="Write every trouble to this CSV file: row, severity, column, message, fix.")]
Encoding = Annotated[str, typer.Option(help="When the file does not tell it by itself: windows-1252, iso-8859-1.")]
Delimiter = Annotated[str, typer.Option(help="When the header does not tell it: , ; | or a tab.")]


@people_app.command(
    "import",
    epilog=examples(
        "jejak people import pegawai.csv --agency 4012 --dry-run --report masalah.csv",
        "jejak people import pegawai.csv --agency 4012 --as-of 2026-12-31",
        "xz -dc pegawai.csv.xz | jejak people import - --agency 4012",
    ),
)
def import_people(
    file: File,
    agency: Agency = "",
    as_of: AsOf = "",
    dry_run: DryRun = False,
    report: Report = None,
    encoding: Encoding = "",
    delimiter: Delimiter = "",
    as_json: AsJson = False,
) -> None:
    """Enters persons and what has changed of them, row by row, beside a running server too. A repeat changes nothing.

    Good rows go in; bad ones are told with their number and the fix, and end the command with 1.
    """
    day = _day(as_of)

    async def work(product: Product) -> Outcome:
        writer = product.credentials.register.chunks
        order = ImportOrder(
            id=str(uuid.uuid4()),
            by=_OPERATOR,
            as_of=day or day_of(writer.log.clock.now_us()),
            agency=agency,
            dry_run=dry_run,
            encoding=encoding,
            delimiter=delimiter,
        )
        with ExitStack() as opened:
            content, size = _opened(opened, file)
            tell = opened.enter_context(_telling(report))
            advance = opened.enter_context(_progress(size))
            opened.enter_context(_without_collector())
            return await _run(PeopleImport(writer, order), content, tell, advance)

    outcome = with_product(work)
    print_one({"dry_run": dry_run, **_counts(outcome)}, as_json=as_json)
    if outcome.refused:
        raise typer.Exit(Exit.FAILED)


async def _run(
    importing: PeopleImport, content: BinaryIO, tell: Callable[[list[Trouble]], None], advance: Callable[[int], None]
) -> Outcome:
    while piece := await asyncio.to_thread(content.read, _PIECE):
        tell(await importing.feed(piece))
        advance(len(piece))
    tell(await importing.finish())
    return importing.outcome


def _counts(outcome: Outcome) -> dict[str, int]:
    return {name: getattr(outcome, name) for name in ("added", "changed", "same", "repeated", "refused", "held", "warnings", "links")}


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


@contextmanager
def _without_collector() -> Iterator[None]:
    """A run makes millions of small values and no cycles: looking for some costs a quarter of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidRequestError("this must be a date such as 2026-12-31", where="--as-of") from error
