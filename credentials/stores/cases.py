"""Cases on records. A queue is read by reach: only the index ranges of the agencies, units and persons that it names are looked at."""

from __future__ import annotations

import base64
import binascii
import heapq
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from credentials.access.rules import Reach
from credentials.ports.records import Kept, Page, Parts, Records, Table
from credentials.queues.case import CLOSED, Case, Kind, State
from credentials.queues.risk import MOST
from lrs.errors import InvalidRequestError

Place: TypeAlias = tuple[int, int, str]  # where a case stands in a queue: MOST - risk, when it was sent, its id


@dataclass(frozen=True, slots=True)
class Note:
    """Something that was said about a case. It can be erased; what a decision gives as its reason stands in the log."""

    case: str
    at: int
    by: str
    text: str


def place_of(case: Case) -> Place:
    """The highest risk first, then who waits longest."""
    return (MOST - case.risk, case.opened_at, case.id)


CASES: Table[Case] = Table(
    "case",
    Case,
    key=lambda one: (one.id,),
    indexes={
        "all": lambda one: [(one.kind, one.state, *place_of(one))],
        "agency": lambda one: [(one.agency, one.kind, one.state, *place_of(one))] if one.agency else [],
        "unit": lambda one: [(one.agency, one.unit, one.kind, one.state, *place_of(one))] if one.unit else [],
        "superior": lambda one: [(one.superior, one.kind, one.state, *place_of(one))] if one.superior else [],
        "person": lambda one: [(one.person, one.opened_at, one.id)],
        "sender": lambda one: [(one.opened_by, one.opened_at, one.id)],
        "coach": lambda one: [(one.session.coach, one.opened_at, one.id)] if one.session else [],
        "file": lambda one: [(digest, one.id) for digest in one.evidence],
        "decided": lambda one: [(one.decided_at, one.id)] if one.decided_at is not None and one.state in CLOSED and not one.cleared else [],
        "due": lambda one: [(one.due_at, one.id)] if one.due_at is not None and one.state == "open" else [],
    },
)
NOTES: Table[Note] = Table("case_note", Note, key=lambda one: (one.case, one.at, one.by))
CASE_TABLES: tuple[Table[Any], ...] = (CASES, NOTES)


@dataclass(frozen=True, slots=True)
class CaseRecords:
    """Reads; what writes are made of stands in the services."""

    records: Records

    async def case(self, case: str) -> Kept[Case] | None:
        return await self.records.get(CASES, case)

    async def queue(self, wanted: Mapping[Kind, Reach], state: State = "open", *, after: str | None = None, limit: int = 100) -> Page[Case]:
        """Cases of each kind within its reach, by risk. Raises InvalidRequestError for an `after` that no page gave."""
        last = _place(after) if after is not None else None
        found: dict[str, Case] = {}
        for index, prefix in _ranges(wanted, state):
            low = last or ()
            page = await self.records.scan(CASES, index, prefix, low=low, limit=limit + 2)  # one may be the last of before
            found |= {one.id: one for one in page.values if last is None or place_of(one) > last}
        first = heapq.nsmallest(limit + 1, found.values(), key=place_of)
        return Page(first[:limit], _cursor(place_of(first[limit - 1])) if len(first) > limit else None)

    async def of_person(self, person: str, after: str | None = None, limit: int = 100) -> Page[Case]:
        """About this person, newest first."""
        return await self.records.scan(CASES, "person", (person,), after=after, limit=limit, descending=True)

    async def sent_by(self, actor: str, after: str | None = None, limit: int = 100) -> Page[Case]:
        """By this actor, newest first."""
        return await self.records.scan(CASES, "sender", (actor,), after=after, limit=limit, descending=True)

    async def of_coach(self, coach: str, after: str | None = None, limit: int = 100) -> Page[Case]:
        """Sessions of this coach, newest first."""
        return await self.records.scan(CASES, "coach", (coach,), after=after, limit=limit, descending=True)

    async def with_file(self, digest: str, limit: int = 20) -> list[Case]:
        """That name this file as evidence."""
        return (await self.records.scan(CASES, "file", (digest,), limit=limit)).values

    async def due_by(self, moment: int, after: str | None = None, limit: int = 100) -> Page[Case]:
        """That wait, and whose deadline is before that moment; the oldest first."""
        return await self.records.scan(CASES, "due", high=(moment,), after=after, limit=limit)

    async def notes(self, case: str) -> list[Note]:
        return (await self.records.scan(NOTES, prefix=(case,), limit=500)).values


def _ranges(wanted: Mapping[Kind, Reach], state: State) -> Iterable[tuple[str, Parts]]:
    for kind, extent in wanted.items():
        rest = (str(kind), state)
        if extent.everything:
            yield "all", rest
            continue
        yield from (("agency", (agency, *rest)) for agency in sorted(extent.agencies))
        yield from (("unit", (agency, unit, *rest)) for agency, unit in sorted(extent.units))
        if extent.superior:
            yield "superior", (extent.superior, *rest)


def _cursor(place: Place) -> str:
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode("ascii").rstrip("=")


def _place(cursor: str) -> Place:
    """Raises InvalidRequestError."""
    try:
        risk, at, id = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
        if not (isinstance(risk, int) and isinstance(at, int) and isinstance(id, str) and 0 <= risk <= MOST and 0 <= at < 2**63):
            raise ValueError
    except (binascii.Error, ValueError, TypeError, RecursionError) as error:
        raise InvalidRequestError("this is not a cursor that a page of this list gave", where="after") from error
    return risk, at, id
