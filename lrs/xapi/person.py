"""Persons: what `GET agents` tells of an agent (xAPI-Communication 1.0.3 2.4; 2.0 4.1.6.3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec
from msgspec import UNSET

from lrs.xapi.actor import Actor, AnyActor, identifier


class _Object(msgspec.Struct, frozen=True, rename="camel"):
    object_type: str = "Activity"


class _Statement(msgspec.Struct, frozen=True):
    actor: Actor
    object: msgspec.Raw


_statement = msgspec.json.Decoder(_Statement)
_object = msgspec.json.Decoder(_Object)
_actor = msgspec.json.Decoder(Actor)


def person_of(agent: AnyActor, names: Iterable[str]) -> dict[str, object]:
    """A Person object: every property an array, each name once."""
    person: dict[str, object] = {"objectType": "Person"}
    if found := list(dict.fromkeys(names)):
        person["name"] = found
    for member in ("mbox", "mbox_sha1sum", "openid"):
        value = getattr(agent, member)
        if value is not UNSET:
            person[member] = [value]
    if agent.account is not UNSET:
        person["account"] = [{"homePage": agent.account.home_page, "name": agent.account.name}]
    return person


def names_in(statement: bytes, wanted: str) -> Iterator[str]:
    """The names that the agent with the identifier `wanted` has as actor or object of a stored statement, or as a member of one."""
    if b'"name"' not in statement and b"\\u" not in statement:  # a key may be written with escapes
        return
    found = _statement.decode(statement)
    places = [found.actor]
    if _object.decode(found.object).object_type in ("Agent", "Group"):
        places.append(_actor.decode(found.object))
    for place in places:
        for agent in (place, *(place.member or ())):
            if agent.name is not UNSET and identifier(agent) == wanted:
                yield agent.name
