"""`jejak log`: what the issuance log says, and whether it is whole."""

from __future__ import annotations

import asyncio
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from credentials.errors import NoteError
from credentials.log.note import Checkpoint, NoteKey, parse_checkpoint, parse_key, parse_note
from credentials.services.audit import AuditReport, Expected, audit, audit_certificates
from credentials.services.log_readers import HttpLog, OwnLog
from jejak.cli.opened import with_product
from jejak.cli.outcomes import Exit, commands, examples
from jejak.cli.printed import AsJson, print_one
from jejak.composition import Product
from lrs.errors import ConfigurationError, InvalidRequestError, NotFoundError

log_app = commands("The issuance log: everything that was ever issued, in order.")

Key = Annotated[str, typer.Option("--key", help="The log's verifier key, from the trust list; without it the store's own.")]
Witness = Annotated[list[str] | None, typer.Option("--witness", help="Verifier key of a witness; may be said more than once.")]
Quorum = Annotated[int, typer.Option("--quorum", min=0, help="How many of the witnesses must have cosigned the checkpoint.")]
Remember = Annotated[
    Path | None, typer.Option("--remember", help="File with the checkpoint of the last audit: it must go on from there, and is replaced.")
]


@log_app.command("key", epilog=examples("jejak log key"))
def key_command() -> None:
    """Tells the log's verifier key, for the trust list and for witnesses."""
    typer.echo(with_product(lambda product: product.credentials.certificates.log.key()).text())


@log_app.command("head", epilog=examples("jejak log head", "jejak log head --json"))
def head(as_json: AsJson = False) -> None:
    """Tells how many certificates are in the log, and what witnesses cosigned last."""

    async def told(product: Product) -> dict[str, object]:
        log = product.credentials.certificates.log
        newest, cosigned = await log.head(), await log.last_cosigned()
        if newest is None:
            raise NotFoundError("nothing is in the log yet")
        return {
            "origin": log.origin,
            "size": newest.size,
            "root": newest.root.hex(),
            "cosigned_size": cosigned.size if cosigned else 0,
            "cosigned_at": _time(cosigned.time) if cosigned else "-",
        }

    print_one(with_product(told), as_json=as_json)


@log_app.command(
    "audit",
    epilog=examples(
        "jejak log audit",
        "jejak log audit --url https://jejak.contoh.go.id/log --key 'jejak.contoh.go.id/log+…' --remember log.json",
    ),
)
def audit_command(
    url: Annotated[str, typer.Option("--url", help="Address of a log; without it this server's own store, certificates included.")] = "",
    key: Key = "",
    witness: Witness = None,
    quorum: Quorum = 0,
    remember: Remember = None,
    as_json: AsJson = False,
) -> None:
    """Reads the whole log and says whether it is whole: entries, tiles, root, signatures, and that it goes on from what was seen."""
    witnesses = [_key(one) for one in witness or ()]
    earlier = _remembered(remember)
    if url:
        if not key:
            raise InvalidRequestError("--url needs the log's --key: what the log says of itself proves nothing", where="--key")
        report = asyncio.run(_over_http(url.rstrip("/"), Expected(_key(key), witnesses, quorum, earlier)))
    else:
        report = with_product(lambda product: _own(product, key, witnesses, quorum, earlier))
    _print(report, as_json=as_json)
    if report.problems:
        raise typer.Exit(Exit.FAILED)
    if remember is not None:
        _replace(remember, report)


async def _own(product: Product, key: str, witnesses: list[NoteKey], quorum: int, earlier: list[Checkpoint]) -> AuditReport:
    certificates = product.credentials.certificates
    expected = Expected(_key(key) if key else await certificates.log.key(), witnesses, quorum, earlier)
    log = OwnLog(certificates.log)
    report = await audit(log, expected)
    await audit_certificates(product.credentials.records, log, report)
    return report


async def _over_http(url: str, expected: Expected) -> AuditReport:
    log = HttpLog(url)
    try:
        return await audit(log, expected)
    finally:
        await log.close()


def _print(report: AuditReport, *, as_json: bool) -> None:
    told = {
        "origin": report.origin,
        "size": report.size,
        "root": report.root.hex(),
        "cosigned_at": _time(report.time) if report.time else "-",
        "certificates": report.certificates,
        "problems": report.problems,
    }
    if as_json:
        typer.echo(json.dumps(told))
        return
    print_one({name: value for name, value in told.items() if name != "problems"}, as_json=False)
    for problem in report.problems:
        typer.echo(f"PROBLEM  {problem}")
    typer.echo("the log is NOT whole" if report.problems else "the log is whole")


def _key(text: str) -> NoteKey:
    try:
        return parse_key(text)
    except NoteError as error:
        raise InvalidRequestError(error.message, where="verifier key") from error


def _remembered(path: Path | None) -> list[Checkpoint]:
    if path is None or not path.exists():
        return []
    try:
        return [parse_checkpoint(parse_note(json.loads(path.read_text())["checkpoint"]).text)]
    except (OSError, ValueError, KeyError, TypeError, NoteError) as error:
        raise ConfigurationError(f"{path} is not what an audit remembered") from error


def _replace(path: Path, report: AuditReport) -> None:
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.write_text(json.dumps({"checkpoint": report.note}))
    draft.replace(path)


def _time(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")
