"""What joins retention to the LRS: bodies that name nobody, and the terms by which they are found from then on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from credentials.queues.statements import Account
from lrs.ports import FeedItem, Reduced, StatementReduction
from lrs.xapi.reduction import is_reduced, reduced, stored_terms


@dataclass(frozen=True, slots=True)
class LrsReducer:
    """See `credentials.ports.reducing.StatementReducer`. `nobody`: whoever else is named; `extensions`: IRIs that evidence reads."""

    reduction: StatementReduction
    nobody: Account
    extensions: frozenset[str]

    async def reduce(self, wanted: Sequence[tuple[FeedItem, Account]]) -> int:
        some = [self._reduced(item, actor) for item, actor in wanted if not is_reduced(item.body)]
        await self.reduction.reduce(some)
        return len(some)

    async def settle(self) -> int:
        return await self.reduction.settle()

    def _reduced(self, item: FeedItem, actor: Account) -> Reduced:
        body = reduced(item.body, actor.agent(), self.nobody.agent(), self.extensions)
        direct, related, _ = stored_terms(body)
        return Reduced(item.id, body, direct, related, stored_terms(item.body)[2])
