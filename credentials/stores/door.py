"""What is still to be told to the LRS: decided here, posted there, taken away once it is durable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from credentials.ports.records import Page, Records, Table


@dataclass(frozen=True, slots=True)
class DoorDue:
    """`what` and `source`: the case or attendance list whose statements are to be posted, or taken back. `since`: microseconds UTC."""

    since: int
    what: Literal["session", "list", "withdrawal"]
    source: str


DOOR_DUE: Table[DoorDue] = Table("door_due", DoorDue, key=lambda one: (one.since, one.source))
DOOR_TABLES: tuple[Table[Any], ...] = (DOOR_DUE,)


@dataclass(frozen=True, slots=True)
class DoorRecords:
    """Reads."""

    records: Records

    async def due(self, after: str | None = None, limit: int = 100) -> Page[DoorDue]:
        """The oldest first."""
        return await self.records.scan(DOOR_DUE, after=after, limit=limit)
