"""A whole run of a real server with NIPs in every place where one can be put, and then a look through everything that it wrote."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.support.server import Server

NIPS = ("197203152005011007", "198811022019032004", "199912312024211003")  # of two persons, and of nobody here
OLD = "131765432"
WHY = "surat tugas 12/2026"


class _Run:
    """Asks, and keeps what is answered."""

    def __init__(self, server: Server) -> None:
        self.server = server
        secret = json.loads(server.command("admin", "create", "tester", "--json"))["secret-key"]
        self.admin = ("tester", secret)
        self.client = httpx.Client(base_url=server.url, headers={"X-Experience-API-Version": "1.0.3"}, timeout=30)
        self.refusals: list[str] = []
        self.answers: list[str] = []
        self.kept: dict[str, httpx.Response] = {}

    def ask(self, method: str, path: str, body: Any = None, *, auth: tuple[str, str] | None = None, **more: Any) -> Any:
        answer = self.client.request(method, path, json=body, auth=auth or self.admin, **more)
        assert answer.status_code < 500, answer.text
        (self.refusals if answer.status_code >= 400 else self.answers).append(f"{answer.headers} {answer.text}")
        return answer.json() if answer.headers.get("content-type") == "application/json" and answer.text else None

    def settle(self) -> None:
        """Returns once somebody waits for a link: the projector has read what was sent."""
        for _ in range(1_200):
            if self.client.get("/api/providers/balai/waiting", auth=self.admin).json()["items"]:
                return
            time.sleep(0.05)
        raise AssertionError("the projector reads nothing")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Run]:
    folder: Path = tmp_path_factory.mktemp("numbers") / "data"
    with Server(folder, log_level="debug") as server:
        told = _Run(server)
        with told.client:
            _story(told)
            yield told


def _story(run: _Run) -> None:
    run.ask("POST", "/admin/providers", {"id": "balai", "name": "Balai"})
    lms = run.ask("POST", "/admin/clients", {"provider": "balai", "label": "LMS", "scopes": ["all"]})
    key = (lms["api-key"], lms["secret-key"])
    people = [
        run.ask(
            "POST", "/api/people", {"name": {"name": f"Orang {n}"}, "identifiers": [{"kind": "nip", "value": nip}], "postings": _POSTING}
        )["id"]
        for n, nip in enumerate(NIPS[:2])
    ]
    users = [run.ask("POST", "/api/users", {"person": one, "reason": WHY}) for one in people]
    learner, hr = ((one["key"], one["secret"]) for one in users)
    grant = {"person": people[1], "role": "hr", "scope": {"agency": "a1"}, "since": "2024-01-01", "reason": f"untuk {NIPS[1]}"}
    run.ask("POST", "/api/grants", grant)
    _batch(run)
    _statements(run, key)
    run.settle()
    _good_and_bad(run, people, learner, hr)
    _everywhere(run, learner)


_POSTING = [{"since": "2020-01-01", "agency": "a1", "unit": "u1"}]
_CLAIM = {"jp": 4, "channel": 8, "started_on": "2026-03-02", "ended_on": "2026-03-02", "organiser": "Balai"}


def _batch(run: _Run) -> None:
    """That counts for whoever attended https://x.test/1."""
    secret = json.loads(run.server.command("admin", "create", "kedua", "--json"))["secret-key"]
    text = {"provider": "balai", "title": "Seminar", "description": "Arsip", "criteria": "Hadir", "jp": 4, "channel": 9}
    batch = {
        "id": "b1",
        "programme": "p1",
        "provider": "balai",
        "name": "I",
        "starts": "2024-01-01",
        "ends": "2030-12-31",
        "rule": "attended",
    }
    window = [{"starts": "2020-01-01", "body": "LAN"}]
    run.ask("PUT", "/api/providers/balai/accreditations", {"accreditations": window, "reason": WHY})
    run.ask("POST", "/api/programmes", text | {"id": "p1", "evidence_rule": "attended"})
    run.ask("POST", "/api/programmes/p1/1/state", {"state": "proposed"})
    run.ask("POST", "/api/programmes/p1/1/state", {"state": "approved", "reason": WHY}, auth=("kedua", secret))
    run.ask("POST", "/api/batches", batch | {"bindings": [{"role": "session", "activity": "https://x.test/1"}]})


def _statements(run: _Run, key: tuple[str, str]) -> None:
    for nip in (NIPS[0], NIPS[2], OLD):
        account = {"homePage": f"{run.server.url}/asn", "name": nip}
        good = {
            "actor": {"account": account, "name": nip},
            "verb": {"id": "http://adlnet.gov/expapi/verbs/attended"},
            "object": {"id": "https://x.test/1"},
        }
        run.ask("POST", "/xapi/statements", good, auth=key)
        run.ask("GET", "/xapi/statements", auth=key, params={"agent": json.dumps({"account": account}), "limit": "1"})
        run.ask("GET", "/xapi/statements", auth=key, params={"agent": nip})
        run.ask("GET", "/xapi/statements", auth=key, params={"statementId": nip})
        run.ask("GET", "/xapi/statements", auth=key, params={nip: nip})
        run.ask("PUT", f"/xapi/statements?statementId={nip}", good, auth=key)
        for bad in (
            good | {nip: 1},
            good | {"actor": {"mbox": nip}},
            good | {"actor": {"account": {"homePage": nip, "name": nip}}},
            good | {"timestamp": nip},
            good | {"id": nip},
            good | {"context": {"registration": nip}},
            good | {"context": {"extensions": {nip: 1}}},
            good | {"object": {"objectType": nip, "id": "https://x.test/1"}},
            good | {"result": {"duration": nip}},
            nip,
        ):
            run.ask("POST", "/xapi/statements", bad, auth=key)
        run.ask("GET", f"/xapi/{nip}", auth=key)
        run.ask("GET", "/xapi/agents", auth=key, params={"agent": json.dumps({"account": account})})
        run.ask("PUT", "/xapi/activities/state", {"x": nip}, auth=key, params=_state(account, nip))


def _state(account: dict[str, str], nip: str) -> dict[str, str]:
    return {"activityId": "https://x.test/1", "agent": json.dumps({"account": account}), "stateId": nip}


def _good_and_bad(run: _Run, people: list[str], learner: tuple[str, str], hr: tuple[str, str]) -> None:
    claim = run.ask("POST", "/api/claims", _CLAIM | {"title": "Bimtek", "note": f"NIP saya {NIPS[0]}"}, auth=learner)
    run.ask("POST", "/api/claims", _CLAIM | {"title": f"Bimtek {NIPS[0]}"}, auth=learner)
    run.ask("GET", "/api/queue", auth=hr)
    decide = {"cases": [claim["id"]], "verdict": "rejected", "reason": f"bukan milik {NIPS[2]}"}
    run.ask("POST", "/api/queue/decisions", decide, auth=hr)
    run.ask("GET", f"/api/people/{people[0]}/hours?year=2026", headers={"Jejak-Reason": f"cek {NIPS[0]}"})
    run.ask("GET", f"/api/people/{people[0]}/views", auth=learner)
    run.ask("POST", "/api/people", {"name": {"name": "Ganda"}, "identifiers": [{"kind": "nip", "value": NIPS[0]}]})
    session = {"kind": "coaching", "batch": "x", "starts": "2026-03-02T09:00:00+07:00", "minutes": 60, "topic": "x"}
    run.ask("POST", "/api/sessions", session | {"number": NIPS[2]}, auth=learner)
    account = {"provider": "balai", "home_page": "https://lms.test", "name": NIPS[2]}
    asked = run.ask("POST", "/api/account-requests", account, auth=learner)
    run.ask("POST", "/api/account-requests", account, auth=learner)
    run.ask("POST", "/api/account-requests", account | {"home_page": f"{run.server.url}/asn"}, auth=learner)
    run.ask("GET", f"/api/account-requests/{asked['id']}/known", auth=hr)
    run.ask("POST", "/api/queue/decisions", {"cases": [asked["id"]], "verdict": "approved", "reason": NIPS[2]}, auth=hr)
    run.ask("POST", "/api/users", {"name": "Tamu", "login": NIPS[2], "reason": WHY})
    run.ask("POST", "/api/users", {"name": "Tamu", "login": NIPS[2], "reason": WHY})
    run.ask("GET", "/api/providers/balai/waiting")


def _everywhere(run: _Run, learner: tuple[str, str]) -> None:
    """Every route that the server describes, with a NIP for each member of its path and query, as member and as body."""
    paths = httpx.get(f"{run.server.url}/api/openapi.json").json()["paths"]
    for path, operations in paths.items():
        for method, told in operations.items():
            if path in ("/admin/administrators/{name}",):
                continue
            filled = path
            for parameter in told.get("parameters", ()):
                filled = filled.replace("{" + parameter["name"] + "}", NIPS[2])
            names = [one["name"] for one in told.get("parameters", ()) if one["in"] == "query"]
            query = "&".join(f"{quote(name)}={NIPS[2]}" for name in (*names, NIPS[2]))
            if method == "get":
                run.ask("GET", f"{filled}?{query}", auth=learner)
            else:
                run.ask(method.upper(), filled, {NIPS[2]: NIPS[2]})
    run.ask("GET", f"/{NIPS[2]}")
    run.ask("GET", f"/v/{NIPS[2]}")
    run.ask("GET", f"/c/{NIPS[2]}.json")
    run.kept = {path: run.client.get(path, auth=run.admin) for path in ("/api/decisions?limit=500", "/api/providers/balai/waiting")}
    for auth in ((NIPS[2], NIPS[2]), (f"ju_{NIPS[2]}", NIPS[2]), ("", NIPS[2])):
        run.ask("GET", "/api/me", auth=auth)
        run.ask("GET", "/admin/clients", auth=auth)
        run.ask("GET", "/xapi/statements", auth=auth)


def _found(text: str) -> list[str]:
    return [number for number in (*NIPS, OLD) if number in text]


def test_no_log_line_has_a_number(run: _Run) -> None:
    log = run.server.log.read_text()
    assert len(log.splitlines()) > 100
    assert _found(log) == []
    assert "Traceback" not in log


def test_no_error_repeats_a_number(run: _Run) -> None:
    assert len(run.refusals) > 100
    assert [text for text in run.refusals if _found(text)] == []


def test_no_metric_has_a_number(run: _Run) -> None:
    assert _found(httpx.get(f"{run.server.url}/metrics").text) == []


def test_the_log_of_decisions_and_the_list_of_who_waits_have_no_number(run: _Run) -> None:
    for answer in run.kept.values():
        assert answer.status_code == 200
        assert len(answer.json()["items"]) > 0
        assert _found(answer.text) == []


def test_no_route_asks_for_a_number_in_its_address(run: _Run) -> None:
    paths = httpx.get(f"{run.server.url}/api/openapi.json").json()["paths"]
    names = {one["name"].lower() for operations in paths.values() for told in operations.values() for one in told.get("parameters", ())}
    assert not names & {"nip", "identifier", "ni_pppk", "nik", "login"}
