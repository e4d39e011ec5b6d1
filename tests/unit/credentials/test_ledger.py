"""The balance is a fold: order and repeats change nothing, and a reversal takes back its line wherever it stands."""

from __future__ import annotations

from datetime import date
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from credentials.hours.entry import HoursEntry, reversal
from credentials.hours.ledger import balance

_ENTRIES = st.builds(
    HoursEntry,
    id=st.uuids().map(str),
    person=st.just("p"),
    source=st.just("lms"),
    provider=st.just("balai"),
    programme=st.just("pbj"),
    version=st.just(1),
    batch=st.just("b"),
    title=st.just("Pengadaan"),
    channel=st.just(3),
    approved=st.integers(1, 100),
    completed_at=st.integers(0, 10),
    completed_on=st.dates(date(2025, 1, 1), date(2027, 12, 31)),
    event_key=st.just(""),
    recorded_at=st.just(0),
)
_LISTS = st.lists(_ENTRIES, unique_by=lambda entry: entry.id)


@given(_LISTS, st.randoms())
def test_order_and_repeats_of_lines_change_no_balance(entries: list[HoursEntry], random: Random) -> None:
    shuffled = [*entries, *entries]
    random.shuffle(shuffled)
    assert balance(shuffled, 2026) == balance(entries, 2026)


@given(_LISTS)
def test_every_line_is_in_exactly_one_year(entries: list[HoursEntry]) -> None:
    assert sum(balance(entries, year).approved for year in (2025, 2026, 2027)) == sum(entry.approved for entry in entries)


@given(_LISTS, _ENTRIES)
def test_a_reversal_brings_back_the_balance_from_before(entries: list[HoursEntry], one: HoursEntry) -> None:
    before = balance([other for other in entries if other.id != one.id], one.completed_on.year)
    taken_back = reversal(one, id="r", recorded_at=1, reason="void")
    assert balance([taken_back, *entries, one], one.completed_on.year) == before
