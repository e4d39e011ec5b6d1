"""Statements (xAPI-Data 1.0.3 2.4; 2.0 4.2): every rule refuses what breaks it, says where, and lets through what does not."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from lrs.errors import InvalidStatementError, SenderError, TooLargeError
from lrs.xapi.statement import ParsedStatement, parse_statement
from lrs.xapi.statements import parse_statements
from lrs.xapi.strict_json import JsonLimits
from lrs.xapi.versions import Version

V1, V2 = Version.V1, Version.V2
ID = "8f87ccde-bb56-4c2e-ab83-44982ef22df0"
MBOX = {"mbox": "mailto:sari@peserta.test"}
SHA1 = {"mbox_sha1sum": "ebd31e95054c018b10727ccffd2ef2ec3a016ee9"}
OPENID = {"openid": "https://id.test/sari"}
ACCOUNT = {"account": {"homePage": "https://lms.test", "name": "sari"}}
REF = {"objectType": "StatementRef", "id": ID}
ACTIVITY = {"id": "https://a.test/kursus"}
VOIDED = {"id": "http://adlnet.gov/expapi/verbs/voided"}
TEAM = {"objectType": "Group", "member": [MBOX]}
SUB = {"objectType": "SubStatement", "actor": MBOX, "verb": {"id": "https://v.test/akan"}, "object": ACTIVITY}
ATTACHMENT = {
    "usageType": "https://a.test/scan",
    "display": {"id": "Pindaian"},
    "contentType": "application/pdf",
    "length": 4,
    "sha2": "ab" * 32,
    "fileUrl": "https://a.test/f",
}
CHOICES = {"interactionType": "choice", "choices": [{"id": "a"}, {"id": "b", "description": {"id": "B"}}]}


def value(**members: Any) -> dict[str, Any]:
    return {"actor": MBOX, "verb": {"id": "https://v.test/did"}, "object": ACTIVITY, **members}


def parsed(statement: dict[str, Any], version: Version = V1) -> ParsedStatement:
    return parse_statement(json.dumps(statement).encode(), version, JsonLimits())


GOOD: dict[str, dict[str, Any]] = {
    "the least": value(),
    "an agent by hash": value(actor=SHA1),
    "an agent by OpenID": value(actor=OPENID),
    "an agent by account": value(actor={"objectType": "Agent", "name": "Sari", **ACCOUNT}),
    "an identified group": value(actor={"objectType": "Group", **ACCOUNT}),
    "an identified group with members": value(actor={"objectType": "Group", **ACCOUNT, "member": [MBOX, SHA1]}),
    "an anonymous group": value(actor=TEAM),
    "an agent as object": value(object={"objectType": "Agent", **MBOX}),
    "a group as object": value(object=TEAM),
    "a reference": value(object=REF),
    "a voiding statement": value(verb=VOIDED, object=REF),
    "a sub-statement": value(object=SUB),
    "a sub-statement about a statement": value(object={**SUB, "object": REF}),
    "a sub-statement with everything": value(
        object={
            **SUB,
            "result": {"success": True},
            "context": {"team": TEAM},
            "timestamp": "2026-01-01T00:00:00Z",
            "attachments": [ATTACHMENT],
        }
    ),
    "an interaction": value(object={**ACTIVITY, "definition": {**CHOICES, "correctResponsesPattern": ["a[,]b"]}}),
    "an empty score": value(result={"score": {}}),
    "a score at its bounds": value(result={"score": {"scaled": -1, "raw": 0, "min": 0, "max": 100}}),
    "an empty result and context": value(result={}, context={}),
    "extensions of everything": value(result={"extensions": {"https://e.test/e": {"a": None, "b": "", "c": {}, "d": [None]}}}),
    "empty extensions": value(context={"extensions": {}}),
    "an empty language map": value(verb={"id": "https://v.test/did", "display": {}}),
    "an empty list of attachments": value(attachments=[]),
    "an attachment": value(attachments=[ATTACHMENT]),
    "one context activity without its array": value(context={"contextActivities": {"parent": ACTIVITY}}),
    "revision of an activity": value(context={"revision": "1", "platform": "Moodle", "language": "id"}),
    "an authority that is an agent": value(authority=ACCOUNT),
    "an authority of two": value(authority={"objectType": "Group", "member": [ACCOUNT, MBOX]}),
    "version 1.0": value(version="1.0"),
    "version 1.0.9": value(version="1.0.9"),
    "a timestamp in the future": value(timestamp="2099-01-01T00:00:00Z"),
    "an id in capitals": value(id=ID.upper()),
}


@pytest.mark.parametrize("version", list(Version), ids=lambda version: version.value)
@pytest.mark.parametrize("statement", GOOD.values(), ids=GOOD.keys())
def test_a_good_statement_is_accepted_in_both_versions(statement: dict[str, Any], version: Version) -> None:
    found = parsed(statement, version)
    assert json.loads(found.raw) == statement


@pytest.mark.parametrize("named", ["2.0.0", "2.0.7"])
def test_a_version_of_2_0_is_refused_under_1_0_3_and_kept_under_2_0(named: str) -> None:
    assert json.loads(parsed(value(version=named), V2).raw)["version"] == named
    for one in (json.dumps(value(version=named)), json.dumps(value(version=named), separators=(",", ":"))):
        with pytest.raises(InvalidStatementError, match="Experience-API-Version") as caught:
            parse_statements(one.encode(), V1, JsonLimits(), 1)
        assert caught.value.where == "version"


SCORES: dict[str, tuple[str, str]] = {
    "scaled a hair over 1": ('{"scaled":1.00000000000000000001}', "scaled"),
    "scaled a hair below -1": ('{"scaled":-1.000000000000000000000000001}', "scaled"),
    "raw over max by the last of sixteen digits": ('{"raw":9007199254740993,"max":9007199254740992}', "raw"),
    "raw below min in the twentieth place": ('{"raw":0.1,"min":0.10000000000000000001}', "raw"),
    "min over max by as little": ('{"min":0.10000000000000000001,"max":0.1}', "min"),
    "min equal to max in other digits": ('{"min":1e2,"max":100.0}', "min"),
    "an exponent without an end": ('{"raw":1e99999999999999999999}', "raw"),
    "a score that is true": ('{"raw":true}', "raw"),
    "a score that is nothing": ('{"max":null}', "max"),
    "a score that is a list": ('{"scaled":[0.5]}', "scaled"),
}


def _scored(score: str) -> bytes:
    return json.dumps(value(result={"score": 0})).replace('"score": 0', f'"score": {score}').encode()


@pytest.mark.parametrize(("score", "member"), SCORES.values(), ids=SCORES.keys())
def test_a_score_is_looked_at_digit_by_digit(score: str, member: str) -> None:
    with pytest.raises(InvalidStatementError) as caught:
        parse_statements(_scored(score), V1, JsonLimits(), 1)
    assert caught.value.where == f"result.score.{member}"


@pytest.mark.parametrize(
    "score",
    [
        '{"min":0.1,"raw":0.10000000000000000001,"max":0.10000000000000000002}',
        '{"raw":9007199254740992,"max":9007199254740993,"min":-9007199254740993}',
        '{"raw":1e400,"max":2E+400}',
        '{"scaled":-0.0}',
        '{"scaled":1e-400}',
        '{"scaled":1.000}',
    ],
)
def test_a_score_of_any_number_of_digits_is_accepted(score: str) -> None:
    (found,) = parse_statements(_scored(score), V1, JsonLimits(), 1)
    assert score.encode() in found.raw


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "no actor": ({"verb": {"id": "https://v.test/did"}, "object": ACTIVITY}, ""),
    "no verb": ({"actor": MBOX, "object": ACTIVITY}, ""),
    "no object": ({"actor": MBOX, "verb": {"id": "https://v.test/did"}}, ""),
    "an unknown property": (value(extra=1), ""),
    "a property in other case": (value(Timestamp="2026-01-01T00:00:00Z"), ""),
    "null for an actor": (value(actor=None), "actor"),
    "null for a result": (value(result=None), "result"),
    "null deep inside": (value(context={"contextActivities": {"parent": [None]}}), "context.contextActivities.parent[0]"),
    "null in a language map": (value(verb={"id": "https://v.test/did", "display": {"en": None}}), "verb.display[...]"),
    "an id that is no UUID": (value(id="8f87ccde"), "id"),
    "an id that is a number": (value(id=7), "id"),
    "no identifier": (value(actor={"name": "Sari"}), "actor"),
    "two identifiers": (value(actor={**MBOX, **SHA1}), "actor"),
    "an agent with members": (value(actor={**MBOX, "member": [MBOX]}), "actor.member"),
    "an agent in small letters": (value(actor={"objectType": "agent", **MBOX}), "actor.objectType"),
    "a group without anything": (value(actor={"objectType": "Group"}), "actor.member"),
    "a group with no members": (value(actor={"objectType": "Group", "member": []}), "actor.member"),
    "a group with two identifiers": (value(actor={"objectType": "Group", **MBOX, **SHA1}), "actor"),
    "a group in a group": (value(actor={"objectType": "Group", "member": [TEAM]}), "actor.member[0].objectType"),
    "an mbox that is no mailto": (value(actor={"mbox": "sari@peserta.test"}), "actor.mbox"),
    "an mbox without an address": (value(actor={"mbox": "mailto:should.fail.com"}), "actor.mbox"),
    "an mbox of http": (value(actor={"mbox": "http://should.fail.com"}), "actor.mbox"),
    "a hash of 39 digits": (value(actor={"mbox_sha1sum": "a" * 39}), "actor.mbox_sha1sum"),
    "an OpenID without a scheme": (value(actor={"openid": "id.test/sari"}), "actor.openid"),
    "an account without a name": (value(actor={"account": {"homePage": "https://lms.test"}}), "actor.account"),
    "an account without a scheme": (value(actor={"account": {"homePage": "lms.test", "name": "sari"}}), "actor.account.homePage"),
    "an account's name that is a number": (value(actor={"account": {"homePage": "https://lms.test", "name": 7}}), "actor.account.name"),
    "a name that is a number": (value(actor={"name": 7, **MBOX}), "actor.name"),
    "a verb without an id": (value(verb={"display": {"en": "did"}}), "verb"),
    "a verb that is no IRI": (value(verb={"id": "did"}), "verb.id"),
    "a display in no language": (value(verb={"id": "https://v.test/did", "display": {"a12345678": "did"}}), "verb.display"),
    "an object without an id": (value(object={}), "object"),
    "an object that is text": (value(object="https://a.test/kursus"), "object"),
    "an object of no kind": (value(object={"objectType": "Course", "id": "https://a.test"}), "object.objectType"),
    "a reference without an objectType": (value(object={"id": ID}), "object.id"),
    "a reference that is no UUID": (value(object={"objectType": "StatementRef", "id": "x"}), "object.id"),
    "a type that is no IRI": (value(object={**ACTIVITY, "definition": {"type": "course"}}), "object.definition.type"),
    "moreInfo that is no IRI": (value(object={**ACTIVITY, "definition": {"moreInfo": "info"}}), "object.definition.moreInfo"),
    "an extension's key that is no IRI": (
        value(object={**ACTIVITY, "definition": {"extensions": {"x": 1}}}),
        "object.definition.extensions",
    ),
    "extensions that are a list": (value(result={"extensions": []}), "result.extensions"),
    "choices without a type": (value(object={**ACTIVITY, "definition": {"choices": [{"id": "a"}]}}), "object.definition.choices"),
    "a pattern without a type": (
        value(object={**ACTIVITY, "definition": {"correctResponsesPattern": ["a"]}}),
        "object.definition.correctResponsesPattern",
    ),
    "an interaction in other case": (
        value(object={**ACTIVITY, "definition": {"interactionType": "matchIng"}}),
        "object.definition.interactionType",
    ),
    "two choices with one id": (
        value(object={**ACTIVITY, "definition": {"interactionType": "choice", "choices": [{"id": "a"}, {"id": "a"}]}}),
        "object.definition.choices",
    ),
    "a choice with more": (
        value(object={**ACTIVITY, "definition": {"interactionType": "choice", "choices": [{"id": "a", "x": 1}]}}),
        "object.definition.choices[0]",
    ),
    "a sub-statement with an id": (value(object={**SUB, "id": ID}), "object"),
    "a sub-statement with stored": (value(object={**SUB, "stored": "2026-01-01T00:00:00Z"}), "object"),
    "a sub-statement with version": (value(object={**SUB, "version": "1.0.0"}), "object"),
    "a sub-statement with authority": (value(object={**SUB, "authority": MBOX}), "object"),
    "a sub-statement in a sub-statement": (value(object={**SUB, "object": SUB}), "object.object"),
    "a bad sub-statement": (value(object={**SUB, "actor": {"mbox": "x"}}), "object.actor.mbox"),
    "a bad object of a sub-statement": (value(object={**SUB, "object": {"id": "x"}}), "object.object.id"),
    "a sub-statement with revision of an agent": (
        value(object={**SUB, "object": {"objectType": "Agent", **MBOX}, "context": {"revision": "1"}}),
        "object.context.revision",
    ),
    "a void of an activity": (value(verb=VOIDED), "object"),
    "a void inside, of an activity": (value(object={**SUB, "verb": VOIDED}), "object.object"),
    "success that is text": (value(result={"success": "true"}), "result.success"),
    "completion that is a number": (value(result={"completion": 1}), "result.completion"),
    "a response that is a number": (value(result={"response": 1}), "result.response"),
    "a duration that is none": (value(result={"duration": "PA1H0M0S"}), "result.duration"),
    "a scaled score over 1": (value(result={"score": {"scaled": 1.01}}), "result.score.scaled"),
    "a scaled score below -1": (value(result={"score": {"scaled": -1.00001}}), "result.score.scaled"),
    "a score that is text": (value(result={"score": {"raw": "5"}}), "result.score.raw"),
    "a score over its max": (value(result={"score": {"raw": 11, "max": 10}}), "result.score.raw"),
    "a score below its min": (value(result={"score": {"raw": 1, "min": 2}}), "result.score.raw"),
    "min over max": (value(result={"score": {"min": 2, "max": 1}}), "result.score.min"),
    "min equal to max": (value(result={"score": {"min": 1, "max": 1}}), "result.score.min"),
    "a registration that is no UUID": (value(context={"registration": "7"}), "context.registration"),
    "a team that is an agent": (value(context={"team": MBOX}), "context.team"),
    "a language that is none": (value(context={"language": "a12345678"}), "context.language"),
    "revision of an agent": (value(object={"objectType": "Agent", **MBOX}, context={"revision": "1"}), "context.revision"),
    "platform of a group": (value(object=TEAM, context={"platform": "x"}), "context.platform"),
    "revision of a reference": (value(object=REF, context={"revision": "1"}), "context.revision"),
    "a context statement without an objectType": (value(context={"statement": {"id": ID}}), "context.statement"),
    "a context activity that is an agent": (
        value(context={"contextActivities": {"parent": {"objectType": "Agent", **MBOX}}}),
        "context.contextActivities.parent.objectType",
    ),
    "an unknown kind of context activity": (value(context={"contextActivities": {"sibling": []}}), "context.contextActivities"),
    "a timestamp that is none": (value(timestamp="01/011/2015"), "timestamp"),
    "a timestamp of minus zero": (value(timestamp="2026-01-01T00:00:00-00:00"), "timestamp"),
    "a sub-statement's timestamp": (value(object={**SUB, "timestamp": "2026-01-01T00:00:00-00"}), "object.timestamp"),
    "stored that is none": (value(stored="today"), "stored"),
    "an authority without an identifier": (value(authority={"name": "x"}), "authority"),
    "an authority that is an identified group": (value(authority={"objectType": "Group", **MBOX, "member": [MBOX, SHA1]}), "authority"),
    "an authority of one": (value(authority={"objectType": "Group", "member": [MBOX]}), "authority"),
    "an authority of three": (value(authority={"objectType": "Group", "member": [MBOX, SHA1, OPENID]}), "authority"),
    "version 1.1.0": (value(version="1.1.0"), "version"),
    "version 0.9.9": (value(version="0.9.9"), "version"),
    "version of words": (value(version="one"), "version"),
    "attachments that are one": (value(attachments=ATTACHMENT), "attachments"),
    "an attachment's negative length": (value(attachments=[ATTACHMENT | {"length": -1}]), "attachments[0].length"),
    "an attachment's length in words": (value(attachments=[ATTACHMENT | {"length": "4"}]), "attachments[0].length"),
    "an attachment without a display": (value(attachments=[{k: v for k, v in ATTACHMENT.items() if k != "display"}]), "attachments[0]"),
    "an attachment's usage that is no IRI": (value(attachments=[ATTACHMENT | {"usageType": "scan"}]), "attachments[0].usageType"),
    "an attachment's file that is no IRI": (value(attachments=[ATTACHMENT | {"fileUrl": "f"}]), "attachments[0].fileUrl"),
    "an attachment's type with a line end": (
        value(attachments=[ATTACHMENT | {"contentType": "a/b\r\nX: 1"}]),
        "attachments[0].contentType",
    ),
    "an attachment's hash of words": (value(attachments=[ATTACHMENT | {"sha2": "not hex!"}]), "attachments[0].sha2"),
}


@pytest.mark.parametrize("version", list(Version), ids=lambda version: version.value)
@pytest.mark.parametrize(("statement", "where"), BAD.values(), ids=BAD.keys())
def test_a_bad_statement_is_refused_and_said_where(statement: dict[str, Any], where: str, version: Version) -> None:
    with pytest.raises(InvalidStatementError) as caught:
        parsed(statement, version)
    assert caught.value.where == where
    assert caught.value.message
    assert caught.value.clause


SECOND_ONLY: dict[str, dict[str, Any]] = {
    "a context agent": {"contextAgents": [{"objectType": "contextAgent", "agent": MBOX}]},
    "a context agent with types": {"contextAgents": [{"objectType": "contextAgent", "agent": MBOX, "relevantTypes": ["https://t.test/t"]}]},
    "a context group": {"contextGroups": [{"objectType": "contextGroup", "group": TEAM, "relevantTypes": ["https://t.test/t"]}]},
    "none of either": {"contextAgents": [], "contextGroups": []},
}


@pytest.mark.parametrize("inside", [False, True])
@pytest.mark.parametrize("context", SECOND_ONLY.values(), ids=SECOND_ONLY.keys())
def test_context_agents_and_groups_are_of_2_0_only(context: dict[str, Any], inside: bool) -> None:
    statement = value(object={**SUB, "context": context}) if inside else value(context=context)
    parsed(statement, V2)
    with pytest.raises(InvalidStatementError):
        parsed(statement, V1)


@pytest.mark.parametrize("inside", [False, True])
@pytest.mark.parametrize(
    "context",
    [
        {"contextAgents": [{"agent": MBOX}]},
        {"contextAgents": [{"objectType": "contextGroup", "agent": MBOX}]},
        {"contextAgents": [{"objectType": "contextAgent", "agent": TEAM}]},
        {"contextAgents": [{"objectType": "contextAgent", "agent": {"mbox": "x"}}]},
        {"contextAgents": [{"objectType": "contextAgent", "agent": MBOX, "relevantTypes": []}]},
        {"contextAgents": [{"objectType": "contextAgent", "agent": MBOX, "relevantTypes": ["t"]}]},
        {"contextAgents": [{"objectType": "contextAgent", "agent": MBOX, "x": 1}]},
        {"contextAgents": {"objectType": "contextAgent", "agent": MBOX}},
        {"contextGroups": [{"objectType": "contextGroup", "group": MBOX}]},
        {"contextGroups": [{"objectType": "contextGroup", "group": {"objectType": "Group"}}]},
        {"contextGroups": [{"objectType": "contextGroup", "group": TEAM, "relevantTypes": []}]},
        {"contextGroups": [{"objectType": "contextGroup"}]},
    ],
)
def test_a_bad_context_agent_or_group_is_refused(context: dict[str, Any], inside: bool) -> None:
    with pytest.raises(InvalidStatementError):
        parsed(value(object={**SUB, "context": context}) if inside else value(context=context), V2)


def test_an_array_says_which_of_its_statements_is_bad() -> None:
    body = json.dumps([value(), value(actor={"mbox": "x"})]).encode()
    with pytest.raises(InvalidStatementError) as caught:
        parse_statements(body, V1, JsonLimits(), 10)
    assert caught.value.where == "statements[1].actor.mbox"


def test_one_id_stands_once_in_an_array_whatever_its_case() -> None:
    body = json.dumps([value(id=ID), value(), value(id=ID.upper())]).encode()
    with pytest.raises(InvalidStatementError) as caught:
        parse_statements(body, V1, JsonLimits(), 10)
    assert caught.value.where == "statements[2].id"


def test_an_array_has_its_limit_and_each_statement_its_own() -> None:
    body = json.dumps([value()] * 3).encode()
    assert len(parse_statements(body, V1, JsonLimits(), 3)) == 3
    assert parse_statements(b" [] ", V1, JsonLimits(), 3) == []
    for limits, most in ((JsonLimits(), 2), (JsonLimits(size=20), 3)):
        with pytest.raises(TooLargeError):
            parse_statements(body, V1, limits, most)


@pytest.mark.parametrize(
    "body", [b"[" * 100_000, b'[{"a":' * 50_000, b'{"a":' * 50_000, b"[1", b"[\xff]", b"[{}]", b"{}", b"", b"]", b"[,]"]
)
def test_a_body_that_is_neither_is_refused(body: bytes) -> None:
    with pytest.raises(SenderError):
        parse_statements(body, V1, JsonLimits(), 10)


def test_what_was_sent_is_kept_byte_for_byte() -> None:
    raw = json.dumps(value(), indent=3).replace("did", "d\\u0069d").encode()
    assert parse_statement(raw, V1, JsonLimits()).raw == raw
    assert [one.raw for one in parse_statements(b"[" + raw + b" , " + raw + b"]", V1, JsonLimits(), 2)] == [raw, raw]


def test_a_statement_tells_its_id_its_target_and_whether_it_voids() -> None:
    voiding = parsed(value(id=ID.upper(), verb=VOIDED, object={**REF, "id": ID.upper()}))
    assert (voiding.id, voiding.target, voiding.voids) == (ID, ID, True)
    plain = parsed(value())
    assert (plain.id, plain.target, plain.voids) == (None, None, False)
    assert parsed(value(object={**SUB, "verb": VOIDED, "object": REF})).voids is False, "what is planned is not done"


def test_attachments_of_the_sub_statement_count_too() -> None:
    other = copy.deepcopy(ATTACHMENT) | {"sha2": "cd" * 32}
    found = parsed(value(attachments=[ATTACHMENT], object={**SUB, "attachments": [other]}))
    assert [one.sha2 for one in found.attachments] == ["ab" * 32, "cd" * 32]
