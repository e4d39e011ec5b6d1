"""What joins the counting of hours to the rest: its records, its services, its routes, and what keeps figures in step."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from fastapi import APIRouter

from credentials.ports import Records
from credentials.services.hours.balances import Balances
from credentials.services.hours.books import RuleBooks
from credentials.services.hours.exporting import Exporting
from credentials.services.hours.listing import Listing
from credentials.services.hours.outbox import Outbox
from credentials.services.hours.publishing import RulePublishing
from credentials.services.hours.refreshing import Refreshing
from credentials.services.hours.rollups import RollUps
from credentials.services.hours.simulation import Simulation
from credentials.services.looking import Looking
from credentials.stores.decisions import DecisionLog
from credentials.stores.figures import FigureRecords
from credentials.stores.leases import Lease
from credentials.stores.ledger import LedgerRecords
from credentials.stores.people import PeopleRecords
from credentials.stores.rules import RuleRecords
from credentials.stores.siasn import SiasnRecords
from credentials.web.guards import PrincipalGuards
from credentials.web.hours import BalanceServices, hours_router
from credentials.web.hours_exports import ExportServices, exports_router
from credentials.web.hours_figures import FigureServices, figures_router
from credentials.web.hours_rules import RuleServices, rules_router
from credentials.web.hours_simulation import simulation_router
from lrs.background import end
from lrs.clock import Clock
from lrs.ports import ClientStore


@dataclass(frozen=True, slots=True)
class Hours:
    """The services, made."""

    records: Records
    balances: Balances
    books: RuleBooks
    publishing: RulePublishing
    simulation: Simulation
    refreshing: Refreshing
    rollups: RollUps
    outbox: Outbox
    clock: Clock

    def routers(self, guards: PrincipalGuards, looking: Looking) -> list[APIRouter]:
        """All under `/api`."""
        listing = Listing(self.records, looking.persons, looking)
        return [
            hours_router(BalanceServices(self.balances, looking), guards),
            rules_router(RuleServices(self.publishing, self.books, self.books.rules, self.clock), guards),
            simulation_router(self.simulation, guards),
            figures_router(FigureServices(self.rollups, listing), guards),
            exports_router(ExportServices(self._exporting(looking), self.outbox, looking), guards),
        ]

    def _exporting(self, looking: Looking) -> Exporting:
        return Exporting(FigureRecords(self.records), PeopleRecords(self.records), self.balances, looking, self.clock)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Figures follow ledger, status and rules as long as this lasts."""
        task = asyncio.create_task(self.refreshing.run(), name="hours figures")
        try:
            yield
        finally:
            await end(task)
            await self.refreshing.lease.release()


def make_hours(records: Records, providers: ClientStore, log: DecisionLog, clock: Clock) -> Hours:
    """The parts, joined."""
    rules, people, ledger, figures = RuleRecords(records), PeopleRecords(records), LedgerRecords(records), FigureRecords(records)
    books, rollups = RuleBooks(rules), RollUps(records, figures)
    outbox = Outbox(SiasnRecords(records), people, providers, log)
    simulation = Simulation(records, ledger, books, clock)
    lease = Lease(records, clock, "hours-figures")
    refreshing = Refreshing(records, people, ledger, figures, books, rollups, outbox, lease, clock)
    balances = Balances(people, ledger, books, clock)
    return Hours(records, balances, books, RulePublishing(rules, books, log), simulation, refreshing, rollups, outbox, clock)
