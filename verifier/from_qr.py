"""A QR whose certificate cannot be had: its small signed object is checked by itself. It says what a certificate says, some texts cut."""

from __future__ import annotations

from datetime import datetime

from verifier.checks.accredited import check_accredited
from verifier.checks.content import check_window
from verifier.checks.key import check_in_force, key_dates
from verifier.checks.log import check_logged
from verifier.checks.qr import check_payload_signature, payload_method
from verifier.checks.status import Entry, with_suspension
from verifier.errors import CheckError, UnavailableError
from verifier.messages import message
from verifier.readers.payload import Payload, linked_id, read_payload
from verifier.readers.presented import QrCode
from verifier.report import Facts, Step
from verifier.running import Run
from verifier.sources.ports import Sources
from verifier.statuses import check_places
from verifier.trust import KnownIssuer
from verifier.verdict import Verdict


def verify_payload(run: Run, qr: QrCode, content: bytes, sources: Sources, now: datetime) -> None:
    """Raises Stopped."""
    payload = run.needed(Step.FORMAT, lambda: read_payload(content))
    run.passed(Step.FORMAT, message("the certificate itself cannot be had here; this is what its QR code says"))
    issuer = run.needed(Step.TRUST, lambda: _issuer(payload, sources))
    method = run.needed(Step.KEY, lambda: payload_method(payload, issuer.did, issuer.did_document))
    run.needed(Step.SIGNATURE, lambda: check_payload_signature(payload, method))
    run.passed(Step.SIGNATURE)
    facts = run.facts = _facts(payload, qr, issuer)
    run.require(Step.QR)
    run.take(Step.QR, lambda: _check_link(payload, qr))
    run.take(Step.TRUST, lambda: check_accredited(issuer, facts))
    run.take(Step.DATES, lambda: check_window(payload.issued, payload.expires, now))
    places = with_suspension([Entry(issuer.list_address(payload.list), payload.index, "revocation")], issuer.suspension_of)
    check_places(run, places, issuer, issuer.did, sources, now)
    logged = _logged(run, payload, facts, issuer, sources)
    run.take(Step.KEY, lambda: check_in_force(key_dates(method, issuer), payload.issued, logged))


def _issuer(payload: Payload, sources: Sources) -> KnownIssuer:
    issuer = sources.issuer_of_key(payload.key.hex())
    if issuer is None:
        raise CheckError("nobody on the trust list has the key of this QR code")
    return issuer


def _check_link(payload: Payload, qr: QrCode) -> None:
    if linked_id(qr.link) != payload.id:
        raise CheckError("the QR code belongs to another certificate")


def _facts(payload: Payload, qr: QrCode, issuer: KnownIssuer) -> Facts:
    return Facts(
        id=qr.link.replace("/v/", "/c/"),
        title=payload.title,
        provider=issuer.name,
        claimed_provider=payload.provider,
        issuer=issuer.did,
        holder=payload.holder,
        jp=payload.jp,
        issued=payload.issued,
        completed=payload.awarded,
        expires=payload.expires,
        kind=payload.kind,
        cut=bool(payload.cut),
    )


def _logged(run: Run, payload: Payload, facts: Facts, issuer: KnownIssuer, sources: Sources) -> datetime | None:
    log = issuer.log
    if log is None:
        run.skipped(Step.LOG, message("the trust list names no log for this issuer"))
        return None
    run.require(Step.LOG)
    try:
        proof = sources.log_proof(facts.id)
        if proof is None:
            raise UnavailableError("the log does not have it, or not yet")
        seen = check_logged(proof, payload.digest, log, payload.issued)
    except CheckError as error:
        run.failed(Step.LOG, error.reason, error.verdict)
    except UnavailableError as error:
        run.failed(Step.LOG, error.reason, Verdict.CANNOT_CHECK)
    else:
        run.passed(Step.LOG, message("a witness has seen it in the log at {seen:moment}", seen=seen.isoformat()), seen)
        return seen
    return None
