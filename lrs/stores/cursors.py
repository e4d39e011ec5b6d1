"""Cursors of pages of statements, the same on every store: `stored` of the page's last statement, in base 36.

So a cursor stays good for ever, on another store too, and tells nothing of anybody's statements but a moment.
"""

from __future__ import annotations

from lrs.errors import InvalidRequestError

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_LONGEST = 12  # 36 ** 12 microseconds are past the year 9999


def write_cursor(stored: int) -> str:
    """For the statements after the one that was stored at that moment (microseconds)."""
    text = ""
    while stored:
        stored, digit = divmod(stored, 36)
        text = _DIGITS[digit] + text
    return text or "0"


def read_cursor(cursor: str) -> int:
    """The moment. Raises InvalidRequestError for what `write_cursor` does not give."""
    if not 0 < len(cursor) <= _LONGEST or not set(cursor) <= set(_DIGITS):
        raise InvalidRequestError("this cursor was not given by this server", where="parameter cursor")
    return int(cursor, 36)
