"""A statement after its retention period: who is named by a stand-in, and of the rest only what evidence and counting need.

Kept: id, verb, activities by IRI and type, success, completion, score, duration, registration, times, authority, version; extensions whose
value is a number below 10^9, true or false, and those that the caller names. Dropped: names, addresses and account names, answers, texts,
instructors and teams, platform and language, attachments and where they lie. What stays is a statement of the same version that keeps its
rules.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, TypeAlias

import msgspec

from lrs.xapi.actor import Group, parse_agent
from lrs.xapi.statement import parse_statement
from lrs.xapi.strict_json import JsonLimits, load_json
from lrs.xapi.terms import agent_term, index_terms
from lrs.xapi.versions import Version

Json: TypeAlias = dict[str, Any]

MARK = "https://w3id.org/bangkom-id/xapi/ext/diringkas"  # context extension of a statement that is reduced
_LARGEST = 1_000_000_000  # a number of nine digits or more may be somebody's
_ANY = JsonLimits(nesting=900, number_chars=4_000)  # it has passed the limits of its day
_encoder = msgspec.json.Encoder(decimal_format="number")  # a score comes back with the digits that it had
_RESULT = ("score", "success", "completion", "duration")
_LISTS = ("parent", "grouping", "category", "other")
_LAST = ("timestamp", "stored")


def reduced(body: bytes, actor: Json, stand_in: Json, extensions: frozenset[str]) -> bytes:
    """The statement with `actor` for its actor, and `stand_in` for every other agent but its authority. It ends with `stored`, as before.

    `extensions`: IRIs whose values are kept whatever they are. Reducing again changes nothing but the agents.
    """
    statement = load_json(body, _ANY)
    small: Json = {"id": statement["id"], **_parts(statement, actor, stand_in, extensions)}
    context = small.setdefault("context", {})
    context["extensions"] = context.get("extensions", {}) | {MARK: True}
    small |= {name: statement[name] for name in ("authority", "version") if name in statement}
    small |= {name: statement[name] for name in _LAST}
    return _encoder.encode(small)


def is_reduced(body: bytes) -> bool:
    """Whether a statement is reduced already."""
    return MARK.encode() in body and MARK in load_json(body, _ANY).get("context", {}).get("extensions", {})


def _parts(statement: Json, actor: Json, stand_in: Json, extensions: frozenset[str]) -> Json:
    """What statement and sub-statement have in common."""
    small: Json = {
        "actor": actor,
        "verb": {"id": statement["verb"]["id"]},
        "object": _object(statement["object"], stand_in, extensions),
    }
    result = statement.get("result", {})
    kept = {name: result[name] for name in _RESULT if name in result}
    if values := _values(result, extensions):
        kept["extensions"] = values
    if kept:
        small["result"] = kept
    if context := _context(statement.get("context", {}), extensions):
        small["context"] = context
    return small


def _object(value: Json, stand_in: Json, extensions: frozenset[str]) -> Json:
    kind = value.get("objectType", "Activity")
    if kind == "StatementRef":
        return {"objectType": "StatementRef", "id": value["id"]}
    if kind == "SubStatement":
        told = {"objectType": "SubStatement", **_parts(value, stand_in, stand_in, extensions)}
        return told | ({"timestamp": value["timestamp"]} if "timestamp" in value else {})
    return _activity(value, extensions) if kind == "Activity" else stand_in


def _activity(value: Json, extensions: frozenset[str]) -> Json:
    small: Json = {"id": value["id"]}
    definition = value.get("definition", {})
    kept: Json = {"type": definition["type"]} if "type" in definition else {}
    if values := _values(definition, extensions):
        kept["extensions"] = values
    return small | ({"definition": kept} if kept else {})


def _context(value: Json, extensions: frozenset[str]) -> Json:
    small: Json = {name: value[name] for name in ("registration", "statement") if name in value}
    lists = value.get("contextActivities", {})
    activities = {name: _activities(lists[name], extensions) for name in _LISTS if name in lists}
    if activities:
        small["contextActivities"] = activities
    if values := _values(value, extensions):
        small["extensions"] = values
    return small


def _activities(value: Any, extensions: frozenset[str]) -> list[Json]:
    return [_activity(one, extensions) for one in (value if isinstance(value, list) else [value])]


def _values(holder: Json, extensions: frozenset[str]) -> Json:
    found = holder.get("extensions", {})
    return {iri: value for iri, value in found.items() if iri in extensions or iri == MARK or _says_nothing(value)}


def _says_nothing(value: Any) -> bool:
    """Of anybody: true, false, or a number that is too small to be somebody's."""
    return isinstance(value, bool) or (isinstance(value, int | Decimal) and -_LARGEST < value < _LARGEST)


def stored_terms(body: bytes) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Of a statement as it is kept: direct terms, related ones (its authority's too), and the digests of what it declares as attached."""
    statement = load_json(body, _ANY)
    authority = statement.get("authority")
    parsed = parse_statement(body, Version.V2, _ANY)  # which has all that 1.0.3 has; a statement of 2.0 may say that it is of 1.0
    terms: tuple[str, ...] = ()
    if authority is not None:
        agent = parse_agent(_encoder.encode(authority), where="authority", allow_group=True)
        members = (agent.member or ()) if isinstance(agent, Group) else (agent,)
        terms = tuple(map(agent_term, members))
    direct, related = index_terms(parsed, terms)
    return direct, related, tuple(dict.fromkeys(one.sha2.lower() for one in parsed.attachments))
