"""`jejak client`: the LMSs of a provider, their keys, secrets and scopes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, TypeVar

import typer

from jejak.access import Access
from jejak.cli.client_options import (
    Actor,
    Authority,
    Expires,
    Origins,
    Rate,
    Registration,
    ScopeNames,
    Subject,
    Zone,
    change_from,
)
from jejak.cli.opened import with_access
from jejak.cli.outcomes import commands, examples
from jejak.cli.printed import AsJson, print_one, print_rows
from jejak.cli.secret_input import OwnSecret, confirmed, own_secret
from lrs.clock import SystemClock
from lrs.errors import InvalidRequestError
from lrs.ports import Client
from lrs.services.client_changes import ClientChange, scopes_named
from lrs.services.client_views import client_view, issued_view
from lrs.services.clients import Issued

T = TypeVar("T")

client_app = commands("LMS clients of a provider: keys, secrets, scopes. What is changed holds within a second, in every server.")

Which = Annotated[str, typer.Argument(metavar="CLIENT", help="The client's id or its key.")]
_COLUMNS = ("id", "api-key", "provider", "label", "scopes", "active")
_ISSUED = ("id", "api-key", "secret-key", "provider", "label", "scopes", "live_secrets", "old_secret_until")


@client_app.command(
    "add",
    epilog=examples(
        'jejak client add balai-a "Moodle" --scope statements/write --scope state',
        'jejak client add balai-a "Kiosk" --scope statements/write --scope statements/read/mine --expires 2027-12-31 --rate-limit 600',
        'jejak client add balai-a "Articulate" --scope statements/write --origin https://course.example.org \\',
        '    --actor \'{"mbox":"mailto:sari@example.org"}\' --registration 6fd5b0ee-9a1c-4b5b-8f7c-3a5c7be8f0b1',
        'pass show lrs | jejak client add balai-a "Old LMS" --scope all --key moodle --own-secret',
    ),
)
def add(
    provider: Annotated[str, typer.Argument(help="The provider's id.")],
    label: Annotated[str, typer.Argument(help="For people.")],
    scope: ScopeNames,
    key: Annotated[str, typer.Option(help="A key of your own; without this one is made.")] = "",
    asked: OwnSecret = False,
    authority: Authority = None,
    time_zone: Zone = None,
    rate_limit: Rate = None,
    expires: Expires = None,
    origin: Origins = None,
    actor: Actor = None,
    registration: Registration = None,
    subject: Subject = None,
    as_json: AsJson = False,
) -> None:
    """Adds a client. Its secret is shown once, here."""
    more = change_from(None, authority, time_zone, rate_limit, expires, origin, actor, registration, subject)
    scopes, secret = scopes_named(scope), own_secret(asked)
    issued = with_access(lambda access: access.clients.add_client(provider, label, scopes, key=key, secret=secret, more=more))
    _print_issued(issued, as_json)


@client_app.command("list", epilog=examples("jejak client list", "jejak client list --provider balai-a --json"))
def list_all(provider: Annotated[str, typer.Option(help="Only this provider's.")] = "", as_json: AsJson = False) -> None:
    """Lists the clients, without secrets."""
    found = with_access(lambda access: access.stores.clients.clients(provider or None))
    now = SystemClock().now_us()
    print_rows([client_view(one, now) for one in found], _COLUMNS, as_json=as_json)


@client_app.command("show", epilog=examples("jejak client show jk_oX2mW0cJ7tq1Zy5b3d9s", "jejak client show KEY --json"))
def show(client: Which, as_json: AsJson = False) -> None:
    """Shows everything about one client but its secrets."""
    _print(_with_client(client, lambda access, found: _same(found)), as_json)


@client_app.command(
    "set",
    epilog=examples(
        "jejak client set KEY --scope statements/write --scope state",
        "jejak client set KEY --rate-limit 600 --expires never",
        "jejak client set KEY --origin https://a.example.org --origin https://b.example.org",
        "jejak client set KEY --actor '' --registration ''",
    ),
)
def change(
    client: Which,
    label: Annotated[str | None, typer.Option(help="For people.")] = None,
    scope: Annotated[list[str] | None, typer.Option("--scope", help="All scopes from now on; may be given several times.")] = None,
    authority: Authority = None,
    time_zone: Zone = None,
    rate_limit: Rate = None,
    expires: Expires = None,
    origin: Origins = None,
    actor: Actor = None,
    registration: Registration = None,
    subject: Subject = None,
    as_json: AsJson = False,
) -> None:
    """Changes what is named; the rest stays."""
    change = change_from(label, authority, time_zone, rate_limit, expires, origin, actor, registration, subject, scope)
    if change == ClientChange():
        raise InvalidRequestError("say what to change; --help lists it")
    _print(_with_client(client, lambda access, found: access.clients.change_client(found, change)), as_json)


@client_app.command(
    "rotate",
    epilog=examples("jejak client rotate KEY", "jejak client rotate KEY --keep-hours 24", "jejak client rotate KEY --own-secret < new.txt"),
)
def rotate(
    client: Which,
    keep_hours: Annotated[int, typer.Option(min=0, max=8_784, help="How long the present secret stays live; 0: not at all.")] = 168,
    asked: OwnSecret = False,
    as_json: AsJson = False,
) -> None:
    """Gives a second secret, shown once; the present one stays live beside it for a week, or until `retire`."""
    secret = own_secret(asked)
    rotated = _with_client(client, lambda access, found: access.clients.rotate(found, secret=secret, keep_seconds=keep_hours * 3_600))
    _print_issued(rotated, as_json)


@client_app.command("retire", epilog=examples("jejak client retire KEY"))
def retire(client: Which, as_json: AsJson = False) -> None:
    """Ends every secret but the newest, at once."""
    _print(_with_client(client, lambda access, found: access.clients.retire(found)), as_json)


@client_app.command("enable", epilog=examples("jejak client enable KEY"))
def enable(client: Which, as_json: AsJson = False) -> None:
    """Lets the client in again."""
    _print(_with_client(client, lambda access, found: access.clients.change_client(found, ClientChange(active=True))), as_json)


@client_app.command("disable", epilog=examples("jejak client disable KEY"))
def disable(client: Which, as_json: AsJson = False) -> None:
    """Keeps the client out, within a second."""
    _print(_with_client(client, lambda access, found: access.clients.change_client(found, ClientChange(active=False))), as_json)


@client_app.command("remove", epilog=examples("jejak client remove KEY", "jejak client remove KEY --yes"))
def remove(client: Which, yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """Forgets the key for good. The client's statements stay; to keep it out for a while, use `disable`."""
    confirmed(yes, f"Forget the client {client}?")
    _with_client(client, lambda access, found: access.clients.remove(found))


async def _same(client: Client) -> Client:
    return client


def _with_client(name: str, work: Callable[[Access, Client], Awaitable[T]]) -> T:
    async def found(access: Access) -> T:
        return await work(access, await access.clients.client(name))

    return with_access(found)


def _print(client: Client, as_json: bool) -> None:
    print_one(client_view(client, SystemClock().now_us()), as_json=as_json)


def _print_issued(issued: Issued, as_json: bool) -> None:
    view: Mapping[str, object] = issued_view(issued, SystemClock().now_us())
    print_one(view if as_json else {name: view[name] for name in _ISSUED}, as_json=as_json)
    if not as_json:
        typer.echo("The secret is shown this once; only its hash is kept.", err=True)
