"""States of programmes, batches and providers: steps, four eyes, and effective dates that reach into the past; and what counts on a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product

import pytest

from credentials.catalogue.counting import Outcome, Reason, Ruling, ruling
from credentials.catalogue.provider import Accreditation, ProviderProfile, check_accreditations
from credentials.catalogue.states import (
    BATCH_FLOW,
    PROGRAMME_FLOW,
    PROVIDER_FLOW,
    Flow,
    History,
    State,
    StateChange,
    moved,
    present,
    replayed,
    state_on,
)
from credentials.errors import CatalogueError
from lrs.errors import ConflictError, ForbiddenError
from tests.support.learning import BATCH, PROGRAMME, PROVIDER

_STATES: tuple[State, ...] = ("draft", "proposed", "approved", "suspended", "closed", "open", "active")


def _change(state: State, by: str = "person:a", since: date | None = None) -> StateChange:
    return StateChange(state, since, 0, by)


def _history(*changes: StateChange) -> History:
    return changes


_APPROVED = _history(_change("draft"), _change("proposed"), _change("approved", "person:b"))


@pytest.mark.parametrize("flow", [PROGRAMME_FLOW, BATCH_FLOW, PROVIDER_FLOW])
def test_only_the_steps_of_the_flow_are_taken(flow: Flow) -> None:
    for before, after in product(flow, _STATES):
        history: History = (_change(before),) if before else ()  # type: ignore[arg-type]  # a flow's keys are states
        if after in flow[before]:
            assert present(moved(history, _change(after, "person:b"), flow)) == after
        else:
            with pytest.raises(ConflictError):
                moved(history, _change(after), flow)


def test_four_eyes_are_two_persons() -> None:
    proposed = _history(_change("draft"), _change("proposed"))
    with pytest.raises(ForbiddenError):
        moved(proposed, _change("approved"), PROGRAMME_FLOW)
    assert present(moved(proposed, _change("approved", "person:b"), PROGRAMME_FLOW)) == "approved"


def test_after_a_return_the_eyes_of_the_new_proposer_count() -> None:
    again = _history(_change("draft"), _change("proposed"), _change("draft", "person:b"), _change("proposed", "person:b"))
    with pytest.raises(ForbiddenError):
        moved(again, _change("approved", "person:b"), PROGRAMME_FLOW)
    assert moved(again, _change("approved"), PROGRAMME_FLOW)


def test_a_lifted_suspension_needs_no_second_person() -> None:
    suspended = moved(_APPROVED, _change("suspended"), PROGRAMME_FLOW)
    assert present(moved(suspended, _change("approved"), PROGRAMME_FLOW)) == "approved"


def test_a_suspension_works_from_its_day_also_in_the_past_and_a_lifting_from_its_own() -> None:
    history = (*_APPROVED, _change("suspended", since=date(2026, 6, 1)))
    assert [state_on(history, date(2026, 5, 31)), state_on(history, date(2026, 6, 1))] == ["approved", "suspended"]
    lifted = (*history, _change("approved", since=date(2026, 7, 1)))
    assert [state_on(lifted, date(2026, month, 30)) for month in (5, 6, 7)] == ["approved", "suspended", "approved"]
    undone = (*history, _change("approved", since=date(2026, 6, 1)))
    assert [state_on(undone, date(2026, month, 30)) for month in (5, 6, 7)] == ["approved"] * 3


def test_a_history_from_elsewhere_is_taken_only_if_it_could_have_come_about_here() -> None:
    assert replayed(_APPROVED, PROGRAMME_FLOW) == _APPROVED
    with pytest.raises(ForbiddenError):
        replayed(_history(_change("draft"), _change("proposed"), _change("approved")), PROGRAMME_FLOW)
    with pytest.raises(ConflictError):
        replayed(_history(_change("approved")), PROGRAMME_FLOW)
    with pytest.raises(CatalogueError):
        replayed(_history(_change("draft", "")), PROGRAMME_FLOW)


_DAY = date(2026, 11, 20)
_ACCREDITED = ProviderProfile(PROVIDER, (Accreditation(date(2026, 1, 1), date(2026, 12, 31), "LAN"),))
_OPEN = replace(BATCH, history=_history(_change("open")))
_COUNTED = replace(PROGRAMME, history=_APPROVED)


def _with(history: History, state: State, since: date | None) -> History:
    return (*history, _change(state, since=since))


@pytest.mark.parametrize(
    ("programme", "batch", "provider", "outcome", "reason"),
    [
        (_COUNTED, _OPEN, _ACCREDITED, "counts", ""),
        (PROGRAMME, _OPEN, _ACCREDITED, "waits", "programme-not-approved"),
        (replace(PROGRAMME, history=_APPROVED[:2]), _OPEN, _ACCREDITED, "waits", "programme-not-approved"),
        (replace(PROGRAMME, history=_with(_APPROVED, "suspended", _DAY)), _OPEN, _ACCREDITED, "no", "programme-suspended"),
        (replace(PROGRAMME, history=_with(_APPROVED, "suspended", date(2026, 11, 21))), _OPEN, _ACCREDITED, "counts", ""),
        (replace(PROGRAMME, history=_with(_APPROVED, "closed", _DAY)), _OPEN, _ACCREDITED, "no", "programme-closed"),
        (replace(_COUNTED, valid_from=date(2026, 11, 21)), _OPEN, _ACCREDITED, "no", "programme-not-valid"),
        (replace(_COUNTED, valid_until=date(2026, 11, 19)), _OPEN, _ACCREDITED, "no", "programme-not-valid"),
        (replace(_COUNTED, valid_from=_DAY, valid_until=_DAY), _OPEN, _ACCREDITED, "counts", ""),
        (_COUNTED, BATCH, _ACCREDITED, "waits", "batch-not-open"),
        (_COUNTED, replace(_OPEN, history=_with(_OPEN.history, "suspended", _DAY)), _ACCREDITED, "no", "batch-suspended"),
        (_COUNTED, replace(_OPEN, history=_with(_OPEN.history, "closed", _DAY)), _ACCREDITED, "no", "batch-closed"),
        (_COUNTED, replace(_OPEN, history=_with(_OPEN.history, "closed", date(2026, 12, 1))), _ACCREDITED, "counts", ""),
        (_COUNTED, _OPEN, ProviderProfile(PROVIDER), "review", "provider-not-accredited"),
        (_COUNTED, _OPEN, replace(_ACCREDITED, history=_history(_change("suspended", since=_DAY))), "no", "provider-suspended"),
        (_COUNTED, _OPEN, replace(_ACCREDITED, history=_history(_change("suspended", since=date(2026, 11, 21)))), "counts", ""),
    ],
)
def test_what_counts_is_the_day_of_learning(
    programme: object, batch: object, provider: ProviderProfile, outcome: Outcome, reason: Reason
) -> None:
    assert ruling(programme, batch, provider, _DAY) == Ruling(outcome, reason)  # type: ignore[arg-type]  # values of the table


@pytest.mark.parametrize(
    "windows",
    [
        (Accreditation(date(2026, 2, 1), date(2026, 1, 1), "LAN"),),
        (Accreditation(date(2026, 1, 1), None, "LAN"), Accreditation(date(2027, 1, 1), None, "LAN")),
        (Accreditation(date(2026, 6, 1), date(2026, 12, 31), "LAN"), Accreditation(date(2026, 1, 1), date(2026, 6, 1), "LAN")),
    ],
)
def test_windows_of_accreditation_have_an_order_and_share_no_day(windows: tuple[Accreditation, ...]) -> None:
    with pytest.raises(CatalogueError) as caught:
        check_accreditations(windows)
    assert caught.value.where == "accreditations"


def test_windows_that_follow_each_other_are_fine() -> None:
    check_accreditations((Accreditation(date(2026, 1, 1), date(2026, 6, 30), "LAN"), Accreditation(date(2026, 7, 1), None, "LAN")))
