"""schemathesis reads the administration's OpenAPI and tries what nobody thought of: no 500, and every answer as described."""

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


@pytest.fixture(scope="module")
def signed_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, str]]:
    """A real server, and the Authorization header of an administrator made beside it."""
    folder = tmp_path_factory.mktemp("schema") / "data"
    with Server(folder) as server:
        secret = json.loads(server.command("admin", "create", "tester", "--json"))["secret-key"]
        yield server, httpx.BasicAuth("tester", secret)._auth_header


def test_no_input_makes_the_administration_fail(signed_in: tuple[Server, str]) -> None:
    server, authorization = signed_in
    schema = schemathesis.openapi.from_url(f"{server.url}/api/openapi.json").include(path_regex="^/admin")
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    assert len(operations) >= 12
    for operation in operations:

        @given(case=operation.as_strategy())
        @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None)
        def try_one(case: Any) -> None:
            answer = case.call(headers={"Authorization": authorization})
            assert answer.status_code < 500, answer.text

        try_one()


def test_the_server_logged_no_error_of_its_own(signed_in: tuple[Server, str]) -> None:
    server, _ = signed_in
    assert "Traceback" not in server.log.read_text()
