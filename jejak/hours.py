"""What joins the counting of hours to the rest: its records, its services and its routes."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter

from credentials.ports import Records
from credentials.services.hours.balances import Balances
from credentials.services.hours.books import RuleBooks
from credentials.services.hours.publishing import RulePublishing
from credentials.services.looking import Looking
from credentials.stores.decisions import DecisionLog
from credentials.stores.ledger import LedgerRecords
from credentials.stores.people import PeopleRecords
from credentials.stores.rules import RuleRecords
from credentials.web.guards import PrincipalGuards
from credentials.web.hours import BalanceServices, hours_router
from credentials.web.hours_rules import RuleServices, rules_router
from lrs.clock import Clock


@dataclass(frozen=True, slots=True)
class Hours:
    """The services, made."""

    balances: Balances
    books: RuleBooks
    publishing: RulePublishing
    rules: RuleRecords
    clock: Clock

    def routers(self, guards: PrincipalGuards, looking: Looking) -> list[APIRouter]:
        """All under `/api`."""
        return [
            hours_router(BalanceServices(self.balances, looking), guards),
            rules_router(RuleServices(self.publishing, self.books, self.rules, self.clock), guards),
        ]


def make_hours(records: Records, log: DecisionLog, clock: Clock) -> Hours:
    """The parts, joined."""
    rules = RuleRecords(records)
    books = RuleBooks(rules)
    balances = Balances(PeopleRecords(records), LedgerRecords(records), books, clock)
    return Hours(balances, books, RulePublishing(rules, books, log), rules, clock)
