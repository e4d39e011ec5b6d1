"""When two statements are the same (xAPI-Data 1.0.3 2.3.1; 2.0 4.2.3)."""

from __future__ import annotations

import json
import random
from itertools import pairwise
from typing import Any

import pytest

from bench.corpus import corpus
from lrs.xapi.equality import same_statement
from lrs.xapi.splice import splice_head
from lrs.xapi.statement import parse_statement
from lrs.xapi.strict_json import JsonLimits
from lrs.xapi.versions import Version

ID = "8f87ccde-bb56-4c2e-ab83-44982ef22df0"
MBOX = {"mbox": "mailto:sari@peserta.test"}
GROUP = {"objectType": "Group", "member": [MBOX, {"openid": "https://id.test/a"}, {"mbox_sha1sum": "a" * 40}]}
ACTIVITY = {"id": "https://a.test/kursus"}
REF = {"objectType": "StatementRef", "id": ID}
SUB = {"objectType": "SubStatement", "actor": MBOX, "verb": {"id": "https://v.test/akan"}, "object": ACTIVITY}
ATTACHMENT = {
    "usageType": "https://a.test/scan",
    "display": {"id": "Pindaian"},
    "contentType": "application/pdf",
    "length": 4,
    "sha2": "ab" * 32,
}


def value(**members: Any) -> dict[str, Any]:
    return {"actor": MBOX, "verb": {"id": "https://v.test/did"}, "object": ACTIVITY, **members}


def same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    answers = {same_statement(json.dumps(a).encode(), json.dumps(b).encode()) for a, b in ((one, other), (other, one))}
    assert len(answers) == 1, "equality does not look at who came first"
    return answers.pop()


SAME: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "id, stored, timestamp, authority and version": (
        value(id=ID, stored="2026-01-01T00:00:00Z", timestamp="2026-01-01T00:00:00Z", authority=MBOX, version="1.0.0"),
        value(),
    ),
    "the verb's display": (value(verb={"id": "https://v.test/did", "display": {"en": "did"}}), value()),
    "the activity's definition and objectType": (
        value(object={**ACTIVITY, "objectType": "Activity", "definition": {"name": {"en": "x"}}}),
        value(),
    ),
    "the agent's objectType": (value(actor={"objectType": "Agent", **MBOX}), value()),
    "the order of members": (value(actor=GROUP), value(actor={**GROUP, "member": GROUP["member"][::-1]})),
    "the order of a team's members": (
        value(context={"team": GROUP}),
        value(context={"team": {**GROUP, "member": GROUP["member"][::-1]}}),
    ),
    "the case of hexadecimal digits": (value(actor={"mbox_sha1sum": "AB" * 20}), value(actor={"mbox_sha1sum": "ab" * 20})),
    "the case of a reference and a registration": (
        value(object=REF, context={"registration": ID, "statement": REF}),
        value(object={**REF, "id": ID.upper()}, context={"registration": ID.upper(), "statement": {**REF, "id": ID.upper()}}),
    ),
    "an array around one context activity, and its definition": (
        value(context={"contextActivities": {"parent": {**ACTIVITY, "definition": {}}}}),
        value(context={"contextActivities": {"parent": [ACTIVITY]}}),
    ),
    "an attachment's words and place": (
        value(attachments=[{**ATTACHMENT, "description": {"en": "x"}, "fileUrl": "https://a.test/f"}]),
        value(attachments=[{**ATTACHMENT, "display": {"en": "y"}}]),
    ),
    "the form of a number": (value(result={"score": {"raw": 10.0}}), value(result={"score": {"raw": 10}})),
    "the zone of a sub-statement's timestamp": (
        value(object={**SUB, "timestamp": "2026-01-01T07:00:00+07:00"}),
        value(object={**SUB, "timestamp": "2026-01-01T00:00:00Z"}),
    ),
    "a sub-statement's words": (
        value(object={**SUB, "verb": {"id": "https://v.test/akan", "display": {"id": "akan"}}}),
        value(object={**SUB, "object": {**ACTIVITY, "definition": {}}}),
    ),
}
OTHER: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "the actor": (value(), value(actor={"mbox": "mailto:budi@peserta.test"})),
    "the actor's name": (value(), value(actor={**MBOX, "name": "Sari"})),
    "a member": (value(actor=GROUP), value(actor={**GROUP, "member": GROUP["member"][:2]})),
    "a member twice": (value(actor=GROUP), value(actor={**GROUP, "member": [*GROUP["member"], MBOX]})),
    "the verb": (value(), value(verb={"id": "https://v.test/other"})),
    "the object": (value(), value(object={"id": "https://a.test/other"})),
    "the kind of object": (value(object={"objectType": "Agent", **MBOX}), value(object={"objectType": "Group", **MBOX})),
    "a result": (value(), value(result={})),
    "success": (value(result={"success": True}), value(result={"success": False})),
    "a duration's text, in 1.0.3": (value(result={"duration": "PT1H"}), value(result={"duration": "PT60M"})),
    "an extension": (value(result={"extensions": {"https://e.test/e": 1}}), value(result={"extensions": {"https://e.test/e": "1"}})),
    "true and 1": (value(result={"extensions": {"https://e.test/e": True}}), value(result={"extensions": {"https://e.test/e": 1}})),
    "false and 0, far inside": (
        value(context={"extensions": {"https://e.test/e": [{"a": False}]}}),
        value(context={"extensions": {"https://e.test/e": [{"a": 0}]}}),
    ),
    "the last of thirty digits": (
        value(result={"extensions": {"https://e.test/e": 10**30}}),
        value(result={"extensions": {"https://e.test/e": 10**30 + 1}}),
    ),
    "the registration": (value(), value(context={"registration": ID})),
    "the order of context activities": (
        value(context={"contextActivities": {"other": [ACTIVITY, {"id": "https://a.test/2"}]}}),
        value(context={"contextActivities": {"other": [{"id": "https://a.test/2"}, ACTIVITY]}}),
    ),
    "an attachment's bytes": (value(attachments=[ATTACHMENT]), value(attachments=[ATTACHMENT | {"sha2": "cd" * 32}])),
    "a sub-statement's timestamp": (value(object={**SUB, "timestamp": "2026-01-01T00:00:00Z"}), value(object=SUB)),
    "a context group": (
        value(context={"contextGroups": [{"objectType": "contextGroup", "group": GROUP}]}),
        value(context={"contextGroups": []}),
    ),
}


@pytest.mark.parametrize(("one", "other"), SAME.values(), ids=SAME.keys())
def test_what_an_lrs_may_set_or_change_makes_no_other_statement(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert same(one, other)


@pytest.mark.parametrize(("one", "other"), OTHER.values(), ids=OTHER.keys())
def test_anything_else_makes_another_statement(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert not same(one, other)


def test_durations_of_2_0_are_compared_to_a_hundredth_of_a_second() -> None:
    one, other = (value(version="2.0.0", result={"duration": text}) for text in ("PT1.234S", "PT1.239S"))
    assert same(one, other)
    assert not same(one | {"version": "1.0.0"}, other | {"version": "1.0.0"})
    assert not same(one, value(version="2.0.0", result={"duration": "PT1.24S"}))


@pytest.mark.parametrize("digits", ["1e400", "1e99999999999999999999", "-0", "0.1000000000000000055511151231257827", "9" * 1_000])
def test_every_number_is_the_same_as_itself(digits: str) -> None:
    raw = json.dumps(value(result={"extensions": {"https://e.test/e": [7]}})).replace("[7]", f"[{digits}]").encode()
    assert same_statement(raw, raw.replace(b" ", b"  "))
    assert not same_statement(raw, raw.replace(digits.encode(), b"7.5"))
    assert not same_statement(raw, raw.replace(digits.encode(), b'"%b"' % digits.encode()))


@pytest.mark.parametrize("broken", [b"", b"{", b"\xff", b"nothing"])
def test_what_is_no_json_is_the_same_as_nothing_else(broken: bytes) -> None:
    assert not same_statement(json.dumps(value()).encode(), broken)


def _shuffled(document: Any, rng: random.Random) -> Any:
    """The same document with the members of its objects in another order."""
    if isinstance(document, dict):
        names = list(document)
        rng.shuffle(names)
        return {name: _shuffled(document[name], rng) for name in names}
    return [_shuffled(one, rng) for one in document] if isinstance(document, list) else document


CORPUS = list(corpus(150, seed=7))


@pytest.mark.parametrize("version", list(Version), ids=lambda version: version.value)
def test_a_statement_is_the_same_as_what_we_store_of_it_and_as_itself_in_another_order(version: Version) -> None:
    for number, statement in enumerate(CORPUS):
        raw = json.dumps(statement).encode()
        stored = splice_head(parse_statement(raw, version, JsonLimits()), statement_id=ID, authority=b'{"mbox":"mailto:lms@lms.test"}')
        assert same_statement(stored + b',"stored":"2026-01-01T00:00:00.000000Z"}', raw)
        assert same_statement(raw, json.dumps(_shuffled(statement, random.Random(number)), indent=1).encode())


def test_no_two_of_a_corpus_are_the_same() -> None:
    for one, other in pairwise(CORPUS):
        assert not same(one, other)
        assert not same(one, one | {"verb": {"id": "https://v.test/never"}})
