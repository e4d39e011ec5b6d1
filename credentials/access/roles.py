"""Roles, and grants of them: to whom, for which agency, unit, provider or field of competence, from when until when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum

from credentials.errors import AccessError


class Role(StrEnum):
    """What somebody is. Learner is everybody, of the own record; superior, whom a person's posting names; coach, who stands in the register
    of coaches: these without a grant. A superior of a whole unit, and all others, hold a grant.
    """

    LEARNER = "learner"
    SUPERIOR = "superior"  # atasan langsung
    COACH = "coach"
    UNIT_OPERATOR = "unit-operator"
    HR = "hr"  # pengelola kepegawaian of an agency
    PROVIDER = "provider"  # officer of a provider (penyelenggara)
    CENTER = "center-of-excellence"  # keeper of a field of competence
    OVERSEER = "overseer"
    AUDITOR = "auditor"


@dataclass(frozen=True, slots=True)
class Scope:
    """Of what: ids as people and catalogue have them. What a role needs of these says `SCOPES`; the rest is ""."""

    agency: str = ""
    unit: str = ""
    provider: str = ""
    field: str = ""

    def members(self) -> tuple[str, ...]:
        """The names of those that are given."""
        return tuple(one.name for one in fields(self) if getattr(self, one.name))


SCOPES: Mapping[Role, tuple[str, ...]] = {
    Role.SUPERIOR: ("agency", "unit"),
    Role.UNIT_OPERATOR: ("agency", "unit"),
    Role.HR: ("agency",),
    Role.PROVIDER: ("provider",),
    Role.CENTER: ("field",),
    Role.OVERSEER: (),
    Role.AUDITOR: (),
}
"""The roles that are granted, and the members of the scope that each must have: exactly these, so that none is wider than it looks."""

_PASSED_ON: Mapping[Role, frozenset[Role]] = {
    Role.HR: frozenset({Role.HR, Role.UNIT_OPERATOR}),
    Role.SUPERIOR: frozenset({Role.SUPERIOR}),
    Role.PROVIDER: frozenset({Role.PROVIDER}),
    Role.CENTER: frozenset({Role.CENTER}),
}
"""Which roles the holder of one may hand to somebody for a time. Overseers and auditors are made, not delegated."""

LONGEST_DELEGATION = 366  # days: a stand-in of more than a year is an appointment


@dataclass(frozen=True, slots=True)
class Grant:
    """`person` has `role` for `scope` on every day from `since` through `until` (None: until it is ended).

    `parent`: the grant that this one was delegated from, "" for one that was made by who may make grants. A delegated grant lives as long
    as both do. `most_jp`: the most hours that one decision under this grant may give, None for no such limit. `by`: the actor who made it.
    `ended_at`: microseconds UTC of the moment from which it is over, whatever `until` says.
    """

    id: str
    person: str
    role: Role
    scope: Scope
    since: date
    until: date | None
    by: str
    made_at: int
    parent: str = ""
    most_jp: int | None = None
    ended_at: int | None = None

    def holds(self, today: date) -> bool:
        """On its own dates; a delegated one needs its parent too (see `live`)."""
        return self.ended_at is None and self.since <= today and (self.until is None or today <= self.until)


def live(grants: list[Grant], parents: Mapping[str, Grant], today: date) -> tuple[Grant, ...]:
    """Those that hold today. A delegated one without its parent, or whose parent is over, does not."""
    return tuple(one for one in grants if one.holds(today) and (not one.parent or _parent_holds(one, parents.get(one.parent), today)))


def _parent_holds(grant: Grant, parent: Grant | None, today: date) -> bool:
    return parent is not None and parent.holds(today) and not parent.parent and within(grant.scope, parent.scope)


def within(inner: Scope, outer: Scope) -> bool:
    """Whether `inner` is no wider: it names at least what `outer` names, and the same."""
    return all(getattr(inner, name) == getattr(outer, name) for name in outer.members())


def check_grant(grant: Grant) -> None:
    """Raises AccessError (`where` names the member) for a grant that makes no sense."""
    needed = SCOPES.get(grant.role)
    if needed is None:
        raise AccessError(f"nobody is made a {grant.role}: it follows from the record or the register", where="role")
    if grant.scope.members() != needed:
        told = " and ".join(needed) or "nothing: it holds everywhere"
        raise AccessError(f"the scope of the role {grant.role} names {told}", where="scope")
    if grant.until is not None and grant.until < grant.since:
        raise AccessError("a grant cannot end before it begins", where="until")
    if grant.most_jp is not None and not 1 <= grant.most_jp <= 2_000:
        raise AccessError("a limit is from 1 to 2,000 JP", where="most_jp")


def check_delegation(grant: Grant, parent: Grant) -> None:
    """Raises AccessError when `parent` cannot be handed on as `grant`: for a time, no wider, to another person, and only once."""
    check_grant(grant)
    if parent.parent:
        raise AccessError("what was delegated cannot be delegated again", where="parent")
    if grant.person == parent.person:
        raise AccessError("a grant is delegated to somebody else", where="person")
    if grant.role not in _PASSED_ON.get(parent.role, frozenset()):
        raise AccessError(f"the role {parent.role} cannot hand on the role {grant.role}", where="role")
    if not within(grant.scope, parent.scope):
        raise AccessError("this is wider than what is delegated", where="scope")
    if grant.until is None or (grant.until - grant.since).days >= LONGEST_DELEGATION:
        raise AccessError(f"a delegation has an end, at most {LONGEST_DELEGATION} days after its beginning", where="until")
    if grant.since < parent.since or (parent.until is not None and grant.until > parent.until):
        raise AccessError("a delegation lies within the dates of what is delegated", where="until")
    if parent.most_jp is not None and (grant.most_jp is None or grant.most_jp > parent.most_jp):
        raise AccessError(f"the limit can be at most that of what is delegated, {parent.most_jp} JP", where="most_jp")
