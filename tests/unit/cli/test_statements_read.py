"""`jejak statements read`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

import pytest
from typer.testing import CliRunner, Result

from jejak.cli.statements import statements_app
from tests.support.small_lrs import KEY, SECRET, Answer, SmallLrs


@pytest.fixture
def lrs() -> Iterator[SmallLrs]:
    with SmallLrs() as server:
        server.statements = {str(number): b'{"id":"%d",\n "x":1e400}' % number for number in range(8)}
        yield server


def _read(lrs: SmallLrs, *arguments: str) -> Result:
    return CliRunner().invoke(statements_app, ["read", "--url", lrs.url + "/", "--key", KEY, *arguments], env={"JEJAK_SECRET": SECRET})


def test_every_page_is_read_and_each_statement_is_one_line_of_its_own_bytes(lrs: SmallLrs) -> None:
    result = _read(lrs)
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [f'{{"id":"{number}",  "x":1e400}}' for number in range(8)]
    assert len(lrs.requests) == 3


def test_all_filters_are_sent(lrs: SmallLrs) -> None:
    agent = json.dumps({"mbox": "mailto:sari+1@peserta.test", "name": "Sári"})
    flags = ["--related-agents", "--related-activities", "--ascending", "--language", "id;q=0.9", "--xapi-version", "2.0.0"]
    named = {
        "agent": agent,
        "verb": "https://kata.test/a?b=c&d",
        "activity": "https://kursus.test/1#x",
        "registration": "0192a000-0000-7000-8000-000000000001",
        "since": "2026-11-01T00:00:00+07:00",
        "until": "2026-11-02T00:00:00Z",
        "format": "canonical",
    }
    result = _read(lrs, *flags, *(part for name, value in named.items() for part in (f"--{name}", value)))
    _, path, headers = lrs.requests[0]
    assert result.exit_code == 0
    assert dict(parse_qsl(urlsplit(path).query)) == named | {"related_agents": "true", "related_activities": "true", "ascending": "true"}
    assert (headers["Accept-Language"], headers["X-Experience-API-Version"]) == ("id;q=0.9", "2.0.0")


def test_without_filters_no_parameter_is_sent(lrs: SmallLrs) -> None:
    _read(lrs)
    assert lrs.requests[0][1] == "/xapi/statements"


@pytest.mark.parametrize(("limit", "requests"), [(2, 1), (3, 1), (5, 2)])
def test_limit_stops_reading(lrs: SmallLrs, limit: int, requests: int) -> None:
    lrs.upcoming = [lrs.page({})] if limit > 3 else []
    assert len(_read(lrs, "--limit", str(limit)).stdout.splitlines()) == limit
    assert len(lrs.requests) == requests


def test_the_page_size_is_asked_for(lrs: SmallLrs) -> None:
    _read(lrs, "--page-size", "2", "--limit", "100")
    assert lrs.requests[0][1] == "/xapi/statements?limit=2"


def test_the_key_is_not_sent_to_another_server(lrs: SmallLrs) -> None:
    lrs.more = "http://127.0.0.1:9/xapi/statements?page="
    result = _read(lrs)
    assert result.exit_code == 3
    assert "another server" in result.stderr


def test_an_answer_that_is_no_statement_result_is_told(lrs: SmallLrs) -> None:
    lrs.upcoming = [Answer(200, b"<html>")]
    result = _read(lrs)
    assert result.exit_code == 3
    assert "no LRS" in result.stderr


def test_a_refused_parameter_ends_with_one(lrs: SmallLrs) -> None:
    lrs.upcoming = [Answer(400, b'{"message":"since is no timestamp"}')]
    result = _read(lrs, "--since", "yesterday")
    assert result.exit_code == 1
    assert "since is no timestamp" in result.stderr


def test_an_unknown_format_is_a_wrong_call(lrs: SmallLrs) -> None:
    assert _read(lrs, "--format", "pretty").exit_code == 2
