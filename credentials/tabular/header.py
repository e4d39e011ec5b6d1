"""Column names as people write them: matched without case, spaces or underscores, under other names too, and told when they are close."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lrs.errors import InvalidRequestError

_FILLER = re.compile(r"[\s_.\-/]+")


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each known column stands, and which names were not known (with the nearest one that is, "" for none)."""

    places: Mapping[str, int]
    unknown: tuple[tuple[str, str], ...] = ()


def columns_of(names: Sequence[str], aliases: Mapping[str, Sequence[str]], required: Sequence[str] = ()) -> Columns:
    """`aliases`: for each column, the other names that it has.

    Raises InvalidRequestError for a column that stands there twice, or a required one that is missing.
    """
    known = {_plain(alias): column for column, others in aliases.items() for alias in (column, *others)}
    places: dict[str, int] = {}
    unknown: list[tuple[str, str]] = []
    for place, name in enumerate(names):
        column = known.get(_plain(name))
        if column is None:
            near = difflib.get_close_matches(_plain(name), known, 1, 0.75)
            unknown.append((name[:60], known[near[0]] if near else ""))
        elif column in places:
            raise InvalidRequestError(f"the column {column} stands in the header twice", where="file")
        else:
            places[column] = place
    missing = [column for column in required if column not in places]
    if missing:
        told = f"the header has no column {', '.join(missing)}; the columns are: {', '.join(aliases)}"
        raise InvalidRequestError(told, where="file")
    return Columns(places, tuple(unknown))


def _plain(name: str) -> str:
    return _FILLER.sub("", name).casefold()
