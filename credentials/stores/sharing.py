"""How several processes share the projector's work: its parts and who has them, the fences of the parts, and what waits in each.

A part is a sixteenth of all persons, by a hash of the person's id; a person stays in its part, whatever is linked to it. One more share is
the reading of the feed.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from credentials.ports.records import Table

PARTS = 16  # never another number: what waits lies under its part's
READING = PARTS  # the share of whoever reads the feed
EVERYTHING = frozenset(range(PARTS + 1))


@dataclass(frozen=True, slots=True)
class Share:
    """A part (or `READING`), and the member whose work it is; "" when nobody's."""

    part: int
    holder: str


@dataclass(frozen=True, slots=True)
class Member:
    """A process that projects. It counts `beat` up; one that stands still is dead or asleep.

    `pid` in `place` (a running system and its process namespace): whoever is there too can see at once whether it lives.
    """

    name: str
    beat: int
    place: str = ""
    pid: int = 0


@dataclass(frozen=True, slots=True)
class Fence:
    """Of a part: whatever is judged of its persons is written in one commit with it, at the revision that was there before anything was
    read. `turns` counts.
    """

    part: int
    turns: int


@dataclass(frozen=True, slots=True)
class JudgementDue:
    """A person and a batch that are to be judged by whoever has the part. `turn`: of the progress that asked for it; asked for again, it is
    another record, so that who removes what it has judged removes nothing that came meanwhile.
    """

    part: int
    person: str
    batch: str
    turn: int

    @property
    def pair(self) -> tuple[str, str]:
        return (self.person, self.batch)


SHARES: Table[Share] = Table("projector_share", Share, key=lambda one: (one.part,))
MEMBERS: Table[Member] = Table("projector_member", Member, key=lambda one: (one.name,))
FENCES: Table[Fence] = Table("projector_fence", Fence, key=lambda one: (one.part,))
DUES: Table[JudgementDue] = Table("projector_due", JudgementDue, key=lambda one: (one.part, one.person, one.batch, one.turn))
SHARING_TABLES: tuple[Table[Any], ...] = (SHARES, MEMBERS, FENCES, DUES)


def part_of(person: str) -> int:
    """The part that a person is in."""
    return hashlib.sha256(person.encode()).digest()[0] % PARTS
