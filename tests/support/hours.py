"""Lines, persons and rules for tests of counting, all invented; and what a worked case is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from credentials.hours import (
    AgencyTarget,
    Balance,
    Contract,
    DatedKind,
    DatedPost,
    DayOfLearning,
    HoursEntry,
    Line,
    Row,
    Rules,
    RuleTable,
    Status,
    Words,
    balances,
    bundled_rules,
    event_key,
)
from credentials.hours.rules import RuleSource

PERSON = "p-1"
BEGIN = date(2020, 1, 1)
POST = DatedPost("dinas-a", BEGIN, unit="bidang-1", position_kind="pelaksana")
PNS = Status(PERSON, (DatedKind("pns", BEGIN),), (POST,))
CPNS = Status(PERSON, (DatedKind("cpns", BEGIN),), (POST,))
CONTRACT = Contract(date(2026, 3, 1), date(2028, 2, 29))
PPPK = Status(PERSON, (DatedKind("pppk", CONTRACT.starts),), (POST,), (CONTRACT,))
PART_TIME = replace(PPPK, kinds=(DatedKind("pppk-part-time", CONTRACT.starts),))
DECREE = RuleSource(cite=Words("SK Kepala Dinas 7/2026", "decree 7/2026"), dated="2026", read_on=date(2026, 1, 2), where="invented")


def line(channel: int, approved: int, *days: str, on: str = "", id: str = "", **more: Any) -> HoursEntry:
    """A credit of `approved` JP, completed on the last of `days` (`2026-05-03`, or `2026-05-03*2` with two sessions), or `on`."""
    learnt = tuple(_day(text) for text in days)
    completed = date.fromisoformat(on) if on else learnt[-1].on
    name = id or f"{channel}-{completed}"
    at = int(datetime(completed.year, completed.month, completed.day, 5, tzinfo=UTC).timestamp() * 1_000_000)
    given: dict[str, Any] = {
        "id": name,
        "person": PERSON,
        "source": "lms",
        "provider": "balai",
        "programme": name,
        "version": 1,
        "batch": f"{name}-1",
        "title": f"Pelatihan {name}",
        "channel": channel,
        "approved": approved,
        "completed_at": at,
        "completed_on": completed,
        "event_key": event_key(PERSON, name, 1, f"{name}-1"),
        "recorded_at": at + 1,
        "days": learnt,
    }
    return HoursEntry(**given | more)


def abroad(channel: int, approved: int, *days: str, **more: Any) -> HoursEntry:
    """The same, international."""
    return line(channel, approved, *days, scope="international", **more)


def run_of_days(first: str, count: int) -> list[str]:
    """`count` dates in a row."""
    begin = date.fromisoformat(first)
    return [str(begin + timedelta(days=number)) for number in range(count)]


def _day(text: str) -> DayOfLearning:
    on, _, sessions = text.partition("*")
    return DayOfLearning(date.fromisoformat(on), int(sessions or 1))


def switched(**switches: str) -> Rules:
    """The national table with some switches set otherwise."""
    (table,) = bundled_rules().national
    return Rules((replace(table, switches=table.switches | switches),))


def agency_table(*rows: Row, agency: str = "dinas-a", since: str = "2026-01-01", until: str = "", **switches: str) -> RuleTable:
    """An agency's own rows and switches, which cite `decree`."""
    return RuleTable(
        id=f"{agency}-tabel",
        version=1,
        agency=agency,
        title=Words("Tabel dinas", "agency table"),
        issuing_body="Dinas A",
        effective_from=date.fromisoformat(since),
        effective_to=date.fromisoformat(until) if until else None,
        sources={"decree": DECREE},
        rows=rows,
        switches=switches,
    )


def row(channel: int, basis: Any = "programme", **more: Any) -> Row:
    """A row of an agency's table."""
    return Row(**{"channel": channel, "scope": "national", "basis": basis, "source": "decree", "confidence": "H"} | more)


def with_agency(*tables: RuleTable, targets: Sequence[AgencyTarget] = ()) -> Rules:
    """The national table, and an agency's."""
    return replace(bundled_rules(), agencies=tables, targets=tuple(targets))


@dataclass(frozen=True)
class Case:
    """A worked case. `by_hand`: how the JP come about, worked out by hand. `counted`: JP of each line, in the order of `lines`; `over`: of
    those that have some over the ceiling, by their place; `states`: of those that are not counted.
    """

    name: str
    by_hand: str
    lines: Sequence[HoursEntry]
    counted: Sequence[int]
    status: Status = PNS
    rules: Rules = field(default_factory=bundled_rules)
    over: dict[int, int] = field(default_factory=dict)
    states: dict[int, str] = field(default_factory=dict)


def told_of(case: Case) -> list[Line]:
    """The case's lines as they were judged, in its order."""
    found = {
        one.entry.id: one for balance in balances(case.status, case.rules, case.lines) for one in (*balance.lines, *balance.taken_back)
    }
    return [found[one.id] for one in case.lines if one.id in found]


def only(found: Sequence[Balance]) -> Balance:
    """The one balance that there should be."""
    (balance,) = found
    return balance
