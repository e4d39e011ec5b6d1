"""What a rule table must keep to make sense, beyond the kinds of its members."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable

from credentials.errors import HoursError
from credentials.hours.entry import LAST_CHANNEL, STUDY_ASSIGNMENT
from credentials.hours.rules import AgencyTarget, Confidence, Obligation, Row, RuleTable, Switches, Words
from credentials.hours.status import KINDS
from schemas.loader import jp_switches

_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_NOT_TEXT = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_LONGEST = 1_000  # characters of a text
_MOST_JP = 2_000
_MOST_SESSIONS = 100
_ROW_NUMBERS = ("jp", "jp_per_day", "jp_per_month", "jp_per_year")


def check_table(table: RuleTable) -> None:
    """Raises HoursError; `where` is a path into the table."""
    if not _KEY.fullmatch(table.id):
        raise HoursError("lower-case letters, digits and hyphens, at most 63", where="id")
    if not 1 <= table.version <= 1_000_000:
        raise HoursError("versions are counted from 1", where="version")
    if table.effective_to is not None and table.effective_to < table.effective_from:
        raise HoursError("a table cannot end before it begins", where="effective_to")
    _check_words("title", table.title)
    _check_text("issuing_body", table.issuing_body)
    _check_sources(table)
    _check_rows(table)
    _check_switch_values(table)
    if table.agency:
        _check_agency_table(table)
    else:
        _check_national_table(table)


def check_target(target: AgencyTarget, ceiling: int | None) -> None:
    """Raises HoursError when nobody could reach the target."""
    if not 0 <= target.jp <= _MOST_JP:
        raise HoursError(f"this is not from 0 to {_MOST_JP:,} JP", where="jp")
    if ceiling is not None and target.jp > ceiling:
        raise HoursError(f"no more than {ceiling} JP count for this kind: a target above that cannot be reached", where="jp")
    if target.decree:
        _check_text("decree", target.decree)


def _check_national_table(table: RuleTable) -> None:
    if table.minutes_per_jp is None or not 1 <= table.minutes_per_jp <= 240:
        raise HoursError("a national table says how many minutes (1 to 240) a JP has", where="minutes_per_jp")
    if not table.rows:
        raise HoursError("a national table has rows", where="rows")
    _check_source(table, table.minutes_source, "minutes_source")
    missing = {one.name for one in dataclasses.fields(Switches)} - table.switches.keys()
    if missing:
        raise HoursError(f"a national table sets every switch; missing: {', '.join(sorted(missing))}", where="switches")
    if sorted(one.kind for one in table.obligations) != sorted(KINDS):
        raise HoursError(f"a national table has one obligation for each of: {', '.join(KINDS)}", where="obligations")
    for number, one in enumerate(table.obligations):
        _check_obligation(table, one, f"obligations[{number}]")


def _check_agency_table(table: RuleTable) -> None:
    _check_text("agency", table.agency)
    if len(table.agency) > 64:
        raise HoursError("an agency's id has at most 64 characters", where="agency")
    if table.minutes_per_jp is not None or table.minutes_source:
        raise HoursError("only a national table says how long a JP is", where="minutes_per_jp")
    if table.obligations:
        raise HoursError("floors and ceilings are national; an agency sets targets", where="obligations")
    if not table.rows and not table.switches:
        raise HoursError("a table without rows and switches changes nothing", where="rows")
    allowed = {one["key"] for one in jp_switches() if one["agency"]}
    for key in table.switches:
        if key not in allowed:
            raise HoursError(f"an agency may set: {', '.join(sorted(allowed))}", where=f"switches.{key}")


def _check_sources(table: RuleTable) -> None:
    if not table.sources:
        raise HoursError("a table names its sources", where="sources")
    for key, source in table.sources.items():
        if not _KEY.fullmatch(key):
            raise HoursError("lower-case letters, digits and hyphens, at most 63", where=f"sources.{key}")
        _check_words(f"sources.{key}.cite", source.cite)
        for name, text in (("dated", source.dated), ("where", source.where)):
            _check_text(f"sources.{key}.{name}", text)


def _check_source(table: RuleTable, key: str, where: str) -> None:
    if key not in table.sources:
        raise HoursError(f"this is none of the table's sources: {', '.join(sorted(table.sources))}", where=where)


def _check_rows(table: RuleTable) -> None:
    seen: set[str] = set()
    for number, row in enumerate(table.rows):
        where = f"rows[{number}]"
        if row.place in seen:
            raise HoursError("a channel and scope has one row", where=f"{where}.channel")
        seen.add(row.place)
        _check_row(table, row, where)


def _check_row(table: RuleTable, row: Row, where: str) -> None:
    if not STUDY_ASSIGNMENT <= row.channel <= LAST_CHANNEL:
        raise HoursError("channels are 1 to 25, and 0 for a study assignment", where=f"{where}.channel")
    if (row.jp is None) != (row.basis == "programme"):
        raise HoursError("every basis but programme says how many JP one gives, and programme does not", where=f"{where}.jp")
    if row.jp_per_day is not None and row.basis != "programme":
        raise HoursError("a most for each day goes with the basis programme only", where=f"{where}.jp_per_day")
    if row.sessions_per_month is not None and row.basis not in ("session", "session-day"):
        raise HoursError("this goes with the bases session and session-day only", where=f"{where}.sessions_per_month")
    for name in _ROW_NUMBERS:
        _check_number(f"{where}.{name}", getattr(row, name), _MOST_JP)
    _check_number(f"{where}.sessions_per_month", row.sessions_per_month, _MOST_SESSIONS)
    _check_number(f"{where}.uplift_percent", row.uplift_percent, 100)
    if row.evidence is not None:
        _check_words(f"{where}.evidence", row.evidence)
    if row.locked and table.agency:
        raise HoursError("only a national table locks a row", where=f"{where}.locked")
    _check_source(table, row.source, f"{where}.source")
    _check_confidences(row.confidence_of, (*_ROW_NUMBERS, "uplift_percent", "sessions_per_month", "evidence"), where)


def _check_obligation(table: RuleTable, one: Obligation, where: str) -> None:
    _check_number(f"{where}.floor", one.floor, _MOST_JP)
    _check_number(f"{where}.ceiling", one.ceiling, _MOST_JP)
    if one.floor is not None and one.ceiling is not None and one.floor > one.ceiling:
        raise HoursError("the floor is above the ceiling", where=f"{where}.floor")
    for position in one.exempt_positions:
        _check_text(f"{where}.exempt_positions", position)
    _check_source(table, one.source, f"{where}.source")
    _check_confidences(one.confidence_of, ("year", "floor", "ceiling", "exempt_positions"), where)


def _check_switch_values(table: RuleTable) -> None:
    values = {one["key"]: one["values"] for one in jp_switches()}
    for key, value in table.switches.items():
        if key not in values:
            raise HoursError(f"there is no such switch; those that there are: {', '.join(values)}", where=f"switches.{key}")
        if value not in values[key]:
            raise HoursError(f"this switch is one of: {', '.join(values[key])}", where=f"switches.{key}")


def _check_confidences(given: dict[str, Confidence], members: Iterable[str], where: str) -> None:
    for name in given:
        if name not in members:
            raise HoursError("this names no member whose confidence could be told", where=f"{where}.confidence_of.{name}")


def _check_number(where: str, number: int | None, most: int) -> None:
    if number is not None and not 0 <= number <= most:
        raise HoursError(f"this is not from 0 to {most:,}", where=where)


def _check_words(where: str, words: Words) -> None:
    _check_text(f"{where}.id", words.id)
    _check_text(f"{where}.en", words.en)


def _check_text(where: str, text: str) -> None:
    if not 1 <= len(text) <= _LONGEST or _NOT_TEXT.search(text):
        raise HoursError(f"this is a text of 1 to {_LONGEST:,} characters without control characters or lone surrogates", where=where)
