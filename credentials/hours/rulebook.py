"""Which rule holds: for an agency, on a day. Made once from `Rules`; what was looked up is kept."""

from __future__ import annotations

import dataclasses
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from credentials.hours.entry import Scope
from credentials.hours.reading import read_table
from credentials.hours.rules import AgencyTarget, Obligation, Row, Rules, RuleTable, Switches, Words
from credentials.hours.status import Kind
from schemas.loader import jp_tables

_Place = tuple[int, Scope]


@dataclass(frozen=True, slots=True)
class FoundRow:
    """A row and where it stands. `name`: how a line names it (`bps-2019.1/16/national`). `by_days`: it asks for days of learning.
    `plain`: it takes the approved hours and has no cap, so nothing that was learnt before matters.
    """

    row: Row
    name: str
    cite: Words
    by_days: bool
    plain: bool


@dataclass(frozen=True, slots=True)
class FoundObligation:
    """An obligation and what says so."""

    obligation: Obligation
    cite: Words


@dataclass(frozen=True, slots=True)
class InForce:
    """All that holds for one agency between two changes of any table."""

    table: RuleTable
    minutes_per_jp: int
    switches: Switches
    rows: dict[_Place, FoundRow]
    obligations: dict[Kind, FoundObligation]


class RuleBook:
    """Looks rules up. Holds no state but what it has looked up already."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self._national = tuple(sorted(rules.national, key=_precedence))
        self._by_agency: dict[str, list[RuleTable]] = defaultdict(list)
        for table in sorted(rules.agencies, key=_precedence):
            self._by_agency[table.agency].append(table)
        self._targets: dict[tuple[str, Kind], list[AgencyTarget]] = defaultdict(list)
        for target in sorted(rules.targets, key=lambda one: one.effective_from):
            self._targets[target.agency, target.kind].append(target)
        self._changes: dict[str, list[date]] = {}
        self._kept: dict[tuple[str, int], InForce | None] = {}

    def in_force(self, agency: str, day: date) -> InForce | None:
        """None when no national table holds on that day."""
        agency = agency if agency in self._by_agency else ""
        changes = self._changes.get(agency)
        if changes is None:
            changes = self._changes[agency] = _changes([*self._national, *self._tables(agency)])
        key = (agency, bisect_right(changes, day))
        if key not in self._kept:
            self._kept[key] = self._resolved(agency, day)
        return self._kept[key]

    def obligation(self, kind: Kind, day: date) -> FoundObligation | None:
        """None when no national table holds on that day."""
        found = self.in_force("", day)
        return found.obligations[kind] if found else None

    def target(self, agency: str, kind: Kind, day: date) -> AgencyTarget | None:
        """The agency's latest for the kind that began by then."""
        begun = [one for one in self._targets.get((agency, kind), ()) if one.effective_from <= day]
        return begun[-1] if begun and begun[-1].jp else None

    def _tables(self, agency: str) -> list[RuleTable]:
        return self._by_agency[agency] if agency else []

    def _resolved(self, agency: str, day: date) -> InForce | None:
        national = next((one for one in reversed(self._national) if one.holds_on(day)), None)
        if national is None or national.minutes_per_jp is None:
            return None
        rows = {(row.channel, row.scope): _found(national, row) for row in national.rows}
        switches = dict(national.switches)
        for table in self._tables(agency):
            if table.holds_on(day):
                switches |= table.switches
                rows |= {(row.channel, row.scope): _found(table, row) for row in table.rows if not _locked(rows, row)}
        obligations = {one.kind: FoundObligation(one, national.sources[one.source].cite) for one in national.obligations}
        return InForce(national, national.minutes_per_jp, _switches(switches), rows, obligations)


@cache
def bundled_tables() -> tuple[RuleTable, ...]:
    """The national tables of this release."""
    return tuple(read_table(raw) for raw in jp_tables())


def bundled_rules() -> Rules:
    """What holds where nothing else was published."""
    return Rules(bundled_tables())


def _precedence(table: RuleTable) -> tuple[date, str, int]:
    return table.effective_from, table.id, table.version


def _changes(tables: list[RuleTable]) -> list[date]:
    days = {table.effective_from for table in tables}
    days |= {table.effective_to + timedelta(days=1) for table in tables if table.effective_to and table.effective_to < date.max}
    return sorted(days)


def found_row(row: Row, table: str, cite: Words) -> FoundRow:
    """The row as one of the table of that name."""
    by_days = row.jp_per_day is not None or row.basis in ("day", "session", "session-day", "semester")
    plain = row.basis == "programme" and row.jp_per_day is None and row.jp_per_month is None and row.jp_per_year is None
    return FoundRow(row, f"{table}/{row.place}", cite, by_days, plain)


def _found(table: RuleTable, row: Row) -> FoundRow:
    return found_row(row, table.name, table.sources[row.source].cite)


def _locked(rows: dict[_Place, FoundRow], row: Row) -> bool:
    found = rows.get((row.channel, row.scope))
    return found is not None and found.row.locked


def _switches(given: dict[str, str]) -> Switches:
    return Switches(**{one.name: given[one.name] for one in dataclasses.fields(Switches)})  # type: ignore[arg-type]
