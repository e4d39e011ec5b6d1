"""Several who do the same at the same moment, over HTTP with a real server: it is done once, and everybody is told what became of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Barrier
from typing import Any

import httpx
import pytest

from tests.support.server import Server

_WHY = "surat tugas 12/2026"
_CLAIM = {"title": "Bimbingan teknis arsip dinamis", "jp": 8, "channel": 8, "started_on": "2026-03-02", "ended_on": "2026-03-02"}
_OVERSEERS, _CLAIMS = 4, 8


class _Office:
    def __init__(self, server: Server, stack: ExitStack) -> None:
        self._server, self._stack = server, stack
        self.overseers = [self.client(name, self._secret(name)) for name in (f"pengawas-{number}" for number in range(_OVERSEERS))]

    def _secret(self, name: str) -> str:
        return str(json.loads(self._server.command("admin", "create", name, "--json"))["secret-key"])

    def client(self, key: str, secret: str) -> httpx.Client:
        return self._stack.enter_context(httpx.Client(base_url=self._server.url, auth=(key, secret), timeout=60))

    def person(self, name: str, role: str = "") -> tuple[str, httpx.Client]:
        admin, posting = self.overseers[0], {"since": "2020-01-01", "agency": "a1", "unit": "u1"}
        made = _ok(admin.post("/api/people", json={"name": {"name": name}, "postings": [posting]}))["id"]
        user = _ok(admin.post("/api/users", json={"person": made, "reason": _WHY}))
        if role:
            grant = {"person": made, "role": role, "scope": {"agency": "a1"}, "since": "2020-01-01", "reason": _WHY}
            _ok(admin.post("/api/grants", json=grant))
        return made, self.client(user["key"], user["secret"])


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Office]:
    with Server(tmp_path_factory.mktemp("at-once") / "data") as server, ExitStack() as stack:
        yield _Office(server, stack)


def _ok(answer: httpx.Response) -> Any:
    assert answer.status_code < 300, answer.text
    return answer.json()


def _at_once(path: str, asks: Sequence[tuple[httpx.Client, Any]]) -> list[httpx.Response]:
    """Each client sends its body there, all as soon as the last is ready; none fails."""
    ready = Barrier(len(asks))

    def one(ask: tuple[httpx.Client, Any]) -> httpx.Response:
        client, body = ask
        ready.wait(30)
        return client.post(path, content=body) if isinstance(body, str) else client.post(path, json=body)

    with ThreadPoolExecutor(len(asks)) as threads:
        answers = list(threads.map(one, asks))
    assert all(answer.status_code < 500 for answer in answers), [answer.text for answer in answers]
    return answers


def test_of_decisions_at_once_one_counts(office: _Office) -> None:
    person, learner = office.person("Sri")
    deciders = [office.person(name, "hr")[1] for name in ("Wati", "Dewi")]
    approved = 0
    for number in range(_CLAIMS):
        case = _ok(learner.post("/api/claims", json=_CLAIM | {"title": f"Bimbingan {number}", "organiser": "Balai"}))["id"]
        verdicts = ["approved", "rejected", "approved", "rejected"]
        asks = [(deciders[at % 2], {"cases": [case], "verdict": verdict, "reason": _WHY}) for at, verdict in enumerate(verdicts)]
        told = [_ok(answer)["items"][0] for answer in _at_once("/api/queue/decisions", asks)]
        done = [one for one in told if not one.get("error")]
        assert len(done) == 1, told
        assert all(one["error"] for one in told if one is not done[0])
        state = _ok(learner.get(f"/api/cases/{case}"))["state"]
        assert state == done[0]["state"]
        approved += state == "approved"
    balance = _ok(learner.get(f"/api/people/{person}/hours?year=2026"))
    assert sum(len(one["lines"]) for one in balance["balances"]) == approved
    told = _ok(office.overseers[0].get("/api/decisions?limit=100"))["items"]
    decided = [one for one in told if one["kind"] in ("claim.approved", "claim.rejected")]
    assert len(decided) == _CLAIMS


def test_one_file_of_persons_imported_by_several_at_once_enters_each_once(office: _Office) -> None:
    rows = "".join(f"1990010120150110{number:02d};Orang {number};a9;PNS\n" for number in range(10, 100))
    rows += "".join(f"1991020220160120{number:02d};Orang {number};a9;PNS\n" for number in range(10, 100))
    content = "nip;nama;instansi;jenis\n" + rows
    answers = _at_once("/api/people/import", [(client, content) for client in office.overseers])
    counts = [answer.json()["rows"] for answer in answers if answer.status_code == 200]
    assert counts, [answer.text for answer in answers]
    again = _ok(office.overseers[0].post("/api/people/import", content=content))["rows"]
    assert (again["added"], again["same"], again["refused"]) == (0, 180, 0)
    assert sum(one["added"] for one in counts) == 180
    listed = _ok(office.overseers[0].get("/api/people?agency=a9&limit=500", headers={"Jejak-Reason": _WHY}))["items"]
    assert len(listed) == 180


def test_a_programme_is_approved_once_by_whoever_was_first(office: _Office) -> None:
    first, others = office.overseers[0], office.overseers[1:]
    _ok(first.post("/admin/providers", json={"id": "balai", "name": "Balai Contoh"}))
    programme = {"id": "pbj", "provider": "balai", "title": "Pengadaan", "description": "Dasar", "criteria": "Lulus", "jp": 8}
    _ok(first.post("/api/programmes", json=programme))
    _ok(first.post("/api/programmes/pbj/1/state", json={"state": "proposed", "reason": _WHY}))
    body = {"state": "approved", "reason": _WHY}
    answers = _at_once("/api/programmes/pbj/1/state", [(client, body) for client in others])
    assert sorted(answer.status_code for answer in answers)[0] == 200
    assert sum(answer.status_code == 200 for answer in answers) == 1, [answer.text for answer in answers]
    history = _ok(first.get("/api/programmes/pbj/1"))["history"]
    assert [one["state"] for one in history].count("approved") == 1


def test_an_account_is_linked_to_one_of_those_for_whom_it_is_asked_at_once(office: _Office) -> None:
    _ok(office.overseers[0].post("/admin/providers", json={"id": "pusat", "name": "Pusat Contoh"}))
    people = [office.person(f"Peserta {number}")[0] for number in range(_OVERSEERS)]
    account = {"home_page": "https://lms.pusat.test", "name": "peserta-7"}
    bodies = [{"person": person, "provider": "pusat", "identifier": account, "reason": _WHY} for person in people]
    answers = _at_once("/api/links", list(zip(office.overseers, bodies, strict=True)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409], [answer.text for answer in answers]
