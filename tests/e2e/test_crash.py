"""200 means durable: the real server is killed again and again, and whatever it acknowledged is there, whole."""

from __future__ import annotations

import hashlib
import random
import threading
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import orjson

from lrs.stores.sqlite.check import check
from tests.support.server import KEY, SECRET, Server

_KILLS = 20
_CLIENTS = 4
_HEADERS = {"X-Experience-API-Version": "1.0.3"}


@dataclass
class Acknowledged:
    """What the server said yes to: batches of ids, and digests of attachments by statement id."""

    batches: list[list[str]] = field(default_factory=list)
    attempted: list[list[str]] = field(default_factory=list)
    attachments: dict[str, bytes] = field(default_factory=dict)


def _statement(number: int) -> dict[str, object]:
    return {
        "id": str(uuid.uuid4()),
        "actor": {"mbox": f"mailto:learner{number % 40}@example.org"},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"},
        "object": {"id": f"http://lms.example.org/course/view.php?id={number % 9}"},
    }


def _multipart(statement: dict[str, object], content: bytes) -> tuple[bytes, str]:
    digest = hashlib.sha256(content).hexdigest()
    statement["attachments"] = [
        {
            "usageType": "http://example.org/usage/scan",
            "display": {"en": "scan"},
            "contentType": "application/octet-stream",
            "length": len(content),
            "sha2": digest,
        }
    ]
    lines = [
        b"--cut\r\nContent-Type: application/json\r\n\r\n" + orjson.dumps(statement),
        b"\r\n--cut\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary\r\nX-Experience-API-Hash: "
        + digest.encode()
        + b"\r\n\r\n"
        + content,
        b"\r\n--cut--\r\n",
    ]
    return b"".join(lines), "multipart/mixed; boundary=cut"


def _post_until(stop: threading.Event, url: str, seed: int, acknowledged: Acknowledged) -> None:
    """Posts singles, batches and attachments until told to stop or the server is gone."""
    rng = random.Random(seed)
    with httpx.Client(auth=(KEY, SECRET), headers=_HEADERS, timeout=20) as client:
        while not stop.is_set():
            kind = rng.random()
            statements = [_statement(rng.randrange(10**6)) for _ in range(rng.randrange(2, 40) if kind < 0.4 else 1)]
            ids = [str(one["id"]) for one in statements]
            content = rng.randbytes(rng.choice((2_000, 150_000))) if kind > 0.85 else b""
            body, content_type = _multipart(statements[0], content) if content else (orjson.dumps(statements), "application/json")
            acknowledged.attempted.append(ids)
            try:
                answer = client.post(f"{url}/xapi/statements", content=body, headers={"Content-Type": content_type})
            except httpx.TransportError:
                return
            assert answer.status_code == 200, answer.text
            acknowledged.batches.append(ids)
            if content:
                acknowledged.attachments[ids[0]] = content


def _stored_ids(url: str) -> set[str]:
    found: set[str] = set()
    with httpx.Client(auth=(KEY, SECRET), headers=_HEADERS, timeout=30) as client:
        more = "/xapi/statements?limit=0"
        while more:
            page = client.get(url + more).json()
            found |= {one["id"] for one in page["statements"]}
            more = page["more"]
    return found


def test_twenty_kills_lose_no_acknowledged_statement_and_leave_no_half_batch(tmp_path: Path) -> None:
    rng = random.Random(20)
    acknowledged = Acknowledged()
    server = Server(tmp_path / "data", limit_page="1000")
    for round_number in range(_KILLS):
        server.start()
        stop = threading.Event()
        threads = [
            threading.Thread(target=_post_until, args=(stop, server.url, round_number * 10 + client, acknowledged))
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
        stored = _stored_ids(server.url)
        with httpx.Client(auth=(KEY, SECRET), headers=_HEADERS, timeout=30) as client:
            for statement_id, content in acknowledged.attachments.items():
                answer = client.get(f"{server.url}/xapi/statements", params={"statementId": statement_id, "attachments": "true"})
                assert content in answer.content
    assert len(acknowledged.batches) > _KILLS * 5
    assert all(stored.issuperset(ids) for ids in acknowledged.batches)
    assert all(len(stored.intersection(ids)) in (0, len(ids)) for ids in acknowledged.attempted)
