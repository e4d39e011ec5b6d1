"""Entries and their fold. Nothing is deleted: what is taken back is an entry of its own with negative hours."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class HoursEntry:
    """One line of the ledger. `approved`: JP of the catalogue. `learned_on`: the learner's local date, which decides the year."""

    id: str
    person: str
    provider: str
    programme: str
    version: int
    batch: str
    title: str
    approved: int
    learned_on: date
    certificate: str


@dataclass(frozen=True, slots=True)
class Balance:
    """JP of one calendar year, and the lines that make it, by date."""

    year: int
    approved: int
    lines: tuple[HoursEntry, ...]


def balance(entries: Iterable[HoursEntry], year: int) -> Balance:
    """The same entry twice counts once; the order of entries does not matter. Caps, floor and ceiling are not applied here."""
    own = {entry.id: entry for entry in entries if entry.learned_on.year == year}
    lines = tuple(sorted(own.values(), key=lambda entry: (entry.learned_on, entry.id)))
    return Balance(year, sum(entry.approved for entry in lines), lines)
