"""`jejak people import`: a file into the register, beside whatever else uses the store."""

from __future__ import annotations

import asyncio
import csv
from pathlib import Path

import pytest

from credentials.ports.records import scan_all
from credentials.stores.people import PERSONS
from credentials.stores.waiting import Sighted
from jejak.composition import open_product
from jejak.settings import Settings
from lrs.ports import account_term
from tests.support.command_line import CommandLine

_HEADER = "nip,nama,jenis,instansi\n"
_GOOD = "203104172056012003,Sekar,PNS,4012\n203104172056011004,Budi,PNS,\n"


@pytest.fixture
def jejak(tmp_path: Path) -> CommandLine:
    line = CommandLine(tmp_path / "data")
    assert line("provider", "add", "balai-a", "Balai A").exit_code == 0
    return line


def _file(folder: Path, text: str) -> str:
    path = folder / "pegawai.csv"
    path.write_text(text)
    return str(path)


def test_a_file_is_imported_and_a_repeat_changes_nothing(jejak: CommandLine, tmp_path: Path) -> None:
    file = _file(tmp_path, _HEADER + _GOOD)
    dry = jejak.row("people", "import", file, "--agency", "4012", "--dry-run")
    assert (dry["added"], dry["dry_run"]) == (2, True)
    first = jejak.row("people", "import", file, "--agency", "4012")
    assert first == dry | {"dry_run": False}
    again = jejak.row("people", "import", file, "--agency", "4012", "--as-of", "2027-01-01")
    assert (again["added"], again["changed"], again["same"]) == (0, 0, 2)


def test_bad_rows_are_told_and_reported_and_end_the_command_with_1_after_the_good_ones_went_in(jejak: CommandLine, tmp_path: Path) -> None:
    bad = "".join(f"2.03E+{number},=cmd(),PNS,4012\n" for number in range(30))
    file, report = _file(tmp_path, _HEADER + _GOOD + bad), tmp_path / "masalah.csv"
    outcome = jejak("people", "import", file, "--agency", "4012", "--report", str(report), "--json")
    assert outcome.exit_code == 1
    assert outcome.stderr.count("scientific notation") == 20
    assert "203104172056012003" not in outcome.stderr + outcome.stdout
    rows = list(csv.reader(report.read_text("utf-8-sig").splitlines()))
    assert rows[0] == ["row", "severity", "column", "message", "fix"]
    assert [row[0] for row in rows[1:]] == [str(number) for number in range(4, 34)]
    assert jejak("people", "import", file, "--report", str(report)).exit_code == 2  # a report is never overwritten


def test_a_file_comes_from_standard_input_too(jejak: CommandLine) -> None:
    assert jejak.row("people", "import", "-", "--agency", "4012", given=_HEADER + _GOOD)["added"] == 2


@pytest.mark.parametrize("arguments", [["nothing.csv"], ["--as-of", "yesterday"], ["--encoding", "klingon"], ["--delimiter", "x"]])
def test_a_wrong_call_ends_with_2(jejak: CommandLine, tmp_path: Path, arguments: list[str]) -> None:
    file = [] if arguments[0].endswith(".csv") else [_file(tmp_path, _HEADER + _GOOD)]
    assert jejak("people", "import", *file, *arguments).exit_code == 2


def test_waiting_identifiers_are_listed_linked_and_unlinked(jejak: CommandLine, tmp_path: Path) -> None:
    jejak.row("people", "import", _file(tmp_path, _HEADER + _GOOD), "--agency", "4012")
    person = asyncio.run(_noted(jejak.data_dir))
    (row,) = jejak.rows("people", "waiting", "balai-a")
    assert (row["hint"], row["host"]) == ("internal-id", "lms.test")
    assert "4711" not in jejak("people", "waiting", "balai-a").stdout
    options = ("--person", person, "--provider", "balai-a", "--reference", row["reference"], "--reason", "daftar HR")
    link = jejak.row("people", "link", *options)["link"]
    assert jejak.rows("people", "waiting", "balai-a") == []
    assert jejak("people", "link", *options).exit_code == 1
    assert jejak.row("people", "unlink", link, "--reason", "bukan") == {"link": link, "person": person, "open": False}
    assert jejak("people", "unlink", link, "--reason", "bukan").exit_code == 1


async def _noted(folder: Path) -> str:
    """As the projector notes an account of nobody; the id of somebody."""
    product = await open_product(Settings.model_validate({"data_dir": folder}), seed=False)
    try:
        await product.credentials.register.links.waiting.note([Sighted("balai-a", account_term("https://lms.test", "4711"), 1)])
        return (await scan_all(product.credentials.records, PERSONS))[0].id
    finally:
        await product.close()
