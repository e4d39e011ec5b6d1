"""A breach of personal data (UU PDP 27/2022 art. 46): who must be told in writing, within 3 × 24 hours of its discovery."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from credentials.errors import CaseError
from lrs.errors import ConflictError

Whom = Literal["authority", "subjects", "public"]
HOURS = 72
_HOUR = 3_600_000_000  # microseconds
_OWED: tuple[Whom, ...] = ("authority", "subjects")
_FUTURE = 300_000_000  # microseconds that a clock may be ahead


@dataclass(frozen=True, slots=True)
class Notice:
    """That somebody was told: `whom`, when, by whom, and how it can be proven (a letter's number, an address; no name). `persons`: how many
    were on the list by then.
    """

    whom: Whom
    at: int
    by: str
    proof: str
    persons: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """`discovered`: when it became known; the clock runs from then. `happened`: since when, as far as it is known. `what`: in words;
    `data`: kinds of data ("names", "numbers", "hours" …). `contained`: when it was over. `affected`: how many persons are on the list.
    Times in microseconds UTC.
    """

    id: str
    discovered: int
    happened: int
    what: str
    data: tuple[str, ...]
    recorded: int
    by: str
    contained: int | None = None
    measures: str = ""
    affected: int = 0
    notices: tuple[Notice, ...] = ()
    closed: int | None = None

    @property
    def due(self) -> int:
        """Until when authority and subjects must be told."""
        return self.discovered + HOURS * _HOUR

    def told(self, whom: Whom) -> int | None:
        """When they were told first; None when they were not."""
        return min((one.at for one in self.notices if one.whom == whom), default=None)

    def owed(self) -> tuple[Whom, ...]:
        """Who is still to be told. Subjects are told when a notice went to as many as are on the list; nobody on it needs none."""
        reached = max((one.persons for one in self.notices if one.whom == "subjects"), default=0)
        subjects: tuple[Whom, ...] = ("subjects",) if self.affected > reached else ()
        authority: tuple[Whom, ...] = ("authority",) if self.told("authority") is None else ()
        return authority + subjects

    def late(self, now: int) -> tuple[Whom, ...]:
        """Who was told after the time, or was not told when it ran out."""
        return tuple(whom for whom in _OWED if (now if whom in self.owed() else self.told(whom) or 0) > self.due)


def check_breach(breach: Breach, now: int) -> None:
    """Raises CaseError."""
    if breach.discovered > now + _FUTURE or breach.happened > breach.discovered:
        raise CaseError("a breach happened before it was discovered, and was discovered before now", where="discovered")
    if not breach.data:
        raise CaseError("say which kinds of data", where="data")


def noticed(breach: Breach, notice: Notice) -> Breach:
    """With the notice. Raises ConflictError when the record is closed, CaseError for a moment before the discovery."""
    if breach.closed is not None:
        raise ConflictError("this record is closed", where="breach")
    if notice.at < breach.discovered:
        raise CaseError("nobody is told of what is not discovered", where="at")
    return replace(breach, notices=(*breach.notices, replace(notice, persons=breach.affected)))


def closed(breach: Breach, at: int) -> Breach:
    """Raises ConflictError as long as somebody is still to be told, or it is not contained."""
    if breach.closed is not None:
        raise ConflictError("this record is closed already", where="breach")
    if owed := breach.owed():
        raise ConflictError(f"still to be told: {', '.join(owed)}", where="breach")
    if breach.contained is None:
        raise ConflictError("say when it was contained first", where="contained")
    return replace(breach, closed=at)
