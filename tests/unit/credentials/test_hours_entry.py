"""A line of the ledger: what makes sense, and that it comes back from JSON as it went in."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import msgspec
import pytest

from credentials.errors import HoursError
from credentials.hours.entry import DayOfLearning, HoursEntry, check_entry, event_key, hours_of_minutes, reversal

LINE = HoursEntry(
    id="jp-1",
    person="p",
    source="lms",
    provider="balai",
    programme="pbj",
    version=2,
    batch="pbj-1",
    title="Pengadaan Barang dan Jasa",
    channel=16,
    approved=8,
    completed_at=1_795_400_000_000_000,
    completed_on=date(2026, 11, 21),
    event_key=event_key("p", "pbj", 2, "pbj-1"),
    recorded_at=1_795_500_000_000_000,
    days=(DayOfLearning(date(2026, 11, 20)), DayOfLearning(date(2026, 11, 21), 2)),
    started_on=date(2026, 11, 20),
)


def test_a_line_comes_back_from_json_as_it_went_in() -> None:
    assert msgspec.json.decode(msgspec.json.encode(LINE), type=HoursEntry) == LINE


def test_a_line_without_what_may_be_left_out_is_read() -> None:
    least = {
        "id": "a", "person": "p", "source": "claim", "provider": "", "programme": "", "version": 0, "batch": "", "title": "T",
        "channel": 9, "approved": 4, "completed_at": 1, "completed_on": "2026-01-02", "event_key": "", "recorded_at": 2,
    }  # fmt: skip
    read = msgspec.json.decode(msgspec.json.encode(least), type=HoursEntry)
    assert (read.kind, read.scope, read.days, read.claimed) == ("credit", "national", (), None)
    check_entry(read)


def test_a_reversal_names_its_line_and_keeps_its_facts() -> None:
    back = reversal(LINE, id="r-1", recorded_at=9, reason="voided")
    check_entry(back)
    assert (back.kind, back.reverses, back.title, back.completed_on) == ("reversal", "jp-1", LINE.title, LINE.completed_on)


def test_a_part_of_an_hour_is_dropped() -> None:
    assert [hours_of_minutes(minutes) for minutes in (0, 44, 45, 89, 90, 500)] == [0, 0, 1, 1, 2, 11]


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"id": ""}, "id"),
        ({"person": ""}, "person"),
        ({"reverses": "x"}, "reverses"),
        ({"kind": "reversal"}, "reverses"),
        ({"channel": 26}, "channel"),
        ({"channel": -1}, "channel"),
        ({"approved": -1}, "approved"),
        ({"approved": 2_001}, "approved"),
        ({"claimed": 2_001}, "claimed"),
        ({"minutes": 500}, "minutes"),
        ({"days": tuple(reversed(LINE.days))}, "days"),
        ({"days": (LINE.days[0], LINE.days[0])}, "days"),
        ({"days": (DayOfLearning(date(2026, 11, 20), 0),)}, "days"),
        ({"started_on": date(2026, 11, 21)}, "started_on"),
    ],
)
def test_a_line_that_makes_no_sense_is_refused(change: dict[str, object], where: str) -> None:
    check_entry(LINE)
    with pytest.raises(HoursError) as refused:
        check_entry(replace(LINE, **change))  # type: ignore[arg-type]
    assert refused.value.where == where
