"""Learning as a Moodle tells of it, at scale: persons, batches, and fifteen statements for each completion, many learners at once.

The same number always gives the same statement, so a stream can be begun anywhere and ended anywhere. Everybody is invented.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from credentials.catalogue.model import Batch, Binding, Programme
from credentials.catalogue.provider import Accreditation, ProviderProfile
from credentials.catalogue.states import StateChange
from credentials.people.links import Identity, Link
from credentials.people.person import Name, Person, Posting, Profile
from credentials.ports.records import MOST_WRITES, Put, Records, Write
from credentials.stores.catalogue import BATCHES, BINDING_COUNTS, BOUND, PROGRAMMES, BindingCount, Bound, Use
from credentials.stores.links import IDENTITIES
from credentials.stores.people import PERSONS, PROFILES
from credentials.stores.providers import PROVIDER_PROFILES
from lrs.ports import Batch as StatementBatch
from lrs.ports import NewStatement, StatementStore, account_term, activity_term

EACH = 15  # statements of a completion
SITE, PROVIDER, CLIENT = "https://lms.balai-bangku.test", "balai-bangku", "moodle"
_TOGETHER = 40  # learners whose statements are interleaved
_TRIES = 4  # courses of one learner
_LEARNERS_OF_A_BATCH = 200
_ZONE = "Asia/Jakarta"
_FIRST, _LAST = date(2026, 1, 1), date(2026, 12, 31)
_BEGIN = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
_EDLM = "https://xapi.edlm/profiles/edlm-lms/concepts"
_COURSE_TYPE = "https://w3id.org/xapi/cmi5/activitytype/course"
_LMS = "https://w3id.org/learning-analytics/learning-management-system"
_INFO = "http://lrs.learninglocker.net/define/extensions/info"
_ACTS = (
    ("user_enrolment_created", f"{_EDLM}/verbs/enrolled", "course"),
    ("course_viewed", "http://id.tincanapi.com/verb/viewed", "course"),
    *(("course_module_viewed", "http://id.tincanapi.com/verb/viewed", f"page-{number}") for number in range(4)),
    *(("course_module_completion_updated", "http://adlnet.gov/expapi/verbs/completed", f"page-{number}") for number in range(3)),
    ("attempt_started", "http://activitystrea.ms/schema/1.0/start", "quiz"),
    *(("question_answered", "http://adlnet.gov/expapi/verbs/answered", f"question-{number}") for number in range(3)),
    ("attempt_submitted", "http://adlnet.gov/expapi/verbs/completed", "quiz"),
    ("course_completed", "http://adlnet.gov/expapi/verbs/completed", "course"),
)
Json = dict[str, Any]
_SOURCE: Json = {
    "id": "http://moodle.org",
    "definition": {"type": "http://id.tincanapi.com/activitytype/source", "name": {"en": "Moodle"}},
}


@dataclass(frozen=True, slots=True)
class Crowd:
    """Who learns what, for so many statements."""

    statements: int

    @property
    def completions(self) -> int:
        return self.statements // EACH

    @property
    def learners(self) -> int:
        return max(1, self.completions // _TRIES)

    @property
    def batches(self) -> int:
        return max(_TRIES, self.completions // _LEARNERS_OF_A_BATCH)

    async def register(self, records: Records) -> None:
        """Persons with their accounts, an accredited provider, and its catalogue."""
        writes: list[Write] = [*self._catalogue()]
        for number in range(self.learners):
            writes += _person(number)
            if len(writes) > MOST_WRITES - 10:
                await records.commit(*writes)
                writes = []
        await records.commit(*writes)

    def _catalogue(self) -> Iterator[Write]:
        approved, opened = StateChange("approved", None, 1, "a"), StateChange("open", None, 1, "a")
        yield Put(PROVIDER_PROFILES, ProviderProfile(PROVIDER, (Accreditation(date(2020, 1, 1), None, "LAN"),)))
        yield Put(BINDING_COUNTS, BindingCount(PROVIDER, 1))
        for number in range(self.batches):
            programme, batch = f"p-{number}", f"b-{number}"
            yield Put(PROGRAMMES, Programme(programme, 1, PROVIDER, f"Pelatihan {number}", "-", "-", 8, channel=16, history=(approved,)))
            bindings = (Binding("course", course_iri(number)), Binding("quiz", activity_iri(number, "quiz")))
            rule = "course-completed-and-quiz-passed"
            yield Put(
                BATCHES,
                Batch(batch, programme, 1, PROVIDER, "I", _FIRST, _LAST, _ZONE, rule, bindings, history=(opened,), minimum_score=0.6),
            )
            for one in bindings:
                yield Put(BOUND, Bound(PROVIDER, "exact", one.activity, (Use(batch, one.role, _FIRST, _LAST),)))

    def statements_from(self, first: int, count: int) -> Iterator[NewStatement]:
        """Ready to be stored, in stored order."""
        for number in range(first, first + count):
            yield self.statement(number)

    def statement(self, number: int) -> NewStatement:
        """Statement `number`: of forty learners, each does one thing after the other."""
        block, place = divmod(number, _TOGETHER * EACH)
        step, who = divmod(place, _TOGETHER)
        completion = block * _TOGETHER + who
        learner, course = completion % self.learners, (completion * 7 + completion // self.learners) % self.batches
        event, verb, what = _ACTS[step]
        moment = _BEGIN + timedelta(minutes=completion % 300_000, hours=step)
        target = course_iri(course) if what == "course" else activity_iri(course, what)
        body = _body(number, learner, event, verb, course, what, moment)
        around = () if what == "course" else (activity_term(course_iri(course)),)
        key = str(UUID(int=number + 1, version=4))
        return NewStatement(key, body, False, (account_term(SITE, f"pns{learner}"), "v" + verb, activity_term(target)), around)


async def fill(statements: StatementStore, crowd: Crowd, first: int, count: int, page: int = 1_000) -> None:
    """Stores them in pages."""
    for start in range(first, first + count, page):
        some = tuple(crowd.statements_from(start, min(page, first + count - start)))
        await statements.put(StatementBatch(PROVIDER, CLIENT, some))


def course_iri(number: int) -> str:
    return f"{SITE}/course/view.php?id={number}"


def activity_iri(course: int, what: str) -> str:
    return f"{SITE}/mod/{what}/view.php?id={course}"


def _body(number: int, learner: int, event: str, verb: str, course: int, what: str, moment: datetime) -> bytes:
    source = random.Random(number)  # invented data
    course_activity: Json = {
        "id": course_iri(course),
        "definition": {
            "type": _COURSE_TYPE,
            "name": {"id": f"Pelatihan Pengelolaan Keuangan Daerah Tingkat Dasar, kelas {course}"},
            "extensions": {f"{_LMS}/short-id": f"PKD-{course}", f"{_LMS}/external-id": f"PKD-2026-{course:05d}"},
        },
    }
    told: Json = {
        "id": str(UUID(int=number + 1, version=4)),
        "actor": {"name": f"Peserta Contoh {learner}", "account": {"homePage": SITE, "name": f"pns{learner}"}},
        "verb": {"id": verb, "display": {"en": verb.rpartition("/")[2]}},
        "object": course_activity if what == "course" else _module(course, what),
        "timestamp": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "version": "1.0.0",
        "context": {
            "platform": "Moodle",
            "language": "id",
            "registration": str(UUID(int=source.getrandbits(128), version=4)),
            "extensions": {
                _INFO: {
                    "http://moodle.org": "4.5.2 (Build: 20260210)",
                    "https://github.com/xAPI-vle/moodle-logstore_xapi": "v5.0.1",
                    "event_name": f"\\core\\event\\{event}",
                    "event_function": f"\\src\\transformer\\events\\core\\{event}",
                }
            },
            "contextActivities": {
                "grouping": [
                    {"id": SITE, "definition": {"type": "http://id.tincanapi.com/activitytype/lms", "name": {"id": "LMS Balai Bangku"}}},
                    *([] if what == "course" else [course_activity]),
                ],
                "category": [
                    {
                        "id": "http://moodle.org",
                        "definition": {"type": "http://id.tincanapi.com/activitytype/source", "name": {"en": "Moodle"}},
                    }
                ],
            },
        },
        "authority": {"objectType": "Agent", "account": {"homePage": "https://jejak.test", "name": "5b1f0c9e7a1d4e0fb6c1d2e3f4a5b6c7"}},
    }
    if event == "attempt_submitted":
        score = {"raw": 80, "min": 0, "max": 100, "scaled": 0.8}
        told["result"] = {"score": score, "success": True, "completion": True, "duration": "PT17M"}
    elif event == "question_answered":
        told["result"] = {"response": "Seluruh jawaban di atas benar", "success": True, "score": {"raw": 1, "max": 1, "scaled": 1}}
    return orjson.dumps(told)[:-1]


def _module(course: int, what: str) -> Json:
    if what.startswith("question"):
        definition: Json = {
            "type": "http://adlnet.gov/expapi/activities/cmi.interaction",
            "name": {"id": f"Soal {what} kelas {course}"},
            "description": {"id": "Manakah yang termasuk asas umum pengelolaan keuangan daerah menurut peraturan yang berlaku saat ini?"},
            "interactionType": "choice",
            "correctResponsesPattern": ["Seluruh jawaban di atas benar"],
            "choices": [{"id": f"pilihan-{one}", "description": {"id": f"Pilihan jawaban nomor {one}"}} for one in range(4)],
        }
    else:
        kind = "http://adlnet.gov/expapi/activities/assessment" if what == "quiz" else "http://id.tincanapi.com/activitytype/lms/module"
        definition = {"type": kind, "name": {"id": f"Materi {what} dari pelatihan pengelolaan keuangan daerah, kelas {course}"}}
    return {"id": activity_iri(course, what), "definition": definition}


def _person(number: int) -> Iterator[Write]:
    key = str(UUID(int=number + 1, version=4))
    yield Put(PERSONS, Person(key, postings=(Posting(date(2020, 1, 1), "4012"),)))
    yield Put(PROFILES, Profile(key, (Name(date(2020, 1, 1), f"Peserta {number}"),)))
    yield Put(IDENTITIES, Identity(PROVIDER, account_term(SITE, f"pns{number}"), (Link(f"l-{number}", key, "hr", "bench", "a", 1),)))
