"""Activities and their definitions (xAPI-Data 1.0.3 2.4.4.1; 2.0 4.2.3.1)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from lrs.xapi.iri import require_iri
from lrs.xapi.langmap import require_langmap
from lrs.xapi.pieces import Definitions
from lrs.xapi.rule import broken

_CLAUSE = "xAPI-Data 2.4.4.1"
_LISTS = ("choices", "scale", "source", "target", "steps")
_NO_COMPONENTS = (UNSET,) * len(_LISTS)
_MERGED = ("name", "description", "extensions")


class InteractionComponent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A choice, a step, … of an interaction."""

    id: str
    description: dict[str, str] | UnsetType = UNSET

    def __post_init__(self) -> None:
        require_langmap("description", self.description)


class Definition(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """What an Activity is. Values of extensions stay the sender's bytes."""

    name: dict[str, str] | UnsetType = UNSET
    description: dict[str, str] | UnsetType = UNSET
    type: str | UnsetType = UNSET
    more_info: str | UnsetType = UNSET
    interaction_type: (
        Literal["true-false", "choice", "fill-in", "long-fill-in", "matching", "performance", "sequencing", "likert", "numeric", "other"]
        | UnsetType
    ) = UNSET
    correct_responses_pattern: list[str] | UnsetType = UNSET
    choices: list[InteractionComponent] | UnsetType = UNSET
    scale: list[InteractionComponent] | UnsetType = UNSET
    source: list[InteractionComponent] | UnsetType = UNSET
    target: list[InteractionComponent] | UnsetType = UNSET
    steps: list[InteractionComponent] | UnsetType = UNSET
    extensions: dict[str, msgspec.Raw] | UnsetType = UNSET

    def __post_init__(self) -> None:
        require_langmap("name", self.name)
        require_langmap("description", self.description)
        require_iri("type", self.type, _CLAUSE)
        require_iri("moreInfo", self.more_info, _CLAUSE)
        require_extensions(self.extensions)
        if self.interaction_type is not UNSET or self.correct_responses_pattern is not UNSET or self._components():
            self._check_interaction()

    def _components(self) -> bool:
        """Whether it has any of `_LISTS`."""
        some = (self.choices, self.scale, self.source, self.target, self.steps)
        return some != _NO_COMPONENTS

    def _check_interaction(self) -> None:
        if self.interaction_type is UNSET and self.correct_responses_pattern is not UNSET:
            raise broken("correctResponsesPattern", "correctResponsesPattern needs an interactionType", _CLAUSE)
        for member in _LISTS:
            components = getattr(self, member)
            if components is UNSET:
                continue
            if self.interaction_type is UNSET:
                raise broken(member, f"{member} needs an interactionType", _CLAUSE)
            if len({component.id for component in components}) != len(components):
                raise broken(member, "two interaction components have one id", _CLAUSE)


class Activity(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something that is done, by its IRI."""

    id: str
    object_type: Literal["Activity"] | UnsetType = msgspec.field(default=UNSET, name="objectType")
    definition: Definition | UnsetType = UNSET

    def __post_init__(self) -> None:
        require_iri("id", self.id, _CLAUSE)


def require_extensions(extensions: dict[str, msgspec.Raw] | UnsetType) -> None:
    """For rules: keys are IRIs, values are anything (xAPI-Data 4.1.11)."""
    if extensions is not UNSET:
        for key in extensions:
            require_iri("extensions", key, "xAPI-Data 4.1")


def merge_definitions(old: bytes | None, new: bytes) -> bytes:
    """The definition that an activity has after `new` was sent: languages and extensions add up, all else is replaced."""
    added = msgspec.json.decode(new, type=dict[str, msgspec.Raw])
    if old is None:
        return msgspec.json.encode(added)
    merged = msgspec.json.decode(old, type=dict[str, msgspec.Raw])
    for member, value in added.items():
        if member in _MERGED and member in merged:
            parts = msgspec.json.decode(merged[member], type=dict[str, msgspec.Raw])
            parts.update(msgspec.json.decode(value, type=dict[str, msgspec.Raw]))
            merged[member] = msgspec.Raw(msgspec.json.encode(parts))
        else:
            merged[member] = value
    return msgspec.json.encode(merged)


def definitions(activities: Iterable[Activity]) -> Definitions:
    """(IRI, definition as JSON) of those that have one."""
    return tuple((one.id, msgspec.json.encode(one.definition)) for one in activities if one.definition is not UNSET)
