"""What is kept about a completion, and the values that pass between the parts."""

from __future__ import annotations

from dataclasses import dataclass

from credentials.hours.entry import HoursEntry


@dataclass(frozen=True, slots=True)
class Award:
    """What one completion brings, stored whole or not at all. `statements`: the ids that the rule was satisfied with;
    `certificate`: the id of what is reserved for it.
    """

    statements: tuple[str, ...]
    completed: int
    certificate: str
    entry: HoursEntry


@dataclass(frozen=True, slots=True)
class Sighting:
    """A provider's statement names this account and this activity."""

    provider: str
    home_page: str
    name: str
    activity: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody whose completion of a batch is to be looked at. Either may be "": every batch, every person."""

    person: str
    batch: str
