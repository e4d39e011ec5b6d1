"""Check 5 with everything around it: which lists, whose signature is on them, and for when it holds."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from verifier.checks.consistent import check_header, named_issuer, named_method, read_moment
from verifier.checks.key import check_in_force, find_method, key_dates, public_key
from verifier.checks.signature import check_signature
from verifier.checks.status import Entry, StatusList, check_entry, entries, with_suspension
from verifier.checks.terms import check_terms
from verifier.errors import CheckError, UnavailableError
from verifier.messages import NOTHING, Message, message
from verifier.readers.presented import Json, Presented, Proven, Token
from verifier.readers.strict import read_base64url, read_object
from verifier.report import Step
from verifier.running import Run
from verifier.sources.ports import Fetched, Sources
from verifier.trust import KnownIssuer
from verifier.verdict import Verdict

LONGEST_LIST = 4 * 1024 * 1024  # characters of a list credential: 16 million random bits


def check_statuses(run: Run, document: Json, issuer: KnownIssuer | None, did: str, sources: Sources, now: datetime) -> None:
    """Looks at every list; one that says "revoked" outweighs another that cannot be had."""
    try:
        found = with_suspension(entries(document), issuer.suspension_of if issuer else _none)
        _check_own(found, issuer)
    except CheckError as error:
        run.failed(Step.STATUS, error.reason, error.verdict)
        return
    check_places(run, found, issuer, did, sources, now)


def check_places(run: Run, found: list[Entry], issuer: KnownIssuer | None, did: str, sources: Sources, now: datetime) -> None:
    """The same for places that are known already."""
    failures: list[tuple[Verdict, Message]] = []
    times: list[datetime] = []
    for entry in found:
        try:
            fetched = sources.status_list(entry.url)
            times.append(fetched.at)
            check_entry(entry, _genuine(fetched, issuer, did, sources), did, now)
        except CheckError as error:
            failures.append((error.verdict or Verdict.CANNOT_CHECK, error.reason))
        except UnavailableError as error:
            failures.append((Verdict.CANNOT_CHECK, error.reason))
    at = min(times, default=None)
    if failures:
        verdict, reason = min(failures, key=lambda failure: list(Verdict).index(failure[0]))
        run.failed(Step.STATUS, reason, verdict, at)
    elif found:
        run.passed(Step.STATUS, NOTHING, at)
    else:
        run.passed(Step.STATUS, message("it names no status list, so it cannot be revoked"))


def _none(url: str) -> None:
    """An issuer that is not on the trust list has no lists there."""


def _check_own(found: list[Entry], issuer: KnownIssuer | None) -> None:
    """An issuer on the trust list has told its lists there; a certificate may not choose another, or none."""
    if issuer is None or not issuer.revocations:
        return
    if not any(entry.purpose == "revocation" for entry in found):
        raise CheckError("it names no status list, though its issuer has one")
    for entry in found:
        if entry.purpose == "revocation" and issuer.list_number(entry.url) is None:
            raise CheckError("the status list that it names is not one of its issuer's: {url}", url=entry.url)


def _genuine(fetched: Fetched, issuer: KnownIssuer | None, did: str, sources: Sources) -> StatusList:
    """The list, signed by the issuer. Raises CheckError, UnavailableError."""
    try:
        did_document = issuer.did_document if issuer is not None else sources.did_document(did)
        presented, method = _verified(fetched.text, did, _Document(did_document))
        check_in_force(key_dates(method, issuer), read_moment(presented.document.get("validFrom")), None)
        return StatusList(presented.document, fetched.at)
    except CheckError as error:
        if error.reason.text == "the status list is not the issuer's":
            raise
        raise CheckError("the status list is not genuine: {why}", why=str(error)) from error


class _Document:
    """A DID document that can be a key of the cache, by identity."""

    __slots__ = ("value",)

    def __init__(self, value: Json) -> None:
        self.value = value

    def __hash__(self) -> int:
        return id(self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Document) and self.value is other.value


@lru_cache(maxsize=32)
def _verified(text: str, did: str, did_document: _Document) -> tuple[Presented, Json]:
    """The list, and the key that it is signed with. Whether its time has come or gone is asked each time. Raises CheckError."""
    presented = _read(text)
    if named_issuer(presented) != did:
        raise CheckError("the status list is not the issuer's")
    check_header(presented)
    method = find_method(named_method(presented, did), did, did_document.value)
    if not isinstance(presented, Token):
        check_terms(presented.document, {})
    check_signature(presented, public_key(method), {})
    return presented, method


def _read(text: str) -> Presented:
    text = text.strip()
    if len(text) > LONGEST_LIST:
        raise CheckError("the status list is longer than any may be, or cut off")
    if text.startswith("{"):
        document = read_object(text.encode("utf-8", "surrogatepass"))
        proof = document.pop("proof", None)
        proof = proof[0] if isinstance(proof, list) and len(proof) == 1 else proof
        if not isinstance(proof, dict):
            raise CheckError("the status list is not signed")
        return Proven(document, proof)
    parts = text.split(".")
    if len(parts) != 3:
        raise CheckError("the status list is not readable")
    return Token(text, read_object(read_base64url(parts[0])), read_object(read_base64url(parts[1])))
