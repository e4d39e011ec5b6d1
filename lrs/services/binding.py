"""Keys bound to one actor and one registration, as browser content gets them: such a key writes and reads only statements of those."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from lrs.errors import ForbiddenError
from lrs.ports import Condition
from lrs.services.principal import Principal
from lrs.xapi.actor import identifier, parse_agent
from lrs.xapi.statement import ParsedStatement
from lrs.xapi.terms import registration_term


class _Context(msgspec.Struct, frozen=True):
    registration: str = ""


class _Bound(msgspec.Struct, frozen=True):
    actor: msgspec.Raw
    context: _Context = _Context()


_bound_decoder = msgspec.json.Decoder(_Bound)


def check_binding(principal: Principal, statements: Sequence[ParsedStatement]) -> None:
    """Raises ForbiddenError for a statement of another actor or registration, and for a voiding one:
    what it would void may be somebody else's.
    """
    for index, parsed in enumerate(statements):
        where = f"statements[{index}]" if len(statements) > 1 else ""
        if not is_within_binding(principal, parsed.raw):
            raise ForbiddenError("this key is bound to one actor and registration, and the statement has another", where=where)
        if parsed.voids:
            raise ForbiddenError("a key that is bound to one actor may not void", where=where)


def binding_conditions(principal: Principal) -> tuple[Condition, ...]:
    """What a query of that key is narrowed to."""
    conditions = []
    if principal.bound_actor:
        conditions.append(Condition("a" + principal.bound_actor))
    if principal.bound_registration:
        conditions.append(Condition(registration_term(principal.bound_registration)))
    return tuple(conditions)


def is_within_binding(principal: Principal, statement: bytes) -> bool:
    """Whether a (valid) statement has the actor and the registration that the key is bound to; true for a key that is bound to none."""
    if not principal.bound_actor and not principal.bound_registration:
        return True
    bound = _bound_decoder.decode(statement)
    if principal.bound_registration and bound.context.registration.lower() != principal.bound_registration.lower():
        return False
    return not principal.bound_actor or _has_actor(bound.actor, principal.bound_actor)


def _has_actor(actor: msgspec.Raw, wanted: str) -> bool:
    """An anonymous group has no identifier: it is nobody in particular."""
    return identifier(parse_agent(bytes(actor), where="actor", allow_group=True)) == wanted
