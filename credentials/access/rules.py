"""Whether somebody may, and how far they see. Pure: a principal and what is acted on in, a warrant, a reach or an error out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from credentials.access.actions import RULES, Action, Rule
from credentials.access.principal import Principal
from credentials.access.roles import SCOPES, Grant, Role, Scope
from credentials.errors import AccessError, NotAllowedError

# The narrower role first: when several would do, the log names the one that says least of its holder.
_ORDER = (
    Role.LEARNER,
    Role.COACH,
    Role.SUPERIOR,
    Role.UNIT_OPERATOR,
    Role.HR,
    Role.PROVIDER,
    Role.CENTER,
    Role.AUDITOR,
    Role.OVERSEER,
)


@dataclass(frozen=True, slots=True)
class Subject:
    """What is acted on: somebody's record, a provider's list, a programme of a field. "" for what it does not have.

    `agency`, `unit` and `superior` (a person's id): the person's of today. `fields`: of competence. `hands`: actors who had a hand in it
    before (who proposed, submitted, uploaded). `jp`: hours that the act would give.
    """

    person: str = ""
    agency: str = ""
    unit: str = ""
    superior: str = ""
    provider: str = ""
    fields: frozenset[str] = frozenset()
    hands: frozenset[str] = frozenset()
    jp: int = 0


@dataclass(frozen=True, slots=True)
class Warrant:
    """Why it is allowed: the role that was used and the id of its grant ("" where the role follows from the record or the register)."""

    role: Role
    grant: str = ""


@dataclass(frozen=True, slots=True)
class Reach:
    """Whose: everybody's, or those of the agencies, (agency, unit) pairs, providers and fields that are named, those whose superior is
    the person `superior`, and the record of `own`.

    A query that takes a reach answers nothing outside it. Units within a named agency are left out: they are covered.
    """

    everything: bool = False
    agencies: frozenset[str] = frozenset()
    units: frozenset[tuple[str, str]] = frozenset()
    providers: frozenset[str] = frozenset()
    fields: frozenset[str] = frozenset()
    superior: str = ""
    own: str = ""


def permit(principal: Principal, action: Action, subject: Subject, reason: str = "") -> Warrant:
    """The warrant of the narrowest role that allows it.

    Raises NotAllowedError, which says what is missing; AccessError when the role that would do must say why and no `reason` was given.
    """
    rule = RULES[action]
    _check_own(principal, action, rule, subject)
    if rule.fresh and principal.identities() & subject.hands:
        raise NotAllowedError("who had a hand in it cannot decide on it: four eyes are two persons", scope=str(action))
    unsaid = limited = False
    for warrant, most in _warrants(principal, rule, subject):
        if most is not None and subject.jp > most:
            limited = True
        elif warrant.role in rule.reasoned and not reason.strip():
            unsaid = True
        else:
            return warrant
    if unsaid:
        raise AccessError("say why you look: the person can read it", where="reason")
    if limited:
        raise NotAllowedError("this gives more hours than your grant allows in one decision", scope=str(action))
    raise NotAllowedError(f"this is for {_named(rule.roles)} within their scope", scope=str(action))


def may(principal: Principal, action: Action, subject: Subject, reason: str = "") -> bool:
    """As `permit`, without saying why not."""
    try:
        permit(principal, action, subject, reason)
    except (NotAllowedError, AccessError):
        return False
    return True


def reach(principal: Principal, action: Action, reason: str = "") -> Reach:
    """How far the principal sees for this action. A role that must say why reaches nothing without a `reason`."""
    rule = RULES[action]
    said = rule.roles if reason.strip() else rule.roles - rule.reasoned
    held = [grant for grant in principal.grants if grant.role in said]
    own = principal.person if rule.own != "never" and Role.LEARNER in rule.roles else ""
    if rule.own == "only":
        return Reach(own=own)
    if principal.everywhere in said or any(not SCOPES[grant.role] for grant in held):
        return Reach(everything=True, own=own)
    agencies = frozenset(grant.scope.agency for grant in held if SCOPES[grant.role] == ("agency",))
    return Reach(
        agencies=agencies,
        units=frozenset((one.scope.agency, one.scope.unit) for one in held if one.scope.unit and one.scope.agency not in agencies),
        providers=frozenset(one.scope.provider for one in held if one.scope.provider),
        fields=frozenset(one.scope.field for one in held if one.scope.field),
        superior=principal.person if Role.SUPERIOR in said else "",
        own=own,
    )


def reaches(extent: Reach, subject: Subject) -> bool:
    """Whether one thing lies within a reach: what a query by that reach would find."""
    return (
        extent.everything
        or subject.agency in extent.agencies
        or (subject.agency, subject.unit) in extent.units
        or subject.provider in extent.providers
        or not extent.fields.isdisjoint(subject.fields)
        or (extent.superior != "" and subject.superior == extent.superior)
        or (extent.own != "" and subject.person == extent.own)
    )


def _check_own(principal: Principal, action: Action, rule: Rule, subject: Subject) -> None:
    if not subject.person:
        return
    own = principal.person == subject.person
    if rule.own == "only" and not own:
        raise NotAllowedError("only the person themselves can do this", scope=str(action))
    if rule.own == "never" and own:
        raise NotAllowedError("nobody decides on their own record", scope=str(action))
    if rule.own == "never" and rule.known and not principal.person:
        message = "an administrator decides on a person's record only when it is known who they are: name their person first"
        raise NotAllowedError(message, scope=str(action))


_Warranted: TypeAlias = tuple[Warrant, int | None]


def _warrants(principal: Principal, rule: Rule, subject: Subject) -> Iterable[_Warranted]:
    """Every warrant that the principal has for it, and its limit of hours; the narrowest role first."""
    found: list[_Warranted] = []
    if Role.LEARNER in rule.roles and principal.person and principal.person == subject.person:
        found.append((Warrant(Role.LEARNER), None))
    if Role.COACH in rule.roles and principal.coach:
        found.append((Warrant(Role.COACH), None))
    if Role.SUPERIOR in rule.roles and principal.person and principal.person == subject.superior:
        found.append((Warrant(Role.SUPERIOR), None))
    if principal.everywhere in rule.roles and principal.everywhere is not None:
        found.append((Warrant(principal.everywhere), None))
    found += [(Warrant(one.role, one.id), one.most_jp) for one in principal.grants if one.role in rule.roles and _covers(one, subject)]
    return sorted(found, key=lambda pair: _ORDER.index(pair[0].role))


def _covers(grant: Grant, subject: Subject) -> bool:
    """Each member that the role's scope needs is given, and is the subject's: a grant without it covers nothing."""
    told: Mapping[str, frozenset[str]] = {
        "agency": frozenset({subject.agency}),
        "unit": frozenset({subject.unit}),
        "provider": frozenset({subject.provider}),
        "field": subject.fields,
    }
    return all(_value(grant.scope, name) and _value(grant.scope, name) in told[name] for name in SCOPES[grant.role])


def _value(scope: Scope, name: str) -> str:
    return str(getattr(scope, name))


def _named(roles: frozenset[Role]) -> str:
    return ", ".join(role for role in _ORDER if role in roles)
