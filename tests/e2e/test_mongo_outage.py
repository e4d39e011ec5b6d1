"""The server on MongoDB while its lines break, the cluster is gone, and it is killed itself: as clients and operators see it over HTTP."""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from tests.support.load import stored_statements
from tests.support.mongo.proxy import Fault, Fields, Kind, Proxy
from tests.support.mongo.server_pair import MongoServer
from tests.support.server import KEY, SECRET, Server
from tests.support.statement_sender import statement

_HEADERS = {"X-Experience-API-Version": "1.0.3"}
_CLIENTS, _EACH = 3, 3  # statements of a batch
_KINDS: tuple[Kind, ...] = ("cut-before", "cut-after", "partial-insert", "write-concern", "not-primary", "shutting-down")
_PATIENCE = 90.0  # seconds


@dataclass
class _Crowd:
    """Clients that send each batch again until it is taken, as an LMS does; what each answer was."""

    url: str
    stop: threading.Event = field(default_factory=threading.Event)
    attempted: list[list[str]] = field(default_factory=list)
    acknowledged: list[list[str]] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    broken: int = 0
    faulty: list[str] = field(default_factory=list)

    def post(self) -> None:
        with httpx.Client(base_url=self.url, auth=(KEY, SECRET), headers=_HEADERS, timeout=60) as client:
            while not self.stop.is_set():
                ids = [str(uuid.uuid4()) for _ in range(_EACH)]
                self.attempted.append(ids)
                body = [statement(id=one) for one in ids]
                while not self.stop.is_set() and not self._taken(client, ids, body):
                    time.sleep(0.2)

    def _taken(self, client: httpx.Client, ids: list[str], body: list[dict[str, object]]) -> bool:
        try:
            answer = client.post("/xapi/statements", json=body)
        except httpx.TransportError:
            self.broken += 1
            return False
        self.statuses[answer.status_code] += 1
        if answer.status_code == 200:
            self.acknowledged.append(ids)
            return True
        if answer.status_code != 503 or int(answer.headers.get("Retry-After", "0")) < 1:
            self.faulty.append(f"{answer.status_code} {answer.text}")
        return False


@pytest.fixture
def proxy(mongo: MongoServer) -> Iterator[Proxy]:
    """A line of its own to the database, to be broken."""
    line = mongo.line()
    line.start()
    yield line
    line.stop()


@contextmanager
def _posting(server: Server) -> Iterator[_Crowd]:
    crowd = _Crowd(server.url)
    threads = [threading.Thread(target=crowd.post) for _ in range(_CLIENTS)]
    for thread in threads:
        thread.start()
    try:
        yield crowd
    finally:
        crowd.stop.set()
        for thread in threads:
            thread.join()


def _until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + _PATIENCE
    while not holds():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.05)


def _metric(server: Server, begin: str) -> float:
    lines = httpx.get(f"{server.url}/metrics", timeout=60).text.splitlines()
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(begin))


def _ready(server: Server) -> httpx.Response:
    return httpx.get(f"{server.url}/health/ready", timeout=60)


def _writing(name: str, _: Fields) -> bool:
    return name in ("insert", "update", "findAndModify")


def test_faults_are_503_or_unseen_nothing_is_lost_halved_or_doubled_and_metrics_show_it(tmp_path: Path, proxy: Proxy) -> None:
    store = proxy.address(f"jejak-{uuid.uuid4().hex[:12]}")
    server = Server(tmp_path / "data", store=store, mongodb_poll="0.2", mongodb_select="1", mongodb_lease="4")
    server.command("db", "migrate")
    source = random.Random(7)
    with server, _posting(server) as crowd:
        _until(lambda: len(crowd.acknowledged) >= 5)
        for kind in _KINDS:  # lines that break now and then
            taken = len(crowd.acknowledged)
            fault = Fault(kind, _writing, times=2, skip=source.randrange(4))
            proxy.faults.append(fault)
            _until(lambda: fault.times == 0 and len(crowd.acknowledged) >= taken + 3)  # noqa: B023  # waited for in this turn
        assert _metric(server, 'jejak_store{figure="retries"}') >= 1

        proxy.faults[:] = [Fault("cut-before", lambda name, body: True, times=10**9)]  # the cluster is gone
        _until(lambda: crowd.statuses[503] >= _CLIENTS)
        told = _ready(server)
        assert (told.status_code, int(told.headers["Retry-After"]) >= 1) == (503, True)
        assert httpx.get(f"{server.url}/health/live").status_code == 200
        assert _metric(server, "jejak_store_up") == 0
        assert _metric(server, 'jejak_requests_total{method="POST",route="/xapi/statements",status="503"}') >= _CLIENTS
        proxy.faults.clear()
        taken = len(crowd.acknowledged)
        _until(lambda: len(crowd.acknowledged) >= taken + 5 and _ready(server).status_code == 200)  # by itself
        assert _metric(server, "jejak_store_up") == 1

        server.kill()
        _until(lambda: crowd.broken > 0)
        server.start()
        taken = len(crowd.acknowledged)
        _until(lambda: len(crowd.acknowledged) >= taken + 5)
    assert crowd.faulty == []
    with server:
        stored = [one for one, _ in stored_statements(server.url)]
    counted = Counter(stored)
    assert set(counted.values()) == {1}
    assert {one for ids in crowd.acknowledged for one in ids} <= counted.keys()
    assert {sum(one in counted for one in ids) for ids in crowd.attempted} <= {0, _EACH}
