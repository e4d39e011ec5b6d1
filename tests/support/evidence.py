"""Statements and facts for tests of evidence. Everybody and every address is invented."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from credentials.evidence.clauses import Json
from credentials.evidence.evaluate import Outcome, Seen, evaluate
from credentials.evidence.facts import Fact, fact_of
from credentials.evidence.rule import EvidenceRule
from credentials.evidence.statement import identifier, read_statement
from credentials.evidence.vocabulary import vocabulary

HOME = "https://lms.contoh.test"
COURSE, QUIZ = f"{HOME}/course/view.php?id=7", f"{HOME}/mod/quiz/view.php?id=70"
COMPLETED, PASSED = "http://adlnet.gov/expapi/verbs/completed", "http://adlnet.gov/expapi/verbs/passed"
ATTENDED, JOINED, LEFT = "http://adlnet.gov/expapi/verbs/attended", "http://activitystrea.ms/join", "http://activitystrea.ms/leave"

Members = dict[str, Any]


def said(number: int, verb: str, activity: str, when: str = "2026-11-10T03:00:00Z", *, user: str = "sri", **more: Any) -> Members:
    """Statement `number`."""
    return {
        "id": str(UUID(int=number, version=4)),
        "actor": {"account": {"homePage": HOME, "name": user}},
        "verb": {"id": verb},
        "object": {"id": activity},
        "timestamp": when,
    } | more


def fact(statement: Members, rule: EvidenceRule | None = None, *, direct: bool = True) -> Fact:
    """As the projector makes it."""
    body = json.dumps(statement).encode()
    read = read_statement(body)
    return fact_of(read, identifier(read.actor) or "", vocabulary(), direct=direct, body=body, paths=rule.paths if rule else ())


def judged(rule: EvidenceRule, statements: list[Members], roles: dict[str, str], **parameters: float) -> Outcome:
    """The rule over statements, whose activities play these roles."""
    return evaluate(rule, [Seen(fact(one, rule), roles.get(one["object"]["id"], "")) for one in statements], parameters)


def clause(path: list[str | int], op: str, val: Json) -> dict[str, Json]:
    """A comparison with a literal."""
    return {"path": list(path), "op": op, "val": val}


VERB_COMPLETED = clause(["verb", "id"], "eq", COMPLETED)
