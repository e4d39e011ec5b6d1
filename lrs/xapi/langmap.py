"""Language tags (RFC 5646) and language maps (xAPI-Data 1.0.3 4.2; 2.0 4.2.6)."""

from __future__ import annotations

import re

from lrs.xapi.rule import broken

_TAG = re.compile(
    r"(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4}|[a-z]{5,8})"  # language, extlang
    r"(?:-[a-z]{4})?"  # script
    r"(?:-(?:[a-z]{2}|\d{3}))?"  # region
    r"(?P<variants>(?:-(?:[a-z0-9]{5,8}|\d[a-z0-9]{3}))*)"
    r"(?P<extensions>(?:-[0-9a-wy-z](?:-[a-z0-9]{2,8})+)*)"
    r"(?:-x(?:-[a-z0-9]{1,8})+)?"
    r"|x(?:-[a-z0-9]{1,8})+",
    re.IGNORECASE | re.ASCII,
)
# fmt: off
_GRANDFATHERED = frozenset({
    "en-gb-oed", "i-ami", "i-bnn", "i-default", "i-enochian", "i-hak", "i-klingon", "i-lux", "i-mingo", "i-navajo", "i-pwn",
    "i-tao", "i-tay", "i-tsu", "sgn-be-fr", "sgn-be-nl", "sgn-ch-de", "art-lojban", "cel-gaulish", "no-bok", "no-nyn", "zh-guoyu",
    "zh-hakka", "zh-min", "zh-min-nan", "zh-xiang",
})
# fmt: on
_known: set[str] = set()
_KNOWN_MOST = 5_000  # tags remembered as accepted


def is_language_tag(text: str) -> bool:
    """Whether `text` is well-formed: no subtag over eight characters, no singleton or variant twice."""
    if text in _known:
        return True
    found = _TAG.fullmatch(text)
    if found is None:
        return text.lower() in _GRANDFATHERED
    variants = found["variants"].lower().split("-")[1:] if found["variants"] else []
    singletons = [part for part in (found["extensions"] or "").lower().split("-") if len(part) == 1]
    if len(set(variants)) != len(variants) or len(set(singletons)) != len(singletons):
        return False
    if len(_known) < _KNOWN_MOST:
        _known.add(text)
    return True


def require_langmap(member: str, tags: object) -> None:
    """For rules: raises when a map that is there has a key that is no language tag."""
    if isinstance(tags, dict):
        for tag in tags:
            if tag not in _known and not is_language_tag(tag):
                raise broken(member, f"{tag[:60]!r} is not a language tag (RFC 5646)", "xAPI-Data 4.2")
