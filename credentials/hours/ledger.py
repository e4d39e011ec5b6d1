"""A balance as a fold over lines: open credits of a calendar year. Caps, floor and ceiling are not applied here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from credentials.hours.entry import HoursEntry


@dataclass(frozen=True, slots=True)
class Balance:
    """JP of one calendar year, and the lines that make it, by date."""

    year: int
    approved: int
    lines: tuple[HoursEntry, ...]


def balance(entries: Iterable[HoursEntry], year: int) -> Balance:
    """The same line twice counts once, a reversed one not at all; the order of lines does not matter."""
    lines = {entry.id: entry for entry in entries}
    reversed_ids = {line.reverses for line in lines.values() if line.kind == "reversal"}
    counted = [one for one in lines.values() if one.kind == "credit" and one.id not in reversed_ids and one.completed_on.year == year]
    counted.sort(key=lambda line: (line.completed_at, line.id))
    return Balance(year, sum(line.approved for line in counted), tuple(counted))
