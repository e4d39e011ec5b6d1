"""Checks of single values that every part asks for, whichever door they came through. Each raises InvalidRequestError with `where`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lrs.errors import InvalidRequestError

SHORT, LONG = 300, 2_000  # characters of a name, and of a description
FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2199, 12, 31)  # of learning; outside, a clock or a finger is wrong

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x1f\x7f]+")
# A proof over control characters is read differently by others; lone surrogates cannot be written at all.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")


def check_slug(text: str, where: str) -> None:
    """A short id."""
    if _SLUG.fullmatch(text) is None:
        told = "an id is lower-case letters, digits and hyphens, at most 63, and begins with a letter or digit"
        raise InvalidRequestError(told, where=where)


def check_text(text: str, where: str, *, most: int = SHORT, empty: bool = False) -> None:
    """A text of one line."""
    if not text.strip() and not (empty and not text):
        raise InvalidRequestError("this must not be empty", where=where)
    if len(text) > most:
        raise InvalidRequestError(f"this has more than {most:,} characters", where=where)
    if _CONTROL.search(text) is not None:
        raise InvalidRequestError("this has a line break or another control character", where=where)


def check_choice(value: str, choices: Sequence[str], where: str) -> None:
    """One of a few words."""
    if value not in choices:
        raise InvalidRequestError("this is one of: " + ", ".join(choices), where=where)


def check_iri(text: str, where: str) -> None:
    """An IRI with a scheme."""
    check_text(text, where, most=LONG)
    if _IRI.fullmatch(text) is None:
        raise InvalidRequestError("this must be an IRI with a scheme, such as https://lms.example.org/course/view.php?id=7", where=where)


def check_day(day: date | None, where: str) -> None:
    """A day on which learning can have been; None is no bound."""
    if day is not None and not FIRST_DAY <= day <= LAST_DAY:
        raise InvalidRequestError(f"this is not from {FIRST_DAY} to {LAST_DAY}", where=where)


def check_order(first: date | None, last: date | None, where: str) -> None:
    """The second not before the first."""
    if first is not None and last is not None and last < first:
        raise InvalidRequestError("this is before the day on which it begins", where=where)


def check_zone(name: str, where: str) -> None:
    """The IANA name of a time zone."""
    if not _is_zone(name):
        told = "this is not the IANA name of a time zone (Asia/Jakarta, Asia/Makassar, Asia/Jayapura …)"
        raise InvalidRequestError(told, where=where)


@lru_cache(maxsize=1024)
def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        return False
    return True
