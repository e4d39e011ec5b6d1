"""Load on a real server, remembering what it acknowledged: singles, batches, attachments."""

from __future__ import annotations

import hashlib
import random
import threading
import uuid
from dataclasses import dataclass, field

import httpx
import orjson

from tests.support.server import KEY, SECRET

_HEADERS = {"X-Experience-API-Version": "1.0.3"}


@dataclass
class Acknowledged:
    """What the server said yes to: batches of ids, and attachments by statement id; what it refused, and connections that broke."""

    batches: list[list[str]] = field(default_factory=list)
    attempted: list[list[str]] = field(default_factory=list)
    attachments: dict[str, bytes] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    broken: int = 0


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


def post_until(stop: threading.Event, url: str, seed: int, acknowledged: Acknowledged) -> None:
    """Posts singles, batches and attachments until told to stop, refused, or the server is gone."""
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
                acknowledged.broken += 1
                return
            if answer.status_code != 200:
                acknowledged.refused.append(answer.text)
                return
            acknowledged.batches.append(ids)
            if content:
                acknowledged.attachments[ids[0]] = content


def stored_statements(url: str) -> list[tuple[str, str]]:
    """Id and `stored` of everything, newest first, page by page."""
    found: list[tuple[str, str]] = []
    with httpx.Client(auth=(KEY, SECRET), headers=_HEADERS, timeout=30) as client:
        more = "/xapi/statements?limit=0"
        while more:
            page = client.get(url + more).json()
            found += [(one["id"], one["stored"]) for one in page["statements"]]
            more = page["more"]
    return found
