"""Every command that the stores send, held to what they declare: indexes, options, operators, and an end to every answer.

A filter and a sort are served by an index when its first keys are those that are asked for by equality, the next ones those that are
sorted by, and what is bounded by a range is the first after the equalities. What is filtered beside that must be declared too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pymongo import monitoring

from lrs.stores.mongo.schema import BESIDE, COMMANDS, OPERATORS, Index

_SIGNING_IN = ("saslStart", "saslContinue")  # the driver's own, where the address has a user


@dataclass(slots=True)
class Commands(monitoring.CommandListener):
    """Registered with PyMongo. `databases`: whose names are looked at. `problems`: what no store may send, each once."""

    indexes: Sequence[Index]
    databases: re.Pattern[str]
    problems: list[str] = field(default_factory=list)
    count: int = 0

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        if self.databases.match(event.database_name):
            self.count += 1
            self.problems += [one for one in problems(event.command_name, event.command, self.indexes) if one not in self.problems]

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """Nothing to hold it to."""

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """Nothing to hold it to."""


def problems(name: str, command: Mapping[str, Any], indexes: Sequence[Index]) -> list[str]:
    """What is wrong with a command."""
    if name in _SIGNING_IN:
        return []
    if name not in COMMANDS:
        return [f"{name} is no declared command"]
    told = [f"{name}: {option} is no declared option" for option in sorted(command.keys() - COMMANDS[name])]
    told += [f"{name}: {operator} is no declared operator" for operator in sorted(set(_operators(command)) - OPERATORS)]
    collection = str(command[name])
    if name == "find":
        if not command.get("limit"):
            told.append(f"find in {collection} has no end: {command.get('filter')}")
        told += _unserved(collection, command.get("filter", {}), list(command.get("sort", {}).items()), indexes)
    asked = {"findAndModify": [command.get("query", {})]}
    asked["update"] = [one["q"] for one in command.get("updates", ())]
    asked["delete"] = [one["q"] for one in command.get("deletes", ())]
    for wanted in asked.get(name, ()):
        told += _unserved(collection, wanted, [], indexes)
    return told


def _operators(command: Mapping[str, Any]) -> Iterator[str]:
    """Those in filters and changes; what is inserted is data."""
    parts = [command.get("filter"), command.get("query"), command.get("update")]
    parts += [part for one in command.get("updates", ()) for part in (one["q"], one["u"])]
    parts += [one["q"] for one in command.get("deletes", ())]
    for part in parts:
        yield from _dollars(part)


def _dollars(part: object) -> Iterator[str]:
    if isinstance(part, Mapping):
        for name, value in part.items():
            if name.startswith("$"):
                yield name
            yield from _dollars(value)
    elif isinstance(part, list):
        for one in part:
            yield from _dollars(one)


def _unserved(collection: str, wanted: Mapping[str, Any], sort: list[tuple[str, int]], indexes: Sequence[Index]) -> list[str]:
    mine = [Index(collection, (("_id", 1),)), *(index for index in indexes if index.collection == collection)]
    if any(_serves(index, wanted, sort) for index in mine):
        return []
    return [f"no index of {collection} serves {_shape(wanted)} sorted by {sort}"]


def _serves(index: Index, wanted: Mapping[str, Any], sort: list[tuple[str, int]]) -> bool:
    conditions = {**wanted, **{name: value for part in wanted.get("$and", ()) for name, value in part.items()}}
    conditions.pop("$and", None)
    equal = {name for name, value in conditions.items() if not isinstance(value, Mapping) or "$in" in value}
    place = 0
    while place < len(index.keys) and index.keys[place][0] in equal:
        place += 1
    used = {name for name, _ in index.keys[:place]}
    if used == {"_id"}:
        return True  # one document: whatever else is asked of it
    rest = index.keys[place:]
    if sort and not _sorted(rest, sort):
        return False
    if rest and rest[0][0] in conditions:
        used.add(rest[0][0])
    if not (used or (sort and not index.sparse)):
        return False
    return conditions.keys() - used <= BESIDE.get(index.collection, frozenset())


def _sorted(rest: Sequence[tuple[str, int]], sort: list[tuple[str, int]]) -> bool:
    """Forwards or backwards."""
    keys = list(rest[: len(sort)])
    return sort in (keys, [(name, -direction) for name, direction in keys])


def _shape(wanted: Mapping[str, Any]) -> dict[str, object]:
    """The filter without its values."""
    return {name: sorted(value) if isinstance(value, Mapping) else "…" for name, value in wanted.items()}
