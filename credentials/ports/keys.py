"""Keys and index entries as text whose byte order is the order of the parts. Pure; every backend of `Records` uses it."""

from __future__ import annotations

import base64
import binascii
import re

from credentials.ports.records import Parts
from lrs.errors import InvalidRequestError

END = "\x01"  # after every part, so that ("a",) is no prefix of ("ab",)
_PAST = "\x02"  # the least text after everything that continues a complete part
_RESERVED = re.compile("[\x00-\x02]")
_DIGITS = 19  # of 2**63 - 1


def encode_parts(parts: Parts) -> str:
    """Numbers as nineteen digits; U+0000 to U+0002 of a text escaped. Raises ValueError for a number out of range."""
    text = ""
    for part in parts:
        text += (part if type(part) is str and part.isprintable() else _encoded(part)) + END  # what is printable needs no escaping
    return text


def bounds(prefix: Parts, low: Parts, high: Parts) -> tuple[str, str]:
    """The half-open range of encoded entries that `Records.scan` asks for."""
    least = encode_parts(prefix + low)
    most = encode_parts(prefix + high)
    return least, most[:-1] + _PAST if most else "\U0010ffff"


def encode_cursor(entry: str, key: str) -> str:
    """Where a page ended. `entry` is "" for a scan by key."""
    return base64.urlsafe_b64encode(f"{entry}\x00{key}".encode()).decode("ascii").rstrip("=")


def decode_cursor(cursor: str) -> tuple[str, str]:
    """Raises InvalidRequestError for text that `encode_cursor` did not make."""
    try:
        entry, key = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode("utf-8").split("\x00")
    except (binascii.Error, ValueError) as error:
        raise InvalidRequestError("this is not a cursor that a page of this list gave", where="after") from error
    return entry, key


def _encoded(part: str | int) -> str:
    if isinstance(part, str):
        return _RESERVED.sub(_escaped, part)
    if not 0 <= part < 2**63:
        raise ValueError("a number in a key is from 0 to 2**63 - 1")
    return f"{part:0{_DIGITS}d}"


def _escaped(found: re.Match[str]) -> str:
    return f"\x02{ord(found.group()):d}"
