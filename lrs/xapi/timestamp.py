"""Timestamps: ISO 8601 in the profile of RFC 3339 (xAPI-Data 1.0.3 4.5; 2.0 4.2.7). `-00:00` is refused.

One that names no zone is a local time. In a parameter it is taken for UTC; of a statement, the sender's zone is written behind it when it
is stored (`with_zone`), so that everybody who reads it later means the same moment.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from lrs.clock import to_us
from lrs.errors import InvalidRequestError
from lrs.xapi.rule import broken

_FORM = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?(?:[Zz]|([+-])(\d\d)(?::?(\d\d))?)?",
    re.ASCII,
)
# What nearly all are: every text of this form is a timestamp, so the date need not be looked at (days 29 to 31 have to be).
USUAL = r"20\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|\+(?:0\d|1[0-4]):[0-5]\d)"
_is_usual = re.compile(USUAL, re.ASCII).fullmatch
_CLAUSE = "xAPI-Data 4.5"


def to_moment(text: str) -> int | None:
    """Microseconds since 1970 (finer digits dropped), None when `text` is no timestamp. Second 60 is the first of the next minute."""
    found = _FORM.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second, fraction, sign, zone_hours, zone_minutes = found.groups()
    offset = int(zone_hours or 0) * 60 + int(zone_minutes or 0)
    if (sign == "-" and offset == 0) or offset >= 24 * 60 or int(zone_minutes or 0) > 59:
        return None
    seconds, leap = (59, 1) if second == "60" else (int(second or 0), 0)
    try:
        zone = timezone(timedelta(minutes=-offset if sign == "-" else offset)) if sign else UTC
        moment = datetime(int(year), int(month), int(day), int(hour), int(minute), seconds, int((fraction or "0").ljust(6, "0")[:6]), zone)
    except ValueError:
        return None
    return to_us(moment) + leap * 1_000_000


def is_local(text: str) -> bool:
    """Whether a timestamp names no zone."""
    found = _FORM.fullmatch(text)
    return found is not None and found[8] is None and text[-1] not in "Zz"


def with_zone(text: str, zone: tzinfo) -> str:
    """A local timestamp with the offset from UTC that `zone` had then; of an hour that a change of clocks repeats, the first."""
    found = _FORM.fullmatch(text)
    assert found is not None
    year, month, day, hour, minute = (int(found[group]) for group in range(1, 6))
    offset = datetime(year, month, day, hour, minute, tzinfo=zone).utcoffset() or timedelta()
    minutes = round(offset.total_seconds() / 60)  # before 1932 some zones had seconds, which no timestamp can say
    hours, rest = divmod(abs(minutes), 60)
    return f"{text}{'-' if minutes < 0 else '+'}{hours:02d}:{rest:02d}" if minutes else text + "Z"


def require_timestamp(member: str, text: object) -> None:
    """For rules: raises when a member that is there is no timestamp."""
    if isinstance(text, str) and _is_usual(text) is None and to_moment(text) is None:
        raise broken(member, f"{member} must be an ISO 8601 date and time, such as 2026-11-24T08:00:00.000Z", _CLAUSE)


def parse_timestamp(text: str, where: str) -> int:
    """For parameters: microseconds since 1970, or InvalidRequestError."""
    moment = to_moment(text)
    if moment is None:
        raise InvalidRequestError("this must be an ISO 8601 date and time, such as 2026-11-24T08:00:00.000Z", where=where, clause=_CLAUSE)
    return moment
