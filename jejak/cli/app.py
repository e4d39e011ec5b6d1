"""The command line: `jejak …`. Each group of commands is a module; this one puts them together.

Exit codes: 0 done · 1 done, and something is wrong with what was looked at · 2 it could not be done (settings, store, arguments).
"""

from __future__ import annotations

import sys

import typer

from jejak.cli.access import admin_app, client_app, provider_app
from jejak.cli.db import db_app
from jejak.cli.statements import statements_app
from jejak.serve import serve
from jejak.settings import load_settings
from lrs.errors import LrsError

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)
app.add_typer(provider_app, name="provider")
app.add_typer(client_app, name="client")
app.add_typer(admin_app, name="admin")
app.add_typer(statements_app, name="statements")
app.add_typer(db_app, name="db")


@app.command("serve")
def serve_command() -> None:
    """Start the server; settings are JEJAK_* variables (docs/configuration.md)."""
    raise typer.Exit(serve(load_settings()))


def main() -> None:
    """The console script."""
    try:
        app()
    except LrsError as error:
        print(f"jejak: {error.message}", file=sys.stderr)
        sys.exit(2)
