"""The balance is a fold: order and repeats change nothing."""

from __future__ import annotations

from datetime import date
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from credentials.hours.ledger import HoursEntry, balance

_ENTRIES = st.builds(
    HoursEntry,
    id=st.uuids().map(str),
    person=st.just("p"),
    provider=st.just("balai"),
    programme=st.just("pbj"),
    version=st.just(1),
    batch=st.just("b"),
    title=st.just("Pengadaan"),
    approved=st.integers(1, 100),
    learned_on=st.dates(date(2025, 1, 1), date(2027, 12, 31)),
    certificate=st.just("c"),
)


@given(st.lists(_ENTRIES, unique_by=lambda entry: entry.id), st.randoms())
def test_order_and_repeats_of_entries_change_no_balance(entries: list[HoursEntry], random: Random) -> None:
    shuffled = [*entries, *entries]
    random.shuffle(shuffled)
    assert balance(shuffled, 2026) == balance(entries, 2026)


@given(st.lists(_ENTRIES, unique_by=lambda entry: entry.id))
def test_every_entry_is_in_exactly_one_year(entries: list[HoursEntry]) -> None:
    assert sum(balance(entries, year).approved for year in (2025, 2026, 2027)) == sum(entry.approved for entry in entries)
