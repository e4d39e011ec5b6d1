"""Rules come in as SQL LRS exports them, and what makes no sense is refused with its place and the way out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from credentials.catalogue.model import Batch, Binding
from credentials.errors import EvidenceError
from credentials.evidence.checking import check_rule, check_use
from credentials.evidence.presets import evidence_rule, presets
from credentials.evidence.reading import MOST_CLAUSES, MOST_CONDITIONS, read_rule
from credentials.evidence.rule import EvidenceRule
from credentials.evidence.vocabulary import vocabulary
from tests.support.evidence import COMPLETED, COURSE, PASSED, QUIZ, VERB_COMPLETED, clause

_OTHER = "https://lms.contoh.test/course/view.php?id=8"
_BATCH = Batch(
    "b1", "p", 1, "balai", "I", date(2026, 1, 1), date(2026, 1, 31), "Asia/Jakarta", "r", (Binding("course", COURSE), Binding("quiz", QUIZ))
)


def _rule(conditions: dict[str, Any], **more: Any) -> EvidenceRule:
    return read_rule({"title": "Contoh", "conditions": conditions} | more, vocabulary())


def test_a_reaction_of_sql_lrs_comes_over_as_it_is() -> None:
    reaction: Any = {
        "title": "a then b",
        "active": True,
        "ruleset": {
            "identityPaths": [["actor", "mbox"], ["actor", "account", "name"], ["context", "registration"]],
            "conditions": {
                "a": {"and": [clause(["object", "id"], "eq", COURSE), VERB_COMPLETED, clause(["result", "success"], "eq", True)]},
                "b": {
                    "and": [
                        clause(["object", "id"], "eq", QUIZ),
                        {"path": ["timestamp"], "op": "gt", "ref": {"condition": "a", "path": ["timestamp"]}},
                    ]
                },
            },
            "template": {"actor": {"mbox": {"$templatePath": ["a", "actor", "mbox"]}}},
        },
    }
    rule = read_rule(reaction, vocabulary(), id="carried-over")
    check_rule(rule)
    assert (rule.id, rule.title_id, rule.title_en) == ("carried-over", "a then b", "a then b")
    assert rule.identity == (("context", "registration"),)  # whose act it is follows from the person, not from the path
    assert [condition.name for condition in rule.conditions] == ["a", "b"]


def test_the_rules_of_this_release_are_sound_and_named_in_both_languages() -> None:
    assert {
        "course-completed",
        "course-completed-and-quiz-passed",
        "cmi5-satisfied",
        "attendance-share",
        "scorm-passed",
        "video-seen",
    } <= set(presets())
    for rule in presets().values():
        assert rule.title_id
        assert rule.title_en
        assert all(condition.title_id and condition.title_en for condition in rule.conditions)
    with pytest.raises(EvidenceError, match="course-completed-and-quiz-passed"):
        evidence_rule("nothing")


_TWO = {"path": ["verb", "id"], "op": "eq", "val": COMPLETED}


@pytest.mark.parametrize(
    ("raw", "where", "told"),
    [
        ([], "", "object"),
        ({"conditions": {}}, "conditions", "1 to 20"),
        ({"conditions": {str(n): _TWO for n in range(MOST_CONDITIONS + 1)}}, "conditions", "1 to 20"),
        ({"conditions": {"a": _TWO}, "condition": 1}, "condition", "no member"),
        ({"conditions": {"a": {"and": []}}}, "conditions.a.and", "nothing"),
        ({"conditions": {"a": {"and": [_TWO], "or": [_TWO]}}}, "conditions.a", "alone"),
        ({"conditions": {"a": {"and": [_TWO] * MOST_CLAUSES}}}, f"conditions.a.and[{MOST_CLAUSES - 1}]", "at most"),
        ({"conditions": {"a": {"path": ["verb", "id"], "op": "is", "val": 1}}}, "conditions.a.op", "operators are"),
        ({"conditions": {"a": {"path": ["verb", "id"], "op": "eq"}}}, "conditions.a", "one of val"),
        ({"conditions": {"a": {"path": ["verb", "id"], "op": "eq", "val": 1, "ref": {}}}}, "conditions.a", "one of val"),
        ({"conditions": {"a": {"path": ["verb", "id"], "op": "eq", "value": 1}}}, "conditions.a.value", "no member"),
        ({"conditions": {"a": clause(["results", "success"], "eq", True)}}, "conditions.a.path", "did you mean result"),
        ({"conditions": {"a": clause(["result", "score", "scald"], "gt", 0)}}, "conditions.a.path", "did you mean scaled"),
        ({"conditions": {"a": clause(["verb", "id", "x"], "eq", "")}}, "conditions.a.path", "nothing lies below verb, id"),
        ({"conditions": {"a": clause(["stored"], "gt", "")}}, "conditions.a.path", "timestamp"),
        ({"conditions": {"a": clause([], "eq", 1)}}, "conditions.a.path", "steps"),
        ({"conditions": {"a": clause(["result", -1], "eq", 1)}}, "conditions.a.path", "list of member names"),
        ({"conditions": {"a": clause(["timestamp"], "gt", "yesterday")}}, "conditions.a.val", "timestamp"),
        ({"conditions": {"a": clause(["result", "success"], "gt", True)}}, "conditions.a.val", "compares numbers"),
        ({"conditions": {"a": clause(["verb", "id"], "like", 5)}}, "conditions.a.val", "like"),
        ({"conditions": {"a": clause(["verb", "id"], "exists", "yes")}}, "conditions.a.val", "true or false"),
        ({"conditions": {"a": {"path": ["verb", "id"], "op": "eq", "binding": "course"}}}, "conditions.a", "object, id"),
        ({"conditions": {"a": {"path": ["$score"], "op": "gte", "parameter": "pass_mark"}}}, "conditions.a.parameter", "minimum_score"),
        ({"conditions": {"a": _TWO | {"atLeast": {"count": 0}}}}, "conditions.a.atLeast.count", "above 0"),
        ({"conditions": {"a": _TWO | {"atLeast": {"count": 2.5}}}}, "conditions.a.atLeast.count", "whole"),
        ({"conditions": {"a": _TWO | {"atLeast": {"share": 80}}}}, "conditions.a.atLeast.share", "0.8"),
        ({"conditions": {"a": _TWO | {"atLeast": {"share": 0.8, "count": 1}}}}, "conditions.a.atLeast", "one of"),
        ({"conditions": {"a": _TWO | {"atLeast": {"minutes": 5, "distinct": ["object", "id"]}}}}, "conditions.a.atLeast", "one of"),
        ({"conditions": {"<script>": _TWO}}, "conditions.<script>", "letters"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_place(raw: Any, where: str, told: str) -> None:
    with pytest.raises(EvidenceError, match=told) as caught:
        read_rule(raw, vocabulary())
    assert caught.value.where == where


_A = {"path": ["verb", "id"], "op": "eq", "val": COMPLETED}
_AFTER_B = {"path": ["timestamp"], "op": "gt", "ref": {"condition": "b", "path": ["timestamp"]}}
_AFTER_A = {"path": ["timestamp"], "op": "gt", "ref": {"condition": "a", "path": ["timestamp"]}}


@pytest.mark.parametrize(
    ("conditions", "told"),
    [
        ({"a": {"and": [_A, _AFTER_B]}, "b": {"and": [_A, _AFTER_A]}}, "a and b refer to each other in a circle"),
        ({"a": {"and": [_A, _AFTER_A]}}, "circle"),
        ({"a": {"and": [_A, _AFTER_B]}}, "no condition 'b'"),
        ({"a": {"and": [_A, _AFTER_B]}, "b": _A | {"atLeast": {"count": 2}}}, "atLeast does not go with ref"),
        ({"a": {"and": [_A, clause(["verb", "id"], "eq", PASSED)]}}, "verb, id cannot be both"),
        ({"a": {"and": [_A, {"not": _A}]}}, "verb, id cannot be both"),
        ({"a": {"and": [_A, {"or": [clause(["verb", "id"], "noteq", COMPLETED), clause(["verb", "id"], "like", "x%")]}]}}, "no statement"),
        ({"a": clause(["result", "success"], "eq", "true")}, "true or false, never 'true'"),
        ({"a": clause(["result", "score", "scaled"], "gte", 70)}, "cannot be above"),
        ({"a": {"and": [clause(["$score"], "gt", 0.9), clause(["$score"], "lte", 0.9)]}}, "cannot be above"),
        ({"a": {"and": [clause(["$minutes"], "gte", 30), {"not": clause(["$minutes"], "gt", 10)}]}}, "cannot be above"),
        ({"a": {"and": [clause(["result", "success"], "exists", False), clause(["result", "success"], "eq", True)]}}, "both missing"),
        (
            {
                "a": {
                    "and": [
                        {"path": ["object", "id"], "op": "eq", "binding": "course"},
                        {"path": ["object", "id"], "op": "eq", "binding": "quiz"},
                    ]
                }
            },
            "bound as both course and quiz",
        ),
    ],
)
def test_a_rule_that_never_ends_or_matches_nothing_is_refused(conditions: dict[str, Any], told: str) -> None:
    with pytest.raises(EvidenceError, match=told):
        check_rule(_rule(conditions))


@pytest.mark.parametrize(
    "conditions",
    [
        {"a": {"or": [_A, {"and": [_A, {"not": _A}]}]}},
        {"a": {"and": [clause(["$score"], "gte", 0.5), clause(["$score"], "lte", 0.5)]}},
        {"a": {"not": {"and": [_A, clause(["result", "success"], "eq", True)]}}},
        {"a": {"and": [clause(["verb", "id"], "like", "http://adlnet.gov/%"), _A]}},
        {"a": {"or": [clause(["verb", "id"], "eq", f"https://x.test/{n}") for n in range(150)]}},
        {"a": {"and": [{"or": [_A, clause(["$minutes"], "gt", n)]} for n in range(30)]}},
    ],
)
def test_a_rule_that_can_be_met_is_taken(conditions: dict[str, Any]) -> None:
    check_rule(_rule(conditions))


def test_a_batch_must_bind_what_its_rule_asks_for() -> None:
    check_use(evidence_rule("course-completed-and-quiz-passed"), _BATCH)
    with pytest.raises(EvidenceError, match="quiz"):
        check_use(evidence_rule("course-completed-and-quiz-passed"), replace(_BATCH, bindings=_BATCH.bindings[:1]))
    literal = _rule({"a": {"and": [_A, clause(["object", "id"], "eq", _OTHER)]}})
    with pytest.raises(EvidenceError, match="does not bind"):
        check_use(literal, _BATCH)
    check_use(literal, replace(_BATCH, bindings=(Binding("any", "https://lms.contoh.test/course/", "prefix"),)))


def test_more_activities_than_are_bound_can_never_be_counted() -> None:
    asked = {"path": ["object", "id"], "op": "eq", "binding": "course"}
    rule = _rule({"a": {"and": [asked], "atLeast": {"count": 2, "distinct": ["object", "id"]}}})
    with pytest.raises(EvidenceError, match="asks for 2 activities, and 1 are bound"):
        check_use(rule, _BATCH)
    check_use(rule, replace(_BATCH, bindings=(Binding("course", "https://lms.contoh.test/c/", "prefix"),)))


def test_an_older_name_of_a_verb_or_type_means_the_same_in_a_rule() -> None:
    rule = _rule({"a": clause(["verb", "id"], "eq", "http://activitystrea.ms/schema/1.0/complete")})
    assert rule.conditions[0].verbs() == frozenset({COMPLETED})
