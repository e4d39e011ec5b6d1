"""Whether a signed PDF that came back from a service is the page that was sent, signed whole by whoever was meant to."""

from __future__ import annotations

import io
import logging
from collections.abc import Sequence

import pypdfium2
from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from credentials.errors import SealServiceError

_LATER = 300  # seconds until a service that answers something else is worth asking again


def check_answer(page: bytes, signed: bytes, certificates: Sequence[asn1_x509.Certificate]) -> None:
    """`certificates`: who may have signed. Raises SealServiceError that says what is wrong."""
    try:
        status = _status(signed)
        same = _content(page) == _content(signed)
    except (PdfError, SigningError, pypdfium2.PdfiumError, ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
        raise SealServiceError("the signing service did not answer with a signed PDF", retry_after=_LATER) from error
    if status is None:
        raise SealServiceError("the signing service did not sign the PDF once", retry_after=_LATER)
    if not (status.intact and status.valid):
        raise SealServiceError("the signing service's signature does not fit", retry_after=_LATER)
    if not _is_whole(status):
        raise SealServiceError("the PDF was changed after it was signed by the signing service", retry_after=_LATER)
    if status.signing_cert.sha256 not in {one.sha256 for one in certificates}:
        raise SealServiceError("the signing service signed with a certificate that is not set for this provider", retry_after=_LATER)
    if not same:
        raise SealServiceError("the signing service changed the page or what is attached to it", retry_after=_LATER)


def _status(content: bytes) -> PdfSignatureStatus | None:
    """Of its one signature; None when there is another number of them."""
    signatures = PdfFileReader(io.BytesIO(content)).embedded_regular_signatures
    if len(signatures) != 1:
        return None
    logging.getLogger("pyhanko").setLevel(logging.CRITICAL)  # whether the signer is trusted is asked by its certificate, here
    context = ValidationContext(trust_roots=[signatures[0].signer_cert], allow_fetching=False)
    return validate_pdf_signature(signatures[0], context)


def _is_whole(status: PdfSignatureStatus) -> bool:
    """Nothing came after the signature but what makes it last (ETSI EN 319 142-1 §5.4)."""
    if status.coverage == SignatureCoverageLevel.ENTIRE_FILE:
        return True
    level = status.modification_level
    return status.coverage == SignatureCoverageLevel.ENTIRE_REVISION and level is not None and level <= ModificationLevel.LTA_UPDATES


def _content(content: bytes) -> tuple[list[str], dict[str, bytes]]:
    """The words of each page, and what is attached, by name."""
    document = pypdfium2.PdfDocument(content)
    try:
        words = [page.get_textpage().get_text_bounded() for page in document]
        found = [document.get_attachment(number) for number in range(document.count_attachments())]
        return words, {one.get_name(): bytes(one.get_data()) for one in found}
    finally:
        document.close()
