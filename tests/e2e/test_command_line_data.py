"""The data commands against a running server: what is written is read again, nothing doubles, and a backup beside the server is whole."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from bench.corpus import corpus
from tests.support.server import KEY, SECRET, Server

_ROOT = Path(__file__).parents[2]


def _jejak(data_dir: Path, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("JEJAK_")}
    environment |= {"JEJAK_DATA_DIR": str(data_dir)}
    command = [sys.executable, "-m", "jejak", *arguments]
    return subprocess.run(command, input=given, capture_output=True, env=environment, cwd=_ROOT, timeout=120)


def test_statements_written_are_read_again_and_backed_up_beside_the_server(tmp_path: Path) -> None:
    lines = [json.dumps(statement).encode() for statement in corpus(250)]
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET)
    data = tmp_path / "data"
    with Server(data) as server:
        access = ("--url", f"{server.url}/xapi", "--key", KEY, "--secret-file", str(secret))
        state = ("--state", str(tmp_path / "state"))
        first = _jejak(data, "statements", "write", *access, *state, "--xapi-version", "2.0.0", given=b"\n".join(lines[:130]) + b"\n")
        rest = _jejak(data, "statements", "write", *access, *state, given=b"\n".join(lines))
        again = _jejak(data, "statements", "write", *access, given=b"\n".join(lines))
        read = _jejak(data, "statements", "read", *access, "--ascending", "--page-size", "60")
        backup = _jejak(data, "db", "backup", str(tmp_path / "backup"))
        refused = _jejak(data, "statements", "write", *access, given=b'{"actor":{}}')
    assert [one.returncode for one in (first, rest, again, read, backup)] == [0] * 5, (first, rest, again, read.stderr, backup)
    assert b"120 statements written, 130 lines were stored before" in rest.stderr
    found = [json.loads(line) for line in read.stdout.splitlines()]
    assert [one["id"] for one in found] == [json.loads(line)["id"] for line in lines]
    assert [one["context"] for one in found] == [json.loads(line)["context"] for line in lines]
    assert refused.returncode == 1
    assert refused.stderr.startswith(b"line 1")

    restored = tmp_path / "restored"
    assert _jejak(restored, "db", "restore", str(tmp_path / "backup")).returncode == 0
    assert _jejak(restored, "db", "check").returncode == 0
    with Server(restored) as server:
        access = ("--url", f"{server.url}/xapi", "--key", KEY, "--secret-file", str(secret))
        assert _jejak(restored, "statements", "read", *access, "--ascending").stdout == read.stdout
