"""To which year a day of learning belongs: a calendar year (PNS, CPNS) or a year of a contract (PPPK)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import Literal

from credentials.hours.rulebook import InForce, RuleBook
from credentials.hours.status import Kind, Status

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A year in which hours are counted together. `unknown`: a calendar year of days on which the person's status or contract is not known.

    `year` is the year in which it starts: a contract year from 1 March 2026 to 28 February 2027 is 2026's.
    """

    starts: date
    basis: Literal["calendar", "contract", "unknown"]
    ends: date

    @property
    def year(self) -> int:
        return self.starts.year

    @property
    def name(self) -> str:
        """One person's periods have different names: `2026`, `2026-03-01/2027-02-28`, `2026?`."""
        if self.basis == "contract":
            return f"{self.starts}/{self.ends}"
        return str(self.year) + ("?" if self.basis == "unknown" else "")


@cache
def calendar_year(year: int) -> Period:
    return Period(date(year, 1, 1), "calendar", date(year, 12, 31))


@cache
def unknown_year(year: int) -> Period:
    return Period(date(year, 1, 1), "unknown", date(year, 12, 31))


@lru_cache(maxsize=10_000)
def contract_year(origin: date, day: date, ends: date | None = None) -> Period:
    """The year with `day` of those that run from `origin` to the day before its anniversary, or to `ends`. 29 February has its anniversary
    on 1 March.
    """
    number = day.year - origin.year
    if _anniversary(origin, number) > day:
        number -= 1
    last = _anniversary(origin, number + 1) - _DAY
    return Period(_anniversary(origin, number), "contract", last if ends is None else min(last, ends))


def period_of(status: Status, kind: Kind | None, rules: InForce, day: date) -> Period:
    """Where learning on `day`, when the person was of that kind, counts by these rules."""
    if kind is None:
        return unknown_year(day.year)
    if rules.obligations[kind].obligation.year == "calendar" or _moves(status, rules, day):
        return calendar_year(day.year)
    contract = status.contract_on(day)
    if contract is None:
        return unknown_year(day.year)
    if rules.switches.new_contract == "anniversaries":
        return contract_year(status.contracts[0].starts, day)
    return contract_year(contract.starts, day, contract.ends)


def periods_of_year(status: Status, book: RuleBook, year: int) -> set[Period]:
    """The periods that start in a year, whether something was learnt in them or not."""
    whole = calendar_year(year)
    rules = book.in_force("", duty_day(book, whole))
    if rules is None:
        return set()
    days = _telling_days(status, whole) | {duty_day(book, whole)}
    found = {period_of(status, status.kind_on(day), rules, day) for day in days}
    return {one for one in found if one.year == year and one.basis != "unknown"}


def kinds_of(book: RuleBook, period: Period) -> set[Kind]:
    """The kinds whose hours are counted in such a period."""
    found = book.in_force("", duty_day(book, period))
    return _kinds(found, period.basis) if found else set()


def duty_day(book: RuleBook, period: Period) -> date:
    """The day whose table says what is owed in the period: its first, or its last when no table held on the first."""
    return period.starts if book.in_force("", period.starts) else period.ends


def _telling_days(status: Status, whole: Period) -> set[date]:
    """Days on which something begins: between two of them the period is the same, or its anniversary is one."""
    starts = {whole.starts} | {one.starts for one in status.kinds} | {one.starts for one in status.contracts}
    starts |= {_anniversary(one.starts, whole.year - one.starts.year) for one in status.contracts}
    return {day for day in starts if whole.starts <= day <= whole.ends}


def _kinds(rules: InForce, basis: str) -> set[Kind]:
    return {kind for kind, found in rules.obligations.items() if found.obligation.year == basis}


def _moves(status: Status, rules: InForce, day: date) -> bool:
    """Whether hours under a contract go to the calendar year in which the person became PNS or CPNS."""
    if rules.switches.status_change == "by-day":
        return False
    return status.last_of(_kinds(rules, "calendar"), day, date(day.year, 12, 31)) is not None


def _anniversary(origin: date, years: int) -> date:
    try:
        return origin.replace(year=origin.year + years)
    except ValueError:
        return date(origin.year + years, 3, 1)
