"""`jejak issuer`: keys of issuers, rotated and, when one was stolen, revoked."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from credentials.certificate.number import printed_number
from credentials.keys.did import moment
from credentials.keys.key import IssuerKey
from jejak.cli.opened import with_product
from jejak.cli.outcomes import commands, examples
from jejak.cli.printed import AsJson, print_rows
from jejak.composition import Product
from jejak.public_files import trust_lists, write_public
from lrs.clock import to_us
from lrs.errors import InvalidRequestError

issuer_app = commands("Issuers' keys. After each change, put the issuer into the trust list anew: jejak trust add.")

Provider = Annotated[str, typer.Argument(help="The provider's id.")]
Reason = Annotated[str, typer.Option("--reason", help="Why, for the log of decisions.")]
_ACTOR = "administrator:command-line"
_COLUMNS = ("method", "kind", "vault", "created", "expires", "revoked")


@issuer_app.command("keys", epilog=examples("jejak issuer keys balai", "jejak issuer keys balai --json"))
def keys_command(provider: Provider, as_json: AsJson = False) -> None:
    """Lists every key that the issuer ever had."""
    found = with_product(lambda product: product.credentials.certificates.keys.keys(provider))
    print_rows([_view(key) for key in found], _COLUMNS, as_json=as_json)


@issuer_app.command("rotate", epilog=examples("jejak issuer rotate balai --reason 'setiap tahun'"))
def rotate_command(provider: Provider, reason: Reason, as_json: AsJson = False) -> None:
    """Makes new keys and signs with them; the old ones expire in a day and stay published."""

    async def done(product: Product) -> list[IssuerKey]:
        return await product.credentials.certificates.amending(product.credentials.decisions).rotate(provider, _ACTOR, reason)

    print_rows([_view(key) for key in with_product(done)], _COLUMNS, as_json=as_json)


@issuer_app.command(
    "compromised",
    epilog=examples("jejak issuer compromised balai p256-1 --since 2026-11-24T08:00:00+07:00 --reason 'laptop dicuri' --json"),
)
def compromised_command(
    provider: Provider,
    method: Annotated[str, typer.Argument(help="Which key: its fragment, as `jejak issuer keys` lists it.")],
    since: Annotated[str, typer.Option("--since", help="Since when it may have been in other hands, with a zone.")],
    reason: Reason,
    as_json: AsJson = False,
) -> None:
    """Revokes a key, signs by a new one and every list anew, and lists the certificates that must be reissued.

    What witnesses had cosigned in the log before --since stays valid and is not listed.
    """
    try:
        moment_of = datetime.fromisoformat(since)
    except ValueError as error:
        raise InvalidRequestError("a moment is 2026-11-24T08:00:00+07:00", where="--since") from error
    if moment_of.tzinfo is None:
        raise InvalidRequestError("the moment needs a zone: 2026-11-24T08:00:00+07:00", where="--since")

    async def done(product: Product) -> list[dict[str, object]]:
        amending = product.credentials.certificates.amending(product.credentials.decisions)
        found = await amending.compromised(provider, method, to_us(moment_of), _ACTOR, reason)
        return [{"id": one.id, "number": printed_number(one.id), "batch": one.batch, "issued": moment(one.issued)} for one in found]

    found = with_product(done)
    print_rows(found, ("id", "number", "batch", "issued"), as_json=as_json)
    typer.echo(f"{len(found)} certificates must be reissued: jejak certificate reissue ID", err=True)


@issuer_app.command("export", epilog=examples("jejak issuer export /srv/jejak-berkas"))
def export_command(folder: Annotated[Path, typer.Argument(help="Folder that a web server serves at the public address.")]) -> None:
    """Writes DID documents, status lists, log and trust lists as files: what verifiers fetch, also while this server is away.

    Run it each minute: a status list holds for a day and is signed anew when something is revoked. What did not change is left alone.
    """

    async def done(product: Product) -> tuple[int, int]:
        written = total = 0
        async for path, content in product.credentials.publishing.files():
            written += write_public(folder / path, content)
            total += 1
        for file in trust_lists(product.settings.trust_dir):
            written += write_public(folder / "trust" / file.name.replace(".list.json", ".json"), file.read_bytes())
            total += 1
        return written, total

    written, total = with_product(done)
    typer.echo(f"{written} of {total} files written: {folder}")


def _view(key: IssuerKey) -> dict[str, object]:
    told: dict[str, object] = {"method": key.method, "kind": key.kind, "vault": key.vault, "created": moment(key.created)}
    return told | {name: moment(at) if at else "-" for name, at in (("expires", key.expires), ("revoked", key.revoked))}
