"""The command line: `jejak …`. Each group of commands is a module; this one puts them together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

import typer

from jejak import VERSION
from jejak.cli.later import LaterCommands
from jejak.cli.outcomes import commands, examples


class _Jejak(LaterCommands):
    later: ClassVar[Mapping[str, str]] = {
        "admin": "jejak.cli.admin:admin_app",
        "bench": "jejak.cli.bench:bench_app",
        "catalogue": "jejak.cli.catalogue:catalogue_app",
        "certificate": "jejak.cli.certificate:certificate_app",
        "client": "jejak.cli.client:client_app",
        "db": "jejak.cli.db_copy:db_app",
        "evidence": "jejak.cli.evidence:evidence_app",
        "hours": "jejak.cli.hours:hours_app",
        "issuer": "jejak.cli.issuer:issuer_app",
        "log": "jejak.cli.log:log_app",
        "people": "jejak.cli.people:people_app",
        "provider": "jejak.cli.provider:provider_app",
        "rebuild": "jejak.cli.rebuild:rebuild_app",
        "retention": "jejak.cli.retention:retention_app",
        "statements": "jejak.cli.statements:statements_app",
        "trust": "jejak.cli.trust:trust_app",
        "verify": "jejak.cli.verify:verify_app",
        "witness": "jejak.cli.witness:witness_app",
    }


app = commands("Jejak, a Learning Record Store. Settings are JEJAK_* variables (docs/configuration.md).", _Jejak)


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
    from jejak.serve import serve
    from jejak.settings import load_settings

    raise typer.Exit(serve(load_settings()))


def main() -> None:
    """The console script."""
    app(prog_name="jejak")
