"""What becomes of a case: a state machine that any sequence of steps keeps."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import CaseError
from credentials.queues.case import DECIDING, RETURNABLE, VERDICTS, Case, Kind, amended, decided, reversed_, withdrawn
from credentials.queues.learning import Learning
from lrs.errors import ConflictError

_DAY = date(2026, 11, 3)
LEARNING = Learning(title="Kursus", jp=8, channel=3, started_on=_DAY, ended_on=_DAY, organiser="Balai")
_STEPS = ("approved", "returned", "rejected", "amended", "withdrawn", "reversed")
_ALLOWED = {
    ("open", "approved"): "approved",
    ("open", "returned"): "returned",
    ("open", "rejected"): "rejected",
    ("open", "withdrawn"): "withdrawn",
    ("returned", "amended"): "open",
    ("returned", "withdrawn"): "withdrawn",
    ("approved", "reversed"): "reversed",
}


def _case(kind: Kind = Kind.CLAIM) -> Case:
    return Case(id="c", kind=kind, person="budi", opened_at=1, opened_by="person:budi", learning=LEARNING)


def _stepped(case: Case, step: str) -> Case:
    match step:
        case "amended":
            return amended(case, case, by="person:budi", at=2)
        case "withdrawn":
            return withdrawn(case, by="person:budi", at=2)
        case "reversed":
            return reversed_(case, by="person:siti", at=2)
    verdict = next(one for one in VERDICTS if one == step)
    return decided(case, verdict, by="person:siti", at=2)


@given(st.lists(st.sampled_from(_STEPS), max_size=8))
def test_any_sequence_of_steps_stays_on_the_road(steps: list[str]) -> None:
    case = _case()
    for step in steps:
        expected = _ALLOWED.get((case.state, step))
        if expected is None:
            with pytest.raises(ConflictError):
                _stepped(case, step)
        else:
            case = _stepped(case, step)
            assert case.state == expected


@pytest.mark.parametrize(("kind", "verdict"), list(product(Kind, VERDICTS)))
def test_only_what_somebody_sent_is_returned(kind: Kind, verdict: str) -> None:
    if verdict == "returned" and kind not in RETURNABLE:
        with pytest.raises(CaseError):
            _stepped(_case(kind), verdict)
    else:
        assert _stepped(_case(kind), verdict).state == verdict


@pytest.mark.parametrize("jp", [0, 9, -1])
def test_hours_are_from_one_to_what_was_asked_for(jp: int) -> None:
    with pytest.raises(CaseError):
        decided(_case(), "approved", by="x", at=1, jp=jp)
    with pytest.raises(CaseError):
        decided(_case(), "rejected", by="x", at=1, jp=4)
    assert decided(_case(), "approved", by="x", at=1, jp=4).jp == 4
    assert decided(_case(), "approved", by="x", at=1).jp == 8


def test_somebody_elses_case_is_neither_amended_nor_withdrawn() -> None:
    with pytest.raises(CaseError):
        withdrawn(_case(), by="person:siti", at=1)
    with pytest.raises(CaseError):
        amended(_stepped(_case(), "returned"), _case(), by="person:siti", at=1)


def test_every_kind_has_a_line_in_the_table_of_roles() -> None:
    assert set(DECIDING) == set(Kind)
