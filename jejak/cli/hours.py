"""`jejak hours`: why a person's hours are what they are, counted here or from a file without any server; the rules."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import typer

from credentials.access.views import View
from credentials.errors import HoursError
from credentials.hours import balances_of
from credentials.hours.balance import Balance
from credentials.hours.derivation import derivation
from credentials.hours.plain import read_basis, written_basis
from credentials.people.numbers import parse_number
from credentials.people.person import number_space
from credentials.stores.people import PeopleRecords
from credentials.stores.views import ViewLog
from credentials.web.hours_views import balance_view
from jejak.cli.hours_rules import rules_app
from jejak.cli.opened import with_product
from jejak.cli.outcomes import commands, examples
from jejak.cli.printed import AsJson
from jejak.composition import Product
from lrs.errors import InvalidRequestError, NotFoundError

hours_app = commands("Development hours (jam pelajaran): a person's year with the reason of every line; the rules.")
hours_app.add_typer(rules_app, name="rules")

_OPERATOR = "operator:command-line"
_MOST_BYTES = 50_000_000  # of a file with what a balance rests on

PersonId = Annotated[str, typer.Option("--person", metavar="ID", help="The person's internal id.")]
AskNumber = Annotated[
    bool, typer.Option("--nip", help="Ask for the NIP or NI PPPK (unseen), or read it from standard input; never an argument.")
]
Year = Annotated[int, typer.Option(min=1950, max=2200, help="PNS: calendar year. PPPK: the contract years that begin in it.")]
Until = Annotated[str, typer.Option(metavar="DATE", help="As if nothing had been learnt after this day.")]
In = Annotated[Literal["id", "en"], typer.Option("--language", help="Of the text.")]


@hours_app.command(
    "explain", epilog=examples("jejak hours explain --person 0d7f… --year 2026", "jejak hours explain --nip --year 2026 --language en")
)
def explain(
    year: Year, person: PersonId = "", nip: AskNumber = False, until: Until = "", language: In = "id", as_json: AsJson = False
) -> None:
    """Prints the whole derivation: every line, its claimed, approved and counted JP, the rule and its article, step by step."""
    number, day = _number(nip), _day(until)

    async def found(product: Product) -> tuple[Balance, ...]:
        one = await _who(product, person, number, "hours")
        return await product.hours.balances.of(one, year, day)

    _print(with_product(found), year, language, as_json)


@hours_app.command("basis", epilog=examples("jejak hours basis --person 0d7f… > basis.json"))
def basis(person: PersonId = "", nip: AskNumber = False) -> None:
    """Writes all that a person's balances rest on (status, rules, lines) as JSON, for `jejak hours check` on any machine."""
    number = _number(nip)

    async def found(product: Product) -> bytes:
        one = await _who(product, person, number, "hours basis")
        return msgspec.json.encode(written_basis(await product.hours.balances.basis(one)))

    typer.echo(with_product(found))


@hours_app.command("check", epilog=examples("jejak hours check basis.json --year 2026", "jejak hours check - --year 2026 < basis.json"))
def check(
    file: Annotated[str, typer.Argument(help="What `jejak hours basis` or the API gave; - for standard input.")],
    year: Year,
    until: Until = "",
    language: In = "id",
    as_json: AsJson = False,
) -> None:
    """Counts a person's year from a file: no server, no store, no network."""
    told = read_basis(_json(file))
    _print(balances_of(told.status, told.rules, told.lines, year, _day(until)), year, language, as_json)


def _print(found: tuple[Balance, ...], year: int, language: Literal["id", "en"], as_json: bool) -> None:
    if as_json:
        for one in found:
            typer.echo(msgspec.json.encode(balance_view(one)))
        return
    if not found:
        typer.echo(f"{year}: -")
    for number, one in enumerate(found):
        if number:
            typer.echo("")
        for text in derivation(one, language):
            typer.echo(text)


async def _who(product: Product, person: str, number: str, what: str) -> str:
    """The person's id; that the operator looked is written down."""
    records = product.credentials.records
    if number:
        wanted = (number_space("nip"), number)
        found = (await PeopleRecords(records).numbers([wanted])).get(wanted)
        if found is None or found.held:
            raise NotFoundError("nobody has this number", where="--nip")
        person = found.person
    elif not person:
        raise InvalidRequestError("say who: --person ID, or --nip", where="--person")
    if await PeopleRecords(records).person(person) is None:
        raise NotFoundError("there is no person with this id", where="--person")
    view = View(person, product.hours.clock.now_us(), _OPERATOR, "operator", what)
    await ViewLog(records).note([view])
    return person


def _number(asked: bool) -> str:
    """Typed unseen, or one line of standard input."""
    if not asked:
        return ""
    text = typer.prompt("NIP", hide_input=True) if sys.stdin.isatty() else sys.stdin.readline()
    return parse_number(text.strip(), "--nip").digits


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidRequestError("this must be a date such as 2026-12-31", where="--until") from error


def _json(file: str) -> object:
    try:
        told = sys.stdin.buffer.read(_MOST_BYTES + 1) if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise InvalidRequestError(f"it cannot be read: {error.strerror}", where=file) from error
    if len(told) > _MOST_BYTES:
        raise HoursError(f"more than {_MOST_BYTES:,} bytes", where=file)
    try:
        return json.loads(told)
    except ValueError as error:
        raise HoursError("this is not JSON", where=file) from error
