"""The two versions of the specification that one code path serves."""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache

from lrs.errors import InvalidRequestError

HEADER = "X-Experience-API-Version"
_FIRST = re.compile(r"1\.0(\.\d+)?", re.ASCII)
_SECOND = re.compile(r"2\.0(\.\d+)?", re.ASCII)


class Version(Enum):
    """The value is what `X-Experience-API-Version` says in answers: the latest patch of each."""

    V1 = "1.0.3"
    V2 = "2.0.0"


def parse_version_header(text: str | None) -> Version:
    """The version that a request names. `1.0` counts as `1.0.0` (xAPI-Communication 1.0.3 3.3). Raises InvalidRequestError."""
    if text is None:
        raise InvalidRequestError(f"the header {HEADER} is missing", where=f"header {HEADER}", clause="xAPI-Communication 3.3")
    return _named(text)


@lru_cache(maxsize=100)
def _named(text: str) -> Version:
    """A process hears few different ones; what raises is not remembered."""
    if _FIRST.fullmatch(text):
        return Version.V1
    if _SECOND.fullmatch(text):
        return Version.V2
    raise InvalidRequestError("this server speaks 1.0.x and 2.0.x", where=f"header {HEADER}", clause="xAPI-Communication 3.3")
