"""Two servers on one store: what the command line or one server's administration changes holds in both within a second."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.support.command_line import CommandLine
from tests.support.server import Server

_SECOND = 1.0
_STATEMENT = {
    "actor": {"mbox": "mailto:sari@example.org"},
    "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"},
    "object": {"id": "http://lms.example.org/course/7"},
}


@dataclass(frozen=True)
class Pair:
    """Two servers, the command line and an administrator."""

    servers: tuple[Server, Server]
    jejak: CommandLine
    administrator: httpx.BasicAuth

    def client(self, *more: str) -> tuple[str, str]:
        """Key and secret of a new client with scope `all`, known to both servers by now."""
        made = self.jejak.row("client", "add", "balai-a", "Moodle", "--scope", "all", *more)
        auth = made["api-key"], made["secret-key"]
        assert self.answers(auth) == [200, 200]
        return auth

    def answers(self, auth: tuple[str, str], *, origin: str = "", write: bool = False) -> list[int]:
        """What each server says to a request now."""
        headers = {"X-Experience-API-Version": "1.0.3"} | ({"Origin": origin} if origin else {})
        method, body = ("POST", _STATEMENT) if write else ("GET", None)
        urls = [f"{server.url}/xapi/statements" for server in self.servers]
        return [httpx.request(method, url, json=body, auth=auth, headers=headers).status_code for url in urls]

    def changed(self, *arguments: str) -> None:
        """Runs a command, and lets the second pass."""
        assert self.jejak(*arguments).exit_code == 0
        time.sleep(_SECOND)

    def administered(self, method: str, path: str, body: Any = None) -> Any:
        """One server's /admin."""
        answer = httpx.request(method, f"{self.servers[0].url}/admin{path}", json=body, auth=self.administrator)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    data = tmp_path_factory.mktemp("pair") / "data"
    with Server(data) as one, Server(data) as two:
        jejak = CommandLine(data)
        jejak("provider", "add", "balai-a", "Balai A")
        yield Pair((one, two), jejak, httpx.BasicAuth("siti", jejak.row("admin", "create", "siti")["secret-key"]))


def test_a_client_switched_off_is_out_and_switched_on_is_in_again(pair: Pair) -> None:
    auth = pair.client()
    pair.changed("client", "disable", auth[0])
    assert pair.answers(auth) == [403, 403]
    pair.changed("client", "enable", auth[0])
    assert pair.answers(auth) == [200, 200]


def test_a_provider_switched_off_takes_its_clients_with_it(pair: Pair) -> None:
    auth = pair.client()
    pair.changed("provider", "disable", "balai-a")
    assert pair.answers(auth) == [403, 403]
    pair.changed("provider", "enable", "balai-a")
    assert pair.answers(auth) == [200, 200]


def test_both_secrets_are_live_while_rotating_and_the_old_one_ends_when_it_is_retired(pair: Pair) -> None:
    old = pair.client()
    new = old[0], pair.jejak.row("client", "rotate", old[0])["secret-key"]
    assert pair.answers(new) == pair.answers(old) == [200, 200]
    pair.changed("client", "retire", old[0])
    assert pair.answers(old) == [401, 401]
    assert pair.answers(new) == [200, 200]


def test_scopes_that_were_taken_away_are_gone(pair: Pair) -> None:
    auth = pair.client()
    assert pair.answers(auth, write=True) == [200, 200]
    pair.changed("client", "set", auth[0], "--scope", "statements/read")
    assert pair.answers(auth, write=True) == [403, 403]
    assert pair.answers(auth) == [200, 200]


def test_a_rate_limit_holds_in_each_server(pair: Pair) -> None:
    auth = pair.client()
    pair.changed("client", "set", auth[0], "--rate-limit", "1")
    assert pair.answers(auth) == [200, 200]
    assert pair.answers(auth) == [429, 429]


def test_origins_hold_for_browsers(pair: Pair) -> None:
    auth = pair.client()
    assert pair.answers(auth, origin="https://other.example.org") == [200, 200]
    pair.changed("client", "set", auth[0], "--origin", "https://course.example.org")
    assert pair.answers(auth, origin="https://other.example.org") == [403, 403]
    assert pair.answers(auth, origin="https://course.example.org") == [200, 200]


def test_an_expiry_and_a_removal_hold(pair: Pair) -> None:
    expired, removed = pair.client(), pair.client()
    pair.jejak("client", "set", expired[0], "--expires", "2020-01-01")
    pair.changed("client", "remove", removed[0], "--yes")
    assert pair.answers(expired) == [403, 403]
    assert pair.answers(removed) == [401, 401]


@pytest.mark.parametrize(
    ("change", "answers"),
    [
        ({"active": False}, [403, 403]),
        ({"scopes": ["state"]}, [403, 403]),
        ({"expires": 1}, [403, 403]),
    ],
    ids=json.dumps,
)
def test_what_one_servers_administration_changes_holds_in_the_other(pair: Pair, change: dict[str, Any], answers: list[int]) -> None:
    made = pair.administered("POST", "/clients", {"provider": "balai-a", "label": "Moodle", "scopes": ["all"]})
    auth = made["api-key"], made["secret-key"]
    assert pair.answers(auth) == [200, 200]
    pair.administered("PATCH", f"/clients/{made['id']}", change)
    time.sleep(_SECOND)
    assert pair.answers(auth) == answers


def test_both_doors_show_the_same(pair: Pair) -> None:
    key, _ = pair.client("--rate-limit", "600")
    doors: list[tuple[Callable[[], Any], Callable[[], Any]]] = [
        (lambda: pair.jejak.row("client", "show", key), lambda: pair.administered("GET", f"/clients/{key}")),
        (lambda: pair.jejak.rows("client", "list"), lambda: pair.administered("GET", "/clients")),
        (lambda: pair.jejak.rows("provider", "list"), lambda: pair.administered("GET", "/providers")),
        (lambda: pair.jejak.row("provider", "show", "balai-a"), lambda: pair.administered("GET", "/providers/balai-a")),
        (lambda: pair.jejak.rows("admin", "list"), lambda: pair.administered("GET", "/administrators")),
    ]
    for here, there in doors:
        assert here() == there()


def test_an_administrator_switched_off_is_out_at_once(pair: Pair) -> None:
    made = pair.administered("POST", "/administrators", {"name": "budi"})
    auth = httpx.BasicAuth("budi", made["secret-key"])
    urls = [f"{server.url}/admin/clients" for server in pair.servers]
    assert [httpx.get(url, auth=auth).status_code for url in urls] == [200, 200]
    assert pair.jejak("admin", "disable", "budi").exit_code == 0
    assert [httpx.get(url, auth=auth).status_code for url in urls] == [401, 401]
    reset = pair.administered("POST", "/administrators/budi/reset")
    pair.administered("PATCH", "/administrators/budi", {"active": True})
    assert httpx.get(urls[1], auth=("budi", reset["secret-key"])).status_code == 200
