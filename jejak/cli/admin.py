"""`jejak admin`: the people who may use the administration over HTTP."""

from __future__ import annotations

from typing import Annotated

import typer

from jejak.cli.opened import with_access
from jejak.cli.outcomes import commands, examples
from jejak.cli.printed import AsJson, print_one, print_rows
from lrs.services.client_views import administrator_view

admin_app = commands("Administrators: who may use /admin. What is changed holds at once.")

Name = Annotated[str, typer.Argument(help="The sign-in name.")]


@admin_app.command("create", epilog=examples("jejak admin create siti", "jejak admin create inspektorat --role auditor --json"))
def create(
    name: Name, role: Annotated[str, typer.Option(help="overseer (everything) or auditor (reads).")] = "overseer", as_json: AsJson = False
) -> None:
    """Adds an administrator. The secret is made here and shown once."""
    secret = with_access(lambda access: access.administrators.create(name, role), create=True)
    print_one({"name": name, "role": role, "secret-key": secret}, as_json=as_json)


@admin_app.command("reset", epilog=examples("jejak admin reset siti"))
def reset(name: Name, as_json: AsJson = False) -> None:
    """Gives an administrator a new secret, shown once, in place of the old one."""
    print_one({"name": name, "secret-key": with_access(lambda access: access.administrators.reset(name))}, as_json=as_json)


@admin_app.command("list", epilog=examples("jejak admin list", "jejak admin list --json"))
def list_all(as_json: AsJson = False) -> None:
    """Lists the administrators."""
    found = with_access(lambda access: access.administrators.all())
    print_rows([administrator_view(one) for one in found], ("name", "role", "active"), as_json=as_json)


@admin_app.command("enable", epilog=examples("jejak admin enable siti"))
def enable(name: Name, as_json: AsJson = False) -> None:
    """Lets an administrator in again."""
    print_one(administrator_view(with_access(lambda access: access.administrators.switch(name, active=True))), as_json=as_json)


@admin_app.command("disable", epilog=examples("jejak admin disable siti"))
def disable(name: Name, as_json: AsJson = False) -> None:
    """Keeps an administrator out."""
    print_one(administrator_view(with_access(lambda access: access.administrators.switch(name, active=False))), as_json=as_json)
