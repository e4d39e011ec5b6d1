"""The fold: lines of the ledger, status and rules in; balances out. The order in which lines come changes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from credentials.hours.balance import Balance, Duty
from credentials.hours.entry import HoursEntry
from credentials.hours.judging import Judge, Year, merged, taken_back
from credentials.hours.merging import events_of
from credentials.hours.periods import Period, duty_day, kinds_of, periods_of_year
from credentials.hours.placing import place, rules_on
from credentials.hours.rulebook import RuleBook
from credentials.hours.rules import Rules
from credentials.hours.status import DatedKind, DatedPost, Status


def balances(
    status: Status,
    rules: Rules | RuleBook,
    lines: Iterable[HoursEntry],
    until: date | None = None,
    today: date | None = None,
    also: Iterable[int] = (),
) -> tuple[Balance, ...]:
    """A balance for each year in which the person has lines, in order, and for the periods that begin in the years `also`.

    With `until`, learning after that day is left out. With `today`, a year that is not over is reported by where the person works now, not
    by a posting that lies ahead.
    """
    return _fold(status, rules, lines, until, today).all_balances(also)


def balances_of(
    status: Status,
    rules: Rules | RuleBook,
    lines: Iterable[HoursEntry],
    year: int,
    until: date | None = None,
    today: date | None = None,
) -> tuple[Balance, ...]:
    """The balances of the periods that start in `year`, also those in which nothing was learnt. All of the person's lines are needed, not
    the year's alone: caps of a month reach over the border of a contract year. `until` and `today` as in `balances`.
    """
    return _fold(status, rules, lines, until, today).balances_of(year)


def _fold(status: Status, rules: Rules | RuleBook, lines: Iterable[HoursEntry], until: date | None, today: date | None) -> _Fold:
    fold = _Fold(status, rules if isinstance(rules, RuleBook) else RuleBook(rules), today or date.max)
    fold.take([line for line in lines if until is None or line.completed_on <= until])
    return fold


@dataclass(slots=True)
class _Fold:
    status: Status
    book: RuleBook
    today: date
    years: dict[Period, Year] = field(default_factory=dict)

    def take(self, lines: list[HoursEntry]) -> None:
        events, judge = events_of(lines, self._merges), Judge(self.status, self.book)
        year: Year | None = None
        for line in events.standing:
            placed = place(self.status, self.book, line)
            if year is None or placed.period is not year.period:  # mostly the year of the line before
                year = self._year(placed.period)
            same_as = events.merged.get(line.id) if events.merged else None
            year.lines.append(judge.judge(placed, year) if same_as is None else merged(line, same_as))
        for line, by in events.reversed:
            self._year(place(self.status, self.book, line).period).taken_back.append(taken_back(line, by))

    def all_balances(self, also: Iterable[int]) -> tuple[Balance, ...]:
        begun = {period for year in also for period in periods_of_year(self.status, self.book, year)}
        return tuple(self._balance(period) for period in sorted(self.years.keys() | begun))

    def balances_of(self, year: int) -> tuple[Balance, ...]:
        periods = {one for one in self.years if one.year == year} | periods_of_year(self.status, self.book, year)
        return tuple(self._balance(period) for period in sorted(periods))

    def _year(self, period: Period) -> Year:
        found = self.years.get(period)
        if found is None:
            found = self.years[period] = Year(period, period.name)
        return found

    def _balance(self, period: Period) -> Balance:
        stretch, year = self._stretch(period), self._year(period)
        post = self._post(period, stretch)
        return Balance(
            person=self.status.person,
            period=period,
            kind=stretch.kind if stretch else None,
            agency=post.agency if post else "",
            unit=post.unit if post else "",
            position_kind=post.position_kind if post else "",
            time_zone=post.time_zone if post else "",
            duty=self._duty(period, stretch, post.agency if post else ""),
            lines=tuple(year.lines),
            taken_back=tuple(year.taken_back),
        )

    def _post(self, period: Period, stretch: DatedKind | None) -> DatedPost | None:
        """Where the year is reported: the latest post of it, of the days that have come and on which the person was of its kind."""
        ends = min(period.ends, stretch.ends) if stretch and stretch.ends else period.ends
        return self.status.last_post(period.starts, min(ends, max(self.today, period.starts)))

    def _stretch(self, period: Period) -> DatedKind | None:
        """The latest stretch of the period with a kind whose hours are counted in such periods."""
        return self.status.last_of(kinds_of(self.book, period), period.starts, period.ends)

    def _duty(self, period: Period, stretch: DatedKind | None, agency: str) -> Duty:
        found = self.book.obligation(stretch.kind, duty_day(self.book, period)) if stretch else None
        if stretch is None or found is None:
            return Duty()
        target = self.book.target(agency, stretch.kind, period.starts)
        return Duty(
            floor=found.obligation.floor,
            ceiling=found.obligation.ceiling,
            target=target.jp if target else None,
            cite=found.cite,
            target_decree=target.decree if target else "",
        )

    def _merges(self, line: HoursEntry) -> bool:
        rules = rules_on(self.status, self.book, line.completed_on)
        return rules is None or rules.switches.same_event == "merge"
