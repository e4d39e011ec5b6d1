"""Contexts (xAPI-Data 1.0.3 2.4.6; 2.0 4.2.4.2): 2.0 adds contextAgents and contextGroups, which 1.0.3 does not know."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from lrs.xapi.activity import Activity, require_extensions
from lrs.xapi.actor import Actor, Agent, Group
from lrs.xapi.identifiers import require_uuid
from lrs.xapi.iri import is_iri
from lrs.xapi.langmap import is_language_tag
from lrs.xapi.rule import broken

_CLAUSE = "xAPI-Data 2.4.6"
Activities = list[Activity] | Activity | UnsetType


class ContextActivities(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Each an array; one Activity alone is accepted and returned as an array."""

    parent: Activities = UNSET
    grouping: Activities = UNSET
    category: Activities = UNSET
    other: Activities = UNSET

    def every(self) -> Iterator[Activity]:
        """All of them."""
        for some in (self.parent, self.grouping, self.category, self.other):
            if isinstance(some, Activity):
                yield some
            elif some is not UNSET:
                yield from some

    def has_single(self) -> bool:
        """Whether one stands without its array."""
        return any(isinstance(some, Activity) for some in (self.parent, self.grouping, self.category, self.other))


class StatementRef(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Another statement, by its id (2.4.4.3)."""

    id: str
    object_type: Literal["StatementRef"] = msgspec.field(name="objectType")

    def __post_init__(self) -> None:
        require_uuid("id", self.id, "xAPI-Data 2.4.4.3")


class _Relevant(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    relevant_types: list[str] | UnsetType = msgspec.field(default=UNSET, name="relevantTypes")

    def __post_init__(self) -> None:
        if self.relevant_types is UNSET:
            return
        if not self.relevant_types:
            raise broken("relevantTypes", "relevantTypes must not be empty", "IEEE 9274.1.1 4.2.4.2")
        if not all(is_iri(one) for one in self.relevant_types):
            raise broken("relevantTypes", "relevantTypes must be IRIs", "IEEE 9274.1.1 4.2.4.2")


class ContextAgent(_Relevant, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An Agent that has to do with it."""

    object_type: Literal["contextAgent"] = msgspec.field(name="objectType")
    agent: Agent


class ContextGroup(_Relevant, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A Group that has to do with it."""

    object_type: Literal["contextGroup"] = msgspec.field(name="objectType")
    group: Group


class Context(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """The context as 1.0.3 has it."""

    registration: str | UnsetType = UNSET
    instructor: Actor | UnsetType = UNSET
    team: Group | UnsetType = UNSET
    context_activities: ContextActivities | UnsetType = UNSET
    revision: str | UnsetType = UNSET
    platform: str | UnsetType = UNSET
    language: str | UnsetType = UNSET
    statement: StatementRef | UnsetType = UNSET
    extensions: dict[str, msgspec.Raw] | UnsetType = UNSET

    def __post_init__(self) -> None:
        require_uuid("registration", self.registration, _CLAUSE)
        if self.language is not UNSET and not is_language_tag(self.language):
            raise broken("language", "language must be a language tag (RFC 5646)", _CLAUSE)
        require_extensions(self.extensions)


class Context2(Context, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """The context as 2.0 has it."""

    context_agents: list[ContextAgent] | UnsetType = UNSET
    context_groups: list[ContextGroup] | UnsetType = UNSET
