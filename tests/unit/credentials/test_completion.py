"""The evidence rule "course completed and quiz passed", over statements as Moodle sends them. Everybody is invented."""

from __future__ import annotations

from datetime import date
from itertools import permutations
from typing import Any

from credentials.catalogue.model import Batch, Binding
from credentials.completion import Completed, Incomplete, evaluate
from credentials.evidence.presets import evidence_rule
from credentials.people.model import Account, Person

_HOME = "https://lms.balai.test"
_COURSE, _QUIZ = f"{_HOME}/course/view.php?id=7", f"{_HOME}/mod/quiz/view.php?id=70"
_COMPLETED, _PASSED = "http://adlnet.gov/expapi/verbs/completed", "http://adlnet.gov/expapi/verbs/passed"
_PERSON = Person("p1", "Sri Lestari", (Account("balai", _HOME, "sri"),))
_RULE = evidence_rule("course-completed-and-quiz-passed")

Json = dict[str, Any]


def _batch(least: float | None = 0.7) -> Batch:
    bindings = (Binding("course", _COURSE), Binding("quiz", _QUIZ))
    days = (date(2026, 11, 1), date(2026, 11, 30))
    return Batch("b1", "pbj", 1, "balai", "Angkatan I", *days, "Asia/Jayapura", _RULE.id, bindings, least)


def _said(number: int, verb: str, activity: str, when: str = "2026-11-10T03:00:00Z", result: Json | None = None, user: str = "sri") -> Json:
    told: Json = {
        "id": f"00000000-0000-4000-8000-{number:012d}",
        "actor": {"account": {"homePage": _HOME, "name": user}},
        "verb": {"id": verb},
        "object": {"id": activity},
        "timestamp": when,
    }
    return told | ({"result": result} if result else {})


_PASS: Json = {"success": True, "score": {"scaled": 0.8}}


def test_the_rule_holds_with_the_statements_of_each_condition_and_the_local_date_of_the_last() -> None:
    said = [_said(1, _COMPLETED, _COURSE, "2026-11-10T16:00:00Z"), _said(2, _COMPLETED, _QUIZ, result=_PASS)]
    outcome = evaluate(_RULE, _batch(), _PERSON, said)
    assert isinstance(outcome, Completed)
    assert outcome.statements == (said[0]["id"], said[1]["id"])
    assert outcome.learned_on == date(2026, 11, 11)  # 16:00 UTC is past midnight in Jayapura


def test_the_order_of_arrival_does_not_matter() -> None:
    said = [
        _said(1, _COMPLETED, _COURSE),
        _said(2, _COMPLETED, _QUIZ, result=_PASS),
        _said(3, _PASSED, _QUIZ, "2026-11-12T00:00:00Z", _PASS),
    ]
    assert len({repr(evaluate(_RULE, _batch(), _PERSON, order)) for order in permutations(said)}) == 1


def test_what_is_missing_is_named_with_what_was_used() -> None:
    said = [_said(1, _COMPLETED, _COURSE), _said(2, _COMPLETED, _QUIZ, result={"success": False, "score": {"scaled": 0.4}})]
    assert evaluate(_RULE, _batch(), _PERSON, said) == Incomplete(("quiz passed",), (said[0]["id"],))


def test_a_success_below_the_least_score_is_no_pass_and_the_least_score_itself_is_one() -> None:
    course = _said(1, _COMPLETED, _COURSE)
    for score, kind in (({"scaled": 0.69}, Incomplete), ({"scaled": 0.7}, Completed), ({"raw": 7, "max": 10}, Completed), ({}, Incomplete)):
        quiz = _said(2, _COMPLETED, _QUIZ, result={"success": True, "score": score})
        assert isinstance(evaluate(_RULE, _batch(), _PERSON, [course, quiz]), kind), score


def test_the_verb_passed_needs_no_success_but_success_false_contradicts_it() -> None:
    course = _said(1, _COMPLETED, _COURSE)
    assert isinstance(evaluate(_RULE, _batch(None), _PERSON, [course, _said(2, _PASSED, _QUIZ)]), Completed)
    contradicted = _said(2, _PASSED, _QUIZ, result={"success": False})
    assert isinstance(evaluate(_RULE, _batch(None), _PERSON, [course, contradicted]), Incomplete)


def test_evidence_of_another_learner_another_activity_or_another_batchs_days_does_not_count() -> None:
    quiz = _said(2, _COMPLETED, _QUIZ, result=_PASS)
    for course in (
        _said(1, _COMPLETED, _COURSE, user="budi"),
        _said(1, _COMPLETED, _COURSE + "1"),
        _said(1, _COMPLETED, _COURSE, "2026-10-31T14:59:00Z"),
        _said(1, _COMPLETED, _COURSE, "2026-11-30T15:00:00Z"),
    ):
        assert isinstance(evaluate(_RULE, _batch(), _PERSON, [course, quiz]), Incomplete)


def test_the_first_and_last_local_day_of_the_batch_count() -> None:
    quiz = _said(2, _COMPLETED, _QUIZ, result=_PASS)
    for when in ("2026-10-31T15:00:00Z", "2026-11-30T14:59:59Z"):
        assert isinstance(evaluate(_RULE, _batch(), _PERSON, [_said(1, _COMPLETED, _COURSE, when), quiz]), Completed)


def test_an_account_of_the_same_name_at_another_provider_is_somebody_else() -> None:
    stranger = Person("p2", "Orang Lain", (Account("balai-lain", _HOME, "sri"),))
    said = [_said(1, _COMPLETED, _COURSE), _said(2, _COMPLETED, _QUIZ, result=_PASS)]
    assert isinstance(evaluate(_RULE, _batch(), stranger, said), Incomplete)
