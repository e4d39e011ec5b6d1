"""A person's balance, computed when it is asked for, with all that it rests on."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date

from credentials.hours.balance import Balance
from credentials.hours.folding import balances_of
from credentials.hours.plain import Basis, basis_of
from credentials.people.person import Person
from credentials.services.hours.books import RuleBooks
from credentials.services.hours.status import status_of
from credentials.services.sign_in import day_of
from credentials.stores.ledger import LedgerRecords
from credentials.stores.people import PeopleRecords
from lrs.clock import Clock
from lrs.errors import NotFoundError


@dataclass(frozen=True, slots=True)
class Balances:
    """Who may ask is decided before."""

    people: PeopleRecords
    ledger: LedgerRecords
    books: RuleBooks
    clock: Clock

    async def of(self, person: str, year: int, until: date | None = None) -> tuple[Balance, ...]:
        """The balances of the periods that start in `year`. With `until`, as if nothing had been learnt after that day.

        Raises NotFoundError.
        """
        known, book, lines = await asyncio.gather(self._person(person), self.books.current(), self.ledger.lines(person))
        return balances_of(status_of(known), book, lines, year, until, day_of(self.clock.now_us()))

    async def basis(self, person: str) -> Basis:
        """Status, rules and lines. Raises NotFoundError."""
        known = await self._person(person)
        return basis_of(status_of(known), await self.books.all(), await self.ledger.lines(person))

    async def _person(self, person: str) -> Person:
        kept = await self.people.person(person)
        if kept is None:
            raise NotFoundError("there is no person with this id", where="person")
        return kept.value
