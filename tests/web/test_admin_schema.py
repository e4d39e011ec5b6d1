"""schemathesis reads the administration's OpenAPI and tries what nobody thought of: no 500, and every answer as described."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import CHECKS
from schemathesis.core.result import Ok

from tests.support.server import Server

_EXAMPLES = 60
_OURS = "^/admin/(administrators|providers|clients|creds)(/|$)"  # keys and clients; the rest of /admin has tests of its own


@pytest.fixture(scope="module")
def signed_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, str]]:
    """A real server, and the Authorization header of an administrator made beside it."""
    folder = tmp_path_factory.mktemp("schema") / "data"
    with Server(folder) as server:
        secret = json.loads(server.command("admin", "create", "tester", "--json"))["secret-key"]
        yield server, httpx.BasicAuth("tester", secret)._auth_header


def _operations(server: Server, path: str) -> list[Any]:
    schema = schemathesis.openapi.from_url(f"{server.url}/api/openapi.json").include(path_regex=path)
    return [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]


def _checks() -> list[Any]:
    names = ("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance")
    return [check for check in CHECKS.get_all() if check.__name__ in names]


def test_every_answer_of_the_administration_of_keys_is_as_described(signed_in: tuple[Server, str]) -> None:
    server, authorization = signed_in
    operations, checks = _operations(server, _OURS), _checks()
    assert len(operations) >= 16
    assert len(checks) == 4
    answered = set()
    for operation in operations:

        @given(case=operation.as_strategy())
        @settings(max_examples=_EXAMPLES, suppress_health_check=list(HealthCheck), derandomize=True, database=None)
        def try_one(case: Any) -> None:
            if (case.method, case.path_parameters.get("name")) == ("PATCH", "tester"):
                return  # it would lock itself out
            answer = case.call(headers={"Authorization": authorization})
            case.validate_response(answer, checks=checks)
            answered.add(answer.status_code)

        try_one()
    assert {200, 201, 400, 404} <= answered


def test_no_input_makes_any_administration_fail(signed_in: tuple[Server, str]) -> None:
    server, authorization = signed_in
    operations = _operations(server, "^/admin")
    for operation in operations:

        @given(case=operation.as_strategy())
        @settings(max_examples=10, suppress_health_check=list(HealthCheck), derandomize=True, database=None)
        def try_one(case: Any) -> None:
            answer = case.call(headers={"Authorization": authorization})
            assert answer.status_code < 500, answer.text

        try_one()


def test_whoever_has_not_signed_in_gets_nothing(signed_in: tuple[Server, str]) -> None:
    server, _ = signed_in
    for operation in _operations(server, "^/admin"):
        path = operation.path.replace("{", "").replace("}", "")
        answer = httpx.request(operation.method, server.url + path, json={})
        assert answer.status_code in (401, 429), f"{operation.method} {operation.path}"


def test_the_server_logged_no_error_of_its_own(signed_in: tuple[Server, str]) -> None:
    server, _ = signed_in
    assert "Traceback" not in server.log.read_text()
