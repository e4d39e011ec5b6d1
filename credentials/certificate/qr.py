"""The QR that is printed on a certificate: a short link to the verifier."""

from __future__ import annotations

import io

import qrcode
from qrcode.constants import ERROR_CORRECT_M

_BOX = 8  # pixels of a module: 3 cm at 300 dpi and more for a link of this length


def qr_png(link: str) -> bytes:
    """PNG, black on white, level M, with the quiet zone of four modules that ISO/IEC 18004 asks for."""
    symbol = qrcode.QRCode(error_correction=ERROR_CORRECT_M, box_size=_BOX, border=4)
    symbol.add_data(link)
    symbol.make(fit=True)
    out = io.BytesIO()
    symbol.make_image().save(out)
    return out.getvalue()
