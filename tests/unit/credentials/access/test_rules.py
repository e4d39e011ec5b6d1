"""Every role × action, by hand; and what must hold whatever the roles."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.access.actions import RULES, Action
from credentials.access.principal import Principal
from credentials.access.roles import SCOPES, Grant, Role, Scope
from credentials.access.rules import Reach, Subject, Warrant, may, permit, reach, reaches
from credentials.errors import AccessError, NotAllowedError
from tests.support.access import AGENCY, FIELD, PROVIDER, UNIT, grant, holder

# y: may, within the scope. r: may when they say why. .: may not. The last column: what holds of the own record.
_COLUMNS = ("learner", "superior", "coach", "unit-operator", "hr", "provider", "center-of-excellence", "overseer", "auditor")
_TABLE = """
                    learner superior coach unit hr provider center overseer auditor own
record.read         .       y        .     y    y  .        .      r        r       yes
record.export       .       .        .     .    .  .        .      r        .       yes
views.read          .       .        .     .    .  .        .      r        r       yes
claim.submit        .       .        .     .    .  .        .      .        .       yes
claim.decide        .       .        .     y    y  .        .      .        .       no
review.decide       .       .        .     .    y  .        .      .        .       no
manual.propose      .       .        .     y    y  .        .      .        .       no
manual.decide       .       .        .     .    y  .        .      .        .       no
study.submit        .       .        .     .    .  .        .      .        .       yes
study.decide        .       y        .     .    .  .        .      .        .       no
coach.register      .       .        .     .    .  .        .      y        .       no
coaching.log        .       .        y     .    .  .        .      .        .       no
coaching.confirm    .       .        .     .    .  .        .      .        .       yes
coaching.accept     .       .        .     .    y  .        .      .        .       no
attendance.send     .       .        .     .    .  y        .      .        .       no
attendance.read     .       .        .     .    .  y        .      y        y       no
programme.propose   .       .        .     .    .  y        y      y        .       no
programme.review    .       .        .     .    .  .        y      .        .       no
programme.approve   .       .        .     .    .  .        .      y        .       no
suspend             .       .        .     .    .  .        .      y        .       no
accredit            .       .        .     .    .  .        .      y        .       no
competence.define   .       .        .     .    .  .        y      y        .       no
field.keep          .       .        .     .    .  .        .      y        .       no
person.enter        .       .        .     .    y  .        .      y        .       no
link.make           .       .        .     .    y  .        .      y        .       no
link.undo           .       .        .     .    y  .        .      y        .       yes
certificates.list   .       .        .     .    .  y        .      r        r       no
evidence.explain    .       .        .     .    y  y        .      r        r       yes
evidence-rules.read .       .        .     .    .  y        y      y        y       no
evidence-rules.save .       .        .     .    .  .        .      y        .       no
parked.read         .       .        .     .    .  y        .      y        y       no
parked.replay       .       .        .     .    .  y        .      y        .       no
waiting.read        .       .        .     .    .  y        .      y        y       no
target.set          .       .        .     .    y  .        .      y        .       no
objection.file      .       .        .     .    .  .        .      .        .       yes
objection.decide    .       .        .     .    y  .        .      y        .       no
account.ask         .       .        .     .    .  .        .      .        .       yes
account.decide      .       .        .     .    y  .        .      y        .       no
erasure.ask         .       .        .     .    y  .        .      .        .       yes
erasure.decide      .       .        .     .    .  .        .      y        .       no
appoint             .       .        .     .    .  .        .      y        .       no
appoint.staff       .       .        .     .    y  .        .      y        .       no
user.make           .       .        .     .    .  .        .      y        .       no
rules.propose       .       .        .     .    .  .        .      y        .       no
rules.publish       .       .        .     .    .  .        .      y        .       no
rules.override      .       .        .     .    y  .        .      y        .       no
hours.export        .       .        .     .    y  .        .      .        .       no
figures.agency      .       .        .     y    y  .        .      y        y       no
figures.nation      .       .        .     .    .  .        .      y        y       no
log.read            .       .        .     .    .  .        .      y        y       no
retention.read      .       .        .     .    .  .        .      y        y       no
retention.run       .       .        .     .    .  .        .      y        .       no
breach.read         .       .        .     .    .  .        .      y        y       no
breach.record       .       .        .     .    .  .        .      y        .       no
"""
_ROWS = {line.split()[0]: line.split()[1:] for line in _TABLE.strip().splitlines()[1:]}
_CELLS = [(action, role, cells[n]) for action, cells in _ROWS.items() for n, role in enumerate(_COLUMNS)]
_ANOTHERS = Subject("budi", AGENCY, UNIT, provider=PROVIDER, fields=frozenset({FIELD}))


def test_the_table_names_every_action() -> None:
    assert sorted(_ROWS) == sorted(Action) == sorted(RULES)


@pytest.mark.parametrize(("action", "role", "cell"), _CELLS)
def test_a_role_may_what_the_table_says_on_anothers_record(action: str, role: str, cell: str) -> None:
    principal = holder(Role(role))
    assert may(principal, Action(action), _ANOTHERS) == (cell == "y")
    assert may(principal, Action(action), _ANOTHERS, reason="pemeriksaan") == (cell in "yr")


@pytest.mark.parametrize(("action", "role", "cell"), [one for one in _CELLS if one[2] in "yr"])
def test_a_role_may_nothing_outside_its_scope(action: str, role: str, cell: str) -> None:
    principal = holder(Role(role))
    elsewhere = Subject("budi", "instansi-2", UNIT, provider="lain", fields=frozenset({"kesehatan"}))
    assert may(principal, Action(action), elsewhere, "alasan") == (role in ("overseer", "auditor", "coach"))


@pytest.mark.parametrize("action", list(Action))
def test_the_own_record_is_for_what_the_table_says(action: Action) -> None:
    own = replace(_ANOTHERS, person="siti")
    learner = holder(Role.LEARNER)
    assert may(learner, action, own) == (_ROWS[action][-1] == "yes")
    if RULES[action].own == "never":
        everything = Principal("siti", grants=tuple(grant(role) for role in SCOPES), coach=True)
        with pytest.raises(NotAllowedError, match="own record"):
            permit(everything, action, own, "alasan")


def test_the_hr_of_another_agency_neither_decides_nor_sees() -> None:
    other = holder(Role.HR, Scope(agency="instansi-2"))
    assert not may(other, Action.CLAIM_DECIDE, _ANOTHERS)
    assert not reaches(reach(other, Action.CLAIM_DECIDE), _ANOTHERS)


def test_an_operator_of_one_unit_does_not_reach_the_unit_of_the_same_name_elsewhere() -> None:
    operator = holder(Role.UNIT_OPERATOR)
    assert may(operator, Action.CLAIM_DECIDE, _ANOTHERS)
    assert not may(operator, Action.CLAIM_DECIDE, replace(_ANOTHERS, agency="instansi-2"))
    assert not may(operator, Action.CLAIM_DECIDE, replace(_ANOTHERS, unit="unit-2"))


@pytest.mark.parametrize("action", [action for action, rule in RULES.items() if rule.fresh])
def test_four_eyes_are_two_persons(action: Action) -> None:
    role = next(iter(RULES[action].roles))
    subject = replace(_ANOTHERS, person="siti") if RULES[action].own == "only" else _ANOTHERS
    assert may(holder(role), action, subject)
    with pytest.raises(NotAllowedError, match="two persons"):
        permit(holder(role), action, replace(subject, hands=frozenset({"person:siti"})))


def test_an_administrator_who_became_known_as_a_person_still_had_a_hand_in_it() -> None:
    known = Principal("siti", administrator="rini", everywhere=Role.OVERSEER)
    proposed = Subject(hands=frozenset({"administrator:rini"}))
    with pytest.raises(NotAllowedError, match="two persons"):
        permit(known, Action.PROGRAMME_APPROVE, proposed)


def test_an_administrator_who_is_no_known_person_decides_on_nobodys_record() -> None:
    unknown = Principal("", administrator="rini", everywhere=Role.OVERSEER)
    with pytest.raises(NotAllowedError, match="known who they are"):
        permit(unknown, Action.OBJECTION_DECIDE, _ANOTHERS)
    assert permit(unknown, Action.SUSPEND, Subject(provider=PROVIDER)) == Warrant(Role.OVERSEER)


def test_a_limit_of_hours_binds_the_grant_that_has_it() -> None:
    limited = holder(Role.UNIT_OPERATOR, most_jp=8)
    assert may(limited, Action.CLAIM_DECIDE, replace(_ANOTHERS, jp=8))
    with pytest.raises(NotAllowedError, match="more hours"):
        permit(limited, Action.CLAIM_DECIDE, replace(_ANOTHERS, jp=9))
    both = replace(limited, grants=(*limited.grants, grant(Role.HR)))
    assert permit(both, Action.CLAIM_DECIDE, replace(_ANOTHERS, jp=9)).role is Role.HR


def test_who_must_say_why_is_told_so() -> None:
    with pytest.raises(AccessError, match="say why"):
        permit(holder(Role.OVERSEER), Action.RECORD_READ, _ANOTHERS, "  ")


def test_a_grant_without_the_scope_that_its_role_needs_covers_nothing() -> None:
    wide = Principal("siti", grants=(grant(Role.HR, Scope()), grant(Role.PROVIDER, Scope()), grant(Role.CENTER, Scope())))
    for action in Action:
        assert not may(wide, action, Subject("budi"), "alasan")
        assert not may(wide, action, _ANOTHERS, "alasan")


_names = st.sampled_from(["", "a", "b"])
_scopes = st.builds(Scope, _names, _names, _names, _names)
_granted = st.builds(
    lambda role, scope, most: grant(role, scope, most_jp=most), st.sampled_from(list(SCOPES)), _scopes, st.sampled_from([None, 5])
)
_principals = st.builds(
    lambda person, grants, coach: Principal(person, grants=tuple(grants), coach=coach),
    st.sampled_from(["p", "q"]),
    st.lists(_granted, max_size=4),
    st.booleans(),
)
_subjects = st.builds(
    Subject,
    st.sampled_from(["", "p", "q", "r"]),
    _names,
    _names,
    st.sampled_from(["", "p", "q"]),
    _names,
    st.frozensets(st.sampled_from(["a", "b"]), max_size=2),
    st.frozensets(st.sampled_from(["person:p", "person:q"]), max_size=2),
    st.integers(0, 9),
)
_actions = st.sampled_from(list(Action))


@given(_principals, _actions, _subjects)
def test_what_is_allowed_is_also_seen(principal: Principal, action: Action, subject: Subject) -> None:
    if may(principal, action, subject, "alasan") and Role.COACH not in RULES[action].roles:
        assert reaches(reach(principal, action, "alasan"), subject)


@given(_principals, _actions, _subjects)
def test_nobody_ever_decides_on_the_own_record_or_twice(principal: Principal, action: Action, subject: Subject) -> None:
    if RULES[action].own == "never":
        assert not may(principal, action, replace(subject, person=principal.person), "alasan")
    if RULES[action].fresh:
        assert not may(principal, action, replace(subject, hands=principal.identities()), "alasan")


@given(_principals, _actions, _subjects, _granted)
def test_a_further_grant_never_takes_away(principal: Principal, action: Action, subject: Subject, more: Grant) -> None:
    if may(principal, action, subject, "alasan"):
        assert may(replace(principal, grants=(*principal.grants, more)), action, subject, "alasan")


@given(_actions, _subjects)
def test_without_any_role_there_is_the_own_record_and_nothing_else(action: Action, subject: Subject) -> None:
    nobody = Principal("p")
    if may(nobody, action, replace(subject, superior="q"), "alasan"):
        assert subject.person == "p"
    assert replace(reach(nobody, action), superior="") in (Reach(), Reach(own="p"))


def test_whom_a_posting_names_as_superior_confirms_without_a_grant() -> None:
    mine = replace(_ANOTHERS, superior="siti")
    assert permit(Principal("siti"), Action.STUDY_DECIDE, mine) == Warrant(Role.SUPERIOR)
    assert reaches(reach(Principal("siti"), Action.STUDY_DECIDE), mine)
    assert not may(Principal("siti"), Action.CLAIM_DECIDE, mine)
    assert not may(Principal("ani"), Action.STUDY_DECIDE, mine)
    assert not may(Principal("", administrator="rini", everywhere=Role.AUDITOR), Action.STUDY_DECIDE, replace(mine, superior=""))
