"""Statements as Moodle's logstore_xapi sends them: no ids, version 1.0.3, actors by account. Everybody and everything is invented."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

_EDLM = "https://xapi.edlm/profiles/edlm-lms/concepts"
_COURSE_TYPE, _QUIZ_TYPE = "https://w3id.org/xapi/cmi5/activitytype/course", "http://adlnet.gov/expapi/activities/assessment"
_SEMINAR_TYPE = "https://w3id.org/xapi/acrossx/activities/face-to-face-discussion"
_COMPLETED = "http://adlnet.gov/expapi/verbs/completed"
_INFO = "http://lrs.learninglocker.net/define/extensions/info"
PASS = 70

Json = dict[str, Any]


def account(home_page: str, name: str) -> Json:
    """How the LMS names a learner: by the NIP on the agreed home page, or by its own number."""
    return {"account": {"homePage": home_page, "name": name}}


def course_taken(actor: Json, site: str, course: str, quiz: str, score: int, last: datetime) -> list[Json]:
    """Opened on three days, the quiz taken on the last, and, by the nightly job, the course completed when the quiz was passed."""
    result: Json = {
        "score": {"raw": score, "min": 0, "max": 100, "scaled": score / 100},
        "success": score >= PASS,
        "completion": True,
        "duration": "PT17M30S",
    }
    taught, test = _activity(course, "Kursus", _COURSE_TYPE), _activity(quiz, "Kuis akhir", _QUIZ_TYPE)
    told = [
        _statement(actor, site, "user_enrolment_created", f"{_EDLM}/verbs/enrolled", taught, last - timedelta(days=3)),
        *(
            _statement(actor, site, "course_viewed", "http://id.tincanapi.com/verb/viewed", taught, last - timedelta(days=2 - day))
            for day in range(3)
        ),
        _statement(actor, site, "attempt_submitted", _COMPLETED, test, last + timedelta(minutes=30)) | {"result": result},
    ]
    if score >= PASS:
        told.append(_statement(actor, site, "course_completed", _COMPLETED, taught, last + timedelta(hours=5)))
    return told


def seminar_attended(actor: Json, site: str, seminar: str, ended: datetime) -> Json:
    """By the attendance of Moodle's face-to-face module."""
    target = _activity(seminar, "Seminar", _SEMINAR_TYPE)
    return _statement(actor, site, "attendance", "http://adlnet.gov/expapi/verbs/attended", target, ended) | {
        "result": {"completion": True}
    }


def voided(actor: Json, statement: str) -> Json:
    """Takes a statement back."""
    verb = {"id": "http://adlnet.gov/expapi/verbs/voided", "display": {"en": "voided"}}
    return {"actor": actor, "verb": verb, "object": {"objectType": "StatementRef", "id": statement}}


def _statement(actor: Json, site: str, event: str, verb: str, target: Json, moment: datetime) -> Json:
    return {
        "actor": actor,
        "verb": {"id": verb, "display": {"en": verb.rpartition("/")[2]}},
        "object": target,
        "timestamp": moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "context": {
            "platform": "Moodle",
            "language": "id",
            "extensions": {_INFO: {site: "4.5", "event_name": f"\\core\\event\\{event}", "event_function": event}},
        },
    }


def _activity(iri: str, name: str, kind: str) -> Json:
    return {"id": iri, "definition": {"type": kind, "name": {"id": name}}}
