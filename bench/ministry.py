"""An invented agency: a hundred thousand people with their figures, and one person with two hundred lines; nothing in it is real."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from msgspec import structs

from credentials.hours import DatedKind, DatedPost, DayOfLearning, HoursEntry, Status, balances_of, bundled_rules, event_key
from credentials.hours.figures import figure_of
from credentials.people.person import Identifier, Name, Person, Posting, Profile
from credentials.people.person import Status as Standing
from credentials.ports.records import Put, Records, Write
from credentials.services.hours.balances import Balances
from credentials.services.hours.books import RuleBooks
from credentials.services.hours.rollups import RollUps
from credentials.stores.figures import FIGURES, UNIT_MARKS, FigureRecords, UnitMark
from credentials.stores.ledger import HOURS, LedgerRecords
from credentials.stores.people import PERSONS, PROFILES, PeopleRecords
from credentials.stores.rules import RuleRecords
from credentials.stores.sqlite import open_sqlite_records
from credentials.stores.tables import TABLES
from lrs.clock import SystemClock
from lrs.stores.sqlite import SqliteOptions
from lrs.stores.sqlite.connection import Database

AGENCY, YEAR, UNITS = "kementerian-bench", 2026, 60
_BEGIN = date(2020, 1, 1)
_CHANNELS = (16, 9, 3, 14, 4, 22, 11)
_AT_ONCE = 3_000  # persons in one commit


@dataclass(frozen=True, slots=True)
class Services:
    """What is measured."""

    balances: Balances
    rollups: RollUps


@asynccontextmanager
async def opened(file: Path) -> AsyncIterator[tuple[Records, Services]]:
    """The records in that file, and the services over them."""
    database = await Database.open(file, SqliteOptions())
    try:
        records = await open_sqlite_records(database, TABLES)
        books = RuleBooks(RuleRecords(records))
        balances = Balances(PeopleRecords(records), LedgerRecords(records), books, SystemClock())
        yield records, Services(balances, RollUps(records, FigureRecords(records)))
    finally:
        await database.close()


def lines_of(person: str, count: int) -> list[HoursEntry]:
    """Spread over one year and seven channels, two days each."""
    made = []
    for number in range(count):
        day = date(YEAR, 1, 1) + timedelta(days=number * 363 // count)
        moment = int(datetime(day.year, day.month, day.day, 5, tzinfo=UTC).timestamp() * 1_000_000)
        batch = f"kursus-{number}-1"
        made.append(
            HoursEntry(
                id=f"jp-{person}-{number}",
                person=person,
                source="lms",
                provider="balai",
                programme=f"kursus-{number}",
                version=1,
                batch=batch,
                title=f"Pelatihan Pengadaan Barang dan Jasa angkatan {number}",
                channel=_CHANNELS[number % len(_CHANNELS)],
                approved=8,
                completed_at=moment + 86_400_000_000,
                completed_on=day + timedelta(days=1),
                event_key=event_key(person, f"kursus-{number}", 1, batch),
                recorded_at=moment + 90_000_000_000,
                claimed=8,
                days=(DayOfLearning(day), DayOfLearning(day + timedelta(days=1))),
            )
        )
    return made


async def enter_learner(records: Records, person: str, lines: int) -> None:
    """Somebody with so many lines in the year."""
    posting = Posting(_BEGIN, AGENCY, "unit-0")
    await records.commit(
        Put(PERSONS, Person(person, 1, (Standing(_BEGIN, "pns"),), (posting,))), *(Put(HOURS, one) for one in lines_of(person, lines))
    )


async def fill(records: Records, persons: int) -> None:
    """So many people with figures and names, as the server keeps them; every unit's sums are behind."""
    status = Status("x", (DatedKind("pns", _BEGIN),), (DatedPost(AGENCY, _BEGIN, unit="unit-0", position_kind="executing"),))
    (balance,) = balances_of(status, bundled_rules(), lines_of("x", 5), YEAR)
    model = figure_of(balance)
    for start in range(0, persons, _AT_ONCE):
        writes: list[Write] = []
        for number in range(start, min(start + _AT_ONCE, persons)):
            person = f"{number * 2_654_435_761 % 2**32:08x}-0000-4000-8000-{number:012d}"
            counted = model.counted + number % 30
            writes.append(Put(FIGURES, structs.replace(model, person=person, unit=f"unit-{number % UNITS}", counted=counted)))
            names = (Name(_BEGIN, f"Pegawai Contoh {number}", "Dr.", "S.Kom."),)
            writes.append(Put(PROFILES, Profile(person, names, (Identifier("nip", f"2031041720560120{number % 100:02d}"),))))
        await records.commit(*writes)
    await mark_all(records)


async def mark_all(records: Records) -> None:
    """Every unit's sums are behind."""
    await records.commit(*(Put(UNIT_MARKS, UnitMark(AGENCY, YEAR, f"unit-{number}", behind=True)) for number in range(UNITS)))
