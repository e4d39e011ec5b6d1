"""`jejak certificate`: what was issued, and what was decided about it since."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated

import typer

from credentials.certificate.number import printed_number
from credentials.keys.did import moment
from credentials.services.amending import Amending
from credentials.services.reserving import Issue
from jejak.cli import certificate_zip
from jejak.cli.opened import with_product
from jejak.cli.outcomes import commands, examples
from jejak.cli.printed import AsJson, print_one
from jejak.composition import Product
from lrs.errors import NotFoundError

certificate_app = commands(
    "Certificates: shown, revoked, suspended, reissued. The status list follows within a second while a server runs."
)
certificate_app.command("zip", epilog=certificate_zip.EXAMPLES)(certificate_zip.zip_command)

Id = Annotated[str, typer.Argument(help="The certificate's id, as it stands in its address.")]
Reason = Annotated[str, typer.Option("--reason", help="Why: what the holder is told.")]
_ACTOR = "administrator:command-line"


@certificate_app.command("show", epilog=examples("jejak certificate show abcdefghijklmnopqrstuvwxya --json"))
def show(certificate: Id, as_json: AsJson = False) -> None:
    """Tells its number, its batch, and what became of it."""

    async def found(amending: Amending) -> Issue:
        issue = await amending.reserving.issue(certificate)
        if issue is None:
            raise NotFoundError("there is no certificate with this id", where="id")
        return issue

    _print(found, as_json=as_json)


@certificate_app.command("revoke", epilog=examples("jejak certificate revoke abcdefghijklmnopqrstuvwxya --reason 'bukti palsu'"))
def revoke(certificate: Id, reason: Reason, as_json: AsJson = False) -> None:
    """Revokes it for good."""
    _print(lambda amending: amending.revoke(certificate, _ACTOR, reason), as_json=as_json)


@certificate_app.command("suspend", epilog=examples("jejak certificate suspend abcdefghijklmnopqrstuvwxya --reason 'sedang diperiksa'"))
def suspend(certificate: Id, reason: Reason, as_json: AsJson = False) -> None:
    """Suspends it until it is reinstated."""
    _print(lambda amending: amending.suspend(certificate, _ACTOR, reason), as_json=as_json)


@certificate_app.command(
    "reinstate", epilog=examples("jejak certificate reinstate abcdefghijklmnopqrstuvwxya --reason 'selesai diperiksa'")
)
def reinstate(certificate: Id, reason: Reason, as_json: AsJson = False) -> None:
    """Takes a suspension back."""
    _print(lambda amending: amending.reinstate(certificate, _ACTOR, reason), as_json=as_json)


@certificate_app.command("reissue", epilog=examples("jejak certificate reissue abcdefghijklmnopqrstuvwxya --reason 'kunci diganti'"))
def reissue(certificate: Id, reason: Reason, as_json: AsJson = False) -> None:
    """Issues the same facts anew by the keys of now; the new one names the old one, which is revoked."""

    async def done(amending: Amending) -> Issue:
        issue = await amending.reserving.issue(await amending.reissue(certificate, _ACTOR, reason))
        assert issue is not None  # reserved a moment ago
        return issue

    _print(done, as_json=as_json)


def _print(work: Callable[[Amending], Awaitable[Issue]], *, as_json: bool) -> None:
    async def opened(product: Product) -> Issue:
        return await work(product.credentials.certificates.amending(product.credentials.decisions))

    issue = with_product(opened)
    draft = issue.reservation.draft
    told = {
        "id": issue.reservation.id,
        "number": printed_number(issue.reservation.id),
        "provider": draft.provider,
        "batch": draft.batch,
        "issue": draft.number,
        "replaces": draft.replaces or "-",
        "revoked": moment(issue.revoked) if issue.revoked else "-",
        "suspended": moment(issue.suspended) if issue.suspended else "-",
    }
    print_one(told, as_json=as_json)
