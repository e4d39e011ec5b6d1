"""All checks, and the report. Reads no clock and fetches nothing by itself: what is not in the exhibit comes from `sources`."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from verifier.beside import check_beside
from verifier.checks.accredited import check_accredited
from verifier.checks.consistent import check_claims, check_header, named_issuer, named_method
from verifier.checks.content import check_dates, check_shape, read_facts
from verifier.checks.key import check_in_force, find_method, key_dates, public_key
from verifier.checks.signature import check_signature
from verifier.checks.terms import check_terms, foreign_contexts
from verifier.errors import CheckError, UnavailableError, UnreadableError
from verifier.from_qr import verify_payload
from verifier.messages import marked, message
from verifier.readers.presented import Exhibit, Json, Presented, Token
from verifier.readers.text import read_text
from verifier.report import Facts, Report, Step
from verifier.running import Run, Stopped
from verifier.sources.ports import Sources
from verifier.statuses import check_statuses
from verifier.trust import KnownIssuer
from verifier.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Understood:
    """A certificate of which the signature has been checked. `issuer` is None for one that is not on the trust list."""

    presented: Presented
    did: str
    method: Json
    issuer: KnownIssuer | None
    facts: Facts


def verify(exhibit: Exhibit, sources: Sources, now: datetime) -> Report:
    """Never raises for anything that the exhibit may hold."""
    run = Run(exhibit.form)
    with contextlib.suppress(Stopped):
        _verify(run, exhibit, sources, now)
    return run.report()


def verify_text(text: str, sources: Sources, now: datetime) -> Report:
    """For a certificate as JSON or as a token."""
    return verify(Exhibit("json" if text.lstrip().startswith("{") else "jwt", text), sources, now)


def _verify(run: Run, exhibit: Exhibit, sources: Sources, now: datetime) -> None:
    text = run.needed(Step.FORMAT, lambda: _certificate(run, exhibit, sources))
    if text is None:
        assert exhibit.qr is not None  # else there would be a text, or an error
        assert exhibit.qr.payload is not None
        verify_payload(run, exhibit.qr, exhibit.qr.payload, sources, now)
        return
    presented = run.needed(Step.FORMAT, lambda: read_text(text))
    did = run.needed(Step.FORMAT, lambda: named_issuer(presented))
    issuer = _entry(run, did, sources)
    contexts = run.needed(Step.FORMAT, lambda: _contexts(presented, sources))
    facts = run.tried(Step.FORMAT, lambda: _facts(presented, did, issuer, contexts))
    run.needed(Step.KEY, lambda: check_header(presented))
    name = run.needed(Step.KEY, lambda: named_method(presented, did))
    method = run.needed(Step.KEY, lambda: _method(presented, did, name, issuer, sources))
    run.needed(Step.SIGNATURE, lambda: check_signature(presented, public_key(method), contexts or {}))
    run.passed(Step.SIGNATURE)
    if facts is not None:
        run.facts = facts
        _after_signature(run, exhibit, Understood(presented, did, method, issuer, facts), sources, now)


def _certificate(run: Run, exhibit: Exhibit, sources: Sources) -> str | None:
    """The certificate itself: what is in the exhibit, or what the link leads to; None when only the QR's own object can be had."""
    qr = exhibit.qr
    if qr is not None and not sources.is_verifier(qr.link):
        text = marked("the QR code leads to {host}, which is no verifier on the trust list: do not open it")
        run.failed(Step.QR, message(text, host=urlsplit(qr.link).netloc), Verdict.UNKNOWN_ISSUER)
    if exhibit.certificate is not None:
        return exhibit.certificate
    if qr is None:
        raise UnreadableError("there is no certificate in it", damaged=False)
    try:
        found = sources.certificate(qr.link) if not run.has_failed(Step.QR) else None
    except UnavailableError:
        found = None
    if found is None and qr.payload is None:
        raise UnreadableError("there is no certificate at {link}", damaged=False, link=qr.link)
    return found


def _entry(run: Run, did: str, sources: Sources) -> KnownIssuer | None:
    """The issuer's entry. Of one that has none, everything else is checked all the same."""
    try:
        issuer = sources.issuer(did)
    except UnavailableError as error:
        run.failed(Step.TRUST, error.reason, Verdict.CANNOT_CHECK)
        return None
    if issuer is None:
        run.failed(Step.TRUST, message("nobody on the trust list is {issuer}", issuer=did))
    return issuer


def _contexts(presented: Presented, sources: Sources) -> dict[str, Json] | None:
    """The contexts that are not pinned; None where the signature is over the whole text, whatever its terms mean."""
    if isinstance(presented, Token):
        return None
    foreign = foreign_contexts(presented.document)
    if foreign and str(presented.proof.get("cryptosuite")) in ("eddsa-jcs-2022", "ecdsa-jcs-2019"):
        return None
    return {url: sources.context(url) for url in foreign}


def _facts(presented: Presented, did: str, issuer: KnownIssuer | None, contexts: dict[str, Json] | None) -> Facts:
    document = presented.document
    check_shape(document)
    if isinstance(presented, Token):
        check_claims(presented, did)
    foreign = foreign_contexts(document)
    if foreign and issuer is not None:
        raise CheckError("it uses a context that this verifier does not have: {url}", url=foreign[0])
    if contexts is not None or not foreign:
        check_terms(document, contexts or {})
    return read_facts(document, issuer, did)


def _method(presented: Presented, did: str, name: str, issuer: KnownIssuer | None, sources: Sources) -> Json:
    """The key, out of the issuer's own DID document: as the trust list has it, or as it is served for one that is not on it."""
    method = find_method(name, did, issuer.did_document if issuer is not None else sources.did_document(did))
    wanted = "JsonWebKey" if isinstance(presented, Token) else "Multikey"
    if issuer is not None and method.get("type") != wanted:
        raise CheckError("the key is of another kind than the signature")
    return method


def _after_signature(run: Run, exhibit: Exhibit, known: Understood, sources: Sources, now: datetime) -> None:
    """Each of these is looked at whatever comes of the others."""
    presented, facts = known.presented, known.facts
    if not run.has_failed(Step.TRUST):
        run.take(Step.TRUST, lambda: check_accredited(known.issuer, facts))
    check_statuses(run, presented.document, known.issuer, known.did, sources, now)
    run.take(Step.DATES, lambda: check_dates(presented, now))
    logged = check_beside(run, exhibit, presented.document, known.issuer, facts, sources)
    run.take(Step.KEY, lambda: check_in_force(key_dates(known.method, known.issuer), facts.issued, logged))
