"""The directory of activities: what `GET /activities` answers (xAPI-Communication 1.0.3 2.5, 2.0 4.1.6.4)."""

from __future__ import annotations

from typing import Protocol

from lrs.ports.statements import Wall


class ActivityDirectory(Protocol):
    """Definitions are merged by `StatementStore.put` (rule: `lrs.xapi.activity.merge_definitions`), per provider."""

    async def definition(self, activity_id: str, wall: Wall) -> bytes | None:
        """The merged definition as JSON, or None when none is known within the wall.

        Where the wall spans providers, the provider that defined it first (by stored order) is answered.
        """
        ...
