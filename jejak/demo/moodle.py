"""Statements as Moodle's logstore_xapi sends them: no ids, version 1.0.3, actors by account. Everybody and everything is invented."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

SITE = "https://lms.balai-contoh.test"
COURSE = f"{SITE}/course/view.php?id=18"
QUIZ = f"{SITE}/mod/quiz/view.php?id=181"
_EDLM = "https://xapi.edlm/profiles/edlm-lms/concepts"
_COURSE_TYPE, _QUIZ_TYPE = "https://w3id.org/xapi/cmi5/activitytype/course", "http://adlnet.gov/expapi/activities/assessment"
_INFO = "http://lrs.learninglocker.net/define/extensions/info"

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Learner:
    """`user`: the LMS's internal id, as Moodle sends it by default; `score`: of the quiz, out of 100 (70 passes)."""

    name: str
    title: str
    user: str
    score: int


LEARNERS = (
    Learner("Ni Luh Sekar Contoh", "S.Kom.", "1041", 92),
    Learner("Yohanis Contoh", "S.Sos.", "1042", 78),
    Learner("Rahmat Contoh", "A.Md.", "1043", 55),
)


def sequence(learner: Learner, end: datetime) -> list[Json]:
    """What the LMS sends of one learner: enrolled, opened the course, took the quiz, and, by the nightly job, completed the course."""
    passed = learner.score >= 70
    result: Json = {
        "score": {"raw": learner.score, "min": 0, "max": 100, "scaled": learner.score / 100},
        "success": passed,
        "completion": True,
        "duration": "PT17M30S",
    }
    course = _activity(COURSE, "Pengadaan Barang dan Jasa Tingkat Dasar", _COURSE_TYPE)
    quiz = _activity(QUIZ, "Kuis akhir", _QUIZ_TYPE)
    acts = [
        ("user_enrolment_created", f"{_EDLM}/verbs/enrolled", "enrolled", course, {}),
        ("course_viewed", "http://id.tincanapi.com/verb/viewed", "viewed", course, {}),
        ("attempt_submitted", "http://adlnet.gov/expapi/verbs/completed", "completed", quiz, {"result": result}),
        ("course_completed", "http://adlnet.gov/expapi/verbs/completed", "completed", course, {}),
    ]
    told = acts if passed else acts[:3]  # Moodle completes the course when the quiz is passed
    begin = end - timedelta(minutes=10 * len(told))
    return [
        _statement(learner, name, verb, display, target, begin + timedelta(minutes=10 * number)) | more
        for number, (name, verb, display, target, more) in enumerate(told)
    ]


def _statement(learner: Learner, event: str, verb: str, display: str, target: Json, moment: datetime) -> Json:
    return {
        "actor": {"name": learner.name, "account": {"homePage": SITE, "name": learner.user}},
        "verb": {"id": verb, "display": {"en": display}},
        "object": target,
        "timestamp": moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "context": {
            "platform": "Moodle",
            "language": "id",
            "extensions": {_INFO: {SITE: "4.5", "event_name": f"\\core\\event\\{event}", "event_function": event}},
        },
    }


def _activity(iri: str, name: str, kind: str) -> Json:
    return {"id": iri, "definition": {"type": kind, "name": {"id": name}}}
