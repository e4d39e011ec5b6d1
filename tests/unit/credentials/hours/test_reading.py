"""Rule tables as data: what is bundled keeps its schema; what makes no sense is refused with its place, by reader and schema."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest

from credentials.errors import HoursError
from credentials.hours import read_table, written_table
from schemas.loader import jp_channels, jp_switches, jp_table_schema, jp_tables

Table = dict[str, Any]
_DECREE = {"cite": {"id": "SK 7", "en": "decree 7"}, "dated": "2026", "read_on": "2026-01-02", "where": "invented"}
AGENCY: Table = {
    "id": "dinas-a",
    "version": 1,
    "level": "agency",
    "agency": "dinas-a",
    "title": {"id": "Tabel", "en": "Table"},
    "issuing_body": "Dinas A",
    "effective_from": "2026-01-01",
    "effective_to": "2026-12-31",
    "sources": {"sk": _DECREE},
    "rows": [{"channel": 24, "scope": "national", "basis": "day", "jp": 3, "source": "sk", "confidence": "H"}],
    "switches": {"repeats": "once-per-year"},
}


def _national() -> Table:
    return copy.deepcopy(jp_tables()[0])


def _schema_takes(table: Table) -> bool:
    return bool(jsonschema.Draft202012Validator(jp_table_schema()).is_valid(table))


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(jp_table_schema())


@pytest.mark.parametrize("table", [*jp_tables(), AGENCY], ids=lambda table: str(table["id"]))
def test_a_good_table_is_taken_by_schema_and_reader_and_comes_back_as_it_was(table: Table) -> None:
    assert _schema_takes(table)
    read = read_table(table)
    assert read_table(written_table(read)) == read
    assert json.dumps(written_table(read), sort_keys=True) == json.dumps(table, sort_keys=True)


def test_every_number_of_the_bundled_tables_has_a_source_a_date_and_a_confidence() -> None:
    for raw in jp_tables():
        table = read_table(raw)
        for source in table.sources.values():
            assert source.dated
            assert source.read_on
            assert source.where
        assert {one.source for one in table.rows} | {one.source for one in table.obligations} <= table.sources.keys()
        assert {one.confidence for one in table.rows} | {one.confidence for one in table.obligations} <= set("HMLU")
        assert table.minutes_source in table.sources


def test_channels_have_names_in_both_languages() -> None:
    assert sorted(jp_channels()) == list(range(26))
    assert all(name["id"] and name["en"] for name in jp_channels().values())


def test_a_switch_says_what_each_of_its_values_means_and_the_first_is_the_bundled_one() -> None:
    bundled = jp_tables()[0]["switches"]
    for switch in jp_switches():
        assert switch["says"]["id"]
        assert all(switch["values"].values())
        assert next(iter(switch["values"])) == bundled[switch["key"]]


def _set(*path: str | int, to: object) -> Callable[[Table], None]:
    def change(table: Table) -> None:
        at: Any = table
        for part in path[:-1]:
            at = at[part]
        at[path[-1]] = to

    return change


def _drop(*path: str | int) -> Callable[[Table], None]:
    def change(table: Table) -> None:
        at: Any = table
        for part in path[:-1]:
            at = at[part]
        del at[path[-1]]

    return change


def _row(table: Table, channel: int) -> int:
    return next(number for number, row in enumerate(table["rows"]) if row["channel"] == channel)


BAD_NATIONAL = [
    (_set("id", to="Bad Id"), "id"),
    (_set("version", to=0), "version"),
    (_set("version", to="1"), "version"),
    (_set("level", to="agency"), "level"),
    (_set("agency", to="dinas-a"), "level"),
    (_set("extra", to=1), "extra"),
    (_set("issuing_body", to=""), "issuing_body"),
    (_set("minutes_per_jp", to=0), "minutes_per_jp"),
    (_drop("minutes_per_jp"), "minutes_per_jp"),
    (_set("effective_from", to="2026-02-30"), "effective_from"),
    (_set("rows", to=[]), "rows"),
    (_set("rows", 0, "channel", to=26), "rows[0].channel"),
    (_set("rows", 0, "scope", to="local"), "rows[0].scope"),
    (_set("rows", 0, "jp", to=-1), "rows[0].jp"),
    (_set("rows", 0, "jp", to=2.5), "rows[0].jp"),
    (_drop("rows", 0, "jp"), "rows[0].jp"),
    (_set("rows", 2, "jp", to=5), "rows[2].jp"),
    (_set("rows", 0, "jp_per_day", to=3), "rows[0].jp_per_day"),
    (_set("rows", 0, "ceiling", to=3), "rows[0].ceiling"),
    (_set("rows", 0, "confidence", to="X"), "rows[0].confidence"),
    (_set("rows", 0, "confidence_of", to={"source": "H"}), "rows[0].confidence_of.source"),
    (_set("rows", 0, "uplift_percent", to=101), "rows[0].uplift_percent"),
    (_set("sources", to={}), "sources"),
    (_set("sources", "bps-2019", "cite", "id", to=""), "sources.bps-2019.cite.id"),
    (_set("sources", "bps-2019", "page", to="3"), "sources.bps-2019.page"),
    (_drop("switches", "repeats"), "switches"),
    (_set("switches", "repeats", to="never"), "switches.repeats"),
    (_set("switches", "luck", to="good"), "switches.luck"),
    (_drop("obligations", 0), "obligations"),
    (_set("obligations", 0, "floor", to=5_000), "obligations[0].floor"),
]
BAD_AGENCY = [
    (_drop("agency"), "level"),
    (_set("minutes_per_jp", to=45), "minutes_per_jp"),
    (_set("obligations", to=[{"kind": "pns", "year": "calendar", "source": "sk", "confidence": "H"}]), "obligations"),
    (_set("switches", to={"crossing_entry": "split"}), "switches.crossing_entry"),
]
# What a schema cannot say, or says more loosely
BAD_FOR_THE_READER_ALONE = [
    (_set("rows", 1, "scope", to="national"), "rows[1].channel"),
    (_set("rows", 0, "source", to="nowhere"), "rows[0].source"),
    (_set("obligations", 0, "source", to="nowhere"), "obligations[0].source"),
    (_set("minutes_source", to="nowhere"), "minutes_source"),
    (_set("obligations", 0, "ceiling", to=5), "obligations[0].floor"),
    (_set("obligations", 0, "kind", to="cpns"), "obligations"),
    (_set("effective_to", to="2018-01-01"), "effective_to"),
    (_set("issuing_body", to="a\nb"), "issuing_body"),
    (_set("issuing_body", to="a\ud800"), "issuing_body"),
    (_set("title", "id", to="\udfff"), "title.id"),
    (_set("effective_from", to="\udfff"), ""),
]


@pytest.mark.parametrize(("change", "where"), BAD_NATIONAL, ids=range(len(BAD_NATIONAL)))
def test_a_bad_national_table_is_refused_with_its_place(change: Callable[[Table], None], where: str) -> None:
    table = _national()
    change(table)
    assert not jsonschema.Draft202012Validator(jp_table_schema(), format_checker=jsonschema.FormatChecker()).is_valid(table)
    _refused(table, where)


@pytest.mark.parametrize(("change", "where"), BAD_AGENCY, ids=range(len(BAD_AGENCY)))
def test_a_bad_agency_table_is_refused_with_its_place(change: Callable[[Table], None], where: str) -> None:
    table = copy.deepcopy(AGENCY)
    change(table)
    assert not _schema_takes(table)
    _refused(table, where)


@pytest.mark.parametrize(("change", "where"), BAD_FOR_THE_READER_ALONE, ids=range(len(BAD_FOR_THE_READER_ALONE)))
def test_what_a_schema_cannot_say_the_reader_refuses(change: Callable[[Table], None], where: str) -> None:
    table = _national()
    change(table)
    _refused(table, where)


def test_a_session_cap_goes_with_sessions_and_an_agency_changes_something() -> None:
    table = _national()
    table["rows"][_row(table, 3)]["sessions_per_month"] = 2
    _refused(table, f"rows[{_row(table, 3)}].sessions_per_month")
    empty = {name: value for name, value in AGENCY.items() if name not in ("rows", "switches")}
    _refused(empty, "rows")
    locked = copy.deepcopy(AGENCY)
    locked["rows"][0]["locked"] = True
    _refused(locked, "rows[0].locked")


@pytest.mark.parametrize("raw", [None, [], "table", 5])
def test_what_is_no_object_is_refused(raw: object) -> None:
    _refused(raw, "")


def _refused(raw: object, where: str) -> None:
    with pytest.raises(HoursError) as refused:
        read_table(raw)
    assert refused.value.where == where
    assert refused.value.message
