"""Reducing statements past their retention, as the credential module asks for it (the LRS's side: `lrs.ports.reduction`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from credentials.queues.statements import Account
from lrs.ports import FeedItem


class StatementReducer(Protocol):
    """Rewrites statements so that they name nobody."""

    async def reduce(self, wanted: Sequence[tuple[FeedItem, Account]]) -> int:
        """Each with the account that stands in for its actor. What is reduced already is passed over; how many were not."""
        ...

    async def settle(self) -> int:
        """Finishes; how many attachments were erased with them."""
        ...
