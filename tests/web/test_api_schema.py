"""schemathesis reads the description of `/api` and tries what nobody thought of: no 500, for an administrator and for a person."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.core.result import Ok

from tests.support.server import Server

_OURS = "^/api/(me|people/[^/]+/(views|export)|grants|users|administrators|coaches|files|claims|studies|manual-entries|cases|queue)"
_OURS_TOO = "^/api/(sessions|session-forms|objections|attendance-lists|suspensions|decisions|retention|breaches|erasures)"


@pytest.fixture(scope="module")
def signed_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, list[str]]]:
    """A real server, and the Authorization headers of an administrator and of a person."""
    folder = tmp_path_factory.mktemp("schema") / "data"
    with Server(folder) as server:
        secret = json.loads(server.command("admin", "create", "tester", "--json"))["secret-key"]
        admin = httpx.BasicAuth("tester", secret)
        person = httpx.post(f"{server.url}/api/people", json={"name": {"name": "Uji"}}, auth=admin).json()["id"]
        user = httpx.post(f"{server.url}/api/users", json={"person": person, "reason": "uji"}, auth=admin).json()
        yield server, [admin._auth_header, httpx.BasicAuth(user["key"], user["secret"])._auth_header]


@pytest.mark.parametrize(("part", "least"), [(_OURS, 20), (_OURS_TOO, 18)])
def test_no_input_makes_the_api_fail(signed_in: tuple[Server, list[str]], part: str, least: int) -> None:
    server, authorizations = signed_in
    schema = schemathesis.openapi.from_url(f"{server.url}/api/openapi.json").include(path_regex=part)
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    assert len(operations) >= least
    for operation in operations:

        @given(case=operation.as_strategy())
        @settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None)
        def try_one(case: Any) -> None:
            for authorization in authorizations:
                answer = case.call(headers={"Authorization": authorization})
                assert answer.status_code < 500, answer.text

        try_one()


def test_the_server_logged_no_error_of_its_own(signed_in: tuple[Server, list[str]]) -> None:
    server, _ = signed_in
    assert "Traceback" not in server.log.read_text()
