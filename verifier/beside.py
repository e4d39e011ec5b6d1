"""Checks 7 to 10: what came beside the certificate, where it came: QR, the PDF's own signature, the log."""

from __future__ import annotations

from datetime import datetime

from verifier.checks.digest import credential_digest
from verifier.checks.log import check_logged
from verifier.checks.pdf import check_pdf_signer, check_pdf_unchanged, check_words
from verifier.checks.qr import check_payload_signature, check_same, payload_method
from verifier.errors import CheckError, UnavailableError
from verifier.messages import message
from verifier.readers.payload import linked_id, read_payload
from verifier.readers.presented import Exhibit, Json, PdfFindings
from verifier.report import Facts, Step
from verifier.running import Run
from verifier.sources.ports import Sources
from verifier.trust import KnownIssuer, KnownLog
from verifier.verdict import Verdict


def check_beside(run: Run, exhibit: Exhibit, document: Json, issuer: KnownIssuer | None, facts: Facts, sources: Sources) -> datetime | None:
    """The time at which a witness has seen it in the log; None where that is not known."""
    _check_qr(run, exhibit, document, issuer, facts)
    _check_pdf(run, exhibit, issuer, facts)
    if issuer is None or issuer.log is None:
        run.skipped(Step.LOG, message("the trust list names no log for this issuer"))
        return None
    return _check_log(run, exhibit, document, issuer.log, facts, sources)


def _check_qr(run: Run, exhibit: Exhibit, document: Json, issuer: KnownIssuer | None, facts: Facts) -> None:
    qr = exhibit.qr
    if qr is None:
        run.skipped(Step.QR, message("no QR code was presented"))
    elif qr.payload is None:
        run.require(Step.QR)
        run.take(Step.QR, lambda: _same_link(qr.link, facts))
    elif issuer is None:
        run.skipped(Step.QR, message("only QR codes of issuers on the trust list can be checked"))
    else:
        run.require(Step.QR)
        payload, known = qr.payload, issuer
        run.take(Step.QR, lambda: _check_payload(payload, qr.link, document, known, facts))


def _same_link(link: str, facts: Facts) -> None:
    if not facts.id.endswith("/" + linked_id(link)):
        raise CheckError("the QR code belongs to another certificate")


def _check_payload(content: bytes, link: str, document: Json, issuer: KnownIssuer, facts: Facts) -> None:
    payload = read_payload(content)
    check_payload_signature(payload, payload_method(payload, issuer.did, issuer.did_document))
    check_same(payload, document, facts.id)
    _same_link(link, facts)


def _check_pdf(run: Run, exhibit: Exhibit, issuer: KnownIssuer | None, facts: Facts) -> None:
    """A PDF that carries the certificate must be signed; one that only shows its QR is paper: a scan, or a print."""
    pdf = exhibit.pdf
    if pdf is None or (issuer is None and not pdf.signed):
        why = message("no PDF was presented") if pdf is None else message("the PDF is not signed")
        run.skipped(Step.PDF_SIGNATURE, why)
        run.skipped(Step.PDF_UNCHANGED, why)
    elif pdf.signed or exhibit.certificate is not None:
        run.require(Step.PDF_SIGNATURE, Step.PDF_UNCHANGED)
        run.take(Step.PDF_SIGNATURE, lambda: check_pdf_signer(pdf, issuer))
        if pdf.signed:
            run.take(Step.PDF_UNCHANGED, lambda: check_pdf_unchanged(pdf))
    else:
        _check_paper(run, pdf, facts)


def _check_paper(run: Run, pdf: PdfFindings, facts: Facts) -> None:
    run.skipped(Step.PDF_SIGNATURE, message("a scan or a print has no signature of its own"))
    if pdf.words.strip():
        run.require(Step.PDF_UNCHANGED)
        run.take(Step.PDF_UNCHANGED, lambda: check_words(pdf.words, facts))
    else:
        run.skipped(Step.PDF_UNCHANGED, message("this is a picture of a page: compare what is printed with what stands here"))


def _check_log(run: Run, exhibit: Exhibit, document: Json, log: KnownLog, facts: Facts, sources: Sources) -> datetime | None:
    run.require(Step.LOG)
    try:
        proof = exhibit.log_proof or sources.log_proof(facts.id)
        if proof is None:
            raise UnavailableError("the log does not have it, or not yet")
        seen = check_logged(proof, credential_digest(document), log, facts.issued)
    except CheckError as error:
        run.failed(Step.LOG, error.reason, error.verdict)
        return None
    except UnavailableError as error:
        run.failed(Step.LOG, error.reason, Verdict.CANNOT_CHECK)
        return None
    run.passed(Step.LOG, message("a witness has seen it in the log at {seen:moment}", seen=seen.isoformat()), seen)
    return seen
