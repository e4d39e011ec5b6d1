"""The command line: `jejak …`. Each group of commands is a module; this one puts them together."""

from __future__ import annotations

from typing import Annotated

import typer

from jejak import VERSION
from jejak.cli import certificate_zip, verify
from jejak.cli.admin import admin_app
from jejak.cli.bench import EXAMPLES, bench_command
from jejak.cli.catalogue import catalogue_app
from jejak.cli.certificate import certificate_app
from jejak.cli.client import client_app
from jejak.cli.db import db_app
from jejak.cli.evidence import evidence_app
from jejak.cli.hours import hours_app
from jejak.cli.issuer import issuer_app
from jejak.cli.log import log_app
from jejak.cli.outcomes import commands, examples
from jejak.cli.people import people_app
from jejak.cli.provider import provider_app
from jejak.cli.rebuild import EXAMPLES as REBUILD_EXAMPLES
from jejak.cli.rebuild import rebuild_command
from jejak.cli.retention import retention_app
from jejak.cli.statements import statements_app
from jejak.cli.trust import trust_app
from jejak.cli.witness import witness_app
from jejak.serve import serve
from jejak.settings import load_settings

app = commands("Jejak, a Learning Record Store. Settings are JEJAK_* variables (docs/configuration.md).")
app.add_typer(admin_app, name="admin")
app.add_typer(people_app, name="people")
app.add_typer(catalogue_app, name="catalogue")
app.add_typer(provider_app, name="provider")
app.add_typer(client_app, name="client")
app.add_typer(statements_app, name="statements")
app.add_typer(db_app, name="db")
app.add_typer(hours_app, name="hours")
app.add_typer(evidence_app, name="evidence")
app.add_typer(retention_app, name="retention")
app.add_typer(log_app, name="log")
app.add_typer(witness_app, name="witness")
app.add_typer(trust_app, name="trust")
certificate_app.command("zip", epilog=certificate_zip.EXAMPLES)(certificate_zip.zip_command)
app.add_typer(certificate_app, name="certificate")
app.add_typer(issuer_app, name="issuer")
app.command("bench", epilog=EXAMPLES)(bench_command)
app.command("rebuild", epilog=REBUILD_EXAMPLES)(rebuild_command)
app.command("verify", epilog=verify.EXAMPLES)(verify.verify_command)


def _tell_version(asked: bool) -> None:
    if asked:
        typer.echo(f"jejak {VERSION}")
        raise typer.Exit


@app.callback(epilog=examples("jejak serve", "jejak client list --json", "jejak db backup /var/backups/jejak-2026-11-24"))
def jejak(
    version: Annotated[bool, typer.Option("--version", help="Show the version and exit.", is_eager=True, callback=_tell_version)] = False,
) -> None:
    """Jejak, a Learning Record Store. Settings are JEJAK_* variables (docs/configuration.md)."""


@app.command("serve", epilog=examples("jejak serve", "JEJAK_PORT=8080 JEJAK_DATA_DIR=/srv/jejak jejak serve"))
def serve_command() -> None:
    """Starts the server, and runs until it is told to stop (SIGTERM, Ctrl-C)."""
    raise typer.Exit(serve(load_settings()))


def main() -> None:
    """The console script."""
    app()
