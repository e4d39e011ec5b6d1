"""200 means durable: the real server is killed again and again, and whatever it acknowledged is there, whole."""

from __future__ import annotations

import random
import threading
import time
from pathlib import Path

import httpx

from lrs.stores.sqlite.check import check
from tests.support.load import Acknowledged, post_until, stored_statements
from tests.support.server import KEY, SECRET, Server

_KILLS = 20
_CLIENTS = 4
_HEADERS = {"X-Experience-API-Version": "1.0.3"}


def test_twenty_kills_lose_no_acknowledged_statement_and_leave_no_half_batch(tmp_path: Path) -> None:
    rng = random.Random(20)
    acknowledged = Acknowledged()
    server = Server(tmp_path / "data", limit_page="1000")
    for round_number in range(_KILLS):
        server.start()
        stop = threading.Event()
        threads = [
            threading.Thread(target=post_until, args=(stop, server.url, round_number * 10 + client, acknowledged))
            for client in range(_CLIENTS)
        ]
        for thread in threads:
            thread.start()
        time.sleep(rng.uniform(0.05, 0.6))
        server.kill()
        stop.set()
        for thread in threads:
            thread.join()
        assert check(tmp_path / "data" / "jejak.sqlite3") == []
    with server:
        stored = {one for one, _ in stored_statements(server.url)}
        with httpx.Client(auth=(KEY, SECRET), headers=_HEADERS, timeout=30) as client:
            for statement_id, content in acknowledged.attachments.items():
                answer = client.get(f"{server.url}/xapi/statements", params={"statementId": statement_id, "attachments": "true"})
                assert content in answer.content
    assert acknowledged.refused == []
    assert len(acknowledged.batches) > _KILLS * 5
    assert all(stored.issuperset(ids) for ids in acknowledged.batches)
    assert all(len(stored.intersection(ids)) in (0, len(ids)) for ids in acknowledged.attempted)
