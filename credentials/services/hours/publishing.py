"""Publishing rules: national tables by two overseers, single rows and targets by an agency. Each is a decision, in the rule's commit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from credentials.access.actions import Action
from credentials.access.principal import Principal
from credentials.access.rules import Subject, permit
from credentials.decisions import Content
from credentials.errors import HoursError
from credentials.hours.checking import check_target
from credentials.hours.rulebook import bundled_tables
from credentials.hours.rules import AgencyTarget, RuleTable
from credentials.ports.records import Insert, Kept, Put, Remove, Replace, Write
from credentials.services.hours.books import RuleBooks
from credentials.services.sign_in import day_of
from credentials.stores.decisions import DecisionLog
from credentials.stores.figures import sweep
from credentials.stores.rules import (
    NATION,
    PROPOSED,
    PUBLISHED,
    STAMP,
    TARGETS,
    ProposedTable,
    PublishedTable,
    PublishedTarget,
    RuleRecords,
    RulesStamp,
)
from lrs.errors import ConflictError, NotFoundError

_MOST_TABLES = 1_000  # of one agency: every change of any of them is a new interval that is looked at


@dataclass(frozen=True, slots=True)
class RulePublishing:
    """Each method raises HoursError, NotAllowedError, NotFoundError or ConflictError, and then nothing is changed."""

    rules: RuleRecords
    books: RuleBooks
    log: DecisionLog

    async def publish(self, principal: Principal, table: RuleTable, reason: str, *, past: bool = False) -> PublishedTable:
        """An agency's new table, or a new version of one. With `past` it may hold for days that are over, and moves balances that stand."""
        if not table.agency:
            raise HoursError("a national table is proposed by one overseer and published by another", where="agency")
        permit(principal, Action.RULES_OVERRIDE, Subject(agency=table.agency))
        return await self._publish(principal, table, reason, past)

    async def propose(self, principal: Principal, table: RuleTable, reason: str, *, past: bool = False) -> ProposedTable:
        """A new national table, or a new version of one, for another overseer to publish."""
        permit(principal, Action.RULES_PROPOSE, Subject())
        await self._check(table, past)
        hands = tuple(sorted(principal.identities()))
        proposed = ProposedTable(table, principal.actor, hands, self.log.clock.now_us(), reason, past)
        await self.log.append(
            Insert(PROPOSED, proposed, taken="this version of the table is proposed already", where="version"),
            actor=principal.actor,
            kind="rules.proposed",
            subject="nation",
            reason=reason,
            content=_told(table, past),
        )
        return proposed

    async def publish_proposed(self, principal: Principal, table: str, version: int, reason: str) -> PublishedTable:
        """By another overseer than the one who proposed it; what was checked then is checked again."""
        kept = await self._proposed(table, version)
        permit(principal, Action.RULES_PUBLISH, Subject(hands=frozenset(kept.value.hands)))
        return await self._publish(principal, kept.value.table, reason, kept.value.past, kept)

    async def drop_proposed(self, principal: Principal, table: str, version: int, reason: str) -> ProposedTable:
        """By any overseer: a proposal that is not to be published."""
        permit(principal, Action.RULES_PROPOSE, Subject())
        kept = await self._proposed(table, version)
        await self.log.append(
            *_gone(kept),
            actor=principal.actor,
            kind="rules.dropped",
            subject="nation",
            reason=reason,
            content=_told(kept.value.table, kept.value.past),
        )
        return kept.value

    async def _publish(
        self, principal: Principal, table: RuleTable, reason: str, past: bool, proposed: Kept[ProposedTable] | None = None
    ) -> PublishedTable:
        stamp = await self.rules.stamp()
        await self._check(table, past)
        published = PublishedTable(
            table, principal.actor, self.log.clock.now_us(), reason, proposed_by=proposed.value.by if proposed else ""
        )
        taken = "this version of the table is there already; count its version up"
        writes = [Insert(PUBLISHED, published, taken=taken, where="version"), *(_gone(proposed) if proposed else ())]
        await self._append(principal, stamp, "rules.published", table.agency, reason, _told(table, past), *writes)
        return published

    async def end(self, principal: Principal, agency: str, table: str, version: int, last: date, reason: str) -> PublishedTable:
        """An agency's table holds through the day `last`, which is not over yet, and no longer."""
        self._permit(principal, agency)
        stamp, kept = await self.rules.stamp(), await self._found(agency, table, version)
        if not agency:
            raise HoursError("a national table ends when the next one comes into force: publish that", where="agency")
        if last < self._today():
            raise HoursError("this day is over: what was counted under the table would move", where="last")
        ended = replace(kept.value.table, effective_to=last)
        if last < ended.effective_from:
            raise HoursError("the table is not in force by then: withdraw it", where="last")
        published = replace(kept.value, table=ended)
        content: Content = {"table": ended.name, "last": last.isoformat()}
        await self._append(principal, stamp, "rules.ended", agency, reason, content, Replace(PUBLISHED, published, kept.revision))
        return published

    async def withdraw(self, principal: Principal, agency: str, table: str, version: int, reason: str) -> PublishedTable:
        """Takes back a table that is not in force yet."""
        self._permit(principal, agency)
        stamp, kept = await self.rules.stamp(), await self._found(agency, table, version)
        if kept.value.table.effective_from <= self._today():
            raise ConflictError("the table has been in force: end it, or publish the next one", where="table")
        withdrawn = replace(kept.value, withdrawn=True)
        content: Content = {"table": kept.value.table.name}
        await self._append(principal, stamp, "rules.withdrawn", agency, reason, content, Replace(PUBLISHED, withdrawn, kept.revision))
        return withdrawn

    async def set_target(self, principal: Principal, target: AgencyTarget, reason: str) -> PublishedTarget:
        """For years that begin on its first day or later; 0 JP ends an earlier one."""
        permit(principal, Action.TARGET_SET, Subject(agency=target.agency))
        found = (await self.books.current()).obligation(target.kind, max(target.effective_from, self._today()))
        check_target(target, found.obligation.ceiling if found else None)
        stamp = await self.rules.stamp()
        published = PublishedTarget(target, principal.actor, self.log.clock.now_us(), reason)
        content: Content = {"kind": target.kind, "jp": target.jp, "from": target.effective_from.isoformat()}
        await self._append(principal, stamp, "target.set", target.agency, reason, content, Put(TARGETS, published))
        return published

    def _permit(self, principal: Principal, agency: str) -> None:
        """Ending and withdrawing. That is one overseer's to do: it takes back what two have decided."""
        if agency:
            permit(principal, Action.RULES_OVERRIDE, Subject(agency=agency))
        else:
            permit(principal, Action.RULES_PUBLISH, Subject())

    async def _check(self, table: RuleTable, past: bool) -> None:
        self._check_begin(table.effective_from, past, "effective_from")
        await self._check_among_others(table)

    async def _proposed(self, table: str, version: int) -> Kept[ProposedTable]:
        kept = await self.rules.proposal(table, version)
        if kept is None:
            raise NotFoundError("no such version of such a table is proposed", where="table")
        return kept

    def _check_begin(self, begin: date, past: bool, where: str) -> None:
        if not past and begin <= self._today():
            raise HoursError("this day has begun: balances that stand would move; say `past` if that is meant", where=where)

    async def _check_among_others(self, table: RuleTable) -> None:
        others = [one for one in await self.rules.tables(table.agency) if not one.withdrawn]
        if len(others) >= _MOST_TABLES:
            raise HoursError(f"an agency has at most {_MOST_TABLES:,} tables", where="id")
        known = [one.table for one in others] + ([] if table.agency else list(bundled_tables()))
        versions = [one.version for one in known if one.id == table.id]
        if versions and table.version <= max(versions):
            raise ConflictError(f"the table's latest version is {max(versions)}; count it up", where="version")
        rivals = [one for one in known if one.id != table.id and one.effective_from == table.effective_from]
        if rivals and not table.agency:
            raise ConflictError("another national table comes into force on that day", where="effective_from")

    async def _found(self, agency: str, table: str, version: int) -> Kept[PublishedTable]:
        kept = await self.rules.table(agency, table, version)
        if kept is None or kept.value.withdrawn:
            raise NotFoundError("there is no such version of such a table", where="table")
        return kept

    async def _append(
        self, principal: Principal, stamp: Kept[RulesStamp], kind: str, agency: str, reason: str, content: Content, *writes: Write
    ) -> None:
        number = stamp.value.number + 1
        counted = Replace(STAMP, RulesStamp(number), stamp.revision)
        subject = f"agency:{agency}" if agency != NATION else "nation"
        await self.log.append(
            counted,
            *writes,
            sweep(f"rules-{number}", agency),
            actor=principal.actor,
            kind=kind,
            subject=subject,
            reason=reason,
            content=content,
        )

    def _today(self) -> date:
        return day_of(self.log.clock.now_us())


def _told(table: RuleTable, past: bool) -> Content:
    return {"table": table.name, "from": table.effective_from.isoformat(), "past": past}


def _gone(kept: Kept[ProposedTable]) -> tuple[Write, Write]:
    """Out of the list of proposals, if nobody else has decided on it meanwhile."""
    return Replace(PROPOSED, kept.value, kept.revision), Remove(PROPOSED, PROPOSED.key(kept.value))
