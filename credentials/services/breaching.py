"""Recording breaches: what happened, who was affected, who was told and when. Every step is a decision."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from credentials.access.actions import Action
from credentials.access.principal import Principal
from credentials.access.rules import Subject, permit
from credentials.decisions import Content
from credentials.errors import CaseError
from credentials.ports.people import Persons
from credentials.ports.records import Insert, Kept, Page, Parts, Put, Records, Replace, Table
from credentials.privacy.breach import Breach, Notice, Whom, check_breach, closed, noticed
from credentials.stores.breaches import AFFECTED, BREACHES, Affected, BreachRecords
from credentials.stores.decisions import DecisionLog
from credentials.stores.ledger import HOURS
from credentials.stores.people import PERSONS
from credentials.stores.views import VIEWS
from lrs.clock import Clock
from lrs.errors import ConflictError, NotFoundError

T = TypeVar("T")
_PAGE = 1_000
MOST_NAMED = 1_000  # persons in one request


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Who was affected, by exactly one of: `persons` by id; everybody of an `agency`; everybody with hours of a `provider`; everybody whose
    record a `viewer` (an actor) looked at between two moments: what a stolen sign-in saw.
    """

    persons: tuple[str, ...] = ()
    agency: str = ""
    provider: str = ""
    viewer: str = ""
    since: int = 0
    until: int = 2**62

    def name(self) -> str:
        """As the list keeps it."""
        given = [f"{kind}:{value}" for kind in ("agency", "provider", "viewer") if (value := getattr(self, kind))]
        given += ["named"] if self.persons else []
        if len(given) != 1:
            raise CaseError("say who was affected by one of: persons, agency, provider, viewer", where="rule")
        return given[0]


@dataclass(frozen=True, slots=True)
class Breaching:
    """For overseers; auditors read."""

    store: BreachRecords
    persons: Persons
    log: DecisionLog
    clock: Clock
    new_id: Callable[[], str] = lambda: str(uuid.uuid4())

    async def record(self, principal: Principal, *, discovered: int, happened: int, what: str, data: tuple[str, ...]) -> Breach:
        """Raises CaseError, NotAllowedError."""
        permit(principal, Action.BREACH_RECORD, Subject())
        now = self.clock.now_us()
        breach = Breach(id=self.new_id(), discovered=discovered, happened=happened, what=what, data=data, recorded=now, by=principal.actor)
        check_breach(breach, now)
        insert = Insert(BREACHES, breach, taken="there is a record with this id", where="id")
        await self._decide(principal, "recorded", breach, what, insert)
        return breach

    async def add(self, principal: Principal, breach_id: str, rule: Rule) -> Breach:
        """Puts whom the rule finds on the list; who is on it stays as they are. Raises CaseError, NotFoundError, ConflictError."""
        permit(principal, Action.BREACH_RECORD, Subject())
        kept = await self._open(breach_id)
        name, now = rule.name(), self.clock.now_us()
        async for some in self._found(rule):
            there = await self.store.on_list(breach_id, some)
            new = [person for person in some if person not in there]
            await self.store.records.commit(*(Put(AFFECTED, Affected(breach_id, person, name, now)) for person in new))
        changed = replace(kept.value, affected=await self._count(breach_id))
        content: Content = {"rule": name, "added": changed.affected - kept.value.affected}
        await self._decide(principal, "counted", changed, "", Replace(BREACHES, changed, kept.revision), content)
        return changed

    async def notify(self, principal: Principal, breach_id: str, whom: Whom, at: int, proof: str) -> Breach:
        """Writes down that authority, subjects or public were told. Raises CaseError, NotFoundError, ConflictError."""
        permit(principal, Action.BREACH_RECORD, Subject())
        kept = await self._open(breach_id)
        if at > self.clock.now_us():
            raise CaseError("this lies ahead", where="at")
        changed = noticed(kept.value, Notice(whom, at, principal.actor, proof))
        await self._decide(principal, "notified", changed, proof, Replace(BREACHES, changed, kept.revision), content={"whom": whom})
        return changed

    async def contain(self, principal: Principal, breach_id: str, at: int, measures: str) -> Breach:
        """Writes down when it was over and what was done. Raises CaseError, NotFoundError, ConflictError."""
        permit(principal, Action.BREACH_RECORD, Subject())
        kept = await self._open(breach_id)
        if not kept.value.happened <= at <= self.clock.now_us():
            raise CaseError("it is contained after it happened, and not ahead", where="at")
        changed = replace(kept.value, contained=at, measures=measures)
        await self._decide(principal, "contained", changed, measures, Replace(BREACHES, changed, kept.revision))
        return changed

    async def close(self, principal: Principal, breach_id: str, reason: str) -> Breach:
        """When everybody was told and it is contained. Raises NotFoundError, ConflictError."""
        permit(principal, Action.BREACH_RECORD, Subject())
        kept = await self._open(breach_id)
        changed = closed(kept.value, self.clock.now_us())
        await self._decide(principal, "closed", changed, reason, Replace(BREACHES, changed, kept.revision))
        return changed

    async def all(self, principal: Principal, after: str | None, limit: int) -> Page[Breach]:
        """Newest first. Raises NotAllowedError."""
        permit(principal, Action.BREACH_READ, Subject())
        return await self.store.breaches(after, limit)

    async def listed(self, principal: Principal, breach_id: str, after: str | None, limit: int) -> Page[Affected]:
        """Who was affected. Raises NotAllowedError, NotFoundError."""
        permit(principal, Action.BREACH_READ, Subject())
        await self._kept(breach_id)
        return await self.store.affected(breach_id, after, limit)

    async def _found(self, rule: Rule) -> AsyncIterator[list[str]]:
        if rule.persons:
            for person in rule.persons:
                if not await self.persons.known(person):
                    raise NotFoundError("one of these persons is not there", where="persons")
            yield list(dict.fromkeys(rule.persons))
        elif rule.agency:
            async for page in _pages(self.store.records, PERSONS, "agency", (rule.agency,)):
                yield [one.id for one in page]
        elif rule.provider:
            async for lines in _pages(self.store.records, HOURS, "provider", (rule.provider,)):
                yield list(dict.fromkeys(line.person for line in lines))
        else:
            low, high = (rule.since,), (rule.until,)
            async for views in _pages(self.store.records, VIEWS, "viewer", (rule.viewer,), low, high):
                yield list(dict.fromkeys(view.person for view in views))

    async def _count(self, breach_id: str) -> int:
        """Of the whole list: right also when an earlier request was broken off."""
        count = 0
        async for some in _pages(self.store.records, AFFECTED, None, (breach_id,)):
            count += len(some)
        return count

    async def _open(self, breach_id: str) -> Kept[Breach]:
        kept = await self._kept(breach_id)
        if kept.value.closed is not None:
            raise ConflictError("this record is closed", where="breach")
        return kept

    async def _kept(self, breach_id: str) -> Kept[Breach]:
        kept = await self.store.breach(breach_id)
        if kept is None:
            raise NotFoundError("there is no record of a breach with this id", where="breach")
        return kept

    async def _decide(
        self,
        principal: Principal,
        step: str,
        breach: Breach,
        reason: str,
        write: Insert[Breach] | Replace[Breach],
        content: Content | None = None,
    ) -> None:
        subject = f"breach:{breach.id}"
        await self.log.append(write, actor=principal.actor, kind=f"breach.{step}", subject=subject, reason=reason, content=content)


async def _pages(
    records: Records, table: Table[T], index: str | None, prefix: Sequence[str], low: Parts = (), high: Parts = ()
) -> AsyncIterator[list[T]]:
    after: str | None = None
    while True:
        page = await records.scan(table, index, tuple(prefix), low=low, high=high, after=after, limit=_PAGE)
        if page.values:
            yield page.values
        after = page.more
        if after is None:
            return
