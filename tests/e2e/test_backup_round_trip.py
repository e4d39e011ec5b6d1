"""A backup taken from a running server, restored in new folders: everybody signs in as before, and everything is there."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import httpx
import pytest

from tests.support.command_line import CommandLine
from tests.support.load import Acknowledged, post_until, stored_statements
from tests.support.server import Server

_HEADERS = {"X-Experience-API-Version": "1.0.3"}


def test_after_a_restore_in_new_folders_everybody_signs_in_and_everything_is_there(tmp_path: Path) -> None:
    store, acknowledged, stop = f"sqlite:///{tmp_path / 'db' / 'lrs.sqlite3'}", Acknowledged(), threading.Event()
    jejak = CommandLine(tmp_path / "data", store=store)
    with Server(tmp_path / "data", store=store) as server:
        client, admin = jejak.row("client", "add", "default", "Moodle", "--scope", "all"), jejak.row("admin", "create", "siti")
        posting = threading.Thread(target=post_until, args=(stop, server.url, 1, acknowledged))
        posting.start()
        while not acknowledged.attachments:
            time.sleep(0.05)
        before = list(acknowledged.batches)
        contents = dict(acknowledged.attachments)
        assert jejak("db", "backup", str(tmp_path / "backup")).exit_code == 0
        assert jejak("db", "restore", "--force", str(tmp_path / "backup")).exit_code == 1, "the server runs"
        stop.set()
        posting.join()

    restored = f"sqlite:///{tmp_path / 'elsewhere' / 'lrs.sqlite3'}"
    new = CommandLine(tmp_path / "new", store=restored)
    assert new("db", "restore", str(tmp_path / "backup")).exit_code == 0
    assert new("db", "check").exit_code == 0
    with Server(tmp_path / "new", store=restored) as server:
        ids = {one for one, _ in stored_statements(server.url)}
        assert all(ids.issuperset(batch) for batch in before)
        auth = (client["api-key"], client["secret-key"])
        for statement_id, content in contents.items():
            params = {"statementId": statement_id, "attachments": "true"}
            answer = httpx.get(f"{server.url}/xapi/statements", params=params, auth=auth, headers=_HEADERS)
            assert content in answer.content
        assert httpx.get(f"{server.url}/admin/clients", auth=("siti", admin["secret-key"])).status_code == 200


def test_a_server_refuses_to_start_without_its_stores_key(tmp_path: Path) -> None:
    with Server(tmp_path / "data"):
        pass
    (tmp_path / "data" / "secret.key").rename(tmp_path / "secret.key")
    with pytest.raises(AssertionError, match="there is no key file"):
        Server(tmp_path / "data").start()
    (tmp_path / "secret.key").rename(tmp_path / "data" / "secret.key")
    with Server(tmp_path / "data"):
        pass
