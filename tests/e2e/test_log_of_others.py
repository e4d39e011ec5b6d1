"""The log as it runs: a server issues, a witness on its own cosigns, Go reads the checkpoint, an audit over HTTP finds it whole."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from credentials.certificate.digest import credential_digest
from credentials.log.merkle import leaf_hash, verify_inclusion
from credentials.log.note import parse_checkpoint, parse_key, parse_note, verified
from tests.support.command_line import run_jejak
from tests.support.go_note import read_by_go
from tests.support.learning_server import open_classroom
from tests.support.server import Server, free_port

_ROOT = Path(__file__).parents[2]
_NAME = "saksi.test/1"


@dataclass(frozen=True, slots=True)
class _Running:
    server: Server
    witness_key: str
    log_key: str
    certificate: str


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Running]:
    folder = tmp_path_factory.mktemp("log")
    port, witness_port = free_port(), free_port()
    witness_key = run_jejak(folder, "witness", "key", "--data", str(folder / "saksi"), "--name", _NAME).stdout.decode().strip()
    settings: dict[str, Any] = {"log_witnesses": f"{witness_key} http://127.0.0.1:{witness_port}", "log_seconds": "0.2"}
    with Server(folder / "data", port=port, **settings) as server:
        log_key = server.command("log", "key").strip()
        command = ["witness", "serve", "--data", str(folder / "saksi"), "--name", _NAME, "--log", log_key, "--port", str(witness_port)]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("JEJAK_")}
        witness = subprocess.Popen([sys.executable, "-m", "jejak", *command], cwd=_ROOT, env=environment, stdin=subprocess.DEVNULL)
        try:
            with open_classroom(server) as classroom:
                certificate = classroom.teach(1)
            _until_cosigned(server.url)
            yield _Running(server, witness_key, log_key, certificate)
        finally:
            witness.send_signal(signal.SIGTERM)
            assert witness.wait(20) == 0


def _until_cosigned(url: str) -> None:
    for _ in range(200):
        answer = httpx.get(f"{url}/log/checkpoint")
        if answer.status_code == 200 and answer.text.count("\n— ") == 2:
            return
        time.sleep(0.1)
    raise AssertionError("no witness cosigned the log")


def test_go_reads_the_checkpoint_and_finds_the_logs_signature_good(running: _Running) -> None:
    checkpoint = httpx.get(f"{running.server.url}/log/checkpoint").text
    done = read_by_go(checkpoint, running.log_key)
    assert done.returncode == 0, done.stderr
    origin, size, root = done.stdout.split()
    head = parse_checkpoint(parse_note(checkpoint).text)
    assert (origin, int(size), root) == (head.origin, head.size, head.root.hex())


def test_go_refuses_a_checkpoint_of_which_one_digit_was_changed(running: _Running) -> None:
    checkpoint = httpx.get(f"{running.server.url}/log/checkpoint").text
    origin, _, rest = checkpoint.partition("\n")
    size, _, tail = rest.partition("\n")
    done = read_by_go(f"{origin}\n{int(size) + 1}\n{tail}", running.log_key)
    assert done.returncode == 1
    assert "invalid signature" in done.stderr


def test_a_certificates_proof_holds_with_the_witness_and_its_time(running: _Running) -> None:
    document = httpx.get(f"{running.server.url}/c/{running.certificate}.json").json()
    text = httpx.get(f"{running.server.url}/c/{running.certificate}.tlog-proof").text
    head, _, note_text = text.partition("\n\n")
    _, index, *lines = head.split("\n")
    note = parse_note(note_text)
    checkpoint = parse_checkpoint(note.text)
    proof = [base64.b64decode(line) for line in lines]
    leaf = leaf_hash(credential_digest(document))
    assert verify_inclusion(leaf, int(index.removeprefix("index ")), checkpoint.size, proof, checkpoint.root)
    assert verified(note, parse_key(running.log_key)) == 0
    time_of_log = verified(note, parse_key(running.witness_key))
    assert time_of_log is not None
    assert abs(time_of_log - time.time()) < 300


def test_an_audit_over_http_finds_it_whole_and_remembers_where_it_was(running: _Running, tmp_path: Path) -> None:
    remembered = tmp_path / "log.json"
    arguments = ("log", "audit", "--url", f"{running.server.url}/log", "--key", running.log_key, "--witness", running.witness_key)
    whole = (*arguments, "--quorum", "1", "--remember", str(remembered), "--json")
    for _ in range(2):
        told: dict[str, Any] = json.loads(running.server.command(*whole))
        assert (told["problems"], told["size"]) == ([], 1)
    assert "checkpoint" in json.loads(remembered.read_text())


def test_an_audit_beside_the_server_counts_certificates_too(running: _Running) -> None:
    told = json.loads(running.server.command("log", "audit", "--json"))
    assert (told["problems"], told["certificates"]) == ([], 1)
    assert json.loads(running.server.command("log", "head", "--json"))["cosigned_size"] == 1


def test_files_for_another_web_server_say_what_this_one_says(running: _Running, tmp_path: Path) -> None:
    told = running.server.command("issuer", "export", str(tmp_path))
    files = {str(path.relative_to(tmp_path)): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert told == f"{len(files)} of {len(files)} files written: {tmp_path}\n"
    assert {"issuers/default/did.json", "issuers/default/status/revocation/1", "log/checkpoint"} < set(files)
    for path, content in files.items():
        answer = httpx.get(f"{running.server.url}/{path}")
        same = json.loads(answer.content) == json.loads(content) if path.endswith("did.json") else answer.content == content
        assert same, path
    assert running.server.command("issuer", "export", str(tmp_path)).startswith("0 of ")
