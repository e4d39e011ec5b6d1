"""Where a line belongs: the day that decides, the rules of that day for the person's agency, and the year in which it counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from credentials.hours.entry import HoursEntry
from credentials.hours.periods import Period, period_of, unknown_year
from credentials.hours.rulebook import InForce, RuleBook
from credentials.hours.status import Kind, Status


@dataclass(slots=True)
class Placed:
    """`day`: whose table applies; `counts_on`: the day that decides the year, when the person was of that `kind`. `rules` is None when no
    national table held on `day`.
    """

    line: HoursEntry
    day: date
    counts_on: date
    kind: Kind | None
    rules: InForce | None
    period: Period


def place(status: Status, book: RuleBook, line: HoursEntry) -> Placed:
    """The switches of the day of completion say which day decides."""
    day = counts_on = line.completed_on
    rules = rules_on(status, book, day)
    if rules is None:
        return Placed(line, day, day, None, None, unknown_year(day.year))
    if rules.switches.year_by == "first-day":
        counts_on = first_day(line)
    kind = status.kind_on(counts_on)
    period = period_of(status, kind, rules, counts_on)
    if rules.switches.table_by == "first-day":
        day = first_day(line)
        rules = rules_on(status, book, day)
    return Placed(line, day, counts_on, kind, rules, period)


def rules_on(status: Status, book: RuleBook, day: date) -> InForce | None:
    """The rules for the agency where the person worked on that day; the national ones when that is not known."""
    post = status.post_on(day)
    return book.in_force(post.agency if post else "", day)


def first_day(line: HoursEntry) -> date:
    if line.started_on is not None:
        return line.started_on
    return line.days[0].on if line.days else line.completed_on
