"""Reducing statements: what retention asks of a store, and what the store keeps of its promises all the same.

A reduced statement keeps its id, its place in stored order and in the feed, `stored`, its provider and client, and whether it is voided or
voids. Its body and its terms are others. An id that is reduced stays taken: told again by the same provider it is passed over, since what
was told first cannot be compared any more; another provider's is refused as ever.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from lrs.ports.feed import FeedItem

DIGEST_TERM = "rsha2:"  # with a digest: the term of a statement whose request brought these bytes


@dataclass(frozen=True, slots=True)
class Reduced:
    """What is to lie in the place of the statement `id`: `body`, ending with its `stored` as before, found by these terms only.

    `digests`: of attachments that it declared and declares no more. Their bytes go when no statement has their term any more.
    """

    id: str
    body: bytes
    direct: tuple[str, ...]
    related: tuple[str, ...] = ()
    digests: tuple[str, ...] = ()


class StatementReduction(Protocol):
    """For retention and erasure only; no request of a client leads here."""

    async def everything(self, provider: str, term: str, after: int, limit: int) -> list[FeedItem]:
        """The provider's statements that have the term, direct, related or by what they refer to, after that position in stored order:
        voided ones too.
        """
        ...

    async def reduce(self, statements: Sequence[Reduced]) -> None:
        """Durable when it returns; safe to repeat. One that is not there is passed over. Raises StoreUnavailableError."""
        ...

    async def settle(self) -> int:
        """Finishes what `reduce` began: nothing is found by its former terms afterwards, and attachments that no statement has are erased.

        How many were. Safe to repeat, and after a crash.
        """
        ...
