"""What SIASN should hold of a person's lines, and what a row becomes when lines, outcomes or agencies change."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from credentials.hours import HoursEntry, balances, bundled_rules
from credentials.hours.siasn import SiasnRow, next_row, settled_row, wanted_rows
from credentials.hours.status import Status
from tests.support.hours import PNS, PPPK, line

_BEGIN = date(2026, 1, 1)


def _wanted(
    *lines: HoursEntry, status: Status = PNS, known: dict[str, SiasnRow] | None = None, since: date = _BEGIN
) -> dict[str, SiasnRow]:
    return wanted_rows(balances(status, bundled_rules(), lines), "dinas-a", since, known or {})


def _one(course: HoursEntry) -> SiasnRow:
    (row,) = _wanted(course).values()
    return row


def test_lines_that_give_hours_are_wanted_with_hours_over_the_ceiling() -> None:
    found = _wanted(line(16, 8, "2026-05-04", id="a"), line(3, 30, "2026-06-04", id="b"), status=PPPK)
    assert {name: (row.hours, row.action, row.state, row.year) for name, row in found.items()} == {
        "a": (3, "save", "not-sent", 2026),
        "b": (30, "save", "not-sent", 2026),
    }


def test_structural_training_study_assignments_what_waits_and_what_was_before_are_not() -> None:
    courses = (line(1, 8, "2026-05-04"), line(0, 8, "2026-05-04"), line(24, 8, "2026-05-04"), line(16, 8, on="2026-05-04"))
    assert _wanted(*courses, line(3, 8, "2025-12-31")) == {}


def test_the_key_is_the_same_for_the_same_content_and_another_when_it_changes() -> None:
    first = _one(line(3, 8, "2026-05-04", id="a"))
    assert first.key == _one(line(3, 8, "2026-05-04", id="a", recorded_at=99)).key
    others = [
        line(3, 9, "2026-05-04", id="a"),
        line(3, 8, "2026-05-05", id="a"),
        line(3, 8, "2026-05-04", id="a", title="Lain"),
        line(3, 8, "2026-05-04", id="a", certificate_number="1/2026"),
        line(3, 8, "2026-05-04", id="b"),
    ]
    keys = {_one(one).key for one in others} | {first.key, replace(first, action="delete").key}
    assert len(keys) == len(others) + 2


def test_a_new_row_is_not_sent_and_the_same_again_changes_nothing() -> None:
    wanted = _one(line(3, 8, "2026-05-04"))
    made = next_row(None, wanted, 5)
    assert made == replace(wanted, changed_at=5)
    assert next_row(made, wanted, 9) is made


def test_what_was_sent_is_sent_again_under_its_id_when_it_changes() -> None:
    sent = settled_row(_one(line(3, 8, "2026-05-04", id="a")), "sent", "riwayat-1", "ok", 7)
    assert (sent.state, sent.history) == ("sent", "riwayat-1")
    changed = next_row(sent, _one(line(3, 9, "2026-05-04", id="a")), 9)
    assert changed is not None
    assert (changed.state, changed.history, changed.hours, changed.message) == ("not-sent", "riwayat-1", 9, "")


def test_what_counts_no_more_is_forgotten_or_taken_away_where_it_was_sent() -> None:
    row = _one(line(3, 8, "2026-05-04"))
    assert next_row(row, None, 9) is None
    sent = settled_row(row, "sent", "riwayat-1", "", 7)
    gone = next_row(sent, None, 9)
    assert gone is not None
    assert (gone.action, gone.state, gone.history) == ("delete", "not-sent", "riwayat-1")
    assert next_row(gone, None, 10) is gone
    done = settled_row(gone, "sent", "", "", 11)
    assert (done.state, done.history) == ("sent", "")
    assert next_row(done, None, 12) is done
    again = next_row(done, row, 13)
    assert again is not None
    assert (again.action, again.state, again.history) == ("save", "not-sent", "")


def test_a_refused_row_stays_refused_until_its_line_changes() -> None:
    row = _one(line(3, 8, "2026-05-04", id="a"))
    refused = settled_row(row, "refused", "", "nomor ganda", 7)
    assert next_row(refused, row, 9) is refused
    changed = next_row(refused, _one(line(3, 8, "2026-05-04", id="a", certificate_number="2/2026")), 9)
    assert changed is not None
    assert (changed.state, changed.message) == ("not-sent", "")


def test_who_moves_takes_rows_along_and_old_ones_are_corrected_by_who_sent_them() -> None:
    row = replace(_one(line(3, 8, "2026-05-04", id="a")), agency="dinas-lama")
    moved = next_row(row, _wanted(line(3, 8, "2026-05-04", id="a"), known={"a": row})["a"], 9)
    assert moved is not None
    assert moved.agency == "dinas-a"
    nowhere = _wanted(line(3, 9, "2026-05-04", id="a"), line(3, 8, "2026-05-05", id="b"), known={"a": row}, since=date.max)
    assert {name: (one.agency, one.hours) for name, one in nowhere.items()} == {"a": ("dinas-lama", 9)}
