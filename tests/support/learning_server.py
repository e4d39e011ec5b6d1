"""One learning event on a running server: catalogue, person, evidence, certificate."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from tests.support.learning import COURSE, HOME, QUIZ
from tests.support.server import KEY, SECRET, Server

_PROVIDER = "default"  # of the seeded client
_COMPLETED = "http://adlnet.gov/expapi/verbs/completed"


@dataclass(frozen=True, slots=True)
class Classroom:
    """A server with a programme of 8 JP and an open batch `pbj-1`, and its administrator."""

    server: Server
    http: httpx.Client

    def teach(self, number: int, name: str = "Ni Luh Sekar") -> str:
        """Somebody learns; the id of the certificate, once it can be downloaded."""
        before = set(self.certificates())
        account = {"provider": _PROVIDER, "home_page": HOME, "name": str(number)}
        _made(self.http.post("/api/people", json={"name": {"name": name, "back": "S.Kom."}, "accounts": [account]}))
        moment = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
        actor = {"account": {"homePage": HOME, "name": str(number)}}
        told = [
            {"actor": actor, "verb": {"id": _COMPLETED}, "object": {"id": QUIZ}, "result": {"success": True}, "timestamp": moment},
            {"actor": actor, "verb": {"id": _COMPLETED}, "object": {"id": COURSE}, "timestamp": moment},
        ]
        headers = {"X-Experience-API-Version": "1.0.3"}
        httpx.post(f"{self.server.url}/xapi/statements", json=told, auth=(KEY, SECRET), headers=headers).raise_for_status()
        for _ in range(300):
            if found := [one for one in self.certificates() if one not in before]:
                return found[0]
            time.sleep(0.1)
        raise AssertionError("no certificate was issued")

    def certificates(self) -> list[str]:
        """Ids of those of the batch."""
        return [one["id"] for one in self.http.get("/admin/batches/pbj-1/certificates").json()]


@contextmanager
def open_classroom(server: Server) -> Iterator[Classroom]:
    """Enters catalogue and batch."""
    secrets = [json.loads(server.command("admin", "create", name, "--json"))["secret-key"] for name in ("dewi", "rini")]
    http, second = (
        httpx.Client(base_url=server.url, auth=(name, secret), timeout=30) for name, secret in zip(("dewi", "rini"), secrets, strict=True)
    )
    today = (datetime.now(UTC) + timedelta(hours=7)).date()
    programme = {
        "id": "pbj",
        "provider": _PROVIDER,
        "title": "Pengadaan Barang dan Jasa",
        "description": "Dasar.",
        "criteria": "Lulus.",
        "jp": 8,
    }
    batch: dict[str, Any] = {
        "id": "pbj-1",
        "programme": "pbj",
        "provider": _PROVIDER,
        "name": "Angkatan I",
        "starts": str(today - timedelta(days=30)),
        "ends": str(today + timedelta(days=30)),
        "rule": "course-completed-and-quiz-passed",
        "bindings": [{"role": "course", "activity": COURSE}, {"role": "quiz", "activity": QUIZ}],
    }
    window = {"starts": "2020-01-01", "body": "LAN"}
    told = {"accreditations": [window], "reason": "SK akreditasi"}
    http.put(f"/api/providers/{_PROVIDER}/accreditations", json=told).raise_for_status()
    _made(http.post("/api/programmes", json=programme))
    _made(http.post("/api/batches", json=batch))
    http.post("/api/programmes/pbj/1/state", json={"state": "proposed"}).raise_for_status()
    second.post("/api/programmes/pbj/1/state", json={"state": "approved"}).raise_for_status()
    second.close()
    try:
        yield Classroom(server, http)
    finally:
        http.close()


def _made(answer: httpx.Response) -> None:
    assert answer.status_code == 201, answer.text
