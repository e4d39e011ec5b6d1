"""`jejak witness`: a witness of issuance logs, on a machine of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from credentials.errors import NoteError
from credentials.log.note import NoteKey, parse_key
from jejak.cli.outcomes import commands, examples
from jejak.witness import WitnessSettings, serve_witness, witness_key
from lrs.errors import InvalidRequestError

witness_app = commands("A witness: cosigns logs that only ever grow. It needs neither store nor settings of a server.")

Folder = Annotated[
    Path, typer.Option("--data", help="Folder of its key and its memory; back it up, and never copy it to a second witness.")
]
Name = Annotated[
    str, typer.Option("--name", help="Its name, without scheme: saksi.contoh.go.id/1. It belongs to the key: never change it.")
]


@witness_app.command("key", epilog=examples("jejak witness key --data /srv/saksi --name saksi.contoh.go.id/1"))
def key(name: Name, data: Folder = Path("witness")) -> None:
    """Tells its verifier key, for the trust list and for the log; makes the key when there is none."""
    typer.echo(witness_key(data, name)[0].text())


@witness_app.command(
    "serve", epilog=examples("jejak witness serve --data /srv/saksi --name saksi.contoh.go.id/1 --log 'jejak.contoh.go.id/log+…'")
)
def serve(
    name: Name,
    log: Annotated[list[str], typer.Option("--log", help="Verifier key of a log that is cosigned; may be said more than once.")],
    data: Folder = Path("witness"),
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8010,
) -> None:
    """Runs the witness until it is told to stop (SIGTERM, Ctrl-C)."""
    raise typer.Exit(serve_witness(WitnessSettings(data, name, [_key(one) for one in log], host, port)))


def _key(text: str) -> NoteKey:
    try:
        return parse_key(text)
    except NoteError as error:
        raise InvalidRequestError(error.message, where="--log") from error
