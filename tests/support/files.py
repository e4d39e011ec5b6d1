"""Certificates as files, by other libraries than the verifier reads with wherever there are some; and hostile files."""

from __future__ import annotations

import ctypes
import io
import zlib
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pypdfium2
import pypdfium2.raw as raw
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from openbadgeslib.baking import ITXT_KEYWORD_OB3, SVG_ELEMENT_OB3, SVG_NS_OB3, bake_png, bake_svg
from PIL import Image
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata

from credentials.certificate.qr import qr_image
from tests.support.certificates import CURVE

A4 = (595, 842)  # points
_SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><circle cx="5" cy="5" r="4"/></svg>'


def png(token: str, picture: Image.Image | None = None) -> bytes:
    """A baked badge."""
    out = io.BytesIO()
    (picture or Image.new("RGB", (40, 40), "white")).save(out, "PNG")
    return bytes(bake_png(out.getvalue(), token, keyword=ITXT_KEYWORD_OB3))


def svg(token: str) -> bytes:
    """A baked badge."""
    return bytes(bake_svg(_SVG.encode(), token, element=SVG_ELEMENT_OB3, namespace=SVG_NS_OB3))


def photo(qr: str) -> bytes:
    """A JPEG of a page with a QR on it, not quite straight."""
    page = Image.new("L", (1240, 1754), 245)
    code = qr_image(qr, 8)
    page.paste(code.resize((420, 420), Image.Resampling.LANCZOS), (700, 1200))
    out = io.BytesIO()
    page.rotate(4, Image.Resampling.BICUBIC, fillcolor=245).save(out, "JPEG", quality=70)
    return out.getvalue()


def pdf(attachments: dict[str, str], qr: str | None = None, words: str = "") -> bytes:
    """An unsigned PDF of one page."""
    document = pypdfium2.PdfDocument.new()
    page = document.new_page(*A4)
    for name, text in attachments.items():
        document.new_attachment(name).set_data(text.encode())
    if qr is not None:
        _draw(document, page, qr_image(qr, 4))
    if words:
        _write(document, page, words)
    out = io.BytesIO()
    document.save(out)
    document.close()
    return out.getvalue()


def _draw(document: Any, page: Any, picture: Image.Image) -> None:
    image = pypdfium2.PdfImage.new(document)
    image.set_bitmap(pypdfium2.PdfBitmap.from_pil(picture.convert("RGB")))
    image.set_matrix(pypdfium2.PdfMatrix().scale(120, 120).translate(400, 80))
    page.insert_obj(image)
    page.gen_content()


def _write(document: Any, page: Any, words: str) -> None:
    font = raw.FPDFText_LoadStandardFont(document, b"Helvetica")
    for number, line in enumerate(words.split("\n")):
        text = raw.FPDFPageObj_CreateTextObj(document, font, 12.0)
        encoded = (line + "\0").encode("utf-16-le")
        raw.FPDFText_SetText(text, (ctypes.c_ushort * (len(encoded) // 2)).from_buffer_copy(encoded))
        raw.FPDFPageObj_Transform(text, 1, 0, 0, 1, 60, 700 - 20 * number)
        raw.FPDFPage_InsertObject(page, text)
    page.gen_content()


@cache
def _certificate(name: str, own: bool) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    key = CURVE if own else ec.derive_private_key(77, ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    since = datetime(2026, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key()).serial_number(7)
    usage = x509.KeyUsage(True, True, False, False, False, False, False, False, False)
    builder = builder.not_valid_before(since).not_valid_after(since + timedelta(days=3_650)).add_extension(usage, critical=True)
    return builder.sign(key, hashes.SHA256()), key


def fingerprint(name: str = "Balai Contoh", *, own: bool = True) -> str:
    """Of the certificate that `signed` signs with."""
    return _certificate(name, own)[0].fingerprint(hashes.SHA256()).hex()


def signed(content: bytes, name: str = "Balai Contoh", *, own: bool = True) -> bytes:
    """PAdES B-B, by the issuer's own P-256 key, or (not `own`) by somebody else's."""
    certificate, key = _certificate(name, own)
    container = serialization.pkcs12.serialize_key_and_certificates(
        b"signer", key, certificate, None, serialization.BestAvailableEncryption(b"x")
    )
    signer = signers.SimpleSigner.load_pkcs12_data(container, (), passphrase=b"x")
    assert signer is not None
    out = io.BytesIO()
    metadata = PdfSignatureMetadata(field_name="Signature1", subfilter=SigSeedSubFilter.PADES, md_algorithm="sha256")
    signers.PdfSigner(metadata, signer).sign_pdf(IncrementalPdfFileWriter(io.BytesIO(content)), output=out)
    return out.getvalue()


def png_bomb(width: int = 30_000, height: int = 30_000) -> bytes:
    """A picture of 900 million pixels in a few hundred kilobytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([8, 0, 0, 0, 0])
    packing = zlib.compressobj(9)
    row = bytes(width + 1)
    rows = b"".join(packing.compress(row) for _ in range(200)) + packing.flush()
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
