"""A reduced statement is a statement still, and says nothing of anybody."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lrs.xapi.reduction import MARK, is_reduced, reduced, stored_terms
from lrs.xapi.statements import parse_statements
from lrs.xapi.strict_json import JsonLimits
from lrs.xapi.terms import account_term
from lrs.xapi.versions import Version

_ACTOR = {"objectType": "Agent", "account": {"homePage": "https://jejak.test/people", "name": "p-1"}}
_OTHER = {"objectType": "Agent", "account": {"homePage": "https://jejak.test/people", "name": "-"}}
_KEPT = frozenset({"https://w3id.org/bangkom-id/xapi/ext/angkatan"})
_SECRETS = ("rahasia", "198001012005011001", "Rahasia")
_AGENT: dict[str, Any] = {"name": "Rahasia", "mbox": "mailto:rahasia@contoh.test"}
_ID = "0192a000-0000-7000-8000-000000000001"
_WHOLE: dict[str, Any] = {
    "id": _ID,
    "actor": {"name": "Rahasia", "account": {"homePage": "https://asn.test", "name": "198001012005011001"}},
    "verb": {"id": "https://kata.test/passed", "display": {"id": "rahasia"}},
    "object": {
        "id": "https://lms.test/quiz/7",
        "definition": {
            "name": {"id": "Kuis rahasia"},
            "type": "http://adlnet.gov/expapi/activities/assessment",
            "extensions": {"https://x.test/nip": "198001012005011001", "https://x.test/n": 3},
        },
    },
    "result": {
        "score": {"scaled": 0.85, "raw": 85},
        "success": True,
        "completion": True,
        "duration": "PT30M",
        "response": "jawaban rahasia",
        "extensions": {"https://x.test/catatan": "rahasia", "https://x.test/kemajuan": 100, "https://x.test/nomor": 198001012005011001},
    },
    "context": {
        "registration": "0192a000-0000-7000-8000-00000000000a",
        "instructor": _AGENT,
        "team": {"objectType": "Group", "name": "Rahasia", "member": [_AGENT]},
        "platform": "rahasia",
        "revision": "rahasia",
        "language": "id",
        "contextActivities": {"parent": {"id": "https://lms.test/course/7", "definition": {"description": {"id": "rahasia"}}}},
        "extensions": {next(iter(_KEPT)): "angkatan-1", "https://x.test/ip": "rahasia", "https://x.test/daring": True},
    },
    "authority": {"objectType": "Agent", "account": {"homePage": "https://jejak.test", "name": "moodle"}},
    "version": "1.0.0",
    "attachments": [
        {
            "usageType": "https://x.test/a",
            "display": {"id": "rahasia"},
            "contentType": "text/plain",
            "length": 1,
            "sha2": "ab" * 32,
            "fileUrl": "https://x.test/rahasia",
        }
    ],
    "timestamp": "2026-11-01T01:02:03Z",
    "stored": "2026-11-01T01:02:04.000001Z",
}


def _reduced(**change: Any) -> dict[str, Any]:
    whole = {name: value for name, value in (_WHOLE | change).items() if value is not None}
    body = json.dumps(whole | {"stored": whole.pop("stored")}, separators=(",", ":")).encode()
    small = reduced(body, _ACTOR, _OTHER, _KEPT)
    version = Version.V2 if str(whole.get("version", "1")).startswith("2") else Version.V1
    parse_statements(small, version, JsonLimits(), 1)
    assert not [secret for secret in _SECRETS if secret in small.decode()]
    assert small.endswith(b',"stored":"2026-11-01T01:02:04.000001Z"}')
    assert is_reduced(small)
    assert not is_reduced(body)
    told: dict[str, Any] = json.loads(small)
    return told


def test_what_evidence_needs_stays_and_nothing_personal_does() -> None:
    told = _reduced()
    assert told["actor"] == _ACTOR
    assert told["result"] == {
        "score": {"scaled": 0.85, "raw": 85},
        "success": True,
        "completion": True,
        "duration": "PT30M",
        "extensions": {"https://x.test/kemajuan": 100},
    }
    assert told["object"] == {
        "id": "https://lms.test/quiz/7",
        "definition": {"type": "http://adlnet.gov/expapi/activities/assessment", "extensions": {"https://x.test/n": 3}},
    }
    assert told["context"] == {
        "registration": "0192a000-0000-7000-8000-00000000000a",
        "contextActivities": {"parent": [{"id": "https://lms.test/course/7"}]},
        "extensions": {next(iter(_KEPT)): "angkatan-1", "https://x.test/daring": True, MARK: True},
    }
    assert (told["timestamp"], told["authority"], told["version"]) == (_WHOLE["timestamp"], _WHOLE["authority"], "1.0.0")
    assert "attachments" not in told


_SUB = {"objectType": "SubStatement", "actor": _AGENT, "verb": _WHOLE["verb"], "object": _AGENT | {"objectType": "Agent"}}


@pytest.mark.parametrize(
    "change",
    [
        {"actor": {"objectType": "Group", "member": [_AGENT]}},
        {"actor": _AGENT | {"objectType": "Group"}},
        {"object": _AGENT | {"objectType": "Agent"}, "context": None},
        {"object": {"objectType": "Group", "member": [_AGENT]}, "context": None},
        {"object": {"objectType": "StatementRef", "id": _ID}, "context": None},
        {"object": _SUB, "context": None},
        {"object": _SUB | {"timestamp": "2026-11-01T01:02:03Z", "result": {"response": "rahasia"}}, "context": None},
        {"verb": {"id": "http://adlnet.gov/expapi/verbs/voided"}, "object": {"objectType": "StatementRef", "id": _ID}, "context": None},
        {"result": None, "context": None, "attachments": None},
        {"result": {"response": "rahasia"}, "context": {"language": "id"}},
        {"version": "2.0.0", "context": {"contextAgents": [{"objectType": "contextAgent", "agent": _AGENT}]}},
    ],
)
def test_every_kind_of_statement_is_a_statement_afterwards(change: dict[str, Any]) -> None:
    _reduced(**change)


def test_reducing_again_changes_nothing() -> None:
    once = json.dumps(_reduced(), separators=(",", ":")).encode()
    assert json.loads(reduced(once, _ACTOR, _OTHER, _KEPT)) == json.loads(once)


def test_the_terms_of_a_kept_statement_are_those_by_which_it_was_stored() -> None:
    direct, related, digests = stored_terms(json.dumps(_WHOLE).encode())
    assert account_term("https://asn.test", "198001012005011001") in direct
    assert "amailto:rahasia@contoh.test" in related
    assert account_term("https://jejak.test", "moodle") in related
    assert digests == ("ab" * 32,)
