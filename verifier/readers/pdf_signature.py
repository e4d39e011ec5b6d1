"""A PDF's own signature (PAdES), as pyHanko finds it. Who may have signed is not asked here."""

from __future__ import annotations

import base64
import hashlib
import io
import logging

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import PdfSignatureStatus, validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from verifier.readers.presented import PdfFindings

MOST_SIGNATURES = 10
MOST_CHAIN = 10
logging.getLogger("pyhanko").setLevel(logging.CRITICAL)  # what strangers send is told in the report, not in our log
logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)


def read_signature(content: bytes, words: str) -> PdfFindings:
    """Never raises for what a PDF may hold: what cannot be read is a `problem`."""
    try:
        reader = PdfFileReader(io.BytesIO(content), strict=False)
        signatures = reader.embedded_regular_signatures
        if not signatures:
            return PdfFindings(signed=False, words=words)
        if len(signatures) > MOST_SIGNATURES:
            return PdfFindings(signed=True, words=words, problem="too many signatures")
        return _findings(content, reader, signatures[0], words)
    except (
        PdfError,
        SigningError,
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        IndexError,
        RecursionError,
        NotImplementedError,
    ) as error:
        return PdfFindings(signed=b"/ByteRange" in content, words=words, problem=type(error).__name__)


def _findings(content: bytes, reader: PdfFileReader, signature: EmbeddedPdfSignature, words: str) -> PdfFindings:
    chain = _chain(signature)
    context = ValidationContext(trust_roots=[signature.signer_cert], allow_fetching=False)
    status: PdfSignatureStatus = validate_pdf_signature(signature, context)
    level = status.modification_level
    harmless = level is None or level <= ModificationLevel.LTA_UPDATES
    whole = status.coverage == SignatureCoverageLevel.ENTIRE_FILE or (
        status.coverage == SignatureCoverageLevel.ENTIRE_REVISION
        and level is not None
        and harmless
        and (signature.signed_revision < reader.xrefs.total_revisions - 1 or not _after(content, signature))
    )
    stamp = status.timestamp_validity
    return PdfFindings(
        signed=True,
        intact=status.intact and status.valid,
        whole=whole,
        signer=_name(signature.signer_cert),
        signer_key=_thumbprint(chain[0]),
        signers=tuple(one.fingerprint(hashes.SHA256()).hex() for one in chain),
        at=stamp.timestamp if stamp is not None and stamp.valid and stamp.intact else status.signer_reported_dt,
        trusted_time=stamp is not None and stamp.valid and stamp.intact,
        level=_level(reader, stamped=stamp is not None),
        words=words,
    )


def _after(content: bytes, signature: EmbeddedPdfSignature) -> bytes:
    """What follows the bytes that are signed, blanks apart: mail programs add some. It need not be a revision that PDF knows of."""
    _, _, start, length = signature.byte_range
    return content[start + length :].strip(b"\0\t\n\f\r ")


def _level(reader: PdfFileReader, *, stamped: bool) -> str:
    """As far as it can be told without asking anybody (ETSI EN 319 142-1 §6.3)."""
    has_data = "/DSS" in reader.root
    if stamped and has_data:
        return "PAdES B-LTA" if reader.embedded_timestamp_signatures else "PAdES B-LT"
    return "PAdES B-T" if stamped else "PAdES B-B"


def _name(certificate: asn1_x509.Certificate) -> str:
    named = certificate.subject.native
    return str(named.get("common_name") or named.get("organization_name") or certificate.subject.human_friendly)


def _thumbprint(certificate: x509.Certificate) -> str:
    """As `checks.qr.thumbprint` has it (RFC 7638)."""
    key = certificate.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        return ""
    numbers = key.public_numbers()
    x, y = (base64.urlsafe_b64encode(number.to_bytes(32, "big")).rstrip(b"=").decode() for number in (numbers.x, numbers.y))
    return hashlib.sha256(f'{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}'.encode()).digest()[:8].hex()


def _chain(signature: EmbeddedPdfSignature) -> list[x509.Certificate]:
    """The signer's certificate and those above it, as far as the PDF has them and each has signed the one below."""
    others = [x509.load_der_x509_certificate(one.dump()) for one in signature.other_embedded_certs[:50]]
    chain = [x509.load_der_x509_certificate(signature.signer_cert.dump())]
    while len(chain) < MOST_CHAIN and (above := next((one for one in others if _issued(one, chain[-1])), None)) is not None:
        if above in chain:
            break
        chain.append(above)
    return chain


def _issued(above: x509.Certificate, below: x509.Certificate) -> bool:
    if above == below or above.subject != below.issuer:
        return False
    try:
        if not above.extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
            return False
        below.verify_directly_issued_by(above)
    except (InvalidSignature, ValueError, TypeError, x509.ExtensionNotFound):
        return False
    return True
