"""`jejak people`: HR's file of persons into the register."""

from __future__ import annotations

import gc
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Annotated

import typer

from credentials.services.people_import import ImportOrder, Outcome, PeopleImport
from credentials.services.sign_in import day_of
from jejak.cli.files import Delimiter, Encoding, Report, run_import
from jejak.cli.opened import with_product
from jejak.cli.outcomes import Exit, commands, examples
from jejak.cli.printed import AsJson, print_one
from jejak.composition import Product
from lrs.errors import InvalidRequestError

people_app = commands("Persons: HR's file into the register.")

_OPERATOR = "operator"

File = Annotated[str, typer.Argument(help="A CSV file; - for standard input. docs/people.md has the columns.")]
Agency = Annotated[str, typer.Option(help="The agency's code, for rows that name none.")]
AsOf = Annotated[str, typer.Option("--as-of", help="The day that the file speaks of, such as 2026-12-31; today.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Tell what would happen, and write nothing.")]


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
        importing = PeopleImport(writer, order)
        with _without_collector():
            await run_import(importing, file, report)
        return importing.outcome

    outcome = with_product(work)
    print_one({"dry_run": dry_run, **_counts(outcome)}, as_json=as_json)
    if outcome.refused:
        raise typer.Exit(Exit.FAILED)


def _counts(outcome: Outcome) -> dict[str, int]:
    return {name: getattr(outcome, name) for name in ("added", "changed", "same", "repeated", "refused", "held", "warnings", "links")}


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
