"""What becomes of a printed QR on its way into a phone: scanned, turned, blurred, folded, badly lit, sent on by a messenger."""

from __future__ import annotations

import io
from collections.abc import Callable

import zxingcpp
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

from credentials.certificate.qr import qr_image

_PIXELS = 177  # 3 cm at 150 dpi, quiet zone included
_PLACE = (60, 50)
_QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)


def scanned(text: str) -> Image.Image:
    """A page, scanned at 150 dpi, with the symbol 3 cm wide on it."""
    page = Image.new("L", (320, 300), 255)
    page.paste(qr_image(text, 12).resize((_PIXELS, _PIXELS), Image.Resampling.LANCZOS), _PLACE)
    return page


def recompressed(page: Image.Image, quality: int = 40) -> Image.Image:
    out = io.BytesIO()
    page.save(out, "JPEG", quality=quality)
    return Image.open(io.BytesIO(out.getvalue()))


def rotated(page: Image.Image, degrees: float = 7) -> Image.Image:
    return page.rotate(degrees, Image.Resampling.BICUBIC, fillcolor=255)


def blurred(page: Image.Image) -> Image.Image:
    return page.filter(ImageFilter.GaussianBlur(0.8))


def dark(page: Image.Image) -> Image.Image:
    return ImageEnhance.Brightness(page).enhance(0.3)


def creased(page: Image.Image, shade: int = 255) -> Image.Image:
    """A fold from one side to the other, where the print is gone."""
    folded = page.copy()
    ImageDraw.Draw(folded).line((40, 100, 280, 200), fill=shade, width=3)
    return folded


DAMAGES: dict[str, Callable[[Image.Image], Image.Image]] = {
    "as scanned": lambda page: page,
    "recompressed": recompressed,
    "rotated by 7 degrees": rotated,
    "rotated by 45 degrees": lambda page: rotated(page, 45),
    "upside down": lambda page: rotated(page, 180),
    "blurred": blurred,
    "dark": dark,
    "creased": creased,
    "creased, dark line": lambda page: creased(page, 60),
    "dark, rotated, recompressed": lambda page: recompressed(rotated(dark(page))),
}


def the_qr(content: bytes) -> str:
    """What the one QR in a picture file says."""
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(content)), _QR)
    return found.text


def read_qr(picture: Image.Image) -> set[str]:
    """What a reader finds in the picture, taken as it is or twice as large."""
    found: set[str] = set()
    for scale in (1, 2):
        larger = picture.resize((picture.width * scale, picture.height * scale), Image.Resampling.BICUBIC)
        found |= {one.text for one in zxingcpp.read_barcodes(larger, _QR)}
    return found
