"""Invented principals for tests of who may do what."""

from __future__ import annotations

from datetime import date
from itertools import count

from credentials.access.principal import Principal
from credentials.access.roles import Grant, Role, Scope

TODAY = date(2026, 11, 24)
AGENCY, UNIT, PROVIDER, FIELD = "instansi-1", "unit-1", "balai", "pengadaan"
_numbers = count(1)

SCOPE_OF: dict[Role, Scope] = {
    Role.SUPERIOR: Scope(agency=AGENCY, unit=UNIT),
    Role.UNIT_OPERATOR: Scope(agency=AGENCY, unit=UNIT),
    Role.HR: Scope(agency=AGENCY),
    Role.PROVIDER: Scope(provider=PROVIDER),
    Role.CENTER: Scope(field=FIELD),
    Role.OVERSEER: Scope(),
    Role.AUDITOR: Scope(),
}


def grant(
    role: Role,
    scope: Scope | None = None,
    *,
    person: str = "siti",
    since: date = date(2026, 1, 1),
    until: date | None = None,
    parent: str = "",
    most_jp: int | None = None,
    ended_at: int | None = None,
    id: str = "",
) -> Grant:
    """A grant of `role`, for agency 1, unit 1, balai or pengadaan unless a scope is given."""
    chosen = SCOPE_OF[role] if scope is None else scope
    return Grant(id or f"grant-{next(_numbers)}", person, role, chosen, since, until, "administrator:rini", 1, parent, most_jp, ended_at)


def holder(role: Role, scope: Scope | None = None, person: str = "siti", most_jp: int | None = None) -> Principal:
    """Somebody who has this role and no other (besides being a learner)."""
    if role is Role.LEARNER:
        return Principal(person)
    if role is Role.COACH:
        return Principal(person, coach=True)
    return Principal(person, grants=(grant(role, scope, person=person, most_jp=most_jp),))
