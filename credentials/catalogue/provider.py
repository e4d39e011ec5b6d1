"""What the catalogue knows of a provider beyond its keys: when it was accredited, by whom, and when it was suspended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from credentials.catalogue.states import History, state_on
from credentials.errors import CatalogueError


@dataclass(frozen=True, slots=True)
class Accreditation:
    """One window, both dates included; `ends` None: until further notice. `body`: who accredited; `number`: of the decree."""

    starts: date
    ends: date | None
    body: str
    number: str = ""

    def covers(self, day: date) -> bool:
        """Whether the day lies in the window."""
        return self.starts <= day and (self.ends is None or day <= self.ends)


@dataclass(frozen=True, slots=True)
class ProviderProfile:
    """`provider`: its id. `accreditations` in the order of their start. `history`: suspensions and their lifting."""

    provider: str
    accreditations: tuple[Accreditation, ...] = ()
    history: History = ()

    def accredited_on(self, day: date) -> bool:
        """Whether a window covers the day."""
        return any(one.covers(day) for one in self.accreditations)

    def suspended_on(self, day: date) -> bool:
        """Whether learning on that day fell under a suspension."""
        return state_on(self.history, day) == "suspended"


def check_accreditations(windows: tuple[Accreditation, ...]) -> None:
    """Raises CatalogueError for a window that ends before it starts, or overlaps the next."""
    for one in windows:
        if one.ends is not None and one.ends < one.starts:
            raise CatalogueError("an accreditation cannot end before it starts", where="accreditations")
    ordered = sorted(windows, key=lambda one: one.starts)
    for one, after in pairwise(ordered):
        if one.ends is None or after.starts <= one.ends:
            raise CatalogueError("two accreditations share a day", where="accreditations")
