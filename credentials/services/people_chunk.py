"""Some thousands of rows of HR's file in one commit: who is new, who has changed, and what stands against a row."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeAlias

from credentials.people.rows import PersonRow
from credentials.ports.records import Write, get_all
from credentials.services.import_orders import ImportOrder
from credentials.services.people_plan import Known, Plan, RowError, Seat
from credentials.stores.decisions import DecisionLog
from credentials.stores.links import IDENTITIES, LinkRecords
from credentials.stores.people import PERSONS, PROFILES, Numbered, PeopleRecords
from credentials.stores.waiting import WaitingRecords
from credentials.tabular.reading import Trouble
from lrs.errors import ConflictError, SenderError
from lrs.ports import ClientStore, account_term

Chunk: TypeAlias = list[tuple[int, PersonRow]]
_MEANWHILE = "somebody else changed this person, or took one of the numbers, at this moment"


@dataclass(slots=True)
class Told:
    """What became of a chunk."""

    added: int = 0
    changed: int = 0
    same: int = 0
    links: int = 0
    troubles: list[Trouble] = field(default_factory=list)


class Turn:
    """A chunk's, after that of the chunk `before`: it is planned while that one is being written, and written when that one is.

    `numbers`: of persons, as the chunk leaves them. `stands`: it was written as it was planned. `failed`: it was not, and no other is.
    """

    def __init__(self, before: Turn | None = None) -> None:
        self.before = before
        self.numbers: Mapping[tuple[str, str], Numbered] = {}
        self.planned, self.over = asyncio.Event(), asyncio.Event()
        self.stands = self.failed = False


@dataclass(frozen=True, slots=True)
class ChunkWriter:
    """Writes rows that are well-formed by themselves."""

    people: PeopleRecords
    links: LinkRecords
    waiting: WaitingRecords
    log: DecisionLog
    providers: ClientStore
    new_id: Callable[[], str]

    async def write(self, chunk: Chunk, order: ImportOrder, turn: Turn | None = None) -> Told:
        """In one commit; where somebody else was quicker with one of the rows, in smaller ones."""
        turn = turn or Turn()
        try:
            return await self._write(chunk, order, turn)
        except BaseException:
            turn.failed = True
            raise
        finally:
            turn.planned.set()
            turn.over.set()
            turn.before = None

    async def _write(self, chunk: Chunk, order: ImportOrder, turn: Turn) -> Told:
        plan, told = await self._planned(chunk, order, turn)
        if turn.before is not None and turn.before.failed:
            turn.failed = True
            return Told()  # whoever waits for the one before is told why
        writes = plan.writes()
        if writes and not order.dry_run:
            try:
                await self._commit(writes, plan, order)
            except ConflictError:
                return await self._apart(chunk, order)
        turn.stands = True
        told.added, told.changed, told.same, told.links = plan.added, plan.changed, plan.same, len(plan.links)
        if not order.dry_run:
            await self._settle(chunk)
        return told

    async def _planned(self, chunk: Chunk, order: ImportOrder, turn: Turn) -> tuple[Plan, Told]:
        """Once the chunk before is written; anew, when that one was not written as it was planned."""
        told, before = Told(), turn.before
        if before is not None:
            await before.planned.wait()
        plan = await self._plan(chunk, order, told, before.numbers if before is not None else {})
        if before is not None:
            await before.over.wait()
            if not before.stands:
                told = Told()
                plan = await self._plan(chunk, order, told, {})
        turn.numbers = plan.numbers
        turn.planned.set()
        return plan, told

    async def _apart(self, chunk: Chunk, order: ImportOrder) -> Told:
        if len(chunk) == 1:
            return Told(troubles=[Trouble(chunk[0][0], "", _MEANWHILE, "import the row again")])
        half = len(chunk) // 2
        one, two = await self.write(chunk[:half], order), await self.write(chunk[half:], order)
        sums = (one.added + two.added, one.changed + two.changed, one.same + two.same, one.links + two.links)
        return Told(*sums, one.troubles + two.troubles)

    async def _commit(self, writes: list[Write], plan: Plan, order: ImportOrder) -> None:
        await self.log.append(
            *writes,
            actor=order.by,
            kind="people.imported",
            subject=f"import:{order.id}",
            content={"added": plan.added, "changed": plan.changed, "links": plan.links},
        )

    async def _settle(self, chunk: Chunk) -> None:
        """Also for rows that changed nothing: a process that died after its commit has left this to the repeat."""
        if not await self.waiting.anything():
            return
        numbers = [one.value for _, row in chunk for one in row.identifiers if one.kind not in ("email", "siasn") and not one.held]
        asserted = [self.links.asserted_ifi(number) for number in numbers] if self.links.asn_home_page else []
        await self.waiting.settle(asserted + [account_term(row.account[1], row.account[2]) for _, row in chunk if row.account])

    async def _plan(self, chunk: Chunk, order: ImportOrder, told: Told, before: Mapping[tuple[str, str], Numbered]) -> Plan:
        """`before`: numbers that are on their way into the store."""
        allowed, own = lru_cache(maxsize=10_000)(order.may_enter), order.own
        now, source = self.log.clock.now_us(), f"import:{order.id}"
        seat = Seat(self.people, self.links, self.new_id, now, order.by, source, order.as_of, allowed, own)
        plan = Plan(await self._known(chunk, before), seat)
        for number, row in chunk:
            try:
                if not plan.add(row):
                    await plan.change(row)
            except RowError as error:
                told.troubles.append(Trouble(number, error.column, error.message, error.fix))
            except SenderError as error:
                told.troubles.append(Trouble(number, error.where, error.message))
            if row.superior and not plan.superior_of(row):
                fix = "import the file again once the superior is in"
                told.troubles.append(Trouble(number, "superior", "nobody has the superior's number yet", fix, "warning"))
        return plan

    async def _known(self, chunk: Chunk, before: Mapping[tuple[str, str], Numbered]) -> Known:
        records = self.people.records
        keys = [key for _, row in chunk for key in row.keys]
        superiors = [("asn", row.superior) for _, row in chunk if row.superior]
        numbers = await self.people.numbers(keys + superiors)
        known = Known({key: before[key] for key in superiors if key in before} | numbers)
        if not numbers and not any(row.account for _, row in chunk):
            return known
        ids = [(found.person,) for key in keys if (found := numbers.get(key)) is not None]
        known.persons = {one.id: one for one in (await get_all(records, PERSONS, ids)).values()}
        known.profiles = {one.person: one for one in (await get_all(records, PROFILES, ids)).values()}
        pairs = [(row.account[0], account_term(row.account[1], row.account[2])) for _, row in chunk if row.account]
        if pairs:
            known.identities = {(one.provider, one.ifi): one for one in (await get_all(records, IDENTITIES, pairs)).values()}
            known.providers = {one.id for one in await self.providers.providers()}
        return known
