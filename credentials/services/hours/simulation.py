"""What a table would change before it is in force: real ledgers counted twice. Nothing is stored, and no person is named."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date

from credentials.access.actions import Action
from credentials.access.principal import Principal
from credentials.access.rules import Subject, permit
from credentials.errors import HoursError
from credentials.hours.comparison import Comparing, Comparison, as_if_in_force
from credentials.hours.folding import balances_of
from credentials.hours.rulebook import RuleBook
from credentials.hours.rules import RuleTable
from credentials.people.person import Person
from credentials.ports.records import Parts, Records
from credentials.services.hours.books import RuleBooks
from credentials.services.hours.status import status_of
from credentials.services.sign_in import day_of
from credentials.stores.ledger import LedgerRecords
from credentials.stores.people import PERSONS
from lrs.clock import Clock

_PAGE = 200  # persons read at once
LARGEST = 20_000  # persons of one simulation: some minutes
USUAL = 2_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """`since`: as if the table had been in force from that day. `agency`: only those who work or worked there; "" for the nation, of which
    the first `most` persons by their random ids are a fair sample. `most`: of an agency, the first by unit.
    """

    table: RuleTable
    year: int
    since: date
    agency: str = ""
    most: int = USUAL


@dataclass(frozen=True, slots=True)
class Simulated:
    """`whole`: everybody was looked at, else a sample."""

    wanted: Wanted
    comparison: Comparison
    whole: bool


@dataclass(frozen=True, slots=True)
class Simulation:
    """For who may publish the table. Raises NotAllowedError, HoursError."""

    records: Records
    ledger: LedgerRecords
    books: RuleBooks
    clock: Clock

    async def run(self, principal: Principal, wanted: Wanted) -> Simulated:
        """Other requests go on meanwhile."""
        self._check(principal, wanted)
        now = await self.books.all()
        before, after = RuleBook(now), RuleBook(as_if_in_force(now, wanted.table, wanted.since))
        today, comparing, looked = day_of(self.clock.now_us()), Comparing(), 0
        async for person in self._persons(wanted.agency):
            if looked == wanted.most:
                return Simulated(wanted, comparing.result(), whole=False)
            status, lines = status_of(person), await self.ledger.lines(person.id)
            found = [balances_of(status, book, lines, wanted.year, today=today) for book in (before, after)]
            comparing.add(found[0], found[1])
            looked += 1
            await asyncio.sleep(0)
        return Simulated(wanted, comparing.result(), whole=True)

    async def _persons(self, agency: str) -> AsyncIterator[Person]:
        index: str | None = "agency" if agency else None
        prefix: Parts = (agency,) if agency else ()
        after: str | None = None
        seen: set[str] = set()
        while True:
            page = await self.records.scan(PERSONS, index, prefix, after=after, limit=_PAGE)
            for person in page.values:
                if person.id not in seen:
                    seen.add(person.id)
                    yield person
            if page.more is None:
                return
            after = page.more

    @staticmethod
    def _check(principal: Principal, wanted: Wanted) -> None:
        if wanted.table.agency:
            permit(principal, Action.RULES_OVERRIDE, Subject(agency=wanted.table.agency))
            if wanted.agency != wanted.table.agency:
                raise HoursError("an agency's table moves only its own people: name that agency", where="agency")
        else:
            permit(principal, Action.RULES_PUBLISH, Subject())
        if not 1 <= wanted.most <= LARGEST:
            raise HoursError(f"this is from 1 to {LARGEST:,} persons", where="most")
