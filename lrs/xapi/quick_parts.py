"""Parts of statements that come again and again (verbs, actors, activities, contexts' activities), read once and remembered by their bytes.

They are read by the same decoders and rules as ever; what is kept of one is what is kept of a `ParsedStatement`: terms and definitions.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import UNSET

from lrs.xapi.activity import Activity, definitions
from lrs.xapi.actor import Actor, Agent, Group, identifier
from lrs.xapi.context import ContextActivities, StatementRef
from lrs.xapi.pieces import AroundPiece, TargetPiece, Terms
from lrs.xapi.statement import Verb
from lrs.xapi.strict_json import JsonLimits, check_json
from lrs.xapi.terms import agent_terms
from lrs.xapi.voiding import VOIDED

T = TypeVar("T")

_MOST_BYTES = 16_000_000  # of all that is remembered, about; and once more for what was before
_LONGEST = 4_096  # bytes of a part that is worth remembering
_OVERHEAD = 500  # bytes, about, that remembering a part takes besides thrice its own

_verb = msgspec.json.Decoder(Verb)
_actor = msgspec.json.Decoder(Actor)
_group = msgspec.json.Decoder(Group)
_activity = msgspec.json.Decoder(Activity)
_agent = msgspec.json.Decoder(Agent)
_reference = msgspec.json.Decoder(StatementRef)
_activities = msgspec.json.Decoder(ContextActivities)


class UnusualError(Exception):
    """Not for the quick way."""


class _Kind(msgspec.Struct, frozen=True, gc=False):
    object_type: str = msgspec.field(default="", name="objectType")


_kind = msgspec.json.Decoder(_Kind)


class Memory:
    """What all kinds of parts together may take. When it is used up, each kind's `known` becomes its `before`, from which what is asked for
    again comes back: so what is in use stays.
    """

    def __init__(self, most: int = _MOST_BYTES) -> None:
        self._most = most
        self._used = 0
        self._kinds: list[Parts[Any]] = []

    def share(self, kind: Parts[Any]) -> None:
        self._kinds.append(kind)

    def take(self, size: int) -> None:
        """Before a part of that size is remembered."""
        self._used += size
        if self._used > self._most:
            self._used = size
            for kind in self._kinds:
                kind.known, kind.before = {}, kind.known


class Parts(Generic[T]):
    """Parts of one kind by their bytes: look into `known`, and `learn` what is not there. `read` raises what decoders and rules raise, or
    UnusualError.
    """

    __slots__ = ("_memory", "_read", "before", "known")

    def __init__(self, read: Callable[[bytes], T], memory: Memory) -> None:
        self._read = read
        self._memory = memory
        self.known: dict[bytes, T] = {}
        self.before: dict[bytes, T] = {}
        memory.share(self)

    def learn(self, part: bytes) -> T:
        """What is kept of a part that is not in `known`."""
        found = self.before.get(part)
        if found is None:
            found = self._read(part)
        if len(part) <= _LONGEST:
            self._memory.take(3 * len(part) + _OVERHEAD)
            self.known[part] = found
        return found


class Reader:
    """How each kind is read. `limits`: of a part alone."""

    def __init__(self, limits: JsonLimits) -> None:
        self._limits = limits

    def verb(self, part: bytes) -> str:
        """Its term."""
        check_json(part, self._limits)
        verb = _verb.decode(part)
        if verb.id == VOIDED:
            raise UnusualError
        return "v" + verb.id

    def actor(self, part: bytes) -> Terms:
        check_json(part, self._limits)
        actor = _actor.decode(part)
        own = identifier(actor)
        if own is not None and actor.member is UNSET:
            return ("a" + own,)
        return tuple(dict.fromkeys(agent_terms(actor)))

    def team(self, part: bytes) -> Terms:
        check_json(part, self._limits)
        return tuple(dict.fromkeys(agent_terms(_group.decode(part))))

    def target(self, part: bytes) -> TargetPiece:
        check_json(part, self._limits)
        try:
            activity = _activity.decode(part)
        except msgspec.ValidationError:
            return self._other_target(part)
        return TargetPiece(("c" + activity.id,), definitions((activity,)), is_activity=True)

    def _other_target(self, part: bytes) -> TargetPiece:
        kind = _kind.decode(part).object_type
        if kind == "Agent":
            return TargetPiece(tuple(agent_terms(_agent.decode(part))))
        if kind == "StatementRef":
            return TargetPiece(reference=_reference.decode(part).id.lower())
        raise UnusualError

    def around(self, part: bytes) -> AroundPiece:
        check_json(part, self._limits)
        activities = _activities.decode(part)
        terms = tuple(dict.fromkeys("c" + activity.id for activity in activities.every()))
        return AroundPiece(terms, definitions(activities.every()), activities.has_single())
