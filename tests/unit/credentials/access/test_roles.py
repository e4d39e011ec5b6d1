"""Grants: their dates, their scopes, and handing them on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.access.roles import SCOPES, Role, Scope, check_delegation, check_grant, live, within
from credentials.errors import AccessError
from tests.support.access import AGENCY, SCOPE_OF, TODAY, UNIT, grant

_DAY = timedelta(days=1)
_PARENT = grant(Role.HR, person="ani", id="parent", until=date(2026, 12, 31))
_STAND_IN = grant(Role.HR, person="siti", parent="parent", since=TODAY, until=TODAY + 7 * _DAY)


@pytest.mark.parametrize(
    ("since", "until", "holds"),
    [(TODAY, TODAY, True), (TODAY, None, True), (TODAY + _DAY, None, False), (TODAY - 9 * _DAY, TODAY - _DAY, False)],
)
def test_a_grant_holds_on_its_dates_both_included(since: date, until: date | None, holds: bool) -> None:
    assert bool(live([grant(Role.HR, since=since, until=until)], {}, TODAY)) == holds


def test_an_ended_grant_is_over_whatever_its_dates_say() -> None:
    assert live([grant(Role.HR, ended_at=1)], {}, TODAY) == ()


def test_a_delegation_lives_as_long_as_both_grants_do() -> None:
    assert live([_STAND_IN], {"parent": _PARENT}, TODAY) == (_STAND_IN,)
    assert live([_STAND_IN], {"parent": _PARENT}, TODAY + 8 * _DAY) == ()
    assert live([_STAND_IN], {"parent": replace(_PARENT, ended_at=1)}, TODAY) == ()
    assert live([_STAND_IN], {"parent": replace(_PARENT, until=TODAY - _DAY)}, TODAY) == ()
    assert live([_STAND_IN], {}, TODAY) == ()


def test_a_delegation_that_was_written_wider_than_its_parent_does_not_hold() -> None:
    assert live([replace(_STAND_IN, scope=Scope(agency="instansi-2"))], {"parent": _PARENT}, TODAY) == ()
    assert live([_STAND_IN], {"parent": replace(_PARENT, parent="another")}, TODAY) == ()


@pytest.mark.parametrize("role", list(SCOPES))
def test_each_role_needs_exactly_its_scope(role: Role) -> None:
    check_grant(grant(role))
    for wrong in (Scope(agency="a", unit="u", provider="p", field="f"), Scope(unit="u")):
        with pytest.raises(AccessError) as caught:
            check_grant(grant(role, wrong))
        assert caught.value.where == "scope"
    if SCOPES[role]:
        with pytest.raises(AccessError):
            check_grant(grant(role, Scope()))


@pytest.mark.parametrize("role", [Role.LEARNER, Role.COACH])
def test_what_follows_from_record_or_register_is_not_granted(role: Role) -> None:
    with pytest.raises(AccessError, match="nobody is made"):
        check_grant(grant(role, Scope()))


def test_a_grant_does_not_end_before_it_begins_and_its_limit_is_hours() -> None:
    with pytest.raises(AccessError):
        check_grant(grant(Role.HR, since=TODAY, until=TODAY - _DAY))
    for most in (0, 2_001):
        with pytest.raises(AccessError):
            check_grant(grant(Role.HR, most_jp=most))


def test_hr_hands_on_to_a_stand_in_or_a_units_operator() -> None:
    check_delegation(_STAND_IN, _PARENT)
    check_delegation(replace(_STAND_IN, role=Role.UNIT_OPERATOR, scope=SCOPE_OF[Role.UNIT_OPERATOR]), _PARENT)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"person": "ani"}, "person"),
        ({"role": Role.SUPERIOR, "scope": Scope(AGENCY, UNIT)}, "role"),
        ({"role": Role.OVERSEER, "scope": Scope()}, "role"),
        ({"scope": Scope(agency="instansi-2")}, "scope"),
        ({"role": Role.UNIT_OPERATOR, "scope": Scope("instansi-2", UNIT)}, "scope"),
        ({"until": None}, "until"),
        ({"since": date(2025, 12, 31), "until": date(2026, 6, 1)}, "until"),
        ({"until": date(2027, 1, 1)}, "until"),
    ],
)
def test_a_delegation_is_for_another_no_wider_and_within_the_dates(change: dict[str, object], where: str) -> None:
    with pytest.raises(AccessError) as caught:
        check_delegation(replace(_STAND_IN, **change), _PARENT)  # type: ignore[arg-type]  # members by name
    assert caught.value.where == where


def test_what_was_delegated_is_not_delegated_again_and_a_limit_stays() -> None:
    with pytest.raises(AccessError, match="again"):
        check_delegation(_STAND_IN, replace(_PARENT, parent="another"))
    limited = replace(_PARENT, most_jp=10)
    check_delegation(replace(_STAND_IN, most_jp=10), limited)
    for most in (None, 11):
        with pytest.raises(AccessError) as caught:
            check_delegation(replace(_STAND_IN, most_jp=most), limited)
        assert caught.value.where == "most_jp"


def test_a_delegation_is_at_most_a_year() -> None:
    lasting = replace(_PARENT, until=None)
    check_delegation(replace(_STAND_IN, until=TODAY + 365 * _DAY), lasting)
    with pytest.raises(AccessError):
        check_delegation(replace(_STAND_IN, until=TODAY + 366 * _DAY), lasting)


_names = st.sampled_from(["", "a", "b"])
_scopes = st.builds(Scope, _names, _names, _names, _names)


@given(_scopes, _scopes, _scopes)
def test_within_is_an_order(one: Scope, two: Scope, three: Scope) -> None:
    assert within(one, one)
    assert within(one, Scope())
    if within(one, two) and within(two, three):
        assert within(one, three)
    if within(one, two) and within(two, one):
        assert one == two
