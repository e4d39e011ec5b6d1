"""`jejak hours rules`: the tables by which hours are counted; trying one, publishing one, and what holds."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from credentials.access.principal import Principal
from credentials.access.roles import Role
from credentials.errors import HoursError
from credentials.hours.reading import read_table
from credentials.hours.rulebook import InForce, bundled_tables
from credentials.hours.rules import RuleTable
from credentials.services.hours.simulation import LARGEST, USUAL, Simulated, Wanted
from credentials.services.sign_in import day_of
from credentials.web.hours_rules import in_force_view, proposed_view, published_view
from credentials.web.hours_simulation import simulated_view
from jejak.cli.opened import with_product
from jejak.cli.outcomes import commands, examples
from jejak.cli.printed import AsJson, print_one, print_rows
from jejak.composition import Product
from lrs.errors import InvalidRequestError, NotFoundError
from schemas.loader import jp_channels

rules_app = commands("Rule tables: what holds, trying a table on real ledgers, publishing one (docs/hours.md says what a table is).")

_OPERATOR = Principal("", administrator="command-line", everywhere=Role.OVERSEER)

File = Annotated[Path, typer.Argument(metavar="FILE", help="The table as JSON (schemas/jp_table.schema.json).")]
Agency = Annotated[str, typer.Option(metavar="ID", help="Of which agency; none: the nation.")]
Because = Annotated[str, typer.Option("--reason", help="Why, for the log of decisions.")]


@rules_app.command("list", epilog=examples("jejak hours rules list", "jejak hours rules list --agency dinas-a --json"))
def list_tables(agency: Agency = "", as_json: AsJson = False) -> None:
    """Lists the tables, national or an agency's."""
    found = with_product(lambda product: product.hours.books.rules.tables(agency))
    tables = [*(_card(table) for table in ([] if agency else bundled_tables())), *(_card(one.table, one.withdrawn) for one in found)]
    print_rows(tables, ("table", "from", "to", "rows", "withdrawn", "title"), as_json=as_json)


@rules_app.command("in-force", epilog=examples("jejak hours rules in-force", "jejak hours rules in-force --on 2027-01-01 --agency dinas-a"))
def in_force(
    on: Annotated[str, typer.Option(metavar="DATE", help="Today when it is not said.")] = "", agency: Agency = "", as_json: AsJson = False
) -> None:
    """Shows what holds on a day: each row with the table that it comes from."""
    day = _day(on, "--on")

    async def found(product: Product) -> tuple[date, InForce | None]:
        asked = day or day_of(product.hours.clock.now_us())
        return asked, (await product.hours.books.current()).in_force(agency, asked)

    asked, rules = with_product(found)
    if rules is None:
        raise NotFoundError(f"no national table held on {asked}", where="--on")
    if as_json:
        typer.echo(msgspec.json.encode(in_force_view(rules, asked, agency or None)))
        return
    rows = [
        {"row": one.name, "channel": jp_channels()[channel]["id"], "says": _said(one.row)}
        for (channel, _), one in sorted(rules.rows.items())
    ]
    print_rows(rows, ("row", "channel", "says"), as_json=False)


@rules_app.command(
    "simulate",
    epilog=examples("jejak hours rules simulate table.json --year 2026", "jejak hours rules simulate t.json --year 2026 --agency dinas-a"),
)
def simulate(
    file: File,
    year: Annotated[int, typer.Option(min=1950, max=2200)],
    agency: Agency = "",
    since: Annotated[str, typer.Option(metavar="DATE", help="As if it had held from this day; the year's first when it is not said.")] = "",
    most: Annotated[int, typer.Option(min=1, max=LARGEST, help="Persons; of the nation they are a fair sample.")] = USUAL,
    as_json: AsJson = False,
) -> None:
    """Counts real ledgers by the rules in force and by the table: who would gain and lose. Nothing is stored."""
    table = _table(file)
    wanted = Wanted(table, year, _day(since, "--since") or date(year, 1, 1), agency or table.agency, most)

    async def run(product: Product) -> Simulated:
        return await product.hours.simulation.run(_OPERATOR, wanted)

    told = simulated_view(with_product(run))
    if as_json:
        typer.echo(msgspec.json.encode(told))
        return
    rows = told.pop("rows")
    print_one({name: value for name, value in told.items() if not isinstance(value, dict)}, as_json=False)
    if isinstance(rows, list) and rows:
        typer.echo("")
        print_rows([{name: "-" if value is None else value for name, value in row.items()} for row in rows], tuple(rows[0]), as_json=False)


@rules_app.command("publish", epilog=examples('jejak hours rules publish table.json --reason "PerLAN 1/2027"'))
def publish(
    file: File,
    reason: Because,
    past: Annotated[bool, typer.Option("--past", help="It may hold for days that are over, and moves balances that stand.")] = False,
    as_json: AsJson = False,
) -> None:
    """Publishes an agency's rows, or proposes a national table for an overseer to publish. A correction is the next version."""
    table = _table(file)
    if not reason.strip():
        raise InvalidRequestError("say why", where="--reason")

    async def run(product: Product) -> dict[str, object]:
        publishing = product.hours.publishing
        if table.agency:
            return published_view(await publishing.publish(_OPERATOR, table, reason, past=past))
        return proposed_view(await publishing.propose(_OPERATOR, table, reason, past=past))

    made = with_product(run)
    if as_json:
        typer.echo(msgspec.json.encode(made))
        return
    print_one(_card(table), as_json=False)
    if not table.agency:
        typer.echo(f"proposed: an overseer publishes it (POST /api/hours/rules/{table.id}/{table.version}/publish)", err=True)


def _card(table: RuleTable, withdrawn: bool = False) -> dict[str, object]:
    ends = str(table.effective_to or "")
    told = {"table": table.name, "from": str(table.effective_from), "to": ends, "rows": len(table.rows), "withdrawn": withdrawn}
    return {**told, "title": table.title.id}


def _said(row: object) -> str:
    told = {name: value for name, value in msgspec.to_builtins(row).items() if name in _TOLD and value}
    return " ".join(f"{name}={value}" for name, value in told.items())


_TOLD = ("basis", "jp", "jp_per_day", "jp_per_month", "jp_per_year", "sessions_per_month", "uplift_percent")


def _table(file: Path) -> RuleTable:
    try:
        return read_table(json.loads(file.read_bytes()))
    except OSError as error:
        raise InvalidRequestError(f"it cannot be read: {error.strerror}", where=str(file)) from error
    except ValueError as error:
        raise HoursError("this is not JSON", where=str(file)) from error


def _day(text: str, where: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidRequestError("this must be a date such as 2026-12-31", where=where) from error
