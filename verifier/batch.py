"""Many files at once: those of a folder, of a ZIP, or named one by one; and the report on all of them as CSV."""

from __future__ import annotations

import asyncio
import csv
import io
import zipfile
import zlib
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from verifier.errors import RefusedError
from verifier.language import STEPS, VERDICTS, Language
from verifier.messages import message
from verifier.readers.number import printed_number
from verifier.readers.reading import LONGEST_FILE
from verifier.report import Report
from verifier.sandbox.pool import Pool
from verifier.verdict import Verdict

MOST_FILES = 500
LONGEST_ZIP = 200 * 1024 * 1024  # bytes, packed
_UNREADABLE = b"\0"  # in place of an entry that cannot be unpacked: reported as no certificate
_END, _END_LENGTH, _LONGEST_COMMENT = b"PK\x05\x06", 22, 65_535
_COLUMNS = (
    "file", "verdict", "result", "reason", "check", "status at", "certificate number", "holder", "programme", "JP", "kind", "provider",
    "learned until", "issued", "provider number", "id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """A file to be checked. `read` is called in a thread, when its turn comes."""

    name: str
    read: Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one."""

    name: str
    report: Report


def folder_entries(folder: Path) -> list[Entry]:
    """All files under it but hidden ones, in order of their names. Raises RefusedError for too many."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and not any(part.startswith(".") for part in path.parts))
    _bounded(len(paths))
    return [file_entry(path, str(path.relative_to(folder))) for path in paths]


def file_entry(path: Path, name: str | None = None) -> Entry:
    """One file."""
    return Entry(name or str(path), lambda: _read(path))


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(LONGEST_FILE + 1)  # one byte more than is read: the reader says that it is too large


def zip_entries(file: BinaryIO) -> list[Entry]:
    """Of a ZIP. What is too large, or unpacks badly, becomes a file that is no certificate. Raises RefusedError for what is no ZIP, or has
    too many files (which is known before its list is read).
    """
    _bounded(_told_entries(file))
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise RefusedError("this is no ZIP file that can be read") from error
    infos = [info for info in archive.infolist() if not info.is_dir() and not _is_rubbish(info.filename)]
    _bounded(len(infos))
    return [Entry(info.filename, _unpacking(archive, info)) for info in infos]


def _told_entries(file: BinaryIO) -> int:
    """How many entries the end of the file says that there are (APPNOTE 4.3.16); ZIP64 has more than are taken here."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - _END_LENGTH - _LONGEST_COMMENT))
    tail = file.read()
    place = tail.rfind(_END)
    if place < 0 or len(tail) - place < _END_LENGTH:
        raise RefusedError("this is no ZIP file that can be read")
    return int.from_bytes(tail[place + 10 : place + 12], "little")


def _is_rubbish(name: str) -> bool:
    """What systems put beside: macOS's forks, Windows' thumbnails."""
    return name.startswith("__MACOSX/") or name.rpartition("/")[2] in (".DS_Store", "Thumbs.db", "desktop.ini")


def _unpacking(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[], bytes]:
    def read() -> bytes:
        try:
            with archive.open(info) as entry:
                return entry.read(LONGEST_FILE + 1)
        except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError, zlib.error, EOFError):
            return _UNREADABLE

    return read


def _bounded(count: int) -> None:
    if count > MOST_FILES:
        raise RefusedError("there are more than {most} files in it", 413, most=MOST_FILES)
    if count == 0:
        raise RefusedError("there is no file in it")


async def check_all(entries: Iterable[Entry], pool: Pool, at_once: int) -> AsyncIterator[tuple[int, Result]]:
    """Each result with the place of its entry, as they come."""
    waiting = iter(enumerate(entries))
    reading = asyncio.Lock()  # a ZIP is read by one at a time
    running: set[asyncio.Task[tuple[int, Result]]] = set()

    async def check(place: int, entry: Entry) -> tuple[int, Result]:
        async with reading:
            content = await asyncio.to_thread(entry.read)
        return place, Result(entry.name, await pool.examine(content, patient=True))

    def start() -> None:
        for place, entry in waiting:
            running.add(asyncio.create_task(check(place, entry)))
            if len(running) >= at_once:
                return

    try:
        start()
        while running:
            done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            running -= done
            for task in done:
                yield task.result()
            start()
    finally:
        for task in running:
            task.cancel()


def as_csv(results: Iterable[Result], told: Language) -> str:
    """With a header; one line a file. A cell that a spreadsheet would take for a formula gets an apostrophe in front."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_COLUMNS)
    for result in results:
        writer.writerow([_cell(value) for value in _row(result, told)])
    return out.getvalue()


def _row(result: Result, told: Language) -> Iterator[object]:
    report, facts, decisive = result.report, result.report.facts, result.report.decisive
    yield from (result.name, report.verdict.value, told.say(message(VERDICTS[report.verdict])))
    failed = report.verdict is not Verdict.VALID and decisive is not None
    yield from (told.say(decisive.reason), told.text(STEPS[decisive.step])) if failed and decisive is not None else ("", "")
    yield report.status_at.isoformat() if report.status_at else ""
    if facts is None:
        return
    yield from (printed_number(facts.id.rpartition("/")[2]), facts.holder, facts.title, "" if facts.jp is None else f"{facts.jp:g}")
    yield from (facts.kind_name or facts.kind or "", facts.provider or facts.claimed_provider or facts.issuer)
    yield from (moment.date().isoformat() if moment else "" for moment in (facts.completed, facts.issued))
    yield from (facts.number, facts.id)


def _cell(value: object) -> str:
    text = str(value)
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
