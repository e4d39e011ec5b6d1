"""A server whose issuers' keys lie in a PKCS#11 token (SoftHSM): it issues, seals paper, and finds its keys again when it starts anew."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from credentials.keys import ISSUER_KEYS
from credentials.ports.records import scan_all
from credentials.stores.sqlite import open_sqlite_records
from credentials.stores.tables import TABLES
from lrs.stores.sqlite import SqliteOptions
from lrs.stores.sqlite.connection import Database
from tests.support.learning_server import open_classroom
from tests.support.server import Server
from tests.support.soft_token import CONFIGURATION, make_token

_FORMS = ("json", "jwt", "pdf", "png")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    configuration, token = make_token(tmp_path)
    pin_file = tmp_path / "pin"
    pin_file.write_text(token.pin + "\n")
    settings: dict[str, Any] = {"pkcs11_module": token.module, "pkcs11_token": token.label, "pkcs11_pin_file": str(pin_file)}
    made = Server(tmp_path / "data", key_vault="pkcs11", **settings)
    made.environment[CONFIGURATION] = str(configuration)
    with made:
        yield made


def _verdict(server: Server, content: bytes) -> Any:
    answer = httpx.post(f"{server.url}/verify", content=content, timeout=60)
    return answer.json()["verdict"]


async def _kept(data: Path) -> set[tuple[str, str, int]]:
    """(owner, vault, bytes of what the vault needs) of every key in the store."""
    database = await Database.open(data / "jejak.sqlite3", SqliteOptions())
    try:
        records = await open_sqlite_records(database, TABLES)
        return {(key.owner, key.vault, len(key.secret)) for key in await scan_all(records, ISSUER_KEYS)}
    finally:
        await database.close()


def test_a_server_issues_with_keys_that_never_leave_the_token(server: Server) -> None:
    with open_classroom(server) as classroom:
        first = classroom.teach(1)
        files = {form: httpx.get(f"{server.url}/c/{first}.{form}", timeout=60).content for form in _FORMS}
        assert {form: _verdict(server, content) for form, content in files.items()} == dict.fromkeys(_FORMS, "valid")
        did = httpx.get(f"{server.url}/issuers/default/did.json").json()
        assert [method["id"].partition("#")[2] for method in did["verificationMethod"]] == ["ed25519-1", "p256-1"]
        server.stop()
        assert asyncio.run(_kept(server.data_dir)) == {(owner, "pkcs11", 16) for owner in ("default", "default@pdf", "@log")}
        server.start()
        second = classroom.teach(2, "Bayu Contoh")
    token = httpx.get(f"{server.url}/c/{second}.jwt").text
    header = json.loads(base64.urlsafe_b64decode(token.partition(".")[0] + "=="))
    assert header["kid"].endswith("#p256-1")
    assert _verdict(server, token.encode()) == "valid"
