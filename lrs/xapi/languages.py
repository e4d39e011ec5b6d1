"""Choosing one language of a map by Accept-Language.

xAPI-Communication 1.0.3, 2.1.3 ("Language Filtering Requirements for Canonical Format Statements") and RFC 4647, 3.4 (lookup).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

# Nobody reads more languages than this; the header's bytes are limited elsewhere.
_MAX_RANGES = 50
_ITEM = re.compile(r"\s*(\*|[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)\s*(?:;\s*[qQ]\s*=\s*(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)\s*)?")


@dataclass(frozen=True, slots=True)
class LanguagePreferences:
    """`ranges`: wanted language ranges in lower case, best first, maybe with `*`; `refused`: those with q=0."""

    ranges: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


def parse_accept_language(header: str | None) -> LanguagePreferences:
    """Reads an Accept-Language header (RFC 9110, 12.5.4).

    An item that is not well formed is passed over: the header is a wish, not a rule.
    """
    wanted: list[tuple[float, str]] = []
    refused: list[str] = []
    for item in (header or "").split(",")[:_MAX_RANGES]:
        match = _ITEM.fullmatch(item)
        if match is None:
            continue
        weight = float(match[2]) if match[2] is not None else 1.0
        if weight > 0:
            wanted.append((weight, match[1].lower()))
        else:
            refused.append(match[1].lower())
    wanted.sort(key=lambda pair: -pair[0])
    return LanguagePreferences(tuple(dict.fromkeys(name for _, name in wanted)), tuple(refused))


def choose_language(tags: Iterable[str], preferences: LanguagePreferences) -> str | None:
    """The one tag to keep, None when there are no tags.

    Each range, best first, is looked up: the tag itself, then a tag that it is a prefix of (`en` finds `en-GB`), then the range
    shortened subtag by subtag (`en-GB` finds `en`). `*` takes the first tag that no other range asks for or refuses. When nothing fits,
    another region of a wanted language is taken (`en-GB` finds `en-US`), else the first tag as it was sent; a refused one only when there
    is no other.
    """
    everything = list(tags)
    if len(everything) < 2:
        return everything[0] if everything else None
    open_tags = [tag for tag in everything if not _refused(tag.lower(), preferences)]
    candidates = open_tags or everything
    by_lower = {tag.lower(): tag for tag in reversed(candidates)}
    for wanted in preferences.ranges:
        found = _any(candidates, preferences) if wanted == "*" else _lookup(wanted, by_lower, candidates)
        if found is not None:
            return found
    return _same_language(candidates, preferences) or candidates[0]


def _lookup(wanted: str, by_lower: dict[str, str], candidates: list[str]) -> str | None:
    if wanted in by_lower:
        return by_lower[wanted]
    for tag in candidates:
        if _covers(wanted, tag.lower()):
            return tag
    subtags = wanted.split("-")[:-1]
    while subtags:
        # RFC 4647, 3.4: a single letter or digit left at the end goes together with what it introduced.
        if len(subtags[-1]) > 1 and "-".join(subtags) in by_lower:
            return by_lower["-".join(subtags)]
        subtags.pop()
    return None


def _any(candidates: list[str], preferences: LanguagePreferences) -> str | None:
    named = [name for name in preferences.ranges if name != "*"]
    return next((tag for tag in candidates if not any(_covers(name, tag.lower()) for name in named)), None)


def _same_language(candidates: list[str], preferences: LanguagePreferences) -> str | None:
    for wanted in preferences.ranges:
        language = wanted.split("-", 1)[0]
        for tag in candidates:
            if _covers(language, tag.lower()):
                return tag
    return None


def _refused(tag: str, preferences: LanguagePreferences) -> bool:
    """Whether the longest range that covers `tag` has q=0 (`en-GB;q=0, en` refuses only `en-GB`); `*` is the shortest."""
    if not preferences.refused:
        return False
    accepted = max((_reach(name, tag) for name in preferences.ranges), default=-1)
    refused = max((_reach(name, tag) for name in preferences.refused), default=-1)
    return refused > accepted


def _reach(name: str, tag: str) -> int:
    if name == "*":
        return 0
    return len(name) if _covers(name, tag) else -1


def _covers(wanted: str, tag: str) -> bool:
    """RFC 4647, 3.3.1 (basic filtering), both in lower case."""
    return tag == wanted or tag.startswith(wanted + "-")
