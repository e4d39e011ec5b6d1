"""One line of the ledger. Nothing is deleted: what is taken back is a line of its own that names the line it reverses.

Who writes a line gives facts; no figure here is a count of hours that is due. That comes from folding lines under the rules in force
(`credentials.hours`), and moves when rules, status or other lines do.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, timezone
from typing import Literal

from credentials.errors import HoursError

MINUTES_OF_A_JP = 45  # PerLAN 10/2018
STUDY_ASSIGNMENT = 0  # our code: a study assignment is no channel of SIASN, which counts 1 to 25
LAST_CHANNEL = 25
_MOST_JP = 2_000  # longer than any leadership training; what is above is a slip of the finger
_MOST_DAYS = 2_000
_FIRST, _LAST = date(1945, 1, 1), date(2200, 12, 31)  # a clock that is years off, or a slip of the finger
_CAPITAL = timezone(timedelta(hours=7))
_MOST_SESSIONS = 100  # of one day

Source = Literal["lms", "attendance", "coaching", "self-study", "import", "claim", "manual"]
Scope = Literal["national", "international"]
Mode = Literal["online", "classroom", "blended"]


@dataclass(frozen=True, slots=True)
class DayOfLearning:
    """A date of the learner's own acts, in the learner's own time zone, and how many sessions (coaching, mentoring) were on it.

    A study assignment has one of these for each semester that was finished, with the date on which it was.
    """

    on: date
    sessions: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursEntry:
    """A learning event that counts (`credit`), or the taking back of one (`reversal`, of the line `reverses`).

    - `id`: follows from the event, so that the same event written twice is one line.
    - `event_key`: the same for the same learning event whatever way it came (see `event_key`); "" for an event that nothing else
      can be. Of several open lines with one key, the strongest source counts (LMS, attendance, coaching, self-study, import, claim,
      manual), and the others come to life when that one is reversed.
    - `version`, `programme`, `batch`: of the catalogue; 0 and "" when the event was never in it (an accepted claim, an import).
    - `channel`: jalur, SIASN's jenisDiklat 1 to 25, or 0 for a study assignment (tugas belajar). `competence_type`: the catalogue's word.
    - `approved`: whole JP of 45 minutes that the catalogue (or who accepted the claim) gives. Where that is given in `minutes`, these
      decide, and `approved` is their whole hours (`hours_of_minutes`). `claimed`: JP that the provider or learner says; None: nothing said.
    - `days`: dates of the learner's own acts, by date, each once. A completion that a nightly job reports makes no day.
    - `completed_at`: when the last piece of evidence happened, microseconds UTC; `completed_on`: that moment's date where the learner
      was. `started_on`: the first day, None when it is not known.
    - `certificate`: id of ours, None when there is none; `certificate_number`: the provider's own number.
    - `flags`: what a reader should know (`expired-identifier`, `late`); they change no figure.
    - `recorded_at`: microseconds UTC; decides nothing. `decided_by`, `reason`: who decided and why, for lines that a person decided.
    """

    id: str
    person: str
    source: Source
    provider: str
    programme: str
    version: int
    batch: str
    title: str
    channel: int
    approved: int
    completed_at: int
    completed_on: date
    event_key: str
    recorded_at: int
    kind: Literal["credit", "reversal"] = "credit"
    reverses: str | None = None
    scope: Scope = "national"
    mode: Mode = "online"
    competence_type: str = ""
    minutes: int | None = None
    claimed: int | None = None
    days: tuple[DayOfLearning, ...] = ()
    started_on: date | None = None
    certificate: str | None = None
    certificate_number: str = ""
    flags: tuple[str, ...] = ()
    decided_by: str = ""
    reason: str = ""


def event_key(person: str, programme: str, version: int, batch: str) -> str:
    """One learning event of the catalogue, whichever way it was told of."""
    return f"{person}/{programme}/{version}/{batch}"


def noon(day: date) -> int:
    """Microseconds UTC of noon in the capital: of a day that is known by its date only. It is that day everywhere in the country."""
    return int(datetime.combine(day, time(12), _CAPITAL).timestamp()) * 1_000_000


def hours_of_minutes(minutes: int) -> int:
    """Whole JP; a part of an hour is dropped."""
    return minutes // MINUTES_OF_A_JP


def reversal(entry: HoursEntry, *, id: str, recorded_at: int, reason: str, decided_by: str = "") -> HoursEntry:
    """The line that takes `entry` back, with its facts, so that each line can be read alone."""
    return replace(entry, kind="reversal", id=id, reverses=entry.id, recorded_at=recorded_at, reason=reason, decided_by=decided_by)


def check_entry(entry: HoursEntry) -> None:
    """Raises HoursError (`where` names the member) when the line makes no sense."""
    if not entry.id or not entry.person:
        raise HoursError("a line needs an id and a person", where="person" if entry.id else "id")
    if (entry.kind == "reversal") != (entry.reverses is not None):
        raise HoursError("a reversal, and nothing else, names the line that it reverses", where="reverses")
    if not STUDY_ASSIGNMENT <= entry.channel <= LAST_CHANNEL:
        raise HoursError("channels are 1 to 25, and 0 for a study assignment", where="channel")
    for name, jp in (("approved", entry.approved), ("claimed", entry.claimed or 0)):
        if not 0 <= jp <= _MOST_JP:
            raise HoursError(f"this is not from 0 to {_MOST_JP:,} JP", where=name)
    if entry.minutes is not None and (entry.minutes < 0 or entry.approved != hours_of_minutes(entry.minutes)):
        raise HoursError("`approved` must be the whole hours of `minutes`", where="minutes")
    _check_days(entry)


def _check_days(entry: HoursEntry) -> None:
    dates = [day.on for day in entry.days]
    if len(dates) > _MOST_DAYS or dates != sorted(set(dates)):
        raise HoursError(f"days are at most {_MOST_DAYS:,}, in order, and each once", where="days")
    if any(not 1 <= day.sessions <= _MOST_SESSIONS for day in entry.days):
        raise HoursError(f"a day has 1 to {_MOST_SESSIONS} sessions", where="days")
    for name, day in (("completed_on", entry.completed_on), ("days", dates[0] if dates else None), ("days", dates[-1] if dates else None)):
        if day is not None and not _FIRST <= day <= _LAST:
            raise HoursError(f"this is not from {_FIRST} to {_LAST}", where=name)
    first = min([entry.completed_on, *dates[:1]])
    if entry.started_on is not None and entry.started_on > first:
        raise HoursError("an event cannot start after its first day", where="started_on")
