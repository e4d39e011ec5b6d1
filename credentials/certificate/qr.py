"""The QR symbol itself, as a picture."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import zxingcpp
from PIL import Image

_BOX = 8  # pixels of a module: a 3 cm print at 600 dpi and more
_QUIET = 4  # modules of white around it (ISO/IEC 18004 §5.3.8)


def qr_png(text: str, box: int = _BOX) -> bytes:
    """PNG, black on white, level M, `box` pixels a module, with its quiet zone."""
    out = io.BytesIO()
    qr_image(text, box).save(out, "PNG", optimize=True)
    return out.getvalue()


def qr_svg(text: str) -> str:
    """SVG whose unit is a module."""
    image = qr_image(text, 1)
    width = image.width
    pixels = image.tobytes()
    dark = "".join(f"M{x} {y}h{length}v1h-{length}z" for y in range(width) for x, length in _runs(pixels[y * width : (y + 1) * width]))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {width}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{width}v{width}H0z"/><path d="{dark}"/></svg>'
    )


def _runs(row: bytes) -> Iterator[tuple[int, int]]:
    """(where, how long) of each run of dark modules."""
    for run in re.finditer(rb"\0+", row):
        yield run.start(), run.end() - run.start()


def qr_version(text: str) -> int:
    """The symbol's version (1 to 40)."""
    return (qr_image(text, 1).width - 2 * _QUIET - 17) // 4


def qr_image(text: str, box: int) -> Image.Image:
    """Eight bits a pixel, 0 or 255."""
    symbol = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    drawn = symbol.to_image(scale=1)
    height, width = drawn.shape
    image = Image.frombytes("L", (width, height), bytes(memoryview(drawn)))  # type: ignore[arg-type]  # it is a buffer, which its stub does not say
    return image.resize((width * box, height * box), Image.Resampling.NEAREST)
