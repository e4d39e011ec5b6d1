"""When two statements are the same (xAPI-Data 1.0.3 2.3.1; 2.0 4.2.3): what an LRS may set or learn is not looked at.

Ignored: id, stored, timestamp, authority, version; display of verbs and attachments, definitions of activities, where an attachment lies;
the order of a Group's members; the form of a timestamp's zone; whether a single context activity stands in an array. Numbers are compared
as numbers, exactly, and true is not 1. Durations are compared as text in 1.0.3, to a hundredth of a second in 2.0.
"""

from __future__ import annotations

import json
from typing import Any

from lrs.errors import InvalidStatementError
from lrs.xapi.duration import truncate_duration
from lrs.xapi.strict_json import JsonLimits, load_json
from lrs.xapi.timestamp import to_moment

_SET_BY_US = ("id", "stored", "timestamp", "authority", "version")
_LISTS = ("parent", "grouping", "category", "other")
_BOOLEANS = {True: ("true",), False: ("false",)}
_ANY = JsonLimits(nesting=900, number_chars=4000)  # both have passed the limits of their day


def same_statement(stored: bytes, new: bytes) -> bool:
    """Whether two complete statements, as JSON, are the same by the specification."""
    if stored == new:
        return True
    try:
        one, other = load_json(stored, _ANY), load_json(new, _ANY)
    except InvalidStatementError:
        return False
    _mark_booleans(one)
    _mark_booleans(other)
    second = any(str(each.get("version", "")).startswith("2") for each in (one, other))
    return bool(_statement(one, second) == _statement(other, second))


def _mark_booleans(document: Any) -> None:
    """Puts marks in place of true and false, which Python holds to be the same as 1 and 0."""
    waiting = [document] if isinstance(document, dict | list) else []
    while waiting:
        holder = waiting.pop()
        for place, value in holder.items() if isinstance(holder, dict) else enumerate(holder):
            if isinstance(value, bool):
                holder[place] = _BOOLEANS[value]
            elif isinstance(value, dict | list):
                waiting.append(value)


def _statement(statement: dict[str, Any], second: bool) -> dict[str, Any]:
    same = {member: value for member, value in statement.items() if member not in _SET_BY_US}
    return _parts(same, second)


def _parts(same: dict[str, Any], second: bool) -> dict[str, Any]:
    same["actor"] = _agent(same["actor"])
    same["verb"] = same["verb"]["id"]
    same["object"] = _object(same["object"], second)
    if "context" in same:
        same["context"] = _context(same["context"])
    if second and isinstance(same.get("result"), dict) and "duration" in same["result"]:
        same["result"] = same["result"] | {"duration": truncate_duration(same["result"]["duration"])}
    if "attachments" in same:
        same["attachments"] = [_attachment(one) for one in same["attachments"]]
    return same


def _object(value: dict[str, Any], second: bool) -> Any:
    kind = value.get("objectType", "Activity")
    if kind == "Activity":
        return ("Activity", value["id"])
    if kind == "StatementRef":
        return ("StatementRef", value["id"].lower())
    if kind == "SubStatement":
        sub = dict(value)
        if "timestamp" in sub:
            sub["timestamp"] = to_moment(sub["timestamp"])
        return _parts(sub, second)
    return _agent(value)


def _agent(value: dict[str, Any]) -> dict[str, Any]:
    same = {"objectType": "Agent"} | value
    if "mbox_sha1sum" in same:
        same["mbox_sha1sum"] = same["mbox_sha1sum"].lower()
    if "member" in same:
        same["member"] = sorted((_agent(member) for member in same["member"]), key=lambda member: json.dumps(member, sort_keys=True))
    return same


def _context(value: dict[str, Any]) -> dict[str, Any]:
    same = dict(value)
    for member in ("instructor", "team"):
        if member in same:
            same[member] = _agent(same[member])
    if "registration" in same:
        same["registration"] = same["registration"].lower()
    if "statement" in same:
        same["statement"] = same["statement"]["id"].lower()
    for member, inner in (("contextAgents", "agent"), ("contextGroups", "group")):
        if member in same:
            same[member] = [one | {inner: _agent(one[inner])} for one in same[member]]
    if "contextActivities" in same:
        activities = same["contextActivities"]
        same["contextActivities"] = {name: _ids(activities[name]) for name in _LISTS if name in activities}
    return same


def _ids(activities: Any) -> list[str]:
    return [one["id"] for one in (activities if isinstance(activities, list) else [activities])]


def _attachment(value: dict[str, Any]) -> dict[str, Any]:
    return {member: value[member] for member in ("usageType", "contentType", "length", "sha2") if member in value}
