"""Whether a rule holds: counts, distinct values, scores, presence, statements compared with each other; in any order of arrival."""

from __future__ import annotations

import time
from decimal import Decimal
from itertools import permutations
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import EvidenceError
from credentials.evidence.checking import check_rule
from credentials.evidence.facts import duration_seconds, scaled_score
from credentials.evidence.numbers import floored
from credentials.evidence.presence import presence
from credentials.evidence.presets import evidence_rule
from credentials.evidence.reading import read_rule
from credentials.evidence.rule import EvidenceRule
from credentials.evidence.vocabulary import vocabulary
from tests.support.evidence import (
    ATTENDED,
    COMPLETED,
    COURSE,
    HOME,
    JOINED,
    LEFT,
    PASSED,
    QUIZ,
    VERB_COMPLETED,
    Members,
    clause,
    fact,
    judged,
    said,
)

_ROLES = {COURSE: "course", QUIZ: "quiz", f"{HOME}/meeting": "session"}
_MEETING = f"{HOME}/meeting"


def _rule(conditions: dict[str, Any], **more: Any) -> EvidenceRule:
    rule = read_rule({"title": "Contoh", "conditions": conditions} | more, vocabulary())
    check_rule(rule)
    return rule


def _module(number: int, which: int, when: str = "2026-11-10T03:00:00Z") -> Members:
    return said(number, COMPLETED, f"{HOME}/mod/page/view.php?id={which}", when)


def test_a_count_is_met_by_the_earliest_statements_and_at_the_moment_of_the_last_of_them() -> None:
    rule = _rule({"three": VERB_COMPLETED | {"atLeast": {"count": 3}}})
    told = [_module(n, n, f"2026-11-{10 + n}T03:00:00Z") for n in range(1, 6)]
    outcome = judged(rule, told, {})
    assert outcome.at == fact(told[2]).at
    assert outcome.statements == tuple(one["id"] for one in told[:3])
    assert judged(rule, told[:2], {}).findings[0].have == 2


def test_distinct_activities_count_each_once() -> None:
    rule = _rule({"three": VERB_COMPLETED | {"atLeast": {"count": 3, "distinct": ["object", "id"]}}})
    same_again = [_module(n, 1, f"2026-11-10T0{n}:00:00Z") for n in range(1, 6)]
    assert judged(rule, same_again, {}).missing == ("three",)
    assert judged(rule, [*same_again, _module(6, 2), _module(7, 3)], {}).at is not None


def test_what_was_sent_again_under_another_id_counts_once() -> None:
    rule = _rule({"two": VERB_COMPLETED | {"atLeast": {"count": 2}}})
    first = _module(1, 1) | {"context": {"registration": "00000000-0000-4000-8000-00000000000a"}}
    again = _module(2, 1) | {"context": {"registration": "00000000-0000-4000-8000-00000000000b"}}
    assert judged(rule, [first, again], {}).at is None
    assert judged(rule, [first, _module(2, 1, "2026-11-10T03:00:01Z")], {}).at is not None


def test_another_event_of_the_same_moment_is_no_repeat() -> None:
    rule = _rule({"two": VERB_COMPLETED | {"atLeast": {"count": 2}}})
    info = "http://lrs.learninglocker.net/define/extensions/info"
    events = [_module(n, 1) | {"context": {"extensions": {info: {"event_name": f"event-{n}"}}}} for n in (1, 2)]
    assert judged(rule, events, {}).at is not None


def test_statements_that_are_compared_need_the_order_that_the_rule_asks_for() -> None:
    after = {"path": ["timestamp"], "op": "gt", "ref": {"condition": "course", "path": ["timestamp"]}}
    rule = _rule(
        {
            "quiz": {"and": [clause(["object", "id"], "eq", QUIZ), after]},
            "course": {"and": [clause(["object", "id"], "eq", COURSE), VERB_COMPLETED]},
        }
    )
    course, early, late = (
        said(1, COMPLETED, COURSE, "2026-11-10T03:00:00Z"),
        said(2, PASSED, QUIZ, "2026-11-09T03:00:00Z"),
        said(3, PASSED, QUIZ, "2026-11-11T03:00:00Z"),
    )
    assert judged(rule, [course, early], {}).missing == ("quiz",)
    for order in permutations([course, early, late]):
        outcome = judged(rule, list(order), {})
        assert outcome.statements == (late["id"], course["id"])
        assert outcome.at == fact(late).at


def test_the_combination_that_was_complete_first_is_taken() -> None:
    same_try = {"path": ["context", "registration"], "op": "eq", "ref": {"condition": "a", "path": ["context", "registration"]}}
    rule = _rule({"a": clause(["object", "id"], "eq", COURSE), "b": {"and": [clause(["object", "id"], "eq", QUIZ), same_try]}})

    def one(number: int, activity: str, day: int, attempt: str) -> Members:
        registration = f"00000000-0000-4000-8000-00000000000{attempt}"
        return said(number, COMPLETED, activity, f"2026-11-{day:02d}T03:00:00Z", context={"registration": registration})

    told = [one(1, COURSE, 1, "a"), one(2, COURSE, 3, "b"), one(3, QUIZ, 4, "b"), one(4, QUIZ, 9, "a")]
    assert judged(rule, told, {}).statements == (told[1]["id"], told[2]["id"])


def test_a_rule_that_compares_too_many_combinations_stops_and_says_so() -> None:
    clash = {"path": ["$score"], "op": "gt", "ref": {"condition": "a", "path": ["$score"]}}
    rule = _rule({"a": VERB_COMPLETED, "b": {"and": [VERB_COMPLETED, clash]}, "c": {"and": [VERB_COMPLETED, clash]}})
    told = [said(n, COMPLETED, COURSE, f"2026-11-10T03:{n // 60:02d}:{n % 60:02d}Z", result={"score": {"scaled": 0.5}}) for n in range(400)]
    begin = time.monotonic()
    with pytest.raises(EvidenceError, match="too many combinations"):
        judged(rule, told, {})
    assert time.monotonic() - begin < 10


def test_statements_of_one_identity_group_go_together() -> None:
    rule = _rule(
        {"a": clause(["object", "id"], "eq", COURSE), "b": clause(["object", "id"], "eq", QUIZ)},
        identityPaths=[["context", "registration"]],
    )
    one, two = ({"registration": f"00000000-0000-4000-8000-00000000000{n}"} for n in "ab")
    apart = [said(1, COMPLETED, COURSE, context=one), said(2, COMPLETED, QUIZ, context=two)]
    assert judged(rule, apart, {}).at is None
    assert judged(rule, [*apart, said(3, COMPLETED, QUIZ, context=one)], {}).at is not None
    assert judged(rule, [said(1, COMPLETED, COURSE), said(2, COMPLETED, QUIZ)], {}).at is None  # no registration, no group


def test_presence_that_overlaps_counts_once() -> None:
    rule = evidence_rule("attendance-share")
    half = [said(1, ATTENDED, _MEETING, "2026-11-10T05:00:00Z", result={"duration": "PT3H"})]
    again = [*half, said(2, ATTENDED, _MEETING, "2026-11-10T04:30:00Z", result={"duration": "PT2H30M"})]
    assert judged(rule, again, _ROLES, planned_minutes=360).findings[0].have == 180
    assert judged(rule, again, _ROLES, planned_minutes=360).at is None
    enough = [*again, said(3, ATTENDED, _MEETING, "2026-11-10T07:00:00Z", result={"duration": "PT2H"})]
    outcome = judged(rule, enough, _ROLES, planned_minutes=360)
    assert outcome.at == fact(enough[2]).at
    assert judged(rule, enough, _ROLES).at is None  # nobody has said how long it is


def test_a_join_and_the_next_leave_are_presence() -> None:
    rule = evidence_rule("attendance-share")
    told = [
        said(1, JOINED, _MEETING, "2026-11-10T01:00:00Z"),
        said(2, JOINED, _MEETING, "2026-11-10T01:30:00Z"),  # a second window
        said(3, LEFT, _MEETING, "2026-11-10T02:00:00Z"),
        said(4, LEFT, _MEETING, "2026-11-10T02:10:00Z"),  # whose join has been used
        said(5, JOINED, _MEETING, "2026-11-11T03:00:00Z"),  # and never left
    ]
    for order in permutations(told):
        assert judged(rule, list(order), _ROLES, planned_minutes=300).findings[0].have == 60


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(1, 200)), max_size=30))
def test_minutes_of_presence_are_the_minutes_in_which_somebody_was_there(sittings: list[tuple[int, int]]) -> None:
    told = [
        fact(
            said(
                n,
                ATTENDED,
                _MEETING,
                f"2026-11-10T{(start + length) // 60:02d}:{(start + length) % 60:02d}:00Z",
                result={"duration": f"PT{length}M"},
            )
        )
        for n, (start, length) in enumerate(sittings)
    ]
    minutes = {minute for start, length in sittings for minute in range(start, start + length)}
    found = presence(sorted(told, key=lambda one: (one.at, one.statement)), None)
    assert found.minutes == len(minutes)


@pytest.mark.parametrize(
    ("score", "scaled"),
    [
        ('{"scaled":0.7}', 0.7),
        ('{"raw":7,"max":10}', 0.7),
        ('{"raw":15,"min":10,"max":20}', 0.5),
        ('{"raw":66.4,"min":10.4,"max":90.4}', 0.7),  # with floats, a hair less
        ('{"raw":7}', None),
        ('{"raw":7,"max":0}', None),
        ('{"raw":1e399,"max":1e400}', 0.1),
        ('{"raw":1e500,"max":1e501}', None),
        ("null", None),
    ],
)
def test_a_score_is_scaled_or_can_be(score: str, scaled: float | None) -> None:
    assert scaled_score(msgspec.Raw(score.encode())) == scaled


@pytest.mark.parametrize(
    "score", ['{"scaled":0.69999999999999999999}', '{"raw":69.999999999999999999,"max":100}', '{"scaled":6.9999999999999999999e-1}']
)
def test_a_score_below_the_bound_by_less_than_a_float_can_tell_does_not_reach_it(score: str) -> None:
    found = scaled_score(msgspec.Raw(score.encode()))
    assert found is not None
    assert 0.6999999 < found < 0.7


@pytest.mark.parametrize(
    "score", ['{"scaled":0.70000000000000000001}', '{"raw":70.0000000000000000001,"max":100}', '{"scaled":0.7000000000000000000}']
)
def test_a_score_that_reaches_the_bound_does(score: str) -> None:
    assert scaled_score(msgspec.Raw(score.encode())) == 0.7


@given(st.decimals(-10, 10, allow_nan=False, places=18), st.floats(-10, 10, allow_nan=False))
def test_no_number_reaches_another_bound_than_its_digits(number: Decimal, bound: float) -> None:
    assert (floored(str(number)) >= bound) == (number >= Decimal(repr(bound)))


@pytest.mark.parametrize(
    ("digits", "read"),
    [
        ("1e400", 1.7976931348623157e308),
        ("-1e99999999999999999999", -1.7976931348623157e308),
        ("1e-99999", 0.0),
        ("-1e-99999", -5e-324),
        ("1e5", 100_000.0),
        ("0e999", 0.0),
    ],
)
def test_numbers_past_all_floats_are_the_last_of_them(digits: str, read: float) -> None:
    assert floored(digits) == read


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("PT1H30M", 5_400), ("PT17M30.5S", 1_050.5), ("P1D", 86_400), ("P2W", 1_209_600), ("PT0,5H", 1_800), ("", None), ("P9Y", None)],
)
def test_durations_in_seconds(text: str, seconds: float | None) -> None:
    assert duration_seconds(text) == seconds


@pytest.mark.parametrize(
    ("timestamp", "same_as"),
    [
        ("2026-11-10T10:00:00+07:00", "2026-11-10T03:00:00Z"),
        ("2026-11-10T03:00:00", "2026-11-10T03:00:00Z"),
        ("2026-11-10t03:00:00.000z", "2026-11-10T03:00:00Z"),
        ("2026-11-10 03:00:00Z", "2026-11-10T03:00:00Z"),
        ("2026-11-10T10:00:00+07", "2026-11-10T03:00:00Z"),
        ("2026-11-10T10:00:00+0700", "2026-11-10T03:00:00Z"),
        ("2026-11-10T02:59:60Z", "2026-11-10T03:00:00Z"),
    ],
)
def test_a_timestamp_is_a_moment_however_it_is_written(timestamp: str, same_as: str) -> None:
    assert fact(said(1, COMPLETED, COURSE, timestamp)).at == fact(said(1, COMPLETED, COURSE, same_as)).at


def test_h5p_in_the_browser_is_known_as_a_weak_source() -> None:
    category = {"contextActivities": {"category": [{"id": "http://h5p.org/libraries/H5P.Quiz-1.2"}]}}
    assert fact(said(1, COMPLETED, QUIZ, context=category)).weak == "h5p"
    extended = {"id": QUIZ, "definition": {"extensions": {"http://h5p.org/x-api/h5p-local-content-id": 12}}}
    assert fact(said(1, COMPLETED, QUIZ) | {"object": extended}).weak == "h5p"
    assert fact(said(1, COMPLETED, QUIZ)).weak == ""


def test_what_a_statement_claims_is_kept_as_a_claim() -> None:
    base = "https://w3id.org/bangkom-id/xapi/ext"
    told = fact(
        said(
            1,
            COMPLETED,
            COURSE,
            context={"extensions": {f"{base}/angkatan": "pbj-1", f"{base}/nomor-sertifikat": "500/CONTOH/2026"}},
            result={"extensions": {f"{base}/jp-klaim": 12}},
        )
    )
    assert (told.batch, told.claimed, told.number) == ("pbj-1", 12, "500/CONTOH/2026")


def test_a_value_too_long_to_keep_is_refused_with_its_path() -> None:
    rule = _rule({"a": clause(["result", "response"], "eq", "x")})
    with pytest.raises(EvidenceError, match=r'\["result","response"\]'):
        fact(said(1, COMPLETED, COURSE, result={"response": "x" * 5_000}), rule)


@given(st.permutations(range(8)))
def test_the_order_of_arrival_decides_nothing(order: list[int]) -> None:
    rule = evidence_rule("course-completed-and-quiz-passed")
    told = [
        said(
            n,
            COMPLETED if n % 2 else PASSED,
            COURSE if n % 2 else QUIZ,
            f"2026-11-{10 + n // 3}T03:00:00Z",
            result={"score": {"scaled": n / 8}},
        )
        for n in range(8)
    ]
    expected = judged(rule, told, _ROLES, minimum_score=0.5)
    assert expected.at is not None
    assert judged(rule, [told[n] for n in order], _ROLES, minimum_score=0.5) == expected
