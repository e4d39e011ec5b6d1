"""Lines of the ledger from the log alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.decisions import Content, Decision
from credentials.hours.entry import DayOfLearning, HoursEntry, check_entry
from credentials.queues.case import Case, Kind
from credentials.queues.entries import case_of_line, corrected, line_of, reversal_of, told
from credentials.queues.learning import Learning

_LEARNING = Learning(
    title="Belajar mandiri: tata naskah",
    jp=4,
    channel=22,
    started_on=date(2026, 11, 2),
    ended_on=date(2026, 11, 4),
    organiser="Mandiri",
    days=(DayOfLearning(date(2026, 11, 2)), DayOfLearning(date(2026, 11, 4), 2)),
)


def _decision(kind: str, learning: Learning = _LEARNING, step: str = "approved", jp: int = 3) -> Decision:
    case = Case(id="c1", kind=Kind(kind), person="budi", opened_at=1, opened_by="person:budi", learning=learning, jp=jp)
    return Decision(17, 1_795_500_000_000_000, "person:siti", f"{kind}.{step}", "person:budi", "sah", told(case), "")


def _credit(decision: Decision) -> HoursEntry:
    line = line_of(decision)
    assert line is not None
    assert line.credit is not None
    return line.credit


@pytest.mark.parametrize(("kind", "source"), [("claim", "claim"), ("manual", "manual"), ("study", "self-study")])
def test_an_approval_makes_a_line_with_all_its_facts(kind: str, source: str) -> None:
    line = _credit(_decision(kind))
    check_entry(line)
    assert (line.source, line.approved, line.claimed, line.channel, line.days) == (source, 3, 4, 22, _LEARNING.days)
    assert (line.started_on, line.completed_on, line.person, line.decided_by, line.reason) == (
        date(2026, 11, 2),
        date(2026, 11, 4),
        "budi",
        "17",
        "sah",
    )
    assert line.event_key == ""


def test_a_claim_of_a_batch_is_the_same_event_as_its_statements() -> None:
    line = _credit(_decision("claim", replace(_LEARNING, programme="pbj", version=2, batch="pbj-1", provider="balai")))
    assert line.event_key == "budi/pbj/2/pbj-1"


@pytest.mark.parametrize("kind", ["review.approved", "grant.made", "claim.rejected", "claim.opened", "session.approved"])
def test_other_decisions_make_no_line(kind: str) -> None:
    assert line_of(replace(_decision("claim"), kind=kind)) is None


def test_a_reversal_names_the_line_of_the_case() -> None:
    taken_back = replace(_decision("claim"), number=18, kind="claim.reversed", content={"case": "c1", "line": "case-c1"})
    line, credit = line_of(taken_back), _credit(_decision("claim"))
    assert line is not None
    assert line.reverses == credit.id
    counter = reversal_of(credit, taken_back)
    check_entry(counter)
    assert (counter.kind, counter.reverses, counter.decided_by) == ("reversal", credit.id, "18")


def test_an_upheld_objection_reverses_a_line_and_may_write_it_again_under_the_right_date() -> None:
    content: Content = {"case": "o1", "reverses": "case-c1", "right_date": "2026-10-02"}
    upheld = replace(_decision("claim"), number=20, kind="objection.approved", content=content)
    line, credit = line_of(upheld), _credit(_decision("claim"))
    assert line is not None
    assert (line.reverses, line.right_date) == (credit.id, date(2026, 10, 2))
    right = corrected(credit, date(2026, 10, 2), upheld)
    check_entry(right)
    assert (right.completed_on, right.started_on, right.approved) == (date(2026, 10, 2), date(2026, 9, 30), credit.approved)
    assert case_of_line(right.id) == case_of_line(credit.id) == "c1"
    assert right.id != credit.id
    assert case_of_line("jp-abc") == ""
    assert line_of(replace(upheld, content={"case": "o1"})) is None


@given(st.sampled_from(["claim", "manual", "study"]), st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(1, 2_000))
def test_the_same_decision_makes_the_same_line(kind: str, day: date, jp: int) -> None:
    decision = _decision(kind, replace(_LEARNING, started_on=day, ended_on=day, days=()), jp=jp)
    line = _credit(decision)
    check_entry(line)
    assert line == _credit(decision)
    assert line.approved == jp
