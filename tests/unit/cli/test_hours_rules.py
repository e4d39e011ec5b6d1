"""`jejak hours rules`: what holds, trying a table and publishing it."""

from __future__ import annotations

import asyncio
import copy
import json
from pathlib import Path
from typing import Any

import pytest

from credentials.access.principal import Principal
from credentials.access.roles import Role
from jejak.composition import open_product
from jejak.settings import Settings
from schemas.loader import jp_tables
from tests.support.command_line import CommandLine


@pytest.fixture
def jejak(tmp_path: Path) -> CommandLine:
    """An empty store."""
    line = CommandLine(tmp_path / "data")
    assert line("provider", "add", "balai", "Balai").exit_code == 0
    return line


def _file(folder: Path, **changes: object) -> str:
    table: dict[str, Any] = copy.deepcopy(jp_tables()[0])
    table |= {"id": "nasional-2", "effective_from": "2030-01-01"} | changes
    file = folder / "table.json"
    file.write_text(json.dumps(table))
    return str(file)


def test_a_national_table_is_proposed_and_holds_once_an_overseer_has_published_it(jejak: CommandLine, tmp_path: Path) -> None:
    told = jejak("hours", "rules", "publish", _file(tmp_path), "--reason", "PerLAN contoh", "--json")
    made = json.loads(told.stdout)
    assert (made["table"]["id"], made["by"], made["reason"]) == ("nasional-2", "administrator:command-line", "PerLAN contoh")
    assert [one["table"] for one in jejak.rows("hours", "rules", "list")] == ["bps-2019.1"]
    asyncio.run(_published(jejak))
    assert [one["table"] for one in jejak.rows("hours", "rules", "list")] == ["bps-2019.1", "nasional-2.1"]
    assert jejak.row("hours", "rules", "in-force", "--on", "2029-12-31")["table"] == "bps-2019.1"
    assert jejak.row("hours", "rules", "in-force", "--on", "2030-01-01")["table"] == "nasional-2.1"
    shown = jejak("hours", "rules", "in-force", "--on", "2030-01-01").stdout
    assert "nasional-2.1/16/national" in shown
    assert "jp_per_day=3" in shown


async def _published(jejak: CommandLine) -> None:
    """By another overseer than the operator."""
    product = await open_product(Settings.model_validate({"data_dir": jejak.data_dir}), seed=False)
    try:
        overseer = Principal("", administrator="rini", everywhere=Role.OVERSEER)
        await product.hours.publishing.publish_proposed(overseer, "nasional-2", 1, "diperiksa")
    finally:
        await product.close()


def test_the_past_is_moved_only_when_that_is_said(jejak: CommandLine, tmp_path: Path) -> None:
    file = _file(tmp_path, effective_from="2020-01-01")
    refused = jejak("hours", "rules", "publish", file, "--reason", "koreksi")
    assert (refused.exit_code, "past" in refused.output) == (2, True)
    assert jejak("hours", "rules", "publish", file, "--reason", "koreksi", "--past").exit_code == 0
    assert jejak("hours", "rules", "publish", file, "--reason", "koreksi", "--past").exit_code == 1


def test_a_table_is_tried_without_being_published(jejak: CommandLine, tmp_path: Path) -> None:
    told = jejak.row("hours", "rules", "simulate", _file(tmp_path), "--year", "2026")
    assert (told["persons"], told["moved"], told["everybody"]) == (0, 0, True)
    assert "persons" in jejak("hours", "rules", "simulate", _file(tmp_path), "--year", "2026").stdout
    assert len(jejak.rows("hours", "rules", "list")) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("publish", "nowhere.json", "--reason", "x"),
        ("in-force", "--on", "tomorrow"),
        ("simulate", "nowhere.json", "--year", "2026"),
    ],
)
def test_what_makes_no_sense_is_said(jejak: CommandLine, arguments: tuple[str, ...]) -> None:
    assert jejak("hours", "rules", *arguments).exit_code == 2


def test_a_day_without_a_table_and_a_bad_table_are_said(jejak: CommandLine, tmp_path: Path) -> None:
    assert jejak("hours", "rules", "in-force", "--on", "2018-01-01").exit_code == 1
    refused = jejak("hours", "rules", "publish", _file(tmp_path, minutes_per_jp=0), "--reason", "x")
    assert (refused.exit_code, "minutes_per_jp" in refused.output) == (2, True)
    (tmp_path / "no.json").write_text("{")
    assert jejak("hours", "rules", "publish", str(tmp_path / "no.json"), "--reason", "x").exit_code == 2
    assert jejak("hours", "rules", "publish", _file(tmp_path), "--reason", " ").exit_code == 2
