"""Durations: ISO 8601:2004 4.4.3.2 (xAPI-Data 1.0.3 4.6): weeks alone, or years to seconds; only the last may have a fraction."""

from __future__ import annotations

import re

from lrs.xapi.rule import broken

_N = r"\d+(?:[.,]\d+)?"
_FORM = re.compile(
    rf"P(?:(?P<weeks>{_N})W|(?=.)(?:{_N}Y)?(?:{_N}M)?(?:{_N}D)?(?:T(?=\d)(?:{_N}H)?(?:{_N}M)?(?:(?P<seconds>{_N})S)?)?)",
    re.ASCII,
)
_is_usual = re.compile(r"PT(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?", re.ASCII).fullmatch
_EARLY_FRACTION = re.compile(r"[.,]\d+[A-Z].*\d")


def is_duration(text: str) -> bool:
    """Whether `text` is a duration of that form."""
    if _is_usual(text) is not None:
        return True
    return _FORM.fullmatch(text) is not None and text != "PT" and _EARLY_FRACTION.search(text) is None


def require_duration(member: str, text: object) -> None:
    """For rules: raises when a member that is there is no duration."""
    if isinstance(text, str) and not is_duration(text):
        raise broken(member, f"{member} must be an ISO 8601 duration, such as PT1H30M", "xAPI-Data 4.6")


def truncate_duration(text: str) -> str:
    """The duration to a hundredth of a second, cut and not rounded (xAPI 2.0 4.2.7): how two of them are compared."""
    found = _FORM.fullmatch(text)
    if found is None or found["seconds"] is None:
        return text
    whole, _, fraction = found["seconds"].replace(",", ".").partition(".")
    kept = fraction[:2].rstrip("0")
    return f"{text[: found.start('seconds')]}{whole}{'.' + kept if kept else ''}S"
