"""Checks 8 and 9: the PDF is signed by the issuer's signer, and it is what was signed."""

from __future__ import annotations

import re
import unicodedata

from verifier.errors import CheckError
from verifier.messages import Message, message
from verifier.readers.presented import PdfFindings
from verifier.report import Facts
from verifier.trust import KnownIssuer
from verifier.verdict import Verdict


def check_pdf_signer(pdf: PdfFindings, issuer: KnownIssuer | None) -> Message:
    """Raises CheckError."""
    if pdf.problem:
        raise CheckError("the PDF's signature cannot be read", Verdict.CANNOT_CHECK)
    if not pdf.signed:
        raise CheckError("the PDF is not signed: it is not the file that the issuer made")
    if not pdf.intact:
        raise CheckError("the PDF's signature does not fit")
    if issuer is not None and not _is_signer(pdf, issuer):
        raise CheckError("the PDF is signed by {signer}, who is not the issuer's signer", signer=pdf.signer)
    return message("signed by {signer} ({level})", signer=pdf.signer, level=pdf.level)


def _is_signer(pdf: PdfFindings, issuer: KnownIssuer) -> bool:
    """By the certificates that its entry names, or because the certificate is over one of the issuer's own keys."""
    return bool(issuer.pdf_signers & set(pdf.signers)) or pdf.signer_key in issuer.key_ids


def check_pdf_unchanged(pdf: PdfFindings) -> None:
    """Raises CheckError."""
    if not (pdf.intact and pdf.whole):
        raise CheckError("the PDF has been changed since it was signed")


def check_words(words: str, facts: Facts) -> Message:
    """An unsigned PDF with words in it must at least show what the QR's certificate says: name, title and hours. Raises CheckError."""
    shown = _plain(words)
    for told in (facts.holder, facts.title, "" if facts.jp is None else f"{facts.jp:g}"):
        if told and _plain(told.rstrip("…")) not in shown:
            raise CheckError("the PDF does not show what the certificate of its QR code says ({told})", told=told)
    return message("the PDF is not signed; its words show the name, title and hours of the certificate: compare the rest")


def _plain(text: str) -> str:
    """Without blanks (lines break where they like), in one spelling of each letter."""
    return re.sub(r"[\s\u00ad\u200b]+", "", unicodedata.normalize("NFKC", text)).casefold()
