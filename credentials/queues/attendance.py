"""An attendance list as CSV: who was there, from when until when. Bad rows are told with their number and the fix, good ones go in. Pure.

Columns: `nip` (or NI PPPK); `masuk` and `keluar` (`09:00`, or date and UTC offset; the whole session when empty); `hadir` (ya or tidak).
A `nama` may stand there for people; it is not read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from credentials.errors import CaseError, PeopleError
from credentials.people.numbers import parse_number
from credentials.tabular.header import Columns, columns_of
from credentials.tabular.reading import CsvReader, Rows, Trouble
from lrs.errors import InvalidRequestError

MOST_ROWS = 20_000  # of one list
COLUMNS = {
    "nip": ("ni pppk", "nip/ni pppk", "nomor", "number"),
    "masuk": ("jam masuk", "mulai", "join", "in"),
    "keluar": ("jam keluar", "selesai", "leave", "out"),
    "hadir": ("kehadiran", "status", "present"),
    "nama": ("nama lengkap", "peserta", "name"),
    "no": (),
    "unit": ("unit kerja",),
    "instansi": (),
    "jabatan": (),
    "tanda tangan": ("ttd", "paraf"),
}
_YES, _NO = (
    frozenset({"", "ya", "y", "hadir", "yes", "1", "true", "h"}),
    frozenset({"tidak", "t", "absen", "no", "0", "false", "izin", "sakit"}),
)
_CLOCK = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)(?::[0-5]\d)?")
_LONGEST = timedelta(hours=16)


@dataclass(frozen=True, slots=True)
class Meeting:
    """The session: from `starts` to `ends`, with UTC offsets, in the batch's `zone` (an IANA name)."""

    starts: datetime
    ends: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class Attended:
    """A row (numbered as a spreadsheet shows it): the digits of the number, and the time present."""

    row: int
    number: str
    starts: datetime
    ends: datetime


@dataclass(slots=True)
class Attendance:
    """What a file tells. `absent`: rows that say that somebody was not there; `repeated`: that say again what an earlier one said."""

    rows: list[Attended] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    absent: int = 0
    repeated: int = 0


def check_meeting(meeting: Meeting, now: datetime) -> None:
    """Raises CaseError."""
    if meeting.starts.utcoffset() is None or meeting.ends.utcoffset() is None:
        raise CaseError("beginning and end need their UTC offset: 2026-11-24T09:00:00+07:00", where="starts")
    if not timedelta() < meeting.ends - meeting.starts <= _LONGEST:
        raise CaseError("a session ends after it begins, within 16 hours; send a list for each day", where="ends")
    if meeting.ends > now:
        raise CaseError("a list is sent when the session is over", where="ends")


def read_attendance(content: bytes, meeting: Meeting) -> Attendance:
    """Raises InvalidRequestError when the file as a whole cannot be read."""
    found = Attendance()
    places: list[Columns] = []

    def header(names: list[str]) -> None:
        columns = columns_of(names, COLUMNS, ("nip",))
        places.append(columns)
        found.troubles += [Trouble(1, name, "this column is not read", severity="warning") for name, _ in columns.unknown]

    reader = CsvReader(header)
    seen: dict[str, Attended] = {}
    for rows in (reader.feed(content), reader.finish()):
        found.troubles += rows.troubles
        _take(rows, places, meeting, found, seen)
    if len(found.rows) > MOST_ROWS:
        raise InvalidRequestError(f"a list has at most {MOST_ROWS:,} rows; send it in parts", where="file")
    return found


def _take(rows: Rows, places: list[Columns], meeting: Meeting, found: Attendance, seen: dict[str, Attended]) -> None:
    for number, cells in zip(rows.numbers, rows.cells, strict=True):
        told = {column: cells[place].strip() for column, place in places[0].places.items()}
        try:
            row = _row(number, told, meeting)
        except (PeopleError, CaseError) as error:
            found.troubles.append(Trouble(number, error.where, error.message))
            continue
        if row is None:
            found.absent += 1
        elif (before := seen.get(row.number)) is None:
            seen[row.number] = row
            found.rows.append(row)
        elif (before.starts, before.ends) == (row.starts, row.ends):
            found.repeated += 1
        else:
            found.rows.append(row)  # came, left and came back: what overlaps counts once


def _row(row: int, told: dict[str, str], meeting: Meeting) -> Attended | None:
    """None for somebody who was not there. Raises PeopleError, CaseError; no text repeats a value."""
    present = told.get("hadir", "").casefold()
    if present in _NO:
        return None
    if present not in _YES:
        raise CaseError("this is neither ya nor tidak", where="hadir")
    number = parse_number(told["nip"], "nip")
    if number.kind not in ("nip", "ni-pppk"):
        raise CaseError("this is no NIP or NI PPPK of 18 digits; compare it with the signed list", where="nip")
    starts = _moment(told.get("masuk", ""), meeting.starts, meeting, "masuk")
    ends = _moment(told.get("keluar", ""), meeting.ends, meeting, "keluar")
    starts, ends = max(starts, meeting.starts), min(ends, meeting.ends)
    if ends <= starts:
        raise CaseError("the time present does not lie within the session, or ends before it begins", where="keluar")
    return Attended(row, number.digits, starts, ends)


def _moment(text: str, otherwise: datetime, meeting: Meeting, where: str) -> datetime:
    if not text:
        return otherwise
    if (found := _CLOCK.fullmatch(text)) is not None:
        zone = ZoneInfo(meeting.zone)
        local = datetime.combine(meeting.starts.astimezone(zone).date(), time(int(found[1]), int(found[2])), zone)
        return local + timedelta(days=1) if local < meeting.starts and where == "keluar" else local
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise CaseError("this is no time: 09:00, or 2026-11-24T09:00:00+07:00", where=where) from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=ZoneInfo(meeting.zone))
