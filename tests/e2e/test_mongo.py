"""The whole product on MongoDB: a statement becomes hours and a certificate that the verifier finds valid, over a restart."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from tests.support.command_line import run_jejak
from tests.support.learning_server import open_classroom
from tests.support.mongo.server_pair import MongoServer
from tests.support.server import KEY, SECRET, Server, free_port


def test_a_statement_becomes_a_valid_certificate_and_stays_one_over_a_restart(tmp_path: Path, mongo: MongoServer) -> None:
    server = Server(tmp_path / "data", store=mongo.address(f"jejak-{uuid4().hex[:12]}"), mongodb_poll="0.1")
    server.command("db", "migrate")
    with server, open_classroom(server) as room:
        certificate = room.teach(1)
        assert httpx.get(f"{server.url}/v/{certificate}").status_code == 200
        server.stop()
        server.start()
        assert room.certificates() == [certificate]
        headers = {"X-Experience-API-Version": "1.0.3"}
        told = httpx.get(f"{server.url}/xapi/statements", auth=(KEY, SECRET), headers=headers).json()
        assert len(told["statements"]) == 2
        token = httpx.get(f"{server.url}/c/{certificate}.jwt").text
        assert "valid" in httpx.post(f"{server.url}/verify", files={"file": ("c.jwt", token)}, timeout=30).text


def test_without_collections_the_start_says_what_makes_them(tmp_path: Path, mongo: MongoServer) -> None:
    store = mongo.address(f"jejak-{uuid4().hex[:12]}")
    refused = run_jejak(tmp_path / "data", "serve", store=store, port=str(free_port()))
    assert refused.returncode != 0
    assert b"`jejak db migrate` makes them" in refused.stderr
    assert b"Traceback" not in refused.stderr


@pytest.mark.parametrize("store", ["mongodb://127.0.0.1:1/x", "mongodb://"])
def test_an_address_that_leads_nowhere_is_said_in_one_line(tmp_path: Path, store: str) -> None:
    refused = run_jejak(tmp_path / "data", "db", "migrate", store=store, mongodb_select="0.2", mongodb_lease="0.5")
    assert refused.returncode != 0
    assert len(refused.stderr.strip().splitlines()) == 1
