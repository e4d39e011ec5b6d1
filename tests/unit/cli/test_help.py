"""`--help`: every command has examples that are calls of itself, and the exit codes."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.core import TyperGroup
from typer.main import get_command
from typer.testing import CliRunner

from jejak import VERSION
from jejak.cli import verify
from jejak.cli.app import app
from jejak.cli.later import all_commands
from jejak.cli.outcomes import CODES

_ROOT = Path(__file__).parents[3]
_OWN_CODES: dict[tuple[str, ...], str] = {
    ("verify",): verify.EXAMPLES[verify.EXAMPLES.index("Exit codes:") :]
}  # verdicts, by the same four numbers


def _commands(group: TyperGroup, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, command in all_commands(group).items():
        if isinstance(command, TyperGroup):
            yield from _commands(command, (*path, name))
        else:
            yield (*path, name)


def _all() -> list[tuple[str, ...]]:
    root = get_command(app)
    assert isinstance(root, TyperGroup)
    return list(_commands(root))


@pytest.mark.parametrize("path", _all(), ids=" ".join)
def test_help_shows_examples_and_exit_codes(path: tuple[str, ...]) -> None:
    result = CliRunner().invoke(app, [*path, "--help"])
    assert result.exit_code == 0
    shown = [line.strip() for line in result.stdout.split("Examples:")[1].split("Exit codes:")[0].splitlines()]
    assert any(list(path) == shlex.split(line.rstrip("\\"))[-len(path) :] or " ".join(["jejak", *path]) in line for line in shown)
    codes = _OWN_CODES.get(path, CODES)
    assert all(line.strip() in result.stdout for line in codes.splitlines())
    assert [line.split()[0] for line in codes.splitlines()[1:]] == ["0", "1", "2", "3"]


@pytest.mark.parametrize("path", [path for path in _all() if path[-1] in ("list", "show")], ids=" ".join)
def test_what_lists_or_shows_can_do_so_as_json(path: tuple[str, ...]) -> None:
    assert "--json" in CliRunner().invoke(app, [*path, "--help"]).stdout


def test_the_operations_page_has_the_same_exit_codes() -> None:
    page = (_ROOT / "docs" / "operations.md").read_text()
    for line in CODES.splitlines()[1:]:
        code, meaning = line.split(maxsplit=1)
        assert f"| {code} | {meaning} |" in page


def test_a_list_of_commands_cuts_nothing() -> None:
    shown = CliRunner().invoke(app, ["people", "--help"]).stdout.partition("Commands:")[2]
    assert not any(line.endswith("...") for line in shown.splitlines())
    assert "Lists identifiers in a provider's statements that name nobody yet" in " ".join(shown.split())


def test_the_version_is_that_of_the_package() -> None:
    project = tomllib.loads((_ROOT / "pyproject.toml").read_text())["project"]
    assert CliRunner().invoke(app, ["--version"]).stdout == f"jejak {project['version']}\n"
    assert project["version"] == VERSION


@pytest.mark.parametrize("command", [["--version"], ["admin", "create", "sari"], ["provider", "add", "balai-a", "Balai A"]], ids=" ".join)
def test_a_command_imports_nothing_that_it_does_not_need(command: list[str], tmp_path: Path) -> None:
    code = f"import sys; from jejak.cli.app import app; app({command!r}, standalone_mode=False); print(*sys.modules)"
    environment = {"PATH": os.environ["PATH"], "JEJAK_DATA_DIR": str(tmp_path)}
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=_ROOT, env=environment)
    loaded = set(ran.stdout.split())
    assert "typer" in loaded
    assert not {"fastapi", "pyld", "pyhanko", "pymongo", "requests", "aiohttp", "jejak.composition", "credentials", "verifier"} & loaded


def test_without_a_command_the_help_is_shown_and_it_is_a_wrong_call() -> None:
    result = CliRunner().invoke(app, [])
    assert result.exit_code == 2
    assert "Commands:" in result.output
