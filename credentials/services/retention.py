"""Retention: what is past its time, told before anything is done (a dry run), and then reduced or erased. Hours and certificates survive.

- Statements are reduced: whoever is linked is named by their own account here, everybody else by a keyed stand-in; evidence stays.
- Identifiers that still wait, and whose statements are all reduced, and those whose links were all undone as long ago, are erased.
- Documents of agents that nobody has changed for long, files and notes of cases that were decided long ago, and views, are erased.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from credentials.access.actions import Action
from credentials.access.principal import Principal
from credentials.access.rules import Subject, permit
from credentials.services.forgetting import Forgetting
from credentials.services.reducing import Reducing
from credentials.stores.decisions import DecisionLog
from lrs.clock import Clock
from lrs.ports import DocumentStore, Feed

What: TypeAlias = Literal["statements", "identifiers", "documents", "files", "views"]
WHATS: tuple[What, ...] = ("statements", "identifiers", "documents", "files", "views")
CONSUMER = "retention"  # the name of the checkpoint: the statements before it are reduced
_DAY = 86_400_000_000  # microseconds
_PAGE = 500
_COUNTED = 10_000  # cases and views that a dry run counts at most


@dataclass(frozen=True, slots=True)
class Periods:
    """Days that each is kept; 0 for ever. Identifiers are kept as long as statements."""

    statements: int = 0
    documents: int = 0
    files: int = 0
    views: int = 0

    def of(self, what: What) -> int:
        """Days."""
        return int(getattr(self, "statements" if what == "identifiers" else what))


@dataclass(frozen=True, slots=True)
class Report:
    """`before`: what is older is past its time, microseconds; None where it is kept for ever. `due`: how many are; `done`: were dealt with.

    `waiting`: statements that are due, and wait because a consumer has not read them yet. All but statements and documents is counted up to
    10,000.
    """

    what: What
    days: int
    before: int | None
    due: int = 0
    done: int = 0
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class Retention:
    """`readers`: consumers of the feed that must have read a statement before it is reduced."""

    periods: Periods
    feed: Feed
    documents: DocumentStore
    reducing: Reducing
    forgetting: Forgetting
    log: DecisionLog
    clock: Clock
    readers: tuple[str, ...]

    async def look(self, principal: Principal) -> list[Report]:
        """The dry run: nothing is changed. Raises NotAllowedError."""
        permit(principal, Action.RETENTION_READ, Subject())
        return [await self._report(what) for what in WHATS]

    async def run(self, principal: Principal, whats: Sequence[What], most: int, reason: str) -> list[Report]:
        """At most `most` of each; the same again goes on where this ended. A decision in the log. Raises NotAllowedError."""
        permit(principal, Action.RETENTION_RUN, Subject())
        reports = [await self._run(what, most) for what in dict.fromkeys(whats)]
        done = {str(one.what): one.done for one in reports}
        await self.log.append(actor=principal.actor, kind="retention.ran", subject="retention", reason=reason, content={**done})
        return reports

    async def _run(self, what: What, most: int) -> Report:
        before = self._before(what)
        done = 0 if before is None else await self._done(what, before, most)
        left = await self._report(what)
        return Report(what, left.days, before, left.due, done, left.waiting)

    async def _done(self, what: What, before: int, most: int) -> int:
        match what:
            case "statements":
                return await self._reduce(before, most)
            case "identifiers":  # not before every statement is reduced: until then one of them may still be linked
                statements = await self._report("statements")
                return 0 if statements.due or statements.waiting else await self.forgetting.clear_identifiers(before, most)
            case "documents":
                return await self.documents.forget(before)
            case "files":
                cleared = await self.forgetting.clear_cases(before, most)
                return cleared + await self.forgetting.clear_uploads(before, most - cleared)
        return await self.forgetting.clear_views(before, most)

    async def _report(self, what: What) -> Report:
        before, days = self._before(what), self.periods.of(what)
        if before is None:
            return Report(what, 0, None)
        match what:
            case "statements":
                start, end, read = await self.feed.checkpoint(CONSUMER), await self._position_before(before), await self._read_by_all()
                return Report(what, days, before, max(0, min(end, read) - start), waiting=max(0, end - max(read, start)))
            case "identifiers":
                return Report(what, days, before, await self.forgetting.count_identifiers(before, _COUNTED))
            case "documents":
                return Report(what, days, before, await self.documents.forget(before, dry=True))
            case "files":
                return Report(what, days, before, len((await self.forgetting.old_cases(before, _COUNTED)).values))
        return Report(what, days, before, await self.forgetting.count_views(before, _COUNTED))

    async def _reduce(self, before: int, most: int) -> int:
        position, read, done = await self.feed.checkpoint(CONSUMER), await self._read_by_all(), 0
        while done < most:
            page = await self.feed.read(position, min(_PAGE, most - done))
            items = [one for one in page if one.stored < before and one.position <= read]
            if not items:
                break
            await self.reducing.reduce(items)
            await self.feed.advance(CONSUMER, items[-1].position, expected=position)
            position, done = items[-1].position, done + len(items)
        await self.reducing.settle()
        return done

    def _before(self, what: What) -> int | None:
        days = self.periods.of(what)
        return self.clock.now_us() - days * _DAY if days else None

    async def _read_by_all(self) -> int:
        """Up to where every consumer has read: nothing is reduced under the eyes of one that has not."""
        return min([await self.feed.checkpoint(reader) for reader in self.readers], default=0)

    async def _position_before(self, moment: int) -> int:
        """Of the last statement stored before the moment. `stored` grows with the position, so halving finds it."""
        low, high = 0, await self.feed.end()
        while low < high:
            middle = (low + high) // 2
            following = await self.feed.read(middle, 1)
            if following and following[0].stored < moment:
                low = following[0].position
            else:
                high = middle
        return low
