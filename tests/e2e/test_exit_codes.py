"""The real program's exit codes: 0 done, 1 failed, 2 called wrongly, 3 cannot be reached; and a reason in one line."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from tests.support.command_line import run_jejak
from tests.support.server import free_port


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a provider."""
    folder = tmp_path_factory.mktemp("exit") / "data"
    assert run_jejak(folder, "provider", "add", "balai-a", "Balai A").returncode == 0
    return folder


@pytest.mark.parametrize(
    ("code", "arguments"),
    [
        (0, ("--help",)),
        (0, ("provider", "list")),
        (0, ("db", "check")),
        (1, ("client", "show", "nobody")),
        (1, ("provider", "add", "balai-a", "Again")),
        (1, ("db", "restore", "nothing-here")),
        (2, ("provider", "add", "Balai B", "No slug")),
        (2, ("provider", "list", "--colour")),
        (2, ("db", "check", "--store", "mongodb://localhost/x")),
        (2, ("statements", "read", "--url", "http://127.0.0.1:9/xapi", "--key", "k")),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else str(value),
)
def test_a_command_ends_with_the_code_of_its_outcome(data: Path, code: int, arguments: tuple[str, ...]) -> None:
    result = run_jejak(data, *arguments)
    assert result.returncode == code, result
    assert b"Traceback" not in result.stderr
    if code:
        assert result.stdout == b""
        assert result.stderr.count(b"\n") == 1 or b"Usage:" in result.stderr


def test_a_statement_that_is_not_valid_is_a_failure(data: Path) -> None:
    assert run_jejak(data, "statements", "validate", given=b"{}\n").returncode == 1


def test_a_server_whose_port_is_taken_was_called_wrongly(data: Path) -> None:
    with socket.create_server(("127.0.0.1", free_port())) as taken:
        result = run_jejak(data, "serve", port=str(taken.getsockname()[1]))
    assert result.returncode == 2
    assert result.stderr.startswith(b"jejak: 127.0.0.1:")
    assert b"say another port, such as JEJAK_PORT=" in result.stderr


def test_a_server_with_a_wrong_setting_was_called_wrongly(data: Path) -> None:
    result = run_jejak(data, "serve", port="http")
    assert (result.returncode, b"JEJAK_PORT" in result.stderr) == (2, True)


@pytest.mark.parametrize("command", [("serve",), ("client", "list"), ("db", "check")], ids=" ".join)
def test_a_store_that_cannot_be_used_is_three(tmp_path: Path, command: tuple[str, ...]) -> None:
    (tmp_path / "jejak.sqlite3").write_bytes(b"not a database" * 100)
    result = run_jejak(tmp_path, *command, port=str(free_port()))
    assert result.returncode == 3, result
    assert b"Traceback" not in result.stderr
    assert b"jejak.sqlite3 is not a database of Jejak" in result.stderr
