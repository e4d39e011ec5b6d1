"""Attendance lists on records: what was sent, by whom, and with which signed sheet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from credentials.ports.records import Kept, Page, Records, Table


@dataclass(frozen=True, slots=True, kw_only=True)
class AttendanceList:
    """`file`, `sheet`: digests of the CSV and of the scan. `skip`: rows that were refused though they can be read (the officer's own).

    `rows`: how many went in. `state`: "withdrawn" when its statements are voided.
    """

    id: str
    provider: str
    batch: str
    title: str
    starts: datetime
    ends: datetime
    file: str
    sheet: str
    by: str
    at: int
    rows: int
    skip: tuple[int, ...] = ()
    state: Literal["accepted", "withdrawn"] = "accepted"


LISTS: Table[AttendanceList] = Table(
    "attendance_list",
    AttendanceList,
    key=lambda one: (one.id,),
    indexes={"provider": lambda one: [(one.provider, one.at)], "batch": lambda one: [(one.batch, one.at)]},
)
ATTENDANCE_TABLES: tuple[Table[Any], ...] = (LISTS,)


@dataclass(frozen=True, slots=True)
class AttendanceRecords:
    """Reads."""

    records: Records

    async def list(self, list_id: str) -> Kept[AttendanceList] | None:
        return await self.records.get(LISTS, list_id)

    async def of_provider(self, provider: str, after: str | None = None, limit: int = 100) -> Page[AttendanceList]:
        """Newest first."""
        return await self.records.scan(LISTS, "provider", (provider,), after=after, limit=limit, descending=True)
