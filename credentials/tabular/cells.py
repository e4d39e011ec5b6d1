"""What single cells say: days as people write them."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from lrs.errors import InvalidRequestError

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?)?", re.ASCII)
_DAY_FIRST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", re.ASCII)


@lru_cache(maxsize=65_536)
def day_of(cell: str, where: str) -> date | None:
    """YYYY-MM-DD or DD-MM-YYYY (also with slashes or dots, the day first); None for an empty cell. Raises InvalidRequestError."""
    if not cell:
        return None
    if (found := _ISO.fullmatch(cell)) is not None:
        year, month, day = found[1], found[2], found[3]
    elif (found := _DAY_FIRST.fullmatch(cell)) is not None:
        day, month, year = found[1], found[2], found[3]
    else:
        hint = "; this is a spreadsheet's number of a day: format the column as a date" if cell.isdigit() else ""
        raise InvalidRequestError(f"a date is YYYY-MM-DD or DD-MM-YYYY{hint}", where=where)
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise InvalidRequestError("there is no such day", where=where) from None
