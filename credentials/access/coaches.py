"""The register of coaches (National Coach Network): who may log coaching and mentoring, on what grounds, from when until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from credentials.errors import AccessError

Qualification = Literal["national-leadership-training", "corporate-leader", "certified-coach"]


@dataclass(frozen=True, slots=True)
class Coach:
    """A line of the register. `qualification`: alumnus of national leadership training, corporate leader, or holder of a coach's
    certificate. `evidence`: digest of the uploaded proof, "" for none. `until`: included, None for no end. `ended_at`: struck off, in
    microseconds UTC; sessions before that stay.
    """

    id: str
    person: str
    qualification: Qualification
    since: date
    until: date | None
    by: str
    made_at: int
    evidence: str = ""
    ended_at: int | None = None

    def holds(self, day: date) -> bool:
        """Whether a session on that day may be logged now."""
        return self.ended_at is None and self.since <= day and (self.until is None or day <= self.until)


def check_coach(coach: Coach) -> None:
    """Raises AccessError when the line makes no sense."""
    if coach.until is not None and coach.until < coach.since:
        raise AccessError("a qualification cannot end before it begins", where="until")


def coaches_on(register: list[Coach], day: date) -> bool:
    """Whether somebody with these lines may coach on that day."""
    return any(line.holds(day) for line in register)
