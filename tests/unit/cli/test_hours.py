"""`jejak hours`: the whole derivation of a year, from the store or from a file."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from credentials.people.person import Identifier, Profile
from credentials.ports.records import Put, Write, scan_all
from credentials.stores.ledger import LedgerRecords
from credentials.stores.people import NUMBERS, PERSONS, PROFILES, numbered
from credentials.stores.views import VIEWS
from jejak.composition import Product, open_product
from jejak.settings import Settings
from tests.support.command_line import CommandLine
from tests.support.hours import PERSON, line
from tests.support.hours_office import registered

_NIP = "203104172056012003"  # invented: born in 2031
_LINES = (line(16, 8, "2026-05-03", "2026-05-04", id="kursus", claimed=10), line(9, 4, "2026-06-01"))


@pytest.fixture
def jejak(tmp_path: Path) -> CommandLine:
    """A store with one person and their ledger."""

    async def fill(product: Product) -> None:
        identifiers = (Identifier("nip", _NIP),)
        people: list[Write] = [Put(PERSONS, registered(PERSON)), Put(PROFILES, Profile(PERSON, (), identifiers))]
        rows = [Put(NUMBERS, row) for row in numbered(PERSON, identifiers)]
        await product.credentials.records.commit(*people, *rows, *(write for one in _LINES for write in LedgerRecords.writes(one)))

    _with(tmp_path, fill)
    return CommandLine(tmp_path / "data")


def _with(folder: Path, work: Callable[[Product], Awaitable[None]]) -> None:
    async def opened() -> None:
        product = await open_product(Settings.model_validate({"data_dir": folder / "data"}), seed=False)
        try:
            await work(product)
        finally:
            await product.close()

    asyncio.run(opened())


def test_the_whole_derivation_is_printed(jejak: CommandLine) -> None:
    told = jejak("hours", "explain", "--person", PERSON, "--year", "2026")
    assert told.exit_code == 0
    assert told.stdout == (
        "Tahun 2026 (1 Jan 2026 - 31 Des 2026)\n"
        "pns, instansi dinas-a, unit bidang-1\n"
        "kewajiban 20 JP (PP 11/2017 jo. PP 17/2020 Pasal 203 ayat (4)): kurang 10 JP\n"
        "disetujui 12 JP, dihitung 10 JP, di luar batas 0 JP, menunggu 0 baris\n"
        "\n"
        "1. 4 Mei 2026  Pelatihan kursus  [E-learning]  diklaim 10, disetujui 8, dihitung 6, di luar batas 0\n"
        "   kursus  lms  balai  kursus/1  kursus-1\n"
        "   - Diklaim 10 JP; katalog menyetujui 8 JP dan menentukan.\n"
        "   - Paling banyak 3 JP tiap hari belajar (3, 4 Mei 2026): 2 x 3 = 6 JP; dari 8 JP yang disetujui, 6 JP.\n"
        "   Dasar: Lampiran Surat Sestama BPS B-031/BPS/2600/02/2019, jalur 16 (E-learning, dalam negeri) (tabel bps-2019.1). "
        "Anggapan: 3, 9.\n"
        "   tanda: claim-above\n"
        "   = 6 JP\n"
        "\n"
        "2. 1 Jun 2026  Pelatihan 9-2026-06-01  [Seminar, konferensi atau sarasehan]  diklaim -, disetujui 4, dihitung 4, di luar batas 0\n"
        "   9-2026-06-01  lms  balai  9-2026-06-01/1  9-2026-06-01-1\n"
        "   - 4 JP untuk tiap hari yang diikuti (1 Jun 2026): 1 x 4 = 4 JP.\n"
        "   Dasar: Lampiran Surat Sestama BPS B-031/BPS/2600/02/2019, jalur 9 (Seminar, konferensi atau sarasehan, dalam negeri) "
        "(tabel bps-2019.1). Anggapan: 1, 3.\n"
        "   = 10 JP\n"
    )


def test_english_json_and_a_cut_off_day(jejak: CommandLine) -> None:
    english = jejak("hours", "explain", "--person", PERSON, "--year", "2026", "--language", "en", "--until", "2026-05-31")
    assert "Year 2026 (1 Jan 2026 - 31 Dec 2026)" in english.stdout
    assert "counted 6 JP" in english.stdout
    assert jejak.row("hours", "explain", "--person", PERSON, "--year", "2026")["counted"] == 10


def test_a_number_is_read_from_standard_input_and_never_printed(jejak: CommandLine) -> None:
    told = jejak("hours", "explain", "--nip", "--year", "2026", given=_NIP + "\n")
    assert told.exit_code == 0
    assert "dihitung 10 JP" in told.stdout
    assert _NIP not in told.output


@pytest.mark.parametrize("given", ["203104172056012009", "20310417 salah", "1,97E+17", ""])
def test_a_number_that_names_nobody_fails_without_being_repeated(jejak: CommandLine, given: str) -> None:
    told = jejak("hours", "explain", "--nip", "--year", "2026", given=given + "\n")
    assert told.exit_code in (1, 2)
    assert not given or given not in told.output


def test_a_file_is_counted_again_without_a_store(jejak: CommandLine, tmp_path: Path) -> None:
    basis = jejak("hours", "basis", "--person", PERSON)
    file = tmp_path / "basis.json"
    file.write_text(basis.stdout)
    elsewhere = CommandLine(tmp_path / "nothing-here")
    assert elsewhere.row("hours", "check", str(file), "--year", "2026") == jejak.row(
        "hours", "explain", "--person", PERSON, "--year", "2026"
    )
    assert elsewhere("hours", "check", "-", "--year", "2026", given=basis.stdout).exit_code == 0
    assert not (tmp_path / "nothing-here").exists()


@pytest.mark.parametrize("told", ["", "{}", "[1]", '{"format": "jejak-hours-basis/1"}', '{"format": "jejak-hours-basis/1", "rules": {}}'])
def test_a_file_that_is_something_else_is_refused(jejak: CommandLine, told: str) -> None:
    assert jejak("hours", "check", "-", "--year", "2026", given=told).exit_code == 2


def test_a_damaged_line_in_a_file_is_named(jejak: CommandLine) -> None:
    basis = json.loads(jejak("hours", "basis", "--person", PERSON).stdout)
    basis["lines"][0]["channel"] = 99
    refused = jejak("hours", "check", "-", "--year", "2026", given=json.dumps(basis))
    assert (refused.exit_code, "channel" in refused.output) == (2, True)
    basis["lines"][0]["channel"] = "many"
    assert jejak("hours", "check", "-", "--year", "2026", given=json.dumps(basis)).exit_code == 2


def test_nobody_and_no_year_are_said(jejak: CommandLine) -> None:
    assert jejak("hours", "explain", "--person", "nobody", "--year", "2026").exit_code == 1
    assert jejak("hours", "explain", "--year", "2026").exit_code == 2
    assert jejak("hours", "explain", "--person", PERSON, "--year", "2026", "--until", "tomorrow").exit_code == 2
    assert jejak("hours", "explain", "--person", PERSON, "--year", "2018").stdout == "2018: -\n"


def test_that_the_operator_looked_is_written_down(jejak: CommandLine, tmp_path: Path) -> None:
    jejak("hours", "explain", "--person", PERSON, "--year", "2026")
    seen: list[tuple[str, str]] = []

    async def look(product: Product) -> None:
        seen.extend((one.viewer, one.what) for one in await scan_all(product.credentials.records, VIEWS, prefix=(PERSON,)))

    _with(tmp_path, look)
    assert seen == [("operator:command-line", "hours")]
