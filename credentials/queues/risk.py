"""How much a case should be looked at: reasons that a person can read, each with a weight; the queue shows the highest sum first."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher

from credentials.hours.entry import HoursEntry
from credentials.queues.learning import Learning

MOST = 1_000
JP_OF_A_DAY = 10  # 7.5 hours of 60 minutes
_LIKE = 0.85  # share of two titles that is the same
_LATE_DAYS = 366
_MANY = 10  # claims of one person that wait or were approved within 30 days
_NOT_LETTERS = re.compile(r"[^\w]+")


@dataclass(frozen=True, slots=True)
class Reason:
    """`weight`: what it adds to the risk. In both languages, for who decides."""

    weight: int
    id: str
    en: str


REASONS: Mapping[str, Reason] = {
    "same-event": Reason(500, "kegiatan ini sudah tercatat", "this event is in the ledger already"),
    "same-certificate": Reason(450, "nomor sertifikat ini sudah dipakai", "this certificate number is in use already"),
    "same-file": Reason(450, "berkas bukti yang sama ada pada usulan lain", "the same file is evidence of another case"),
    "like-event": Reason(250, "ada kegiatan serupa pada tanggal yang sama", "there is a like event on the same dates"),
    "too-many-hours": Reason(300, "JP melebihi yang wajar untuk jumlah harinya", "more hours than the days can hold"),
    "above-catalogue": Reason(200, "JP melebihi yang disetujui dalam katalog", "more hours than the catalogue approved"),
    "not-accredited": Reason(200, "penyelenggara tidak terakreditasi pada tanggal itu", "the provider was not accredited on that day"),
    "provider-suspended": Reason(400, "penyelenggara sedang dibekukan pada tanggal itu", "the provider was suspended on that day"),
    "unknown-organiser": Reason(100, "penyelenggara tidak terdaftar", "the organiser is not registered here"),
    "no-evidence": Reason(300, "tanpa bukti dukung", "there is no evidence"),
    "weak-source": Reason(250, "sumber bukti lemah", "the evidence comes from a weak source"),
    "late": Reason(80, "diusulkan lebih dari setahun sesudahnya", "sent more than a year later"),
    "many": Reason(150, "banyak usulan dalam 30 hari", "many cases within 30 days"),
    "no-status": Reason(100, "status kepegawaian pada tanggal itu tidak ada", "there is no status for those dates"),
}


@dataclass(frozen=True, slots=True)
class Known:
    """What the store knows and a case is compared with.

    `lines`: the person's open credits. `others`: (case id, learning) of the person's other cases that wait or were approved. `files`: ids
    of other cases with one of the files. `recent`: how many cases the person sent within 30 days. `catalogue_jp`: approved in the
    catalogue, None when the event is not in it. `accredited`, `suspended`: of the provider on the last day, None when it is not here.
    """

    lines: Sequence[HoursEntry] = ()
    others: Sequence[tuple[str, Learning]] = ()
    files: Sequence[str] = ()
    recent: int = 0
    catalogue_jp: int | None = None
    accredited: bool | None = None
    suspended: bool | None = None
    employed: bool = True


@dataclass(frozen=True, slots=True)
class Assessment:
    """`risk`: 0 to `MOST`. `similar`: ids of lines and cases that may be the same event, to be shown side by side."""

    risk: int
    reasons: tuple[str, ...]
    similar: tuple[str, ...]


def assess(learning: Learning, evidence: Sequence[str], known: Known, today: date) -> Assessment:
    """Of a claim, a manual entry or a confirmation."""
    found: dict[str, None] = {}
    similar: dict[str, None] = {}
    for id, code in _same(learning, known):
        found[code] = similar[id] = None
    similar |= dict.fromkeys(known.files)
    checks = {
        "same-file": bool(known.files),
        "too-many-hours": learning.jp > JP_OF_A_DAY * len(learning.days_told()),
        "above-catalogue": known.catalogue_jp is not None and learning.jp > known.catalogue_jp,
        "not-accredited": known.accredited is False,
        "provider-suspended": known.suspended is True,
        "unknown-organiser": not learning.provider,
        "no-evidence": not evidence,
        "late": (today - learning.ended_on).days > _LATE_DAYS,
        "many": known.recent >= _MANY,
        "no-status": not known.employed,
    }
    found |= {code: None for code, holds in checks.items() if holds}
    return Assessment(risk_of(found), tuple(found), tuple(similar))


def risk_of(reasons: Iterable[str]) -> int:
    """The sum of the weights, at most `MOST`; an unknown code weighs as a weak source."""
    return min(MOST, sum(REASONS.get(code, REASONS["weak-source"]).weight for code in dict.fromkeys(reasons)))


def _same(learning: Learning, known: Known) -> Iterable[tuple[str, str]]:
    """(id, reason) of every line and case that may be the same event."""
    for line in known.lines:
        if learning.batch and line.batch == learning.batch:
            yield line.id, "same-event"
        elif learning.certificate_number and _number(line.certificate_number) == _number(learning.certificate_number):
            yield line.id, "same-certificate"
        elif _meet(learning, line.started_on or line.completed_on, line.completed_on) and alike(learning.title, line.title):
            yield line.id, "like-event"
    for id, other in known.others:
        if learning.batch and other.batch == learning.batch:
            yield id, "same-event"
        elif learning.certificate_number and _number(other.certificate_number) == _number(learning.certificate_number):
            yield id, "same-certificate"
        elif _meet(learning, other.started_on, other.ended_on) and alike(learning.title, other.title):
            yield id, "like-event"


def _meet(learning: Learning, first: date, last: date) -> bool:
    return learning.started_on <= last and first <= learning.ended_on


def alike(one: str, other: str) -> bool:
    """Whether two titles are nearly the same, whatever their case, signs and spaces."""
    a, b = _letters(one), _letters(other)
    return a == b or (bool(a) and bool(b) and SequenceMatcher(None, a, b, autojunk=False).ratio() >= _LIKE)


def _letters(title: str) -> str:
    return _NOT_LETTERS.sub(" ", unicodedata.normalize("NFKC", title).casefold()).strip()


def _number(number: str) -> str:
    return _NOT_LETTERS.sub("", unicodedata.normalize("NFKC", number).casefold())
