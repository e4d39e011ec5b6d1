"""`jejak people`: HR's file of persons into the register."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Annotated

import typer

from credentials.people.links import Link
from credentials.services.import_orders import ImportOrder
from credentials.services.links import Evidence
from credentials.services.people_import import Outcome, PeopleImport
from credentials.services.sign_in import day_of
from credentials.web.links import waiting_view
from jejak.cli.collector import without_collector
from jejak.cli.files import Delimiter, Encoding, Report, run_import
from jejak.cli.opened import with_product
from jejak.cli.outcomes import Exit, commands, examples
from jejak.cli.printed import AsJson, print_one, print_rows
from jejak.composition import Product
from lrs.errors import InvalidRequestError, NotFoundError

people_app = commands("Persons: HR's file into the register, and whose account is whose.")

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
        with without_collector():
            await run_import(importing, file, report)
        return importing.outcome

    outcome = with_product(work)
    print_one({"dry_run": dry_run, **_counts(outcome)}, as_json=as_json)
    if outcome.refused:
        raise typer.Exit(Exit.FAILED)


@people_app.command("waiting", epilog=examples("jejak people waiting balai-a", "jejak people waiting balai-a --json"))
def waiting(provider: Annotated[str, typer.Argument(help="The provider's id.")], as_json: AsJson = False) -> None:
    """Lists identifiers in a provider's statements that name nobody yet: a reference for each, and what it looks like; nothing personal."""

    async def work(product: Product) -> list[dict[str, object]]:
        records, home_page = product.credentials.register.links.waiting, product.credentials.register.links.links.asn_home_page
        found: list[dict[str, object]] = []
        after: str | None = None
        while True:
            page = await records.of_provider(provider, after=after, limit=500)
            found += [waiting_view(one, home_page) for one in page.values]
            if (after := page.more) is None:
                return found

    print_rows(with_product(work), ("reference", "kind", "host", "hint", "statements", "first", "last"), as_json=as_json)


@people_app.command("link", epilog=examples("jejak people link --person 0d7f… --provider balai-a --reference k3jx… --reason 'daftar HR'"))
def link(
    person: Annotated[str, typer.Option(help="The person's id.")],
    provider: Annotated[str, typer.Option(help="The provider's id.")],
    reference: Annotated[str, typer.Option(help="Of an identifier that waits: `jejak people waiting`.")],
    reason: Annotated[str, typer.Option(help="Why: it is kept with the decision.")],
    as_json: AsJson = False,
) -> None:
    """Says whose identifier it is: evidence that waited counts."""

    async def work(product: Product) -> Link:
        links = product.credentials.register.links
        found = await links.waiting.referred(reference)
        if found is None or found.provider != provider:
            raise NotFoundError("no identifier of this provider waits under this reference", where="--reference")
        return await links.link(person, provider, found.ifi, Evidence("hr", _OPERATOR, _OPERATOR, reason))

    print_one({"link": with_product(work).id}, as_json=as_json)


@people_app.command("unlink", epilog=examples("jejak people unlink 4f1c… --reason 'bukan akun orang ini'"))
def unlink(
    link: Annotated[str, typer.Argument(help="The link's id.")],
    reason: Annotated[str, typer.Option(help="Why: it is kept with the decision.")],
    as_json: AsJson = False,
) -> None:
    """Takes a link (or a refusal) back: what counted by it counts no more."""
    undone = with_product(lambda product: product.credentials.register.links.undo(link, by=_OPERATOR, reason=reason))
    print_one({"link": undone.id, "person": undone.person, "open": undone.open}, as_json=as_json)


def _counts(outcome: Outcome) -> dict[str, int]:
    return {name: getattr(outcome, name) for name in ("added", "changed", "same", "repeated", "refused", "held", "warnings", "links")}


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidRequestError("this must be a date such as 2026-12-31", where="--as-of") from error
