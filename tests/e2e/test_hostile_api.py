"""A real server and clients that mean it no good: every operation of its description, with every sort of body and parameter, and persons
of every role asking for what is another agency's, another provider's, or their own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any

import httpx
import pytest

from tests.support.hostile import BODIES, NUMBER, PLACES, Description, Operation, hostile_queries, hostile_values
from tests.support.server import Server

_WHY = "surat tugas 12/2026"
_PUBLIC = ("/c/", "/issuers/", "/log/", "/trust/", "/verify", "/reference/")
_EACH = 10  # values for each member of a body
_OF_ANYBODY = {  # what whoever is signed in may read: explanations of hours name these
    "GET /api/providers/{provider}/standing",
    "GET /api/hours/agencies/{agency}/rules",
    "GET /api/hours/agencies/{agency}/targets",
}


@dataclass
class _Town:
    """Two agencies and two providers; `people` by name, with the clients by which they ask."""

    server: Server
    admin: httpx.Client
    description: Description
    people: dict[str, str] = field(default_factory=dict)
    clients: dict[str, httpx.Client] = field(default_factory=dict)

    def ok(self, method: str, path: str, body: Any) -> Any:
        answer = self.admin.request(method, path, json=body)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.text else None

    def person(self, name: str, works_at: str, role: str = "", **scope: str) -> None:
        posting = {"since": "2020-01-01", "agency": works_at, "unit": "u1"}
        made = self.ok("POST", "/api/people", {"name": {"name": name}, "postings": [posting]})["id"]
        user = self.ok("POST", "/api/users", {"person": made, "reason": _WHY})
        if role:
            self.ok("POST", "/api/grants", {"person": made, "role": role, "scope": scope, "since": "2020-01-01", "reason": _WHY})
        self.people[name] = made
        self.clients[name] = httpx.Client(base_url=self.server.url, auth=(user["key"], user["secret"]), timeout=60)

    def ask(self, name: str, operation: Operation, path: str, query: str = "", body: bytes = b"", media: str = "") -> httpx.Response:
        client, query = self.clients.get(name, self.admin), query or operation.needs
        headers = {"Content-Type": media or "application/json", "Jejak-Reason": _WHY}
        return client.request(operation.method, path + (f"?{query}" if query else ""), content=body or None, headers=headers)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Town]:
    folder = tmp_path_factory.mktemp("hostile") / "data"
    with Server(folder) as server, ExitStack() as stack:
        secret = json.loads(server.command("admin", "create", "tester", "--json"))["secret-key"]
        admin = stack.enter_context(httpx.Client(base_url=server.url, auth=("tester", secret), timeout=60))
        town = _Town(server, admin, Description(admin.get("/api/openapi.json").json()))
        for provider in ("balai", "pusat"):
            town.ok("POST", "/admin/providers", {"id": provider, "name": f"Lembaga {provider}"})
        town.ok(
            "PUT",
            "/api/competences/fields/pbj",
            {"name_id": "Pengadaan", "name_en": "Procurement", "keeper": "Lembaga Contoh", "keeper_agency": "a2", "reason": _WHY},
        )
        town.person("Sri", "a1")
        town.person("Wati", "a1", "hr", agency="a1")
        town.person("Budi", "a2")
        town.person("Hasan", "a2", "hr", agency="a2")
        town.person("Olga", "a2", "unit-operator", agency="a2", unit="u1")
        town.person("Agus", "a2", "superior", agency="a2", unit="u1")
        town.person("Putu", "a2", "provider", provider="pusat")
        town.person("Citra", "a2", "center-of-excellence", field="pbj")
        for client in town.clients.values():
            stack.enter_context(client)
        yield town


def _told(answer: httpx.Response, where: str) -> None:
    """Nothing fails; whoever is refused is told why, and no number comes back."""
    assert answer.status_code < 500, (where, answer.text[:500])
    if answer.status_code < 400:
        return
    assert NUMBER not in answer.text, where
    if answer.headers.get("content-type", "").startswith("application/json"):
        error = answer.json()["error"]
        assert error["message"].strip(), where
        assert len(answer.content) < 20_000, (where, "an error repeats what was sent")


def _operations(town: _Town) -> list[Operation]:
    found = [one for one in town.description.operations if not one.path.startswith(_PUBLIC)]
    assert len(found) > 120
    return found


def test_whatever_is_sent_as_a_body_is_answered(town: _Town) -> None:
    values, names = hostile_values(), cycle(["", *town.clients])
    for operation in _operations(town):
        path = operation.at(person=town.people["Budi"], agency="a2", provider="pusat")
        where = f"{operation.method} {operation.path}"
        media = operation.media if operation.body is None else "application/json"
        for body in BODIES if media else ():
            _told(town.ask(next(names), operation, path, body=body, media=media), where)
        if operation.body is not None:
            for body in town.description.spoiled(operation.body, values, _EACH):
                _told(town.ask("", operation, path, body=body), f"{where} {body[:300]!r}")
            for media in ("text/plain", "multipart/form-data", "application/json; charset=utf-16", "x" * 300):
                _told(town.ask("", operation, path, body=b"{}", media=media), where)


def test_whatever_stands_in_path_and_query_is_answered(town: _Town) -> None:
    names, places = cycle(["", *town.clients]), cycle(PLACES)
    for operation in town.description.operations:
        where = f"{operation.method} {operation.path}"
        body = town.description.body(operation)
        for parameter in operation.parameters:
            for _ in range(5):
                path = operation.at(**{parameter: next(places)})
                _told(town.ask(next(names), operation, path, body=body), f"{where} {path[:200]}")
        path = operation.at(person=town.people["Budi"], agency="a2", provider="pusat")
        for query in ("", *hostile_queries(operation)):
            _told(town.ask("", operation, path, query, body), f"{where}?{query[:200]}")


_STRANGERS = ("Budi", "Hasan", "Olga", "Agus", "Putu", "Citra")


def test_nobody_from_elsewhere_sees_or_changes_anything_of_a_person(town: _Town) -> None:
    """HR of the person's own agency reads the same, so that it is not the address that is wrong."""
    sri, seen = town.people["Sri"], 0
    for operation in _operations(town):
        if "person" not in operation.parameters or operation.path.startswith("/admin"):
            continue
        body = town.description.body(operation)
        path = operation.at(person=sri)
        for name in _STRANGERS:
            answer = town.ask(name, operation, path, body=body)
            assert 400 <= answer.status_code < 500, (name, operation, answer.text[:300])
            if operation.method == "GET":
                assert answer.status_code in (403, 404), (name, operation.path, answer.text[:300])
            assert "Sri" not in answer.text
        if operation.method == "GET":
            seen += town.ask("Wati", operation, path).status_code == 200
    assert seen >= 5


def test_nobody_from_elsewhere_sees_or_changes_anything_of_an_agency_or_provider(town: _Town) -> None:
    asked = {"agency": ("Budi", "Hasan", "Olga", "Agus", "Putu", "Citra", "Sri"), "provider": ("Putu", "Hasan", "Sri")}
    for parameter, names in asked.items():
        seen = 0
        for operation in _operations(town):
            where = f"{operation.method} {operation.path}"
            if parameter not in operation.parameters or where in _OF_ANYBODY:
                continue
            body = town.description.body(operation)
            path = operation.at(agency="a1", provider="balai")
            for name in names:
                answer = town.ask(name, operation, path, body=body)
                assert 400 <= answer.status_code < 500, (name, where, answer.text[:300])
                if operation.method == "GET":
                    assert answer.status_code in (401, 403, 404, 429), (name, where, answer.text[:300])
            seen += 1
        assert seen >= 4


def test_nobody_changes_their_own_record(town: _Town) -> None:
    """By HR of the agency, who may change everybody else's there."""
    wati, changed = town.people["Wati"], 0
    for operation in _operations(town):
        if not operation.path.startswith("/api/people/{person}/") or operation.method == "GET" or operation.body is None:
            continue
        body = town.description.body(operation)
        answer = town.ask("Wati", operation, operation.at(person=wati), body=body)
        assert 400 <= answer.status_code < 500, (operation, answer.text[:300])
        changed += town.ask("Wati", operation, operation.at(person=town.people["Sri"]), body=body).status_code < 300
    assert changed >= 3, "it is the own record that is refused, not the body"


def test_without_a_key_nothing_is_seen(town: _Town) -> None:
    with httpx.Client(base_url=town.server.url, timeout=60) as nobody:
        for operation in _operations(town):
            body = town.description.body(operation)
            path = operation.at(person=town.people["Sri"], agency="a1", provider="balai")
            answer = nobody.request(operation.method, path, content=body, headers={"Content-Type": "application/json"})
            assert answer.status_code in (401, 429), (operation, answer.status_code)  # 429: too many that nobody knows
            assert "Sri" not in answer.text


def test_the_server_logged_no_fault_and_no_number(town: _Town) -> None:
    """Runs last: over everything that the others sent."""
    logged = town.server.log.read_text()
    assert "Traceback" not in logged
    assert NUMBER not in logged
    assert town.admin.get("/health/ready").status_code == 200
