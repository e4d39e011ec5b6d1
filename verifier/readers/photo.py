"""A QR in a picture: a photo, a scan, a page of a PDF."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator

import zxingcpp
from PIL import Image, ImageFilter, ImageOps, UnidentifiedImageError

from verifier.errors import UnreadableError
from verifier.readers.payload import read_link
from verifier.readers.presented import QrCode

MOST_PIXELS = 60_000_000  # of a picture that is opened at all: 180 MB in colour
_WORKING = 2_600  # pixels of the longer side to look at; a QR of 3 cm on A4 has 330 of them then
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")


def open_picture(content: bytes) -> Image.Image:
    """In shades of grey, not larger than needed. Raises UnreadableError."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picture = Image.open(io.BytesIO(content), formats=_FORMATS)
        width, height = picture.size
        if width * height > MOST_PIXELS:
            raise UnreadableError("this picture is larger than {most} million pixels", damaged=False, most=MOST_PIXELS // 1_000_000)
        picture.draft("L", (_WORKING, _WORKING))  # JPEG: the decoder makes it smaller
        grey = ImageOps.grayscale(picture) if picture.mode != "L" else picture
        grey.thumbnail((_WORKING, _WORKING), Image.Resampling.BILINEAR)
        grey.load()
    except UnreadableError:
        raise
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError, MemoryError) as error:
        raise UnreadableError("this picture cannot be opened: it is damaged, or of a kind that is not read here", damaged=False) from error
    return grey


def find_qr(picture: Image.Image) -> QrCode | None:
    """The QR that leads to a verifier; the picture is looked at as it is, and then made clearer in several ways.

    Raises UnreadableError for one that is damaged, and for those of two certificates: which of them is meant nobody can tell.
    """
    damaged: UnreadableError | None = None
    for attempt in _attempts(picture):
        links: dict[str, QrCode] = {}
        for code in zxingcpp.read_barcodes(attempt, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)):
            try:
                if (found := read_link(code.text)) is not None:
                    links.setdefault(found.link, found)
            except UnreadableError as error:
                damaged = error
        if links:
            return only(list(links.values()))
    if damaged is not None:
        raise damaged
    return None


def only(found: list[QrCode]) -> QrCode:
    """The one. Raises UnreadableError when they lead to different places."""
    if len({one.link for one in found}) > 1:
        raise UnreadableError("there is more than one certificate in this picture", damaged=False)
    return found[0]


def _attempts(picture: Image.Image) -> Iterator[Image.Image]:
    yield picture
    yield ImageOps.autocontrast(picture, cutoff=2)
    smaller = picture.resize((max(1, picture.width // 2), max(1, picture.height // 2)), Image.Resampling.BOX)
    yield ImageOps.autocontrast(smaller, cutoff=1)
    yield picture.filter(ImageFilter.UnsharpMask(radius=3, percent=200, threshold=2))
    if max(picture.size) <= _WORKING * 2 // 3:
        yield picture.resize((picture.width * 2, picture.height * 2), Image.Resampling.BICUBIC)
    yield ImageOps.equalize(picture.filter(ImageFilter.MedianFilter(3)))
