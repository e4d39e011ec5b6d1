"""Keeps figures in step with ledger, status and rules: what changes one of them leaves a mark in its commit, and this takes the marks up.

At least once, and by several servers at a time: a person's figures follow from what is stored, and are written only over the state that
was read before. A mark is taken away by who has read what it stands for.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from credentials.hours.balance import Balance
from credentials.hours.figures import FigureKey, YearFigure, figure_of
from credentials.hours.folding import balances
from credentials.hours.status import Status
from credentials.people.person import Person
from credentials.ports.records import Keep, Parts, Put, Records, Remove, Replace, Write
from credentials.services.hours.books import RuleBooks
from credentials.services.hours.outbox import Outbox
from credentials.services.hours.rollups import RollUps
from credentials.services.hours.status import status_of
from credentials.services.sign_in import day_of
from credentials.stores.figures import FIGURES, STATES, SWEEPS, UNIT_MARKS, FigureRecords, FigureState, Sweep, UnitMark
from credentials.stores.leases import Lease
from credentials.stores.ledger import DUE, FiguresDue, LedgerRecords, figures_due
from credentials.stores.people import PERSONS, PeopleRecords
from lrs.clock import Clock
from lrs.errors import ConflictError, StoreUnavailableError

_log = logging.getLogger("jejak.hours")
_AT_ONCE = 50  # persons whose commits wait together
_MARKS = 500  # read in one step
_SWEEP_PAGE = 500  # persons that a step of a sweep marks
_IDLE_SECONDS = 1.0
_SUMS_SECONDS = 30.0
_PAUSE_SECONDS = 2.0  # while the store cannot be reached
_BUNDLED = "bundled-1"  # to be counted up when the bundled tables change


@dataclass(slots=True)
class Refreshing:
    """One in each server. `_after`: how far it is in the marks; who cannot be counted is passed over and tried again in the next round."""

    records: Records
    people: PeopleRecords
    ledger: LedgerRecords
    figures: FigureRecords
    books: RuleBooks
    rollups: RollUps
    outbox: Outbox
    lease: Lease
    clock: Clock
    _after: str | None = field(default=None, init=False)

    async def run(self) -> None:
        """Until it is cancelled; of several servers one does it. Sums are made anew now and then only: who asks for an agency's gets them
        fresh.
        """
        loop = asyncio.get_running_loop()
        summed = loop.time()
        while True:
            try:
                busy = await self.step() if await self.lease.held() else 0
                if not busy and loop.time() - summed > _SUMS_SECONDS and await self.lease.held():
                    busy = await self.rollups.sum_up_some()
                    summed = summed if busy else loop.time()
                if not busy:
                    await asyncio.sleep(_IDLE_SECONDS)
            except StoreUnavailableError as error:
                _log.warning("figures of hours wait: %s", error.message)
                await asyncio.sleep(_PAUSE_SECONDS)

    async def step(self) -> int:
        """Takes up some marks, or goes on with a sweep; how much there was to do."""
        page = await self.records.scan(DUE, after=self._after, limit=_MARKS)
        self._after = page.more
        done = await self._take(page.values)
        if done or page.more:
            return max(done, 1)
        return await self._days() + await self._sweep()

    async def settle(self) -> None:
        """Until nothing is due."""
        while await self.step() or await self.rollups.sum_up_some():
            pass

    async def _take(self, marks: list[FiguresDue]) -> int:
        """How many persons were made anew."""
        of_person: dict[str, list[FiguresDue]] = defaultdict(list)
        done = 0
        for mark in marks:
            if mark.many:
                await self._spread(mark)
                done += 1
            else:
                of_person[mark.person].append(mark)
        persons = list(of_person)
        for start in range(0, len(persons), _AT_ONCE):
            some = persons[start : start + _AT_ONCE]
            done += sum(await asyncio.gather(*(self._refresh_if_possible(one, of_person[one]) for one in some)))
        return done

    async def _spread(self, mark: FiguresDue) -> None:
        """A mark of many becomes one for each, in one commit."""
        single = (figures_due(person, mark.cause) for person in mark.many)
        await self.records.commit(*single, Remove(DUE, (mark.person, mark.cause)))

    async def _refresh_if_possible(self, person: str, marks: list[FiguresDue]) -> bool:
        """What is wrong with one person's data keeps nobody else waiting."""
        try:
            return await self._refresh(person, marks)
        except StoreUnavailableError:
            raise
        except Exception:
            _log.exception("the hours of person %s cannot be counted; they are tried again", person)
            return False

    async def _refresh(self, person: str, marks: list[FiguresDue]) -> bool:
        """The state is read first, so that what another server writes meanwhile from newer readings is never overwritten: then the marks
        stay, and it is done again.
        """
        state = await self.figures.state(person)
        kept = await self.people.person(person)
        known = kept.value if kept else None
        found = await self._balances(known, state.value) if known is not None else ()
        fresh = {one.key: one for one in map(figure_of, (one for one in found if one.kind is not None))}
        taken = [Remove(DUE, (mark.person, mark.cause)) for mark in marks]
        try:
            sent = await self.outbox.writes(person, self._agency(known), found) if known is not None else []
            await self.records.commit(*_conditions_first([*sent, *await self._writes(state.value, fresh, state.revision, known), *taken]))
        except ConflictError:
            return False
        return True

    def _agency(self, known: Person) -> str:
        """Where the person works now."""
        post = status_of(known).last_post(date.min, day_of(self.clock.now_us()))
        return post.agency if post else ""

    async def _balances(self, known: Person, state: FigureState) -> tuple[Balance, ...]:
        """Of every year with a line, of this one, and of those in which the person had a figure already."""
        lines, book, today = await self.ledger.lines(known.id), await self.books.current(), day_of(self.clock.now_us())
        years = {today.year} | {year for _, year, _, _ in state.keys}
        return balances(status_of(known), book, lines, today=today, also=years)

    async def _writes(self, state: FigureState, fresh: dict[FigureKey, YearFigure], revision: int, known: Person | None) -> list[Write]:
        """Only figures that are other than before, and marks of the units that they are in."""
        person = state.person
        old_keys: list[Parts] = [(agency, year, unit, person, period) for agency, year, unit, period in state.keys]
        before = await self.records.get_many(FIGURES, old_keys)
        changed = [one for key, one in fresh.items() if before.get(key) != one]
        gone = [(*one[:3], person, one[3]) for one in state.keys if (*one[:3], person, one[3]) not in fresh]
        units = {one.key[:3] for one in changed} | {key[:3] for key in gone}
        keys = tuple(sorted((agency, year, unit, period) for agency, year, unit, _, period in fresh))
        after = FigureState(person, keys, _next_change(status_of(known), day_of(self.clock.now_us())) if known else None)
        return [
            Replace(STATES, after, revision),
            *(Put(FIGURES, one) for one in changed),
            *(Remove(FIGURES, key) for key in gone),
            *(Put(UNIT_MARKS, UnitMark(*unit, behind=True)) for unit in sorted(units)),
        ]

    async def _days(self) -> int:
        """A posting, status or contract that was told ahead holds from its day on."""
        today = day_of(self.clock.now_us())
        found = await self.figures.changing(today, _SWEEP_PAGE)
        if found:
            await self.records.commit(*(figures_due(one.person, f"day:{today}") for one in found))
        return len(found)

    async def _sweep(self) -> int:
        """The next persons of a sweep. Each year begins with one, so that everybody has a figure of it, and each store."""
        year = day_of(self.clock.now_us()).year
        if await self.records.get(SWEEPS, f"{_BUNDLED}-{year}") is None:
            await self.records.commit(Keep(SWEEPS, Sweep(f"{_BUNDLED}-{year}")))
        sweeps = await self.figures.open_sweeps()
        if not sweeps:
            return 0
        kept = await self.records.get(SWEEPS, sweeps[0].id)
        if kept is None or kept.value.done:
            return 1
        await self._sweep_on(kept.value, kept.revision)
        return 1

    async def _sweep_on(self, one: Sweep, revision: int) -> None:
        index, prefix = ("agency", (one.agency,)) if one.agency else (None, ())
        page = await self.records.scan(PERSONS, index, prefix, after=one.after, limit=_SWEEP_PAGE)
        further = Sweep(one.id, one.agency, page.more, done=page.more is None)
        persons = dict.fromkeys(person.id for person in page.values)
        try:
            await self.records.commit(Replace(SWEEPS, further, revision), *(figures_due(person, f"sweep:{one.id}") for person in persons))
        except ConflictError:
            return  # another server goes on with it


def _conditions_first(writes: list[Write]) -> list[Write]:
    """As a store without transactions needs them (see `Records.commit`)."""
    return sorted(writes, key=lambda write: not isinstance(write, Replace))


def _next_change(status: Status, today: date) -> date | None:
    """The next day on which the status changes by itself."""
    days = {one.starts for one in status.kinds} | {one.starts for one in status.posts} | {one.starts for one in status.contracts}
    return min((day for day in days if day > today), default=None)
