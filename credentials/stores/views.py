"""The log of views: written before the answer goes out, never changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from credentials.access.views import View
from credentials.ports.records import Page, Put, Records, Table

VIEWS: Table[View] = Table(
    "view",
    View,
    key=lambda one: (one.person, one.at, one.viewer, one.what),
    indexes={"viewer": lambda one: [(one.viewer, one.at)], "at": lambda one: [(one.at,)]},
)
_AT_ONCE = 5_000  # views in one commit


@dataclass(frozen=True, slots=True)
class ViewLog:
    """Append-only; what the law lets be forgotten after its time goes by `credentials.services.retention` alone."""

    records: Records

    async def note(self, views: Sequence[View]) -> None:
        """Durable when it returns."""
        for start in range(0, len(views), _AT_ONCE):
            await self.records.commit(*(Put(VIEWS, view) for view in views[start : start + _AT_ONCE]))

    async def of(self, person: str, after: str | None = None, limit: int = 100) -> Page[View]:
        """Who looked at this person's record, newest first."""
        return await self.records.scan(VIEWS, None, (person,), after=after, limit=limit, descending=True)

    async def by(self, viewer: str, after: str | None = None, limit: int = 100) -> Page[View]:
        """What this actor looked at, newest first."""
        return await self.records.scan(VIEWS, "viewer", (viewer,), after=after, limit=limit, descending=True)
