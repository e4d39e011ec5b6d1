"""Tables of one module that are asked with the codes of another: none is asked for what it does not have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, get_args

import pytest

from credentials.access.actions import RULES, Action
from credentials.access.roles import SCOPES, Role
from credentials.catalogue.counting import Reason as Ruled
from credentials.hours.entry import Source
from credentials.hours.merging import _STRENGTH
from credentials.hours.words import SCOPES as WORDS_OF_SCOPES
from credentials.people.hints import HINTS, Hint
from credentials.queues.case import DECIDING, Kind
from credentials.queues.risk import REASONS
from credentials.services.reviews import reason_of


@pytest.mark.parametrize(
    ("table", "codes"),
    [
        pytest.param(RULES, Action, id="rules of actions"),
        pytest.param(SCOPES, set(Role) - {Role.LEARNER, Role.COACH}, id="scopes of roles that are granted"),
        pytest.param(DECIDING, Kind, id="who decides a case"),
        pytest.param(_STRENGTH, get_args(Source), id="strength of sources"),
        pytest.param(WORDS_OF_SCOPES, ("national", "international"), id="words of scopes"),
        pytest.param(HINTS, get_args(Hint), id="hints for unlinked accounts"),
    ],
)
def test_every_code_has_its_row(table: Mapping[Any, Any], codes: Iterable[Any]) -> None:
    assert set(table) == set(codes)


@pytest.mark.parametrize("doubt", ["weak-source:h5p", "weak-source", "an-unknown-one", *filter(None, get_args(Ruled))])
def test_every_doubt_has_words_in_the_queue(doubt: str) -> None:
    assert reason_of(doubt) in REASONS


def test_a_doubt_keeps_its_meaning() -> None:
    named = ("provider-not-accredited", "provider-suspended", "weak-source:h5p")
    assert [reason_of(one) for one in named] == ["not-accredited", "provider-suspended", "weak-source"]
