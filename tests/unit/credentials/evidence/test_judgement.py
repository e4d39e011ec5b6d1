"""The judgement of a person and a batch: dates, days of learning, what is taken back, links, accreditation, suspension, weak sources."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import permutations
from typing import Any

import pytest

from credentials.catalogue.model import Batch, Binding
from credentials.catalogue.provider import Accreditation, ProviderProfile
from credentials.catalogue.states import StateChange
from credentials.evidence.judgement import Judgement, judge
from credentials.hours.entry import DayOfLearning
from credentials.people.links import Held
from credentials.people.person import Posting
from tests.support.evidence import (
    ACCREDITED,
    ATTENDED,
    BATCH,
    COMPLETED,
    COURSE,
    HOME,
    PASSED,
    PROGRAMME,
    QUIZ,
    Members,
    case,
    said,
)

_VIEWED, _ANSWERED = "http://id.tincanapi.com/verb/viewed", "http://adlnet.gov/expapi/verbs/answered"
_EDLM = "https://xapi.edlm/profiles/edlm-lms/concepts"
_UNCOMPLETED, _FORFEITED = f"{_EDLM}/verbs/uncompleted", "https://w3id.org/xapi/tla/verbs/forfeited"
_IN_COURSE: Members = {"context": {"contextActivities": {"grouping": [{"id": COURSE}]}}}
_COURSE_TYPE = {"definition": {"type": "http://id.tincanapi.com/activitytype/lms/course"}}
_PASS: Members = {"result": {"success": True, "score": {"scaled": 0.8}}}


def _course(number: int, when: str = "2026-11-12T17:30:00Z", **more: Any) -> Members:
    return said(number, COMPLETED, COURSE, when, **more) | {"object": {"id": COURSE} | _COURSE_TYPE}


def _quiz(number: int, when: str = "2026-11-10T03:00:00Z", **more: Any) -> Members:
    return said(number, PASSED, QUIZ, when, **(_PASS | _IN_COURSE | more))


def _view(number: int, when: str, **more: Any) -> Members:
    return said(number, _VIEWED, f"{HOME}/mod/page/view.php?id={number}", when, **(_IN_COURSE | more))


def _days(*days: int) -> tuple[DayOfLearning, ...]:
    return tuple(DayOfLearning(date(2026, 11, day)) for day in days)


def test_days_of_learning_are_those_of_the_learners_own_acts_and_the_nightly_completion_makes_none() -> None:
    told = [_view(1, "2026-11-08T03:00:00Z"), _view(2, "2026-11-08T09:00:00Z"), _quiz(3), _course(4)]
    judgement = judge(case(told))
    assert judgement.kind == "complete"
    assert judgement.learned_on == date(2026, 11, 13)  # 00:30 WIB
    assert judgement.days == _days(8, 10)


def test_an_act_after_the_completion_adds_no_day() -> None:
    told = [_quiz(1), _course(2), _view(3, "2026-11-20T03:00:00Z")]
    assert judge(case(told)).days == _days(10)


def test_a_days_date_is_that_of_the_place_where_the_learner_worked_then() -> None:
    evening = [_view(1, "2026-11-08T16:30:00Z"), _quiz(2), _course(3)]  # 23:30 WIB, 01:30 WIT of the next day
    assert judge(case(evening)).days == _days(8, 10)
    papua = (Posting(date(2020, 1, 1), "9401", time_zone="Asia/Jayapura"),)
    assert judge(case(evening, postings=papua)).days == _days(9, 10)
    moved = (*papua, Posting(date(2026, 11, 5), "3171", time_zone="Asia/Jakarta"))
    assert judge(case(evening, postings=moved)).days == _days(8, 10)


def test_evidence_counts_within_the_batchs_own_days() -> None:
    for when in ("2026-10-31T16:59:59Z", "2026-11-30T17:00:00Z"):
        assert judge(case([_quiz(1), _course(2, when)])).kind == "incomplete"
    for when in ("2026-10-31T17:00:00Z", "2026-11-30T16:59:59Z"):
        assert judge(case([_quiz(1, when), _course(2, when)])).kind == "complete"


def test_a_statement_that_names_its_batch_counts_for_no_other() -> None:
    named: Members = {"context": {"extensions": {"https://w3id.org/bangkom-id/xapi/ext/angkatan": "pbj-2"}}}
    judgement = judge(case([_quiz(1), _course(2, **named)]))
    assert judgement.kind == "incomplete"
    assert [one.aside for one in judgement.evidence if one.role == "course"] == ["other-batch"]


def test_of_two_copies_of_a_completion_one_may_be_voided() -> None:
    first, again = _course(2), _course(3)
    assert judge(case([_quiz(1), first, again], voided=[first["id"]])).kind == "complete"
    assert judge(case([_quiz(1), first, again], voided=[first["id"], again["id"]])).kind == "incomplete"


def test_an_uncompleted_takes_back_what_was_before_it_in_whatever_order_they_arrive() -> None:
    told = [_quiz(1), _course(2, "2026-11-12T03:00:00Z"), said(3, _UNCOMPLETED, COURSE, "2026-11-13T03:00:00Z")]
    assert all(judge(case(list(order))).kind == "incomplete" for order in permutations(told))
    newer = [*told, _course(4, "2026-11-14T03:00:00Z")]
    assert all(judge(case(list(order))).learned_on == date(2026, 11, 14) for order in permutations(newer))


def test_an_older_uncompleted_that_arrives_late_changes_nothing() -> None:
    assert judge(case([_quiz(1), _course(2), said(3, _UNCOMPLETED, COURSE, "2026-11-09T03:00:00Z")])).kind == "complete"


def test_a_void_of_the_uncompleted_brings_the_completion_back() -> None:
    told = [_quiz(1), _course(2), said(3, _UNCOMPLETED, COURSE, "2026-11-14T03:00:00Z")]
    assert judge(case(told)).kind == "incomplete"
    assert judge(case(told, voided=[told[2]["id"]])).kind == "complete"


def test_a_module_that_is_uncompleted_does_not_take_the_course_back() -> None:
    module = said(3, _UNCOMPLETED, f"{HOME}/mod/page/view.php?id=5", "2026-11-14T03:00:00Z", **_IN_COURSE)
    assert judge(case([_quiz(1), _course(2), module])).kind == "complete"


def test_a_certificate_that_the_provider_forfeits_takes_the_course_back() -> None:
    target = {"id": f"{HOME}/cert/9", "definition": {"type": f"{_EDLM}/activity-types/certificate"}}
    forfeited = said(3, _FORFEITED, f"{HOME}/cert/9", "2027-03-01T03:00:00Z", **_IN_COURSE) | {"object": target}
    assert judge(case([_quiz(1), _course(2), forfeited])).kind == "incomplete"


def _second_batch() -> Batch:
    return replace(BATCH, id="pbj-2", starts=date(2026, 12, 1), ends=date(2026, 12, 31))


def test_a_taking_back_finds_its_batch_after_the_batch_has_ended() -> None:
    told = [_quiz(1), _course(2), said(3, _UNCOMPLETED, COURSE, "2026-12-20T03:00:00Z")]
    assert judge(case(told, siblings=[_second_batch()])).kind == "incomplete"


def test_a_taking_back_means_the_latest_batch_in_which_there_is_something_to_take_back() -> None:
    told = [
        *(_quiz(1), _course(2)),
        *(_quiz(3, "2026-12-10T03:00:00Z"), _course(4, "2026-12-11T03:00:00Z")),
        *(said(5, _UNCOMPLETED, COURSE, "2026-12-20T03:00:00Z"), said(6, _UNCOMPLETED, COURSE, "2026-12-21T03:00:00Z")),
    ]
    second = _second_batch()
    assert judge(case(told, siblings=[second])).kind == "complete"
    assert judge(case(told, batch=second, siblings=[BATCH])).kind == "incomplete"


def test_an_account_that_was_renamed_takes_back_under_its_new_name() -> None:
    told = [_quiz(1), _course(2), said(3, _UNCOMPLETED, COURSE, "2026-11-14T03:00:00Z", user="sri.baru")]
    assert judge(case(told)).kind == "incomplete"
    assert judge(case(told, held={"sri": Held("aaccount:x|sri", "hr")})).kind == "complete"  # the new name is somebody else


def test_evidence_of_several_accounts_of_a_person_goes_together() -> None:
    told = [_quiz(1, user="sri"), _course(2, user="sri.lestari")]
    assert judge(case(told)).kind == "complete"
    assert judge(case(told, held={"sri": Held("aaccount:x|sri", "hr")})).kind == "incomplete"


def test_a_link_holds_for_its_days_only() -> None:
    told = [_quiz(1), _course(2)]
    until = {"sri": Held("aaccount:x|sri", "hr", until=date(2026, 11, 11))}
    judgement = judge(case(told, held=until))
    assert judgement.kind == "incomplete"
    assert {one.aside for one in judgement.evidence} == {"", "not-linked-then"}


def test_an_expired_number_still_names_its_person_and_the_line_says_so() -> None:
    held = {"sri": Held("aaccount:x|sri", "nip-asserted", expired=date(2026, 11, 11))}
    assert judge(case([_quiz(1), _course(2)], held=held)).flags == ("expired-identifier",)
    assert judge(case([_quiz(1), _course(2)], held={"sri": replace(held["sri"], expired=date(2026, 12, 1))})).flags == ()


def _suspended(since: date, until: date | None = None) -> ProviderProfile:
    history = [StateChange("suspended", since, 1, "a")]
    if until is not None:
        history.append(StateChange("active", until, 2, "a"))
    return replace(ACCREDITED, history=tuple(history))


def test_a_suspension_works_from_its_date_on_and_leaves_what_was_complete_before() -> None:
    told = [_quiz(1), _course(2)]
    assert judge(case(told, provider=_suspended(date(2026, 11, 14)))).kind == "complete"
    judgement = judge(case(told, provider=_suspended(date(2026, 11, 13))))
    assert (judgement.kind, judgement.reasons) == ("incomplete", ("provider-suspended",))


def test_evidence_that_comes_again_after_the_suspension_was_lifted_counts() -> None:
    told = [_quiz(1), _course(2), _course(3, "2026-11-25T03:00:00Z"), _view(4, "2026-11-14T03:00:00Z")]
    judgement = judge(case(told, provider=_suspended(date(2026, 11, 12), date(2026, 11, 20))))
    assert (judgement.kind, judgement.learned_on, judgement.days) == ("complete", date(2026, 11, 25), _days(10))


@pytest.mark.parametrize(
    ("programme", "reason"),
    [
        (replace(PROGRAMME, history=()), "programme-not-approved"),
        (replace(PROGRAMME, history=(*PROGRAMME.history, StateChange("suspended", date(2026, 11, 1), 2, "b"))), "programme-suspended"),
        (replace(PROGRAMME, valid_until=date(2026, 11, 9)), "programme-not-valid"),
    ],
)
def test_only_learning_that_the_catalogue_lets_count_counts_and_the_reason_is_told(programme: Any, reason: str) -> None:
    judgement = judge(case([_quiz(1), _course(2)], programme=programme))
    assert (judgement.kind, judgement.reasons) == ("incomplete", (reason,))


def test_a_provider_without_accreditation_waits_for_a_person() -> None:
    told = [_quiz(1), _course(2)]
    late = ProviderProfile("balai", (Accreditation(date(2026, 11, 14), None, "LAN"),))
    judgement = judge(case(told, provider=late))
    assert (judgement.kind, judgement.reasons) == ("review", ("provider-not-accredited",))
    assert judge(case(told, provider=late, verdict="approved")).flags == ("reviewed",)
    assert judge(case(told, provider=late, verdict="rejected")).reasons == ("review-rejected",)
    # what counts is the day on which the evidence was complete: the quiz may lie before
    began = ProviderProfile("balai", (Accreditation(date(2026, 11, 13), None, "LAN"),))
    assert judge(case(told, provider=began)).kind == "complete"


def test_a_weak_source_waits_for_a_person_and_makes_no_day() -> None:
    h5p = {
        "context": _IN_COURSE["context"] | {"contextActivities": {"category": [{"id": "http://h5p.org/libraries/H5P.QuestionSet-1.20"}]}}
    }
    told = [_view(1, "2026-11-08T03:00:00Z"), _quiz(2, **h5p), _course(3)]
    judgement = judge(case(told))
    assert (judgement.kind, judgement.reasons, judgement.days) == ("review", ("weak-source:h5p",), _days(8))
    approved = judge(case(told, verdict="approved"))
    assert (approved.kind, approved.days) == ("complete", _days(8, 10))
    strong = judge(case([*told, _quiz(4, "2026-11-11T03:00:00Z")]))
    assert (strong.kind, strong.flags) == ("complete", ())


def test_each_coaching_session_is_counted_on_its_day() -> None:
    room = f"{HOME}/coaching/1"
    batch = replace(BATCH, rule="coaching-session", bindings=(Binding("session", room),))
    told = [
        said(1, ATTENDED, room, "2026-11-10T03:00:00Z"),
        said(2, ATTENDED, room, "2026-11-10T07:00:00Z"),
        said(3, ATTENDED, room, "2026-11-10T07:00:00Z"),  # sent again
        said(4, ATTENDED, room, "2026-11-24T03:00:00Z"),
    ]
    judgement = judge(case(told, batch=batch))
    assert judgement.days == (DayOfLearning(date(2026, 11, 10), 2), DayOfLearning(date(2026, 11, 24), 1))
    assert judgement.learned_on == date(2026, 11, 24)
    assert judge(case(told[:1], batch=batch)).days == (DayOfLearning(date(2026, 11, 10), 1),)


def test_what_the_used_statements_claim_goes_along_as_a_claim() -> None:
    claims: Members = {"result": {"extensions": {"https://w3id.org/bangkom-id/xapi/ext/jp-klaim": 12}}}
    assert judge(case([_quiz(1), _course(2, **claims)])).claimed == 12


def _outcome(judgement: Judgement) -> tuple[object, ...]:
    return judgement.kind, judgement.at, judgement.statements, judgement.days, judgement.flags, judgement.reasons


def test_the_same_statements_in_any_order_give_the_same_judgement() -> None:
    told = [
        _view(1, "2026-11-08T03:00:00Z"),
        _quiz(2),
        _course(3, "2026-11-12T03:00:00Z"),
        said(4, _UNCOMPLETED, COURSE, "2026-11-13T03:00:00Z"),
        _course(5, "2026-11-14T03:00:00Z"),
    ]
    assert len({_outcome(judge(case(list(order)))) for order in permutations(told)}) == 1
