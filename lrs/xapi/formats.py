"""The formats of `GET statements` besides `exact`: `ids` and `canonical` (xAPI-Communication 1.0.3, 2.1.3; 2.0, 4.1.6.1).

A statement is opened level by level and only where something is dropped: all else keeps the sender's bytes, numbers and unknown members
included.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

import msgspec

from lrs.xapi.languages import LanguagePreferences, choose_language

Members = dict[str, msgspec.Raw]
_Change = Callable[[Members], None]

_members = msgspec.json.Decoder(Members)
_items = msgspec.json.Decoder(list[msgspec.Raw])
_text = msgspec.json.Decoder(str)
_encode = msgspec.json.Encoder().encode

_IDENTIFIERS = ("mbox", "mbox_sha1sum", "openid", "account")
_CONTEXT_ACTIVITIES = ("parent", "grouping", "category", "other")
_COMPONENTS = ("choices", "scale", "source", "target", "steps")


class StatementFormat(StrEnum):
    """The values of the parameter `format`."""

    EXACT = "exact"
    IDS = "ids"
    CANONICAL = "canonical"


def as_ids(body: bytes) -> bytes:
    """The statement with no more of agents, groups, verbs and activities than identifies them; of an anonymous group, its members."""
    statement = _members.decode(body)
    _statement_ids(statement)
    return _encode(statement)


def as_canonical(body: bytes, preferences: LanguagePreferences) -> bytes:
    """The statement with each language map of its verbs and activities cut to one language, map by map; agents and groups unchanged."""
    statement = _members.decode(body)
    _statement_canonical(statement, preferences)
    return _encode(statement)


def _change(holder: Members, name: str, change: _Change) -> None:
    """Applies `change` to the object at `name`, if there is one."""
    raw = holder.get(name)
    if raw is not None:
        holder[name] = _changed(raw, change)


def _changed(raw: msgspec.Raw, change: _Change) -> msgspec.Raw:
    members = _members.decode(raw)
    change(members)
    return msgspec.Raw(_encode(members))


def _change_each(holder: Members, name: str, change: _Change) -> None:
    """Applies `change` to each object of the array at `name`, or to the object that stands there alone."""
    raw = holder.get(name)
    if raw is None:
        return
    if bytes(raw).lstrip()[:1] == b"[":
        holder[name] = msgspec.Raw(_encode([_changed(item, change) for item in _items.decode(raw)]))
    else:
        holder[name] = _changed(raw, change)


def _kind(thing: Members) -> str:
    raw = thing.get("objectType")
    return _text.decode(raw) if raw is not None else ""


def _change_activities(context: Members, change: _Change) -> None:
    def in_each_place(activities: Members) -> None:
        for place in _CONTEXT_ACTIVITIES:
            _change_each(activities, place, change)

    _change(context, "contextActivities", in_each_place)


def _statement_ids(statement: Members) -> None:
    _change(statement, "actor", _agent_ids)
    _change(statement, "verb", _only_id)
    _change(statement, "object", _object_ids)
    _change(statement, "context", _context_ids)
    _change(statement, "authority", _agent_ids)


def _object_ids(thing: Members) -> None:
    kind = _kind(thing)
    if kind in ("Agent", "Group"):
        _agent_ids(thing)
    elif kind == "SubStatement":
        _statement_ids(thing)
    elif kind != "StatementRef":
        _only_id(thing)


def _context_ids(context: Members) -> None:
    _change(context, "instructor", _agent_ids)
    _change(context, "team", _agent_ids)
    _change_activities(context, _only_id)
    _change_each(context, "contextAgents", lambda entry: _change(entry, "agent", _agent_ids))
    _change_each(context, "contextGroups", lambda entry: _change(entry, "group", _agent_ids))


def _agent_ids(agent: Members) -> None:
    """Leaves `objectType` and the identifier; of an anonymous group the members, each likewise."""
    keep = {"objectType", *(name for name in _IDENTIFIERS if name in agent)}
    if len(keep) == 1 and "member" in agent:
        _change_each(agent, "member", _agent_ids)
        keep.add("member")
    _keep(agent, keep)


def _only_id(thing: Members) -> None:
    _keep(thing, {"id"})


def _keep(members: Members, names: set[str]) -> None:
    for name in [name for name in members if name not in names]:
        del members[name]


def _statement_canonical(statement: Members, preferences: LanguagePreferences) -> None:
    def one_language(languages: Members) -> None:
        chosen = choose_language(languages, preferences)
        if chosen is not None:
            _keep(languages, {chosen})

    def component(item: Members) -> None:
        _change(item, "description", one_language)

    def definition(members: Members) -> None:
        _change(members, "name", one_language)
        _change(members, "description", one_language)
        for name in _COMPONENTS:
            _change_each(members, name, component)

    def activity(members: Members) -> None:
        _change(members, "definition", definition)

    def thing(members: Members) -> None:
        kind = _kind(members)
        if kind == "SubStatement":
            _statement_canonical(members, preferences)
        elif kind in ("", "Activity"):
            activity(members)

    _change(statement, "verb", lambda verb: _change(verb, "display", one_language))
    _change(statement, "object", thing)
    _change(statement, "context", lambda context: _change_activities(context, activity))
