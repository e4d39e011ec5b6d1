"""A PDF: the certificate embedded in it, the QR on its pages, its words, its own signature."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pypdfium2
from PIL import Image

from verifier.errors import UnreadableError
from verifier.messages import marked
from verifier.readers.pdf_signature import read_signature
from verifier.readers.photo import find_qr, only
from verifier.readers.presented import LONGEST, Exhibit, QrCode

MOST_PAGES = 3  # that are looked at
MOST_ATTACHMENTS = 20
_LONGEST_WORDS = 50_000  # characters
_LONGEST_SIDE = 2_400  # pixels of a page: 200 dpi of A4
_PROOF = "c2sp.org/tlog-proof@"


@dataclass(frozen=True, slots=True)
class _Embedded:
    token: str | None
    document: str | None
    proof: str | None


def read_pdf(content: bytes) -> Exhibit:
    """Raises UnreadableError."""
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        locked = "password" in str(error).lower()
        text = marked("this PDF is locked with a password") if locked else marked("this PDF is damaged or cut off")
        raise UnreadableError(text, damaged=not locked) from error
    try:
        embedded = _embedded(document)
        words, qr, damage = _pages(document)
    except pypdfium2.PdfiumError as error:
        raise UnreadableError("this PDF is damaged or cut off", damaged=True) from error
    finally:
        document.close()
    certificate = embedded.token or embedded.document
    if certificate is None and qr is None:
        if damage is not None:
            raise damage
        raise UnreadableError("there is no certificate in this PDF, and no QR code of one on its first pages", damaged=False)
    return Exhibit("pdf", certificate, qr, read_signature(content, words), embedded.proof)


def _embedded(document: Any) -> _Embedded:
    """What is attached: token, document and the log's proof are told apart by how they begin."""
    token = json = proof = None
    for number in range(min(document.count_attachments(), MOST_ATTACHMENTS)):
        data = bytes(document.get_attachment(number).get_data())
        if len(data) > LONGEST:
            continue
        text = data.decode("utf-8", "replace").strip()
        if text.startswith(_PROOF):
            proof = text + "\n"
        elif text.startswith("ey") and text.count(".") == 2:
            token = token or text
        elif text.startswith("{") and "credentialSubject" in text:
            json = json or text
    return _Embedded(token, json, proof)


def _pages(document: Any) -> tuple[str, QrCode | None, UnreadableError | None]:
    """The words, the QR that leads to a verifier, and what was wrong with one. Raises UnreadableError for those of two certificates."""
    words, damage = "", None
    codes: list[QrCode] = []
    for number in range(min(len(document), MOST_PAGES)):
        page = document[number]
        words += _words(page)[: _LONGEST_WORDS - len(words)]
        try:
            if (found := find_qr(_drawn(page))) is not None:
                codes.append(found)
        except UnreadableError as error:
            damage = error
        page.close()
    return words, only(codes) if codes else None, damage


def _words(page: Any) -> str:
    text = page.get_textpage()
    told: str = text.get_text_bounded()
    text.close()
    return told


def _drawn(page: Any) -> Image.Image:
    width, height = page.get_size()
    scale = min(_LONGEST_SIDE / max(width, height, 1), 8)
    bitmap = page.render(scale=scale, grayscale=True, may_draw_forms=False)
    picture: Image.Image = bitmap.to_pil()
    return picture.convert("L")
