"""Badges as pictures: the credential baked into PNG and SVG (Open Badges 3.0 §5.3), through openbadgeslib."""

from __future__ import annotations

from html import escape

from openbadgeslib.baking import bake_png as _bake_png
from openbadgeslib.baking import bake_svg as _bake_svg

from credentials.certificate.qr import qr_png, qr_svg

_KEYWORD = b"openbadgecredential"
_NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"
_ELEMENT = "openbadges:credential"
_BOX = 6  # pixels of a module


def badge_png(qr: str, token: str) -> bytes:
    """The QR as a picture, with the `vc+jwt` in its one `iTXt` chunk."""
    baked: bytes = _bake_png(qr_png(qr, _BOX), token, keyword=_KEYWORD)
    return baked


def badge_svg(qr: str, token: str, facts: dict[str, str]) -> bytes:
    """A card with title, holder, provider and JP, the QR, and the `vc+jwt` in `<openbadges:credential verify=…>`."""
    baked: bytes = _bake_svg(_card(qr, facts).encode("utf-8"), token, element=_ELEMENT, namespace=_NAMESPACE)
    return baked


def _card(qr: str, facts: dict[str, str]) -> str:
    inner = qr_svg(qr).replace("<svg ", '<svg x="24" y="150" width="272" height="272" ', 1)
    lines = "".join(
        f'<text x="24" y="{y}" font-family="Georgia, serif" font-size="{size}" fill="{fill}">{escape(_cut(text, most))}</text>'
        for y, size, fill, text, most in (
            (44, 12, "#8c1d2f", f"Sertifikat nomor {facts['number']}", 60),
            (72, 19, "#12263a", facts["title"], 32),
            (98, 15, "#12263a", facts["holder"], 38),
            (122, 12, "#12263a", f"{facts['organiser']} · {facts['jp']} JP · {facts['period']}", 52),
            (446, 11, "#12263a", f"Periksa di {facts['host']}", 52),
        )
    )
    title = escape(f"{facts['title']}, {facts['holder']}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="320" height="468" viewBox="0 0 320 468"><title>{title}</title>'
        f'<rect width="320" height="468" rx="10" fill="#fff" stroke="#12263a"/><rect width="320" height="14" fill="#8c1d2f"/>{lines}{inner}</svg>'
    )


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
