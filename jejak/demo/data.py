"""The demo's world: three agencies, five providers, eleven programmes, thirty batches, two hundred persons; everybody is invented.

Numbers are of birth years to come, so that none can be anybody's.
"""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any

Json = dict[str, Any]

PEOPLE = 200
_ZONES = {"WIB": timezone(timedelta(hours=7)), "WITA": timezone(timedelta(hours=8)), "WIT": timezone(timedelta(hours=9))}
_FIRST = (
    "Ni Luh Sekar",
    "Yohanis",
    "Rahmat",
    "Siti",
    "Maria",
    "Agus",
    "Fransina",
    "Dewi",
    "Bonar",
    "Nurul",
    "Wayan",
    "Yuliana",
    "Hasan",
    "Lestari",
)
_LAST = ("Contoh", "Misal", "Umpama", "Andai", "Ibarat", "Tamsil", "Rekaan")
_TITLES = ("S.Kom.", "S.Sos.", "A.Md.", "S.P.", "S.Hut.", "S.T.", "S.H.")


@dataclass(frozen=True, slots=True)
class Agency:
    """`code`: as HR's file has it."""

    code: str
    name: str
    zone: str


AGENCIES = (
    Agency("9901", "Kementerian Contoh", "WIB"),
    Agency("9902", "Provinsi Contoh Tengah", "WITA"),
    Agency("9903", "Kabupaten Contoh Timur", "WIT"),
)


@dataclass(frozen=True, slots=True)
class Provider:
    """`field`: of competence, whose keeper (Center of Excellence) reviews its programmes. `course`: what it teaches, with a code."""

    id: str
    name: str
    field: str
    field_id: str
    field_en: str
    keeper: str
    competence: str
    course: str

    @property
    def site(self) -> str:
        return f"https://lms.{self.id}.test"


PROVIDERS = (
    Provider(
        "balai-contoh",
        "Balai Pelatihan Contoh",
        "pengadaan",
        "Pengadaan barang/jasa",
        "Public procurement",
        "Pusat Unggulan Pengadaan",
        "T.PBJ.1",
        "Pengadaan Barang dan Jasa Tingkat Dasar",
    ),
    Provider(
        "balai-siaga",
        "Balai Diklat Siaga Contoh",
        "kebencanaan",
        "Penanggulangan bencana",
        "Disaster management",
        "Pusat Unggulan Kebencanaan",
        "T.PB.2",
        "Kesiapsiagaan dan Peringatan Dini",
    ),
    Provider(
        "balai-tani",
        "Balai Penyuluhan Contoh",
        "pertanian",
        "Pertanian",
        "Agriculture",
        "Pusat Unggulan Pertanian",
        "T.TAN.1",
        "Penyuluhan Pertanian Terpadu",
    ),
    Provider(
        "balai-sehat",
        "Balai Kesehatan Contoh",
        "kesehatan",
        "Kesehatan",
        "Health",
        "Pusat Unggulan Kesehatan",
        "T.KES.1",
        "Pelayanan Kesehatan Primer",
    ),
    Provider(
        "balai-rimba",
        "Balai Lingkungan Contoh",
        "lingkungan-kehutanan",
        "Lingkungan hidup dan kehutanan",
        "Environment and forestry",
        "Pusat Unggulan Lingkungan",
        "T.LHK.3",
        "Pengendalian Kebakaran Hutan dan Lahan",
    ),
)
COACHING = "ncn-coaching"
_COURSES, _SEMINARS = 3, 3  # batches of each provider


@dataclass(frozen=True, slots=True)
class Person:
    """`index`: his place in HR's file."""

    index: int

    @property
    def agency(self) -> Agency:
        return AGENCIES[self.index % 3]

    @property
    def name(self) -> str:
        return f"{_FIRST[self.index % len(_FIRST)]} {_LAST[self.index // len(_FIRST) % len(_LAST)]}"

    @property
    def title(self) -> str:
        return _TITLES[self.index % len(_TITLES)]

    @property
    def temporary(self) -> bool:
        """A PPPK."""
        return self.index % 4 == 3

    @property
    def number(self) -> str:
        """NIP or NI PPPK."""
        born, sex = f"20{31 + self.index % 10}{self.index % 12 + 1:02d}{self.index % 28 + 1:02d}", self.index % 2 + 1
        month = "21" if self.temporary else f"{self.index % 12 + 1:02d}"
        return f"{born}{2058 + self.index % 5}{month}{sex}{self.index + 1:03d}"

    def at(self, day: date, hour: int, minute: int = 0) -> datetime:
        """A moment of the person's own day."""
        return datetime(day.year, day.month, day.day, hour, minute, tzinfo=_ZONES[self.agency.zone])


def learning_day(today: date) -> date:
    """The first day of the demo's learning: three weeks ago, or earlier where the year would change on the way."""
    day = today - timedelta(days=21)
    return day if (day + timedelta(days=16)).year == day.year else date(day.year, 12, 15)


def programmes_csv() -> str:
    """As a provider keeps it in a spreadsheet: of each provider a course of 8 JP and a seminar; and coaching."""
    rows = [["kode", "penyelenggara", "judul", "uraian", "kriteria", "jp", "jalur", "kompetensi", "aturan bukti", "state"]]
    for place, one in enumerate(PROVIDERS):
        channel = "3" if place == 0 else "16"
        rule, done = "course-completed-and-quiz-passed", "Menyelesaikan kursus dan lulus kuis akhir dengan nilai paling sedikit 70."
        rows.append(
            [f"{one.id}-kursus", one.id, one.course, f"{one.course} bagi pegawai.", done, "8", channel, one.competence, rule, "proposed"]
        )
        told = [f"{one.id}-seminar", one.id, f"Seminar {one.field_id}", "Seminar sehari.", "Hadir.", "4", "9", one.competence, "attended"]
        rows.append([*told, "proposed"])
    coaching = [
        COACHING,
        PROVIDERS[0].id,
        "Coaching Jejaring Coach Nasional",
        "Sesi coaching.",
        "Sesi yang dikonfirmasi peserta.",
        "2",
        "14",
    ]
    rows.append([*coaching, "M.6", "coaching-session", "proposed"])
    return _csv(rows)


def batches_json(first: date) -> str:
    """Thirty: three runs of each course, three of each seminar; one seminar of the first provider makes room for coaching."""
    entries = []
    for one in PROVIDERS:
        for run in range(_COURSES):
            bindings = [{"role": "course", "activity": course_of(one, run)}, {"role": "quiz", "activity": quiz_of(one, run)}]
            entries.append(_batch(one, "kursus", run, first, bindings) | {"minimum_score": 0.7})
        seminars = _SEMINARS - (one is PROVIDERS[0])
        entries += [_batch(one, "seminar", run, first, [{"role": "session", "activity": seminar_of(one, run)}]) for run in range(seminars)]
    session = {"role": "session", "activity": f"{PROVIDERS[0].site}/coaching", "match": "prefix"}
    entries.append(_batch(PROVIDERS[0], "kursus", 0, first, [session]) | {"id": COACHING, "programme": COACHING})
    return "[\n" + ",\n".join(map(json.dumps, entries)) + "\n]\n"


def people_csv(first: date) -> str:
    """As HR exports it: semicolons, Indonesian names; the last row is one that a spreadsheet has damaged."""
    rows = [
        [
            "NIP",
            "Nama",
            "Gelar Belakang",
            "Jenis",
            "Instansi",
            "Unit Kerja",
            "Jenis Jabatan",
            "Zona Waktu",
            "Mulai Kontrak",
            "Akhir Kontrak",
        ]
    ]
    for one in map(Person, range(PEOPLE)):
        contract = [str(first - timedelta(days=90)), str(first + timedelta(days=275))] if one.temporary else ["", ""]
        kind, unit, position = ("PPPK" if one.temporary else "PNS"), f"unit-{one.index % 2 + 1}", ("fungsional", "pelaksana")[one.index % 2]
        rows.append([one.number, one.name, one.title, kind, one.agency.code, unit, position, one.agency.zone, *contract])
    rows.append(["2.03104E+17", "Rusak di Lembar Sebar", "", "PNS", "9901", "", "", "", "", ""])
    return _csv(rows, ";")


def course_of(provider: Provider, run: int) -> str:
    return f"{provider.site}/course/view.php?id={18 + run}"


def quiz_of(provider: Provider, run: int) -> str:
    return f"{provider.site}/mod/quiz/view.php?id={181 + run}"


def seminar_of(provider: Provider, run: int) -> str:
    return f"{provider.site}/mod/facetoface/view.php?id={40 + run}"


def batch_of(provider: Provider, kind: str, run: int) -> str:
    """The batch's id."""
    return f"{provider.id}-{kind}-{run + 1}"


def _batch(provider: Provider, kind: str, run: int, first: date, bindings: list[Json]) -> Json:
    return {
        "entry": "batch", "id": batch_of(provider, kind, run), "programme": f"{provider.id}-{kind}", "version": 1, "provider": provider.id,
        "name": f"Angkatan {'I' * (run + 1)}", "starts": str(first - timedelta(days=30)), "ends": str(first + timedelta(days=60)),
        "bindings": bindings,
    }  # fmt: skip


def _csv(rows: list[list[str]], delimiter: str = ",") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue()
