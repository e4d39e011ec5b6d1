"""The clock of a breach: who is still to be told, and who was told too late."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import CaseError
from credentials.privacy.breach import Breach, Notice, Whom, check_breach, closed, noticed
from lrs.errors import ConflictError

_HOUR = 3_600_000_000
_START = 1_795_500_000_000_000
_BREACH = Breach(
    id="b",
    discovered=_START,
    happened=_START - _HOUR,
    what="kebocoran",
    data=("names",),
    recorded=_START,
    by="administrator:rini",
    affected=3,
)


def _told(breach: Breach, whom: Whom, hours: int) -> Breach:
    return noticed(breach, Notice(whom, _START + hours * _HOUR, "administrator:rini", "surat 1"))


def test_authority_and_subjects_are_told_within_three_days() -> None:
    assert _BREACH.due == _START + 72 * _HOUR
    assert _BREACH.owed() == ("authority", "subjects")
    assert _BREACH.late(_START + 72 * _HOUR) == ()
    assert _BREACH.late(_START + 72 * _HOUR + 1) == ("authority", "subjects")


def test_a_notice_in_time_stays_in_time_and_a_late_one_late() -> None:
    told = _told(_told(_BREACH, "authority", 10), "subjects", 73)
    assert told.owed() == ()
    assert told.late(_START + 1_000 * _HOUR) == ("subjects",)
    assert _told(told, "authority", 90).late(_START + 1_000 * _HOUR) == ("subjects",)


def test_who_came_on_the_list_later_is_still_to_be_told() -> None:
    told = _told(_told(_BREACH, "authority", 1), "subjects", 2)
    more = replace(told, affected=4)
    assert more.owed() == ("subjects",)
    assert more.late(_START + 80 * _HOUR) == ("subjects",)
    assert _told(more, "subjects", 3).owed() == ()


def test_nobody_on_the_list_needs_no_notice() -> None:
    assert replace(_BREACH, affected=0).owed() == ("authority",)


def test_the_public_is_told_besides() -> None:
    assert _told(_BREACH, "public", 1).owed() == ("authority", "subjects")


def test_it_is_closed_when_all_are_told_and_it_is_contained() -> None:
    told = _told(_told(_BREACH, "authority", 1), "subjects", 1)
    for open_ in (_BREACH, told):
        with pytest.raises(ConflictError):
            closed(open_, _START)
    done = closed(replace(told, contained=_START), _START + _HOUR)
    assert done.closed == _START + _HOUR
    with pytest.raises(ConflictError):
        closed(done, _START)
    with pytest.raises(ConflictError):
        _told(done, "public", 5)


@pytest.mark.parametrize("change", [{"happened": _START + 1}, {"data": ()}, {"discovered": _START + _HOUR, "happened": _START}])
def test_a_record_that_makes_no_sense_is_refused(change: dict[str, object]) -> None:
    check_breach(_BREACH, _START)
    with pytest.raises(CaseError):
        check_breach(replace(_BREACH, **change), _START)  # type: ignore[arg-type]  # members by name


def test_nobody_is_told_before_the_discovery() -> None:
    with pytest.raises(CaseError):
        _told(_BREACH, "authority", -1)


@given(st.lists(st.tuples(st.sampled_from(["authority", "subjects", "public"]), st.integers(0, 200)), max_size=8), st.integers(0, 300))
def test_whoever_is_owed_after_the_time_is_late_and_nobody_before(notices: list[tuple[Whom, int]], now: int) -> None:
    breach = _BREACH
    for whom, hours in notices:
        breach = _told(breach, whom, hours)
    moment = _START + now * _HOUR
    assert (set(breach.owed()) <= set(breach.late(moment))) == (moment > breach.due or not breach.owed())
    assert not (set(breach.late(moment)) - set(breach.owed()) and all(hours <= 72 for _, hours in notices))
