"""A full disk, a database locked away, a server told to stop: who is refused has nothing stored, who was accepted has it."""

from __future__ import annotations

import resource
import socket
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import apsw
import httpx
import orjson

from lrs.stores.sqlite.check import check
from tests.support.load import Acknowledged, post_until, stored_statements
from tests.support.server import KEY, SECRET, Server
from tests.support.statement_sender import statement

_HEADERS = {"X-Experience-API-Version": "1.0.3"}
_IDS = [f"8f87ccde-bb56-4c2e-ab83-44982ef22d{number:02d}" for number in range(10)]


def _client(server: Server) -> httpx.Client:
    return httpx.Client(base_url=server.url, auth=(KEY, SECRET), headers=_HEADERS, timeout=40)


def _is_refused_for_now(answer: httpx.Response) -> None:
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) >= 1
    assert answer.json()["error"]["requestId"] == answer.headers["X-Request-Id"]


def test_what_cannot_be_written_is_503_with_nothing_stored_and_goes_in_once_it_can(tmp_path: Path) -> None:
    """The server may suddenly write no file any further: what a full disk looks like from inside."""
    with Server(tmp_path / "data") as server, _client(server) as client:
        assert client.post("/xapi/statements", json=statement(id=_IDS[0])).status_code == 200
        assert server.process is not None
        _, most = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (1, most))
        _is_refused_for_now(client.post("/xapi/statements", json=[statement(id=_IDS[1]), statement(id=_IDS[2])]))
        state = {"activityId": "https://a.test/b", "agent": '{"mbox":"mailto:a@b.test"}', "stateId": "s"}
        _is_refused_for_now(client.put("/xapi/activities/state", params=state, content=b"x"))
        _is_refused_for_now(client.get("/health/ready"))
        assert client.get("/health/live").status_code == 200
        assert [one["id"] for one in client.get("/xapi/statements").json()["statements"]] == [_IDS[0]]
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (most, most))
        assert client.post("/xapi/statements", json=[statement(id=_IDS[1]), statement(id=_IDS[2])]).status_code == 200
        assert client.get("/xapi/activities/state", params=state).status_code == 404
        assert client.get("/health/ready").status_code == 200
        assert {one for one, _ in stored_statements(server.url)} == set(_IDS[:3])
    assert check(tmp_path / "data" / "jejak.sqlite3") == []


def test_a_database_locked_away_is_503_for_writes_while_reads_go_on(tmp_path: Path) -> None:
    with Server(tmp_path / "data") as server, _client(server) as client:
        assert client.post("/xapi/statements", json=statement(id=_IDS[0])).status_code == 200
        with closing(apsw.Connection(str(tmp_path / "data" / "jejak.sqlite3"))) as other:
            other.set_busy_timeout(20_000)  # the server's own background work may be in its turn
            other.execute("BEGIN IMMEDIATE")
            answers: list[httpx.Response] = []
            waiting = threading.Thread(target=lambda: answers.append(client.post("/xapi/statements", json=statement(id=_IDS[1]))))
            waiting.start()
            with _client(server) as reader:
                while waiting.is_alive():
                    assert reader.get("/xapi/statements").status_code == 200
                    time.sleep(0.2)
            waiting.join()
            other.execute("ROLLBACK")
        _is_refused_for_now(answers[0])
        assert client.get("/xapi/statements", params={"statementId": _IDS[1]}).status_code == 404
        assert client.post("/xapi/statements", json=statement(id=_IDS[1])).status_code == 200


def _raw_post(server: Server, value: Any) -> tuple[bytes, bytes]:
    """Head and body of a post that is yet to be sent."""
    body = orjson.dumps(value)
    authorization = httpx.BasicAuth(KEY, SECRET)._auth_header
    head = (
        f"POST /xapi/statements HTTP/1.1\r\nHost: x\r\nAuthorization: {authorization}\r\nX-Experience-API-Version: 1.0.3\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode(), body


def test_a_server_told_to_stop_finishes_what_it_accepted(tmp_path: Path) -> None:
    data, acknowledged, stop = tmp_path / "data", Acknowledged(), threading.Event()
    server = Server(data, limit_page="1000")
    server.start()
    head, body = _raw_post(server, statement(id=_IDS[0]))
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as half, _client(server) as idle:
        idle.get("/xapi/about")
        half.sendall(head + body[:20])
        threads = [threading.Thread(target=post_until, args=(stop, server.url, number, acknowledged)) for number in range(3)]
        for thread in threads:
            thread.start()
        time.sleep(0.7)
        started = time.monotonic()
        stopping = threading.Thread(target=server.stop)
        stopping.start()
        time.sleep(0.5)
        half.sendall(body[20:])
        answer = half.recv(65_536)
        stopping.join()
        for thread in threads:
            thread.join()
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert server.process is not None
    assert server.process.returncode == 0
    assert time.monotonic() - started < 12, "nobody keeps it: idle connections are closed at once"
    assert "Traceback" not in server.log.read_text()
    with server:
        stored = {one for one, _ in stored_statements(server.url)}
    assert acknowledged.refused == []
    assert acknowledged.batches
    assert all(stored.issuperset(batch) for batch in [*acknowledged.batches, [_IDS[0]]])
    assert all(len(stored.intersection(batch)) in (0, len(batch)) for batch in acknowledged.attempted)


def test_a_client_that_never_finishes_does_not_keep_the_server(tmp_path: Path) -> None:
    server = Server(tmp_path / "data")
    server.start()
    head, body = _raw_post(server, statement())
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as half:
        half.sendall(head + body[:20])
        time.sleep(0.3)
        assert server.stop() == 0
        assert half.recv(65_536).startswith(b"HTTP/1.1 503 ")
    assert "Traceback" not in server.log.read_text()
