"""`jejak retention`: a dry run, and a run that asks for a yes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command_line import CommandLine


@pytest.fixture
def jejak(tmp_path: Path) -> CommandLine:
    line = CommandLine(tmp_path / "data")
    assert line("provider", "add", "balai-a", "Balai A").exit_code == 0
    return line


def test_what_is_kept_for_ever_is_shown_so_and_left_alone(jejak: CommandLine) -> None:
    outcome = jejak("retention", "show")
    assert outcome.exit_code == 0
    assert [line.split()[0] for line in outcome.stdout.splitlines()] == ["WHAT", "statements", "identifiers", "documents", "files", "views"]
    assert jejak("retention", "run", "--yes").exit_code == 0


def test_without_a_yes_nothing_is_done_and_an_unknown_word_is_refused(jejak: CommandLine) -> None:
    assert jejak("retention", "run").exit_code == 2
    assert jejak("retention", "run", "everything", "--yes").exit_code == 2


def test_periods_come_from_the_settings(jejak: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JEJAK_RETENTION_STATEMENTS", "730")
    outcome = jejak("retention", "run", "statements", "--yes", "--json")
    assert outcome.exit_code == 0
    assert '"days":730' in outcome.stdout
