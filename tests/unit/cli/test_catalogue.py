"""`jejak catalogue import|export`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import CommandLine

_PROGRAMMES = (
    "id,provider,title,description,criteria,jp,evidence_rule,state\npbj,balai-a,Pengadaan,Dasar,Lulus,8,course-completed,proposed\n"
)


@pytest.fixture
def jejak(tmp_path: Path) -> CommandLine:
    line = CommandLine(tmp_path / "data")
    assert line("provider", "add", "balai-a", "Balai A").exit_code == 0
    return line


def _file(folder: Path, name: str, text: str) -> str:
    path = folder / name
    path.write_text(text)
    return str(path)


def test_tables_go_in_and_the_whole_catalogue_moves_to_another_store(jejak: CommandLine, tmp_path: Path) -> None:
    programmes = _file(tmp_path, "p.csv", _PROGRAMMES)
    assert jejak.row("catalogue", "import", programmes, "--table", "programme")["added"] == 1
    assert jejak.row("catalogue", "import", programmes, "--table", "programme")["same"] == 1
    batches = "id,programme,provider,name,starts,ends\npbj-1,pbj,balai-a,I,2026-11-01,2026-11-30\n"
    assert jejak.row("catalogue", "import", "-", "--table", "batch", given=batches)["added"] == 1
    out = tmp_path / "katalog.json"
    assert jejak("catalogue", "export", str(out)).exit_code == 0
    other = CommandLine(tmp_path / "other")
    other("provider", "add", "balai-a", "Balai A")
    assert other.row("catalogue", "import", str(out), "--keep-states")["added"] == 2
    assert other("catalogue", "export", "-").stdout == out.read_text()
    states = {one["id"]: one["state"] for one in json.loads(out.read_text()) if one["entry"] in ("programme", "batch")}
    assert states == {"pbj": "proposed", "pbj-1": "draft"}


def test_a_dry_run_tells_what_the_import_will_and_stores_nothing(jejak: CommandLine, tmp_path: Path) -> None:
    programme: dict[str, Any] = {
        "entry": "programme",
        "id": "pbj",
        "provider": "balai-a",
        "title": "Pengadaan",
        "description": "Dasar",
        "criteria": "Lulus",
    }
    programme |= {"jp": 8, "evidence_rule": "course-completed", "state": "proposed"}
    batch: dict[str, Any] = {
        "entry": "batch",
        "id": "pbj-1",
        "programme": "pbj",
        "provider": "balai-a",
        "name": "I",
        "starts": "2026-11-01",
    }
    course = [{"role": "course", "activity": "https://lms.contoh.test/c?id=7", "match": "exact"}]
    batch |= {"ends": "2026-11-30", "bindings": course}
    overlapping, nowhere = batch | {"id": "pbj-2"}, batch | {"id": "x-1", "programme": "none"}
    file = _file(tmp_path, "katalog.json", json.dumps([programme, batch, overlapping, nowhere, programme]))
    before = jejak("catalogue", "export", "-").stdout
    reports = [tmp_path / "coba.csv", tmp_path / "sungguh.csv"]
    tried = jejak("catalogue", "import", file, "--dry-run", "--report", str(reports[0]), "--json")
    assert jejak("catalogue", "export", "-").stdout == before
    done = jejak("catalogue", "import", file, "--report", str(reports[1]), "--json")
    told = [json.loads(one.stdout) for one in (tried, done)]
    assert (tried.exit_code, told[0].pop("dry_run"), told[1].pop("dry_run")) == (1, True, False)
    assert told[0] == told[1] == {"added": 2, "changed": 0, "same": 1, "refused": 2, "warnings": 0}
    assert reports[0].read_text() == reports[1].read_text()


def test_bad_entries_end_the_command_with_1_and_are_in_the_report(jejak: CommandLine, tmp_path: Path) -> None:
    report = tmp_path / "masalah.csv"
    result = jejak("catalogue", "import", "-", "--table", "programme", "--report", str(report), given=_PROGRAMMES + "x,nobody,T,D,K,8,,\n")
    assert result.exit_code == 1
    assert "row 3 provider" in result.stderr
    assert '"3","error","provider"' in report.read_text("utf-8-sig")


@pytest.mark.parametrize(
    "arguments",
    [
        ["import", "nothing.json"],
        ["import", "-", "--table", "surprise"],
        ["export", "-", "--table", "surprise"],
        ["export", "-", "--table", "batch", "--delimiter", "x"],
        ["export", "/dev/null/x"],
    ],
)
def test_a_wrong_call_ends_with_2(jejak: CommandLine, arguments: list[str]) -> None:
    assert jejak("catalogue", *arguments, given="[]").exit_code == 2
