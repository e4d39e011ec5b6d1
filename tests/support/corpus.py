"""Varied, valid statements of 0.6 to 4 KB, the same for the same seed: what LMSs of a few kinds send, with invented people and courses."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator
from typing import Any
from uuid import UUID

Json = dict[str, Any]

_FIRST = ["Sari", "Budi", "Dewi", "Agus", "Rina", "Joko", "Ayu", "Hendra", "Nurul", "Yohanes"]
_LAST = ["Lestari", "Santoso", "Wulandari", "Pratama", "Hidayat", "Simbolon", "Manurung", "Kusuma"]
_VERBS = {
    "http://adlnet.gov/expapi/verbs/completed": {"en-US": "completed", "id-ID": "menyelesaikan"},
    "http://adlnet.gov/expapi/verbs/passed": {"en-US": "passed", "id-ID": "lulus"},
    "http://adlnet.gov/expapi/verbs/answered": {"en-US": "answered", "id-ID": "menjawab"},
    "http://adlnet.gov/expapi/verbs/experienced": {"en-US": "experienced", "id-ID": "mengalami"},
    "http://id.tincanapi.com/verb/viewed": {"en": "viewed", "id": "melihat"},
    "https://w3id.org/xapi/dod-isd/verbs/attended": {"en": "attended", "id": "menghadiri"},
}
_WORDS = (
    "pelatihan",
    "modul",
    "dasar",
    "lanjutan",
    "keselamatan",
    "kerja",
    "layanan",
    "publik",
    "anggaran",
    "arsip",
    "digital",
    "etika",
    "kepemimpinan",
    "evaluasi",
)
_TYPES = ["course", "module", "assessment", "cmi.interaction", "media"]


def corpus(count: int, *, seed: int = 1) -> Iterator[Json]:
    """`count` statements with ids; some are about an earlier one (StatementRef)."""
    source = random.Random(seed)
    ids: list[str] = []
    for _ in range(count):
        statement = make_statement(source, ids)
        ids.append(statement["id"])
        yield statement


def make_statement(source: random.Random, earlier: list[str] | None = None) -> Json:
    """One statement, 0.6 to 4 KB as compact JSON."""
    iri = source.choice(sorted(_VERBS))
    statement: Json = {
        "id": _uuid(source),
        "actor": _actor(source),
        "verb": {"id": iri, "display": _VERBS[iri]},
        "object": _object(source, earlier or []),
        "timestamp": _moment(source),
        "context": _context(source),
    }
    if statement["object"].get("objectType", "Activity") != "Activity":
        statement["context"].pop("platform", None)
    if source.random() < 0.5:
        statement["result"] = _result(source)
    if source.random() < 0.1:
        statement["attachments"] = [_attachment(source) for _ in range(source.randint(1, 2))]
    _fill(statement, source)
    return statement


def _fill(statement: Json, source: random.Random) -> None:
    """Extensions up to a size between 0.6 and 3.6 KB, small ones being more frequent."""
    wanted = int(600 + 3_000 * source.random() ** 3)
    missing = wanted - len(json.dumps(statement, separators=(",", ":")).encode())
    if missing > 0:
        words = _text(source, 1 + missing // 4)
        statement["context"].setdefault("extensions", {})["https://lms.test/ext/catatan"] = words[: max(1, missing)]


def _uuid(source: random.Random) -> str:
    return str(UUID(int=source.getrandbits(128), version=4))


def _text(source: random.Random, words: int) -> str:
    return " ".join(source.choice(_WORDS) for _ in range(words))


def _moment(source: random.Random) -> str:
    zone = source.choice(["Z", "+07:00", "+08:00", "+09:00"])
    day, hour, minute = source.randint(1, 28), source.randint(0, 23), source.randint(0, 59)
    return f"2026-{source.randint(1, 12):02}-{day:02}T{hour:02}:{minute:02}:{source.randint(0, 59):02}.{source.randint(0, 999):03}{zone}"


def _agent(source: random.Random) -> Json:
    number = source.randint(1, 5_000)
    name = f"{_FIRST[number % len(_FIRST)]} {_LAST[number % len(_LAST)]}"
    kind = source.random()
    if kind < 0.6:
        return {"objectType": "Agent", "name": name, "account": {"homePage": "https://lms.test", "name": f"peserta-{number}"}}
    if kind < 0.85:
        return {"name": name, "mbox": f"mailto:peserta-{number}@peserta.test"}
    if kind < 0.95:
        digest = hashlib.sha1(f"mailto:peserta-{number}@peserta.test".encode(), usedforsecurity=False).hexdigest()
        return {"objectType": "Agent", "mbox_sha1sum": digest}
    return {"objectType": "Agent", "openid": f"https://masuk.test/peserta-{number}"}


def _actor(source: random.Random) -> Json:
    kind = source.random()
    if kind < 0.9:
        return _agent(source)
    group: Json = {"objectType": "Group", "name": "Angkatan " + str(source.randint(1, 40))}
    group["member"] = [_agent(source) for _ in range(source.randint(2, 5))]
    if kind < 0.95:
        group["account"] = {"homePage": "https://lms.test/angkatan", "name": str(source.randint(1, 40))}
    return group


def _activity(source: random.Random) -> Json:
    kind = source.choice(_TYPES)
    number = source.randint(1, 400)
    definition: Json = {
        "type": f"http://adlnet.gov/expapi/activities/{kind}",
        "name": {"id": _text(source, 3), "en": f"Course {number}"},
        "description": {"id": _text(source, 8)},
    }
    if kind == "cmi.interaction":
        definition |= {
            "interactionType": "choice",
            "correctResponsesPattern": ["a[,]c"],
            "choices": [{"id": letter, "description": {"id": _text(source, 2)}} for letter in "abcd"],
        }
    return {"objectType": "Activity", "id": f"https://lms.test/{kind}/{number}", "definition": definition}


def _object(source: random.Random, earlier: list[str]) -> Json:
    kind = source.random()
    if kind < 0.85:
        return _activity(source)
    if kind < 0.9 and earlier:
        return {"objectType": "StatementRef", "id": source.choice(earlier)}
    if kind < 0.95:
        return {**_agent(source), "objectType": "Agent"}
    return {
        "objectType": "SubStatement",
        "actor": _agent(source),
        "verb": {"id": "http://adlnet.gov/expapi/verbs/experienced"},
        "object": _activity(source),
    }


def _context(source: random.Random) -> Json:
    context: Json = {"registration": _uuid(source), "platform": "Moodle", "language": source.choice(["id", "id-ID", "en"])}
    context["contextActivities"] = {
        "parent": [{"id": f"https://lms.test/course/{source.randint(1, 80)}"}],
        "category": [{"id": "https://lms.test/kategori/teknis", "definition": {"type": "http://id.tincanapi.com/activitytype/source"}}],
    }
    if source.random() < 0.3:
        context["contextActivities"]["grouping"] = [{"id": f"https://lms.test/angkatan/{source.randint(1, 40)}"}]
    if source.random() < 0.3:
        context["instructor"] = _agent(source)
    if source.random() < 0.1:
        context["team"] = {"objectType": "Group", "mbox": f"mailto:tim-{source.randint(1, 40)}@balai.test"}
    return context


def _result(source: random.Random) -> Json:
    raw = source.randint(0, 100)
    return {
        "score": {"scaled": raw / 100, "raw": raw, "min": 0, "max": 100},
        "success": raw >= 70,
        "completion": True,
        "duration": f"PT{source.randint(1, 90)}M{source.randint(0, 59)}S",
        "response": _text(source, 4),
    }


def _attachment(source: random.Random) -> Json:
    content = source.randbytes(16)
    digest = hashlib.sha256(content).hexdigest()
    return {
        "usageType": "https://lms.test/lampiran/bukti",
        "display": {"id": "Bukti kehadiran"},
        "contentType": "application/pdf",
        "length": source.randint(1_000, 900_000),
        "sha2": digest,
        "fileUrl": f"https://berkas.test/{digest[:16]}.pdf",
    }
