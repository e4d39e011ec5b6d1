"""Persons: importing HR's file over only reading it and inserting the same rows."""

from __future__ import annotations

import asyncio
import csv
import gc
import time
from datetime import date
from itertools import islice
from pathlib import Path
from random import Random

import apsw

from bench.model import Bench, Goal, Outcome, Ratio, percent
from bench.stage import Stage
from credentials.services.import_orders import ImportOrder
from credentials.services.people_chunk import ChunkWriter
from credentials.services.people_import import PeopleImport
from credentials.services.random_ids import RandomIds
from credentials.stores.decisions import DecisionLog
from credentials.stores.links import LinkRecords
from credentials.stores.people import PeopleRecords
from credentials.stores.sqlite import open_sqlite_records
from credentials.stores.tables import TABLES
from credentials.stores.waiting import WaitingRecords
from lrs.clock import SystemClock
from lrs.stores.memory import memory_stores
from lrs.stores.sqlite import SqliteOptions
from lrs.stores.sqlite.connection import Database

_PERSONS_OF = 10  # one person for so many statements of the scale
_COMMIT = 2_500  # rows of one commit, here and there
_PIECE = 256 * 1024
_COLUMNS = ("nip", "nama", "gelar_depan", "gelar_belakang", "jenis", "instansi", "unit", "jabatan", "jenis_jabatan", "zona")
_LAST_DIGITS = 900


def people_import(stage: Stage) -> Outcome:
    """Both on SQLite with fsync, by the same number of rows a commit; bare: one table with the NIP as its key, no check, no index."""
    persons = stage.scale.statements // _PERSONS_OF
    file = stage.folder / "people.csv"
    _write(file, persons)
    rounds = []
    for number in range(stage.scale.rounds):
        bare = _bare(file, stage.folder / f"bare-{number}.sqlite3")
        first, again = asyncio.run(_ours(file, stage.folder / f"people-{number}.sqlite3"))
        rounds.append((persons / bare, persons / first, persons / again))
    name = f"import of {persons:,} persons, of bare csv reading and executemany of the same rows"
    ratio = Ratio(name, "%", Goal(at_least=20), tuple(percent(ours, bare) for bare, ours, _ in rounds))
    middle = sorted(rounds)[len(rounds) // 2]
    return Outcome(
        (ratio,), dict(zip(("bare: rows/s", "import: persons/s", "a repeat that changes nothing: persons/s"), middle, strict=True))
    )


def _write(file: Path, persons: int) -> None:
    """In the order of an office's list: by unit, which is none of the numbers'."""
    order = list(range(persons))
    Random(7).shuffle(order)  # the same file at every run
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(_COLUMNS)
        for place, number in enumerate(order):
            rest, serial = divmod(number, _LAST_DIGITS)
            rest, day = divmod(rest, 28)
            years, month = divmod(rest, 12)
            nip = f"{2031 + years}{month + 1:02d}{day + 1:02d}{2060 + years}{month + 1:02d}1{serial + 1:03d}"
            unit = f"biro-{place // 300}"
            writer.writerow((nip, "Ni Luh Sekar Contoh", "Dr.", "S.Kom.", "PNS", "4012", unit, "Analis Kebijakan", "fungsional", "WITA"))


def _bare(file: Path, path: Path) -> float:
    """Seconds."""
    connection = apsw.Connection(str(path))
    connection.pragma("journal_mode", "wal")
    connection.pragma("synchronous", "FULL")
    connection.execute(f"CREATE TABLE person(nip TEXT PRIMARY KEY, {', '.join(_COLUMNS[1:])})")
    insert = f"INSERT INTO person VALUES({', '.join('?' * len(_COLUMNS))})"
    started = time.perf_counter()
    with file.open(encoding="utf-8", newline="") as lines:
        rows = csv.reader(lines)
        next(rows)
        while part := list(islice(rows, _COMMIT)):
            with connection:
                connection.executemany(insert, part)
    seconds = time.perf_counter() - started
    connection.close()
    return seconds


async def _ours(file: Path, path: Path) -> tuple[float, float]:
    """Seconds of the first import and of its repeat."""
    database = await Database.open(path, SqliteOptions())
    records, clock = await open_sqlite_records(database, TABLES), SystemClock()
    people, links = PeopleRecords(records), LinkRecords(records, "https://asn.test")
    waiting = WaitingRecords(records, links, lambda provider, ifi: ifi)
    writer = ChunkWriter(people, links, waiting, DecisionLog(records, clock), memory_stores(clock).clients, RandomIds())
    gc.disable()  # as the command does
    try:
        return await _imported(writer, file), await _imported(writer, file)
    finally:
        gc.enable()
        await database.close()


async def _imported(writer: ChunkWriter, file: Path) -> float:
    importing = PeopleImport(writer, ImportOrder("bench", "operator", date(2026, 11, 24), rows=_COMMIT))
    started = time.perf_counter()
    with file.open("rb") as content:
        while piece := content.read(_PIECE):
            assert not await importing.feed(piece)
    assert not await importing.finish()
    return time.perf_counter() - started


BENCHES = (Bench("people", "Importing persons", people_import),)
