"""`jejak trust`: the overseer's list of issuers, and the root keys that sign it. Root keys are used where no server is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from credentials.trust.content import Grant, empty_trust, issuer_entry, log_entry, with_hosts, with_issuer, with_log, without_issuer
from credentials.trust.signing import assembled, check_chain, content_of, new_list, new_root, public_key, signed, signers_of
from jejak.cli.opened import with_product
from jejak.cli.outcomes import commands, examples
from jejak.cli.printed import AsJson, print_one
from jejak.cli.secret_input import own_secret
from jejak.composition import Product
from jejak.trust_folder import TrustFolder, new_key, open_key
from lrs.errors import InvalidRequestError, NotFoundError
from schemas.loader import formats

trust_app = commands("The trust list: who may issue what, signed by a threshold of the overseer's root keys.")

Folder = Annotated[Path, typer.Option("--folder", help="Folder of roots, draft and published lists.")]
_FOLDER = Path("trust")
_DAYS: int = formats()["trust"]["valid_days"]
Json = dict[str, Any]


@trust_app.command("key", epilog=examples("jejak trust key /media/usb/root-1.pem"))
def key_command(path: Annotated[Path, typer.Argument(help="The file to make; its public part is written beside it, with .pub.")]) -> None:
    """Makes a root key, encrypted with a passphrase that is asked for. Keep each on a medium and with a person of its own."""
    new_key(path, own_secret(True).encode())
    typer.echo(f"{path} and {path}.pub are there")


@trust_app.command("root", epilog=examples("jejak trust root --public root-1.pem.pub --public root-2.pem.pub --public root-3.pem.pub"))
def root_command(
    public: Annotated[list[Path], typer.Option("--public", help="Public part of a root key; said once for each.")],
    threshold: Annotated[int, typer.Option(min=1, help="How many of them must sign.")] = 2,
    days: Annotated[int, typer.Option(min=1, max=3_660, help="For how many days the root holds.")] = 1_825,
    folder: Folder = _FOLDER,
) -> None:
    """Begins the first root, or the next one with other keys, which the keys of both must sign."""
    place = TrustFolder(folder)
    version = len(place.roots()) + 1
    keys = [public_key(_bytes(path)) for path in public]
    place.write(place.root_path(version), new_root(version, keys, threshold, _after(days)))
    typer.echo(f"root {version} waits for signatures: jejak trust sign KEYFILE --root")


@trust_app.command("draft", epilog=examples("jejak trust draft", "jejak trust draft --days 30"))
def draft_command(
    days: Annotated[int, typer.Option(min=1, max=366, help="For how many days the list holds.")] = _DAYS, folder: Folder = _FOLDER
) -> None:
    """Begins the next version of the list, with what was published last in it."""
    place = TrustFolder(folder)
    before = place.published()
    version, content = (before["list"]["signed"]["version"] + 1, content_of(before["list"])) if before else (1, empty_trust())
    place.write(place.draft_path, new_list(version, content, _after(days)))
    typer.echo(f"version {version} is begun")


@trust_app.command(
    "add",
    epilog=examples("jejak trust add balai --kinds 1,3,16 --from 2026-01-01", "jejak trust add balai --kinds 3 --until 2027-12-31"),
)
def add_command(
    provider: Annotated[str, typer.Argument(help="The provider's id on this server.")],
    kinds: Annotated[str, typer.Option(help="Codes of the channels (jalur) for which it may grant JP, comma between.")],
    since: Annotated[str, typer.Option("--from", help="First day (WIB); without it today.")] = "",
    until: Annotated[str, typer.Option("--until", help="Last day (WIB); without it no end.")] = "",
    quorum: Annotated[int, typer.Option(min=0, help="How many of the log's witnesses must have cosigned; 0 leaves the log out.")] = 0,
    folder: Folder = _FOLDER,
) -> None:
    """Puts an issuer of this server into the draft, with its keys, lists and log as they are now; in place of its earlier entry."""
    grant = Grant(_kinds(kinds), _day(since or datetime.now(UTC).date().isoformat()), _day(until) + timedelta(days=1) if until else None)
    entry, log = with_product(lambda product: _entries(product, provider, grant, quorum))
    _change(folder, lambda trust: with_issuer(with_log(trust, log) if log else trust, entry))


@trust_app.command("remove", epilog=examples("jejak trust remove did:web:lama.contoh.go.id:issuers:balai"))
def remove_command(did: Annotated[str, typer.Argument(help="The issuer's DID.")], folder: Folder = _FOLDER) -> None:
    """Takes an issuer out of the draft: its certificates are then of an unknown issuer. To end what it may grant, say --until instead."""
    _change(folder, lambda trust: without_issuer(trust, did))


@trust_app.command("hosts", epilog=examples("jejak trust hosts --current verifikasi.contoh.go.id --former cek.contoh.go.id"))
def hosts_command(
    current: Annotated[list[str], typer.Option("--current", help="Host of a verifier, with its port when it is not 443.")],
    former: Annotated[list[str] | None, typer.Option("--former", help="A host that stands on older certificates.")] = None,
    folder: Folder = _FOLDER,
) -> None:
    """Says which hosts are verifiers."""
    _change(folder, lambda trust: with_hosts(trust, current, former or ()))


@trust_app.command("sign", epilog=examples("jejak trust sign /media/usb/root-1.pem", "jejak trust sign /media/usb/root-1.pem --root"))
def sign_command(
    key: Annotated[Path, typer.Argument(help="The root key's file; its passphrase is asked for.")],
    root: Annotated[bool, typer.Option("--root", help="Sign the newest root instead of the draft.")] = False,
    folder: Folder = _FOLDER,
) -> None:
    """Adds a signature to the draft, or to the newest root."""
    place = TrustFolder(folder)
    path = place.root_path(len(place.roots())) if root else place.draft_path
    told = place.roots()[-1] if root and place.roots() else place.draft()
    told = signed(told, open_key(key, own_secret(True).encode()))
    place.write(path, told)
    have, need = signers_of(told, place.roots()[-1])
    typer.echo(f"{path}: {have} of {need} signatures that are needed")


@trust_app.command("publish", epilog=examples("jejak trust publish"))
def publish_command(folder: Folder = _FOLDER) -> None:
    """Makes the whole file of the draft, once enough have signed. It is served from JEJAK_TRUST_DIR; older versions stay beside it."""
    place = TrustFolder(folder)
    before = place.published()
    draft = place.draft()
    content = assembled(place.roots(), draft, before["list"] if before else None)
    typer.echo(f"published: {place.publish(draft['signed']['version'], content)}")


@trust_app.command("show", epilog=examples("jejak trust show", "jejak trust show --json"))
def show_command(folder: Folder = _FOLDER, as_json: AsJson = False) -> None:
    """Tells what the folder holds: roots, the published list, the draft, and how many have signed."""
    place = TrustFolder(folder)
    roots, whole = place.roots(), place.published()
    if not roots:
        raise NotFoundError(f"there is no root in {folder}; `jejak trust root` begins one")
    told: dict[str, object] = {"roots": len(roots), "threshold": signers_of(roots[-1], roots[-1])[1]}
    told |= {"root_signatures": signers_of(roots[-1], roots[-1])[0], "published": 0, "expires": "-", "issuers": 0}
    if whole is not None:
        check_chain(roots)
        listed = whole["list"]["signed"]
        told |= {"published": listed["version"], "expires": listed["expires"], "issuers": len(content_of(whole["list"])["issuers"])}
    if place.draft_path.exists():
        draft = place.draft()
        told |= {"draft": draft["signed"]["version"], "draft_signatures": signers_of(draft, roots[-1])[0]}
    print_one(told, as_json=as_json)


async def _entries(product: Product, provider: str, grant: Grant, quorum: int) -> tuple[Json, Json | None]:
    certificates = product.credentials.certificates
    known = await product.credentials.providers.provider(provider)
    if known is None:
        raise NotFoundError("there is no provider with this id", where="provider")
    keys, url = certificates.keys, f"{certificates.url}/issuers/{provider}"
    log = certificates.log
    entry = issuer_entry(
        keys.did(provider),
        known.name,
        url,
        await keys.keys(provider),
        [grant],
        log.origin if quorum else "",
        await certificates.filing.signers(provider),
    )
    if not quorum:
        return entry, None
    witnesses = [one.key.text() for one in certificates.cosigning.witnesses]
    if quorum > len(witnesses):
        raise InvalidRequestError(f"JEJAK_LOG_WITNESSES names {len(witnesses)} witnesses", where="--quorum")
    return entry, log_entry(log.origin, (await log.key()).text(), f"{certificates.url}/log", witnesses, quorum)


def _change(folder: Path, change: Callable[[Json], Json]) -> None:
    """A changed draft has to be signed anew."""
    place = TrustFolder(folder)
    draft = place.draft()
    expires = datetime.fromisoformat(draft["signed"]["expires"])
    place.write(place.draft_path, new_list(draft["signed"]["version"], change(content_of(draft)), expires))
    typer.echo(f"version {draft['signed']['version']} is changed; signatures under it are gone")


def _after(days: int) -> datetime:
    return datetime.now(UTC) + timedelta(days=days)


def _day(text: str) -> datetime:
    """The beginning of a day in Jakarta."""
    try:
        return datetime.fromisoformat(f"{text}T00:00:00+07:00").astimezone(UTC)
    except ValueError as error:
        raise InvalidRequestError("a day is YYYY-MM-DD", where="--from, --until") from error


def _kinds(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError as error:
        raise InvalidRequestError("kinds are numbers with commas between", where="--kinds") from error


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InvalidRequestError(f"{path} cannot be read", where="--public") from error
