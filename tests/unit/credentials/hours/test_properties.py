"""What holds of every ledger: order, repeats and rebuilds change nothing, no row yields more than it says, a void brings back what was."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from credentials.hours import Balance, DatedKind, DayOfLearning, HoursEntry, Rules, Status, balances, bundled_rules, reversal
from schemas.loader import jp_switches
from tests.support.hours import CONTRACT, PERSON, PNS, POST, PPPK, line, switched

_BEGIN = date(2026, 1, 15)
_SOURCES = ("lms", "attendance", "claim", "manual")
_STATUSES = (PNS, PPPK, replace(PPPK, kinds=(DatedKind("pppk", CONTRACT.starts, date(2026, 12, 31)), DatedKind("pns", date(2027, 1, 1)))))


_DAYS = st.lists(st.tuples(st.integers(0, 500), st.integers(1, 3)), max_size=4, unique_by=lambda one: one[0])
_CREDITS = st.tuples(
    st.integers(0, 25), st.integers(0, 60), _DAYS, st.integers(0, 20), st.integers(0, 9), st.sampled_from(_SOURCES), st.integers(0, 15)
)
_Credit = tuple[int, int, list[tuple[int, int]], int, int, str, int]


def _credit(number: int, drawn: _Credit) -> HoursEntry:
    channel, approved, drawn_days, later, event, source, kind = drawn
    days = tuple(DayOfLearning(_BEGIN + timedelta(days=day), sessions) for day, sessions in sorted(drawn_days))
    given: dict[str, Any] = {
        "days": days,
        "id": f"c-{number}",
        "programme": f"p-{event % 5}",
        "event_key": f"e-{event}" if event else "",
        "source": source,
        "scope": "international" if kind & 1 else "national",
        "claimed": approved + kind - 8 if kind & 2 and approved >= 8 else None,
        "minutes": approved * 45 + kind if kind & 4 else None,
    }
    completed = (days[-1].on if days else _BEGIN) + timedelta(days=later)
    return line(channel, approved, on=str(completed), **given)


def _ledger_of(drawn: list[tuple[_Credit, bool]]) -> list[HoursEntry]:
    credits = [(_credit(number, one), taken) for number, (one, taken) in enumerate(drawn)]
    back = [reversal(one, id=f"r-{one.id}", recorded_at=1, reason="void") for one, taken in credits if taken]
    return [*(one for one, _ in credits), *back]


_LEDGERS = st.lists(st.tuples(_CREDITS, st.integers(0, 4).map(lambda one: one == 0)), max_size=10).map(_ledger_of)


def _switched(chosen: dict[str, str]) -> Rules:
    return switched(**chosen)


_RULES = st.fixed_dictionaries({one["key"]: st.sampled_from(sorted(one["values"])) for one in jp_switches()}).map(_switched)
_STATUS = st.sampled_from(_STATUSES)


def _figures(found: Iterable[Balance]) -> dict[str, Balance]:
    """Without what was taken back, and without years that held only that."""
    return {one.period.name: one.figures() for one in found if one.lines}


@given(_LEDGERS, _RULES, _STATUS, st.integers(0, 2**32).map(Random))
def test_order_of_arrival_and_repeats_change_no_balance(ledger: list[HoursEntry], rules: Rules, status: Status, random: Random) -> None:
    told = balances(status, rules, ledger)
    shuffled = [*ledger, *random.sample(ledger, len(ledger) // 2)]
    random.shuffle(shuffled)
    assert balances(status, rules, shuffled) == told


@given(_LEDGERS, _RULES, _STATUS, st.integers(0, 2**32).map(Random))
def test_a_rebuild_whose_lines_were_recorded_later_changes_no_balance(
    ledger: list[HoursEntry], rules: Rules, status: Status, random: Random
) -> None:
    again = [replace(one, recorded_at=random.randrange(10**15)) for one in ledger]
    first, second = (_plain(balances(status, rules, lines)) for lines in (ledger, again))
    assert first == second


def _plain(found: Iterable[Balance]) -> list[object]:
    return [(one.period, [(told.entry.id, told.state, told.counted, told.over_ceiling, told.steps) for told in one.lines]) for one in found]


@given(_LEDGERS, _RULES, _STATUS)
def test_no_line_counts_more_than_its_row_yields_for_the_approved_hours(ledger: list[HoursEntry], rules: Rules, status: Status) -> None:
    for balance in balances(status, rules, ledger):
        for one in balance.lines:
            assert one.counted >= 0
            assert one.over_ceiling >= 0
            assert one.counted + one.over_ceiling <= one.yields
            alone = balances(status, rules, [one.entry])
            assert [told.counted + told.over_ceiling <= told.yields for balance in alone for told in balance.lines] == [True]
            if one.state == "counted" and rules.national[0].switches["repeats"] == "count-each":
                assert [told.yields for balance in alone for told in balance.lines] == [one.yields]


@given(_LEDGERS, _CREDITS.map(lambda drawn: _credit(99, drawn)), _RULES, _STATUS)
def test_voiding_the_only_evidence_brings_back_the_balance_from_before(
    ledger: list[HoursEntry], one: HoursEntry, rules: Rules, status: Status
) -> None:
    before = _figures(balances(status, rules, ledger))
    voided = reversal(one, id="void", recorded_at=2, reason="void")
    assert _figures(balances(status, rules, [*ledger, one, voided])) == before


@given(_LEDGERS, _RULES)
def test_no_contract_year_counts_more_than_its_ceiling(ledger: list[HoursEntry], rules: Rules) -> None:
    for balance in balances(PPPK, rules, ledger):
        if balance.period.basis == "contract":
            free = sum(one.counted for one in balance.lines if any(step.key == "outside-ceiling" for step in one.steps))
            assert balance.counted - free <= 24


@given(_LEDGERS, _RULES, _STATUS)
def test_every_credit_stands_in_exactly_one_year(ledger: list[HoursEntry], rules: Rules, status: Status) -> None:
    told = [one.entry.id for balance in balances(status, rules, ledger) for one in (*balance.lines, *balance.taken_back)]
    assert sorted(told) == sorted(one.id for one in ledger if one.kind == "credit")


@given(_LEDGERS, _STATUS, st.integers(0, 520))
def test_learning_that_comes_later_changes_nothing_before_it(ledger: list[HoursEntry], status: Status, days: int) -> None:
    """So a cut-off date can be looked at without counting anew, as long as one event has one line."""
    until = _BEGIN + timedelta(days=days)
    ledger = [replace(one, event_key="") for one in ledger]
    known = {one.entry.id: one for balance in balances(status, bundled_rules(), ledger) for one in balance.lines}
    for balance in balances(status, bundled_rules(), ledger, until=until):
        for one in balance.lines:
            assert (one.counted, one.over_ceiling, one.state) == (
                known[one.entry.id].counted,
                known[one.entry.id].over_ceiling,
                known[one.entry.id].state,
            )


def test_the_statuses_are_one_persons() -> None:
    assert {one.person for one in _STATUSES} == {PERSON}
    assert POST in PNS.posts
