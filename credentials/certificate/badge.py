"""The badge as a picture that carries the credential: baked PNG and SVG (Open Badges 3.0 §5.3), with the token inside."""

from __future__ import annotations

import io
import textwrap
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from openbadgeslib.baking import ITXT_KEYWORD_OB3, SVG_NS_OB3, bake_png
from PIL import Image, ImageDraw, ImageFont

_SIDE = 600
_DARK, _GOLD, _PAPER = "#123a5a", "#c99a2e", "#fdfcf8"
_TITLE_LETTERS, _TITLE_LINES = 24, 5
_PROVIDER_LETTERS = 36


@dataclass(frozen=True, slots=True)
class BadgeWords:
    """What is written on it. Whose it is stands inside only: a badge is shown around."""

    title: str
    provider: str
    jp: str


def badge_png(words: BadgeWords, token: str) -> bytes:
    """The picture with the token in its one `iTXt` chunk, not compressed."""
    image = Image.new("RGB", (_SIDE, _SIDE), _PAPER)
    draw = ImageDraw.Draw(image)
    draw.ellipse((20, 20, 580, 580), fill=_DARK)
    draw.ellipse((36, 36, 564, 564), outline=_GOLD, width=6)
    top = 210 - 22 * len(_title(words))
    for place, line in enumerate(_title(words)):
        draw.text((300, top + 44 * place), line, _PAPER, ImageFont.load_default(34), "mm")
    draw.text((300, 400), words.jp, _GOLD, ImageFont.load_default(56), "mm")
    draw.text((300, 470), _provider(words), _PAPER, ImageFont.load_default(22), "mm")
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return bytes(bake_png(out.getvalue(), token, keyword=ITXT_KEYWORD_OB3))


def badge_svg(words: BadgeWords, token: str) -> bytes:
    """The picture with the token in its first element, where Open Badges wants it."""
    top = 210 - 22 * len(_title(words))
    lines = "".join(
        f'<text x="300" y="{top + 44 * place}" font-size="34" fill="{_PAPER}">{escape(line)}</text>'
        for place, line in enumerate(_title(words))
    )
    ring = f'<circle cx="300" cy="300" r="264" fill="none" stroke="{_GOLD}" stroke-width="6"/>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:openbadges="{SVG_NS_OB3}" viewBox="0 0 {_SIDE} {_SIDE}" '
        f'font-family="sans-serif" text-anchor="middle"><openbadges:credential verify={quoteattr(token)}/>'
        f'<title>{escape(words.title)}</title><circle cx="300" cy="300" r="280" fill="{_DARK}"/>{ring}'
        f'{lines}<text x="300" y="415" font-size="56" fill="{_GOLD}">{escape(words.jp)}</text>'
        f'<text x="300" y="475" font-size="22" fill="{_PAPER}">{escape(_provider(words))}</text></svg>'
    ).encode()


def _title(words: BadgeWords) -> list[str]:
    return textwrap.wrap(words.title, _TITLE_LETTERS, max_lines=_TITLE_LINES, placeholder="…")


def _provider(words: BadgeWords) -> str:
    return textwrap.shorten(words.provider, _PROVIDER_LETTERS, placeholder="…")
