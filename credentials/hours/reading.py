"""From JSON to a rule table, or an error that says what, where and the fix. The same limits stand in `schemas/jp_table.schema.json`."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import msgspec

from credentials.errors import HoursError
from credentials.hours.checking import check_table
from credentials.hours.rules import Obligation, Row, RuleSource, RuleTable

_PATH = re.compile(r"^(?P<what>.*?)(?: - at (?:key in )?`\$(?P<path>.*?)`)?$", re.DOTALL)
_NOTHING: tuple[object, ...] = (None, "", [], (), {})
_NOT_READ = {"level"}  # told beside `agency`, so that a table says of itself what it is


def read_table(raw: object) -> RuleTable:
    """Raises HoursError; `where` is a path such as `rows[3].jp_per_day`."""
    if not isinstance(raw, dict):
        raise HoursError("a table is a JSON object")
    _refuse_unknown(raw, RuleTable, "", _NOT_READ)
    for name, kind in (("rows", Row), ("obligations", Obligation)):
        for number, one in enumerate(_list(raw, name)):
            _refuse_unknown(one, kind, f"{name}[{number}]")
    sources = raw.get("sources")
    for key, one in sources.items() if isinstance(sources, dict) else ():
        _refuse_unknown(one, RuleSource, f"sources.{key}")
    try:
        table = msgspec.convert({name: value for name, value in raw.items() if name not in _NOT_READ}, RuleTable)
    except msgspec.ValidationError as error:
        raise _readable(error) from error
    except UnicodeEncodeError as error:
        raise HoursError("a text holds half of a surrogate pair, which is no letter", where="") from error
    if raw.get("level") != table.level:
        raise HoursError("`level` is national without `agency`, and agency with it", where="level")
    check_table(table)
    return table


def written_table(table: RuleTable) -> dict[str, Any]:
    """As JSON values, without members that say nothing; `read_table` gives the same table again."""
    told: dict[str, Any] = msgspec.to_builtins(table, str_keys=True)
    told["level"] = table.level
    lean = {name: value for name, value in told.items() if value not in _NOTHING}
    if not table.minutes_source:
        lean.pop("minutes_confidence")
    for name in ("rows", "obligations"):
        if name in lean:
            lean[name] = [_lean(one) for one in lean[name]]
    return lean


def written_row(row: Row) -> dict[str, Any]:
    """One row, as it stands in a written table."""
    return _lean(msgspec.to_builtins(row, str_keys=True))


def _lean(members: dict[str, Any]) -> dict[str, Any]:
    left_out = (("uplift_percent", 0), ("locked", False))
    return {name: value for name, value in members.items() if value not in _NOTHING and (name, value) not in left_out}


def _list(raw: dict[str, Any], name: str) -> list[Any]:
    found = raw.get(name, [])
    return found if isinstance(found, list) else []


def _refuse_unknown(raw: object, kind: type[Any], where: str, more: set[str] | None = None) -> None:
    if not isinstance(raw, dict):
        return  # the conversion says what it should be
    known = {one.name for one in dataclasses.fields(kind)} | (more or set())
    for name in raw:
        if name not in known:
            path = f"{where}.{name}" if where else str(name)
            raise HoursError(f"there is no such member here; those that there are: {', '.join(sorted(known))}", where=path)


def _readable(error: msgspec.ValidationError) -> HoursError:
    found = _PATH.match(str(error))
    what, path = (found["what"], found["path"] or "") if found else (str(error), "")
    return HoursError(what[:1].lower() + what[1:], where=path.removeprefix("."))
