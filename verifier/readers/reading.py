"""From a file of whatever kind to an exhibit. What it is follows from its first bytes, never from its name."""

from __future__ import annotations

from verifier.errors import CheckError, UnreadableError
from verifier.messages import marked
from verifier.readers import pdf, png, svg
from verifier.readers.payload import LONGEST_QR, read_link
from verifier.readers.photo import find_qr, open_picture
from verifier.readers.presented import LONGEST, Exhibit, QrCode

LONGEST_FILE = 20 * 1024 * 1024  # bytes: a photo of a phone has 12 MB at most, a scan of some pages less
_ZIP, _PDF, _PDF_WITHIN = b"PK\x03\x04", b"%PDF-", 1024


def read_file(content: bytes) -> Exhibit:
    """Raises UnreadableError."""
    if len(content) > LONGEST_FILE:
        raise UnreadableError("this file is larger than {most} MB", damaged=False, most=LONGEST_FILE // 1024 // 1024)
    start = content[:_PDF_WITHIN].lstrip(b"\xef\xbb\xbf\r\n\t ")
    if _PDF in content[:_PDF_WITHIN]:
        return pdf.read_pdf(content)
    if content.startswith(png.SIGNATURE):
        return _read_png(content)
    if content.startswith(_ZIP):
        raise UnreadableError("this is a ZIP file: have its files checked together", damaged=False)
    if start[:1] == b"<":
        return _read_svg(content)
    text = _as_text(content)
    return _read_photo(content) if text is None else read_pasted(text)


def read_pasted(text: str) -> Exhibit:
    """A certificate as text, or the link of a QR. Raises UnreadableError."""
    link = read_link(text) if len(text) <= LONGEST_QR else None
    if link is not None:
        return Exhibit("qr" if link.payload else "link", qr=link)
    if text.lstrip("\ufeff \r\n\t").startswith("{"):
        return Exhibit("json", text)
    return Exhibit("jwt", text)


def _as_text(content: bytes) -> str | None:
    if len(content) > LONGEST and b"\0" in content[:LONGEST]:
        return None
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text


def _read_png(content: bytes) -> Exhibit:
    certificate = png.baked_certificate(content)
    if certificate is None:
        return _read_photo(content)
    return Exhibit("png", certificate, _beside(content))


def _beside(content: bytes) -> QrCode | None:
    """A QR that the badge shows; a badge need show none, and need not even be a picture that opens."""
    try:
        return find_qr(open_picture(content))
    except CheckError:
        return None


def _read_svg(content: bytes) -> Exhibit:
    certificate = svg.baked_certificate(content)
    if certificate is None:
        text = marked("there is no certificate in this picture; programs that send pictures take it out: ask for the file")
        raise UnreadableError(text, damaged=False)
    return Exhibit("svg", certificate)


def _read_photo(content: bytes) -> Exhibit:
    qr = find_qr(open_picture(content))
    if qr is None:
        text = marked("there is no QR code of a certificate to be seen in this picture; try closer, straight and in more light")
        raise UnreadableError(text, damaged=False)
    return Exhibit("photo", qr=qr)
