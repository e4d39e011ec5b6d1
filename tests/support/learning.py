"""An invented programme, batch, persons and awards, for tests of the credential module."""

from __future__ import annotations

from datetime import date

from credentials.catalogue.model import Batch, Binding, Programme
from credentials.hours.entry import HoursEntry, event_key
from credentials.model import Award
from credentials.people.model import Account, Person

HOME = "https://lms.contoh.test"
COURSE, QUIZ = f"{HOME}/course/view.php?id=7", f"{HOME}/mod/quiz/view.php?id=70"
PROVIDER = "balai"
PROGRAMME = Programme("pbj", 1, PROVIDER, "Pengadaan Barang dan Jasa", "Dasar-dasar pengadaan.", "Selesai dan lulus", 8)
BATCH = Batch(
    "pbj-1",
    "pbj",
    1,
    PROVIDER,
    "Angkatan I",
    date(2026, 11, 1),
    date(2026, 11, 30),
    "Asia/Jakarta",
    "course-completed-and-quiz-passed",
    (Binding("course", COURSE), Binding("quiz", QUIZ)),
)


def person(number: int, provider: str = PROVIDER) -> Person:
    """Person `number`, with one account at the provider."""
    return Person(f"person-{number}", f"Peserta {number}", (Account(provider, HOME, f"user-{number}"),))


def award(number: int, batch: str = BATCH.id, certificate: str = "") -> Award:
    """What person `number` gets for `batch`."""
    one, holder = certificate or f"{batch}-{number}", f"person-{number}"
    entry = HoursEntry(
        id=f"jp-{one}",
        person=holder,
        source="lms",
        provider=PROVIDER,
        programme="pbj",
        version=1,
        batch=batch,
        title=PROGRAMME.title,
        channel=3,
        approved=8,
        completed_at=1_795_400_000_000_000,
        completed_on=date(2026, 11, 20),
        event_key=event_key(holder, "pbj", 1, batch),
        recorded_at=1_795_500_000_000_000,
        certificate=one,
    )
    return Award(("00000000-0000-4000-8000-000000000001",), 1_795_400_000_000_000, one, entry)
