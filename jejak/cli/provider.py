"""`jejak provider`: institutions (penyelenggara) whose LMSs send statements."""

from __future__ import annotations

from typing import Annotated

import typer

from jejak.cli.opened import with_access
from jejak.cli.outcomes import commands, examples
from jejak.cli.printed import AsJson, print_one, print_rows
from lrs.errors import InvalidRequestError
from lrs.services.client_views import provider_view

provider_app = commands("Providers (penyelenggara): institutions whose LMSs send statements. What is changed holds within a second.")

Id = Annotated[str, typer.Argument(metavar="ID", help="Lower-case letters, digits, hyphens; it stands in every record and never changes.")]
Zone = Annotated[str | None, typer.Option("--time-zone", help="IANA name: the default for the provider's clients.")]
_COLUMNS = ("id", "name", "time_zone", "active")


@provider_app.command("add", epilog=examples('jejak provider add balai-a "Balai Pelatihan A" --time-zone Asia/Makassar'))
def add(
    provider: Id,
    name: Annotated[str, typer.Argument(help="For people.")],
    time_zone: Annotated[str, typer.Option(help="IANA name.")] = "Asia/Jakarta",
    as_json: AsJson = False,
) -> None:
    """Adds a provider."""
    added = with_access(lambda access: access.clients.add_provider(provider, name, time_zone), create=True)
    print_one(provider_view(added), as_json=as_json)


@provider_app.command("list", epilog=examples("jejak provider list", "jejak provider list --json"))
def list_all(as_json: AsJson = False) -> None:
    """Lists the providers."""
    found = with_access(lambda access: access.stores.clients.providers())
    print_rows([provider_view(one) for one in found], _COLUMNS, as_json=as_json)


@provider_app.command("show", epilog=examples("jejak provider show balai-a"))
def show(provider: Id, as_json: AsJson = False) -> None:
    """Shows one provider."""
    print_one(provider_view(with_access(lambda access: access.clients.provider(provider))), as_json=as_json)


@provider_app.command("set", epilog=examples('jejak provider set balai-a --name "Balai Besar A" --time-zone Asia/Jayapura'))
def change(
    provider: Id,
    name: Annotated[str | None, typer.Option(help="For people.")] = None,
    time_zone: Zone = None,
    as_json: AsJson = False,
) -> None:
    """Changes what is named; the rest stays."""
    if name is None and time_zone is None:
        raise InvalidRequestError("say what to change: --name, --time-zone")
    saved = with_access(lambda access: access.clients.change_provider(provider, name=name, time_zone=time_zone))
    print_one(provider_view(saved), as_json=as_json)


@provider_app.command("enable", epilog=examples("jejak provider enable balai-a"))
def enable(provider: Id, as_json: AsJson = False) -> None:
    """Lets the provider's clients in again."""
    saved = with_access(lambda access: access.clients.change_provider(provider, active=True))
    print_one(provider_view(saved), as_json=as_json)


@provider_app.command("disable", epilog=examples("jejak provider disable balai-a"))
def disable(provider: Id, as_json: AsJson = False) -> None:
    """Keeps all of the provider's clients out, within a second, in every server on the store. Its statements stay."""
    saved = with_access(lambda access: access.clients.change_provider(provider, active=False))
    print_one(provider_view(saved), as_json=as_json)
