"""Varied, valid statements of 0.6 to 4 KB, the same for the same seed and number: what LMSs of a few kinds send, with invented people
and courses.

Learners come in sessions, some dozens of them at a time: one learner in one course, a dozen statements. Some learners and activities come
far more often than others.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson

from bench.words import Text

Json = dict[str, Any]

_FIRST = ("Sari", "Budi", "Dewi", "Agus", "Rina", "Joko", "Ayu", "Hendra", "Nurul", "Yohanes", "Maria", "Putu", "Siti", "Ahmad")
_LAST = ("Lestari", "Santoso", "Wulandari", "Pratama", "Hidayat", "Simbolon", "Manurung", "Kusuma", "Siregar", "Nasution", "Rahayu")
_VERBS = {
    "http://adlnet.gov/expapi/verbs/completed": {"en-US": "completed", "id-ID": "menyelesaikan"},
    "http://adlnet.gov/expapi/verbs/passed": {"en-US": "passed", "id-ID": "lulus"},
    "http://adlnet.gov/expapi/verbs/failed": {"en-US": "failed", "id-ID": "tidak lulus"},
    "http://adlnet.gov/expapi/verbs/answered": {"en-US": "answered", "id-ID": "menjawab"},
    "http://adlnet.gov/expapi/verbs/experienced": {"en-US": "experienced", "id-ID": "mengalami"},
    "http://adlnet.gov/expapi/verbs/initialized": {"en-US": "initialized", "id-ID": "memulai"},
    "http://adlnet.gov/expapi/verbs/terminated": {"en-US": "terminated", "id-ID": "mengakhiri"},
    "http://id.tincanapi.com/verb/viewed": {"en": "viewed", "id": "melihat"},
    "https://w3id.org/xapi/dod-isd/verbs/attended": {"en": "attended", "id": "menghadiri"},
}
_IRIS = tuple(_VERBS)
_TYPES = ("course", "module", "assessment", "cmi.interaction", "media", "lesson")
_ZONES = ("Z", "+07:00", "+08:00", "+09:00")
_LEARNERS = 20_000
_COURSES = 400
_IN_COURSE = 30  # activities of one course
_ENROLLED = 6  # courses of one learner
_AT_ONCE, _IN_SESSION = 64, 12  # sessions at a time; statements of one


def corpus(count: int, *, seed: int = 1, first: int = 0) -> Iterator[Json]:
    """`count` statements with ids, from number `first` on; some are about an earlier one (StatementRef)."""
    made = _corpus(seed)
    return (made.statement(number) for number in range(first, first + count))


def encoded(count: int, *, seed: int = 1, first: int = 0) -> Iterator[bytes]:
    """The same as compact JSON."""
    return map(orjson.dumps, corpus(count, seed=seed, first=first))


def activities_only(statement: Json) -> bool:
    """Whether its object is an Activity: not every LRS takes the other kinds."""
    kind: str = statement["object"].get("objectType", "Activity")
    return kind == "Activity"


@lru_cache(maxsize=4)
def _corpus(seed: int) -> Corpus:
    return Corpus(seed)


class Corpus:
    """Statements by number."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._text = Text(random.Random(seed))
        self._activities: dict[int, Json] = {}

    def statement(self, number: int) -> Json:
        """The statement of that number, 0.6 to 4 KB as compact JSON."""
        learner, course = self._session(number // (_AT_ONCE * _IN_SESSION) * _AT_ONCE + number % _AT_ONCE)
        source = random.Random(self._seed << 40 | number)
        iri = source.choice(_IRIS)
        statement: Json = {
            "id": self.statement_id(number),
            "actor": self._actor(source, learner),
            "verb": {"id": iri, "display": _VERBS[iri]},
            "object": self._object(source, number, learner, course),
            "timestamp": _moment(source),
            "context": self._context(source, learner, course),
        }
        if not activities_only(statement):
            statement["context"].pop("platform", None)
        if source.random() < 0.5:
            statement["result"] = self._result(source)
        if source.random() < 0.05:
            statement["attachments"] = [_attachment(source) for _ in range(source.randint(1, 2))]
        self._fill(statement, source)
        return statement

    @lru_cache(maxsize=2 * _AT_ONCE)  # noqa: B019  # a corpus lives as long as its process
    def _session(self, session: int) -> tuple[int, int]:
        """Who learns, and in which course."""
        source = random.Random(self._seed << 40 | 1 << 38 | session)
        learner = int(_LEARNERS * source.random() ** 1.5)
        return learner, (learner * 7 + int(_ENROLLED * source.random() ** 2) * 61) % _COURSES

    def statement_id(self, number: int) -> str:
        """A UUID of version 4, as clients send them."""
        digest = hashlib.blake2b(b"%d/%d" % (self._seed, number), digest_size=16).digest()
        return str(UUID(bytes=digest, version=4))

    def _fill(self, statement: Json, source: random.Random) -> None:
        """Extensions up to a size between 0.6 and 3.6 KB, small ones being more frequent."""
        missing = int(700 + 2_900 * source.random() ** 2) - len(orjson.dumps(statement))
        if missing > 0:
            notes = statement["context"].setdefault("extensions", {})
            notes["https://lms.test/ext/catatan"] = self._text.piece(source, max(1, missing * 9 // 10))

    def _actor(self, source: random.Random, learner: int) -> Json:
        kind = source.random()
        if kind < 0.95:
            return _agent(learner)
        group: Json = {"objectType": "Group", "name": f"Angkatan {learner % 40}"}
        group["member"] = [_agent((learner + step * 11) % _LEARNERS) for step in range(source.randint(2, 5))]
        if kind < 0.975:
            group["account"] = {"homePage": "https://lms.test/angkatan", "name": str(learner % 40)}
        return group

    def _object(self, source: random.Random, number: int, learner: int, course: int) -> Json:
        kind = source.random()
        if kind < 0.92:
            return self._activity(course, int(_IN_COURSE * source.random() ** 1.5))
        if kind < 0.95 and number:
            return {"objectType": "StatementRef", "id": self.statement_id(max(0, number - source.randint(1, 5_000)))}
        if kind < 0.97:
            return {**_agent((learner + 1) % _LEARNERS), "objectType": "Agent"}
        return {
            "objectType": "SubStatement",
            "actor": _agent(learner),
            "verb": {"id": "http://adlnet.gov/expapi/verbs/experienced"},
            "object": self._activity(course, source.randrange(_IN_COURSE)),
        }

    def _activity(self, course: int, place: int) -> Json:
        number = course * _IN_COURSE + place
        made = self._activities.get(number)
        if made is None:
            made = self._activities[number] = self._make_activity(course, place)
        return made

    def _make_activity(self, course: int, place: int) -> Json:
        source = random.Random(self._seed << 40 | 1 << 39 | course << 8 | place)
        kind = _TYPES[place % len(_TYPES)] if place else "course"
        definition: Json = {
            "type": f"http://adlnet.gov/expapi/activities/{kind}",
            "name": {"id": self._text.piece(source, 30), "en": f"Course {course}, part {place}"},
            "description": {"id": self._text.piece(source, source.randint(40, 160))},
        }
        if kind == "cmi.interaction":
            definition |= {
                "interactionType": "choice",
                "correctResponsesPattern": ["a[,]c"],
                "choices": [{"id": letter, "description": {"id": self._text.piece(source, 24)}} for letter in "abcd"],
            }
        return {"objectType": "Activity", "id": f"https://lms.test/kursus/{course}/{kind}/{place}", "definition": definition}

    def _context(self, source: random.Random, learner: int, course: int) -> Json:
        kinds: Json = {
            "parent": [{"id": f"https://lms.test/kursus/{course}/course/0"}],
            "category": [{"id": f"https://lms.test/kategori/{course % 12}", "definition": {"type": _CATEGORY}}],
        }
        if source.random() < 0.5:
            kinds["grouping"] = [{"id": f"https://lms.test/angkatan/{course}/{learner % 4}"}]
        context: Json = {
            "registration": str(UUID(int=(learner << 20 | course) * 0x9E3779B97F4A7C15 % (1 << 128), version=4)),
            "contextActivities": kinds,
            "platform": "Moodle",
            "language": source.choice(("id", "id-ID", "en")),
        }
        if source.random() < 0.3:
            context["instructor"] = _agent(course * 13 % _LEARNERS)
        if source.random() < 0.05:
            context["team"] = {"objectType": "Group", "mbox": f"mailto:tim-{learner % 40}@balai.example.org"}
        if source.random() < 0.5:
            context["extensions"] = {"https://w3id.org/xapi/cmi5/context/extensions/sessionid": f"{source.getrandbits(64):016x}"}
        return context

    def _result(self, source: random.Random) -> Json:
        raw = source.randint(0, 100)
        return {
            "score": {"scaled": raw / 100, "raw": raw, "min": 0, "max": 100},
            "success": raw >= 70,
            "completion": True,
            "duration": f"PT{source.randint(1, 90)}M{source.randint(0, 59)}S",
            "response": self._text.piece(source, source.randint(4, 60)),
        }


_CATEGORY = "http://id.tincanapi.com/activitytype/source"


@lru_cache(maxsize=_LEARNERS)
def _agent(number: int) -> Json:
    """A learner is always identified in the same way."""
    name = f"{_FIRST[number % len(_FIRST)]} {_LAST[number // 7 % len(_LAST)]}"
    kind = number % 20
    if kind < 12:
        return {"objectType": "Agent", "name": name, "account": {"homePage": "https://lms.test", "name": f"peserta-{number}"}}
    if kind < 17:
        return {"name": name, "mbox": f"mailto:peserta-{number}@peserta.example.org"}
    if kind < 19:
        digest = hashlib.sha1(f"mailto:peserta-{number}@peserta.example.org".encode(), usedforsecurity=False).hexdigest()
        return {"objectType": "Agent", "mbox_sha1sum": digest}
    return {"objectType": "Agent", "openid": f"https://masuk.test/peserta-{number}"}


def _moment(source: random.Random) -> str:
    bits = source.getrandbits(62)
    day, hour, minute, second = bits % 28 + 1, bits // 28 % 24, bits // 672 % 60, bits // 40_320 % 60
    month, milli = bits // 2_419_200 % 12 + 1, bits // 29_030_400 % 1_000
    return f"2026-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}{source.choice(_ZONES)}"


def _attachment(source: random.Random) -> Json:
    digest = hashlib.sha256(source.randbytes(16)).hexdigest()
    return {
        "usageType": "https://lms.test/lampiran/bukti",
        "display": {"id": "Bukti kehadiran"},
        "contentType": "application/pdf",
        "length": source.randint(1_000, 900_000),
        "sha2": digest,
        "fileUrl": f"https://berkas.test/{digest[:16]}.pdf",
    }
