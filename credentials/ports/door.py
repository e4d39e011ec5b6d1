"""The door by which learning without an LMS comes in: statements under a provider's authority, into the LRS, on the road of all others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from credentials.queues.statements import Statement


class StatementDoor(Protocol):
    """Writes to the LRS on behalf of a provider."""

    async def post(self, provider: str, statements: Sequence[Statement]) -> None:
        """Stores them durably, all or none; each has an id, and one that is there already with the same content is passed over.

        Raises NotFoundError (no such provider), ForbiddenError (it, or its door, is switched off), ConflictError (an id has another
        content), StoreUnavailableError.
        """
        ...
