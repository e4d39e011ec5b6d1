"""`jejak catalogue`: programmes, batches, bindings, accreditations and competences out of files and into files."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from credentials.catalogue.tables import TABLES
from credentials.services.catalogue_import import CatalogueImport, CatalogueOutcome
from credentials.services.import_orders import CatalogueOrder
from jejak.cli.files import Delimiter, Encoding, Report, run_import
from jejak.cli.opened import with_product
from jejak.cli.outcomes import Exit, commands, examples
from jejak.cli.printed import AsJson, print_one
from jejak.composition import Product
from lrs.errors import InvalidRequestError

catalogue_app = commands("The catalogue: programmes, batches and what belongs to them, as CSV or JSON.")

_OPERATOR = "operator"

Table = Annotated[str, typer.Option(help=f"Which CSV table: {', '.join(TABLES)}. Without it: JSON with every kind of entries.")]


@catalogue_app.command(
    "import",
    epilog=examples(
        "jejak catalogue import pelatihan.csv --table programme --dry-run",
        "jejak catalogue import moodle.csv --table binding --report masalah.csv",
        "jejak catalogue import katalog.json --keep-states",
    ),
)
def import_catalogue(
    file: Annotated[str, typer.Argument(help="A CSV or JSON file; - for standard input. docs/catalogue.md has the columns.")],
    table: Table = "",
    keep_states: Annotated[
        bool, typer.Option("--keep-states", help="Take states and history as they are in the file: to move or restore a catalogue.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell what would happen, and store nothing.")] = False,
    report: Report = None,
    encoding: Encoding = "",
    delimiter: Delimiter = "",
    as_json: AsJson = False,
) -> None:
    """Enters what is new and what has changed. A repeat changes nothing.

    With --dry-run the same is counted and told, and nothing is stored.

    Programmes go in as drafts or proposals: another person approves them. Bad entries are told, and end the command with 1.
    """

    async def work(product: Product) -> CatalogueOutcome:
        order = CatalogueOrder(_OPERATOR, table, keep_states, None, encoding, delimiter)
        importing = CatalogueImport(product.credentials.register.entering(dry_run=dry_run), order)
        await run_import(importing, file, report)
        return importing.outcome

    outcome = with_product(work)
    print_one(
        {"dry_run": dry_run} | {name: getattr(outcome, name) for name in ("added", "changed", "same", "refused", "warnings")},
        as_json=as_json,
    )
    if outcome.refused:
        raise typer.Exit(Exit.FAILED)


@catalogue_app.command(
    "export", epilog=examples("jejak catalogue export katalog.json", "jejak catalogue export angkatan.csv --table batch --provider balai-a")
)
def export_catalogue(
    file: Annotated[str, typer.Argument(help="The file to make; - for standard output. One that is there is not overwritten.")],
    table: Table = "",
    provider: Annotated[str, typer.Option(help="What belongs to one provider.")] = "",
    delimiter: Annotated[str, typer.Option(help="Of a CSV table: , ; | or a tab.")] = ",",
) -> None:
    """Writes the whole catalogue as JSON, or one table of it as CSV, so that it can be imported without loss."""

    async def work(product: Product) -> None:
        export = product.credentials.register.export()
        content = export.csv(table, provider, delimiter) if table else export.json(provider)
        with ExitStack() as stack:
            first = await anext(content)  # so that a wrong table makes no file
            await _write(_made(stack, file), first, content)

    if delimiter not in (",", ";", "|", "\t"):
        raise InvalidRequestError("the delimiters are comma, semicolon, tab and |", where="--delimiter")
    with_product(work)


async def _write(out: BinaryIO, first: bytes, content: AsyncIterator[bytes]) -> None:
    out.write(first)
    async for piece in content:
        out.write(piece)
    out.flush()


def _made(stack: ExitStack, file: str) -> BinaryIO:
    if file == "-":
        return sys.stdout.buffer
    try:
        return stack.enter_context(Path(file).open("xb"))
    except OSError as error:
        raise InvalidRequestError(f"it cannot be written: {error.strerror}", where=file) from error
