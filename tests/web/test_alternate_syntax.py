"""Alternate request syntax (xAPI-Communication 1.0.3, 1.3): what old browsers send, and what somebody might send on purpose."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.support.product import KEY, SECRET, VERSION, product_client

STATE = {"activityId": "https://lms.example.org/c", "agent": '{"mbox":"mailto:sari@example.org"}', "stateId": "page"}
STATEMENT = {
    "actor": {"mbox": "mailto:sari@example.org"},
    "verb": {"id": "https://v.test/did"},
    "object": {"id": "https://o.test/1"},
}
PATH = "/xapi/activities/state"


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with product_client(tmp_path, limit_query=2_000) as opened:
        yield opened


async def form(client: httpx.AsyncClient, method: str, fields: dict[str, str], path: str = PATH) -> httpx.Response:
    """A request in that syntax; one that waits for what will never come fails here."""
    return await asyncio.wait_for(client.post(f"{path}?method={method}", data=fields), 10)


async def test_delete_needs_no_content_and_waits_for_none(client: httpx.AsyncClient) -> None:
    assert (await form(client, "PUT", STATE | {"content": "satu"})).status_code == 204
    assert (await form(client, "DELETE", STATE)).status_code == 204
    assert (await client.get(PATH, params=STATE)).status_code == 404


async def test_an_empty_content_is_a_document_without_bytes(client: httpx.AsyncClient) -> None:
    assert (await form(client, "PUT", STATE | {"content": "", "Content-Type": "text/plain"})).status_code == 204
    got = await client.get(PATH, params=STATE)
    assert (got.content, got.headers["Content-Type"]) == (b"", "text/plain")


async def test_head_answers_as_get_without_the_body(client: httpx.AsyncClient) -> None:
    await form(client, "PUT", STATE | {"content": "satu"})
    head, got = await form(client, "HEAD", STATE), await form(client, "GET", STATE)
    assert (head.status_code, head.content, head.headers["ETag"]) == (200, b"", got.headers["ETag"])
    assert head.headers["Content-Length"] == "0", "the request is a POST to whoever reads the answer"


async def test_fields_stand_for_headers(client: httpx.AsyncClient) -> None:
    client.headers.pop(VERSION)
    profile = {"agent": STATE["agent"], "profileId": "warna", VERSION: "1.0.3", "If-None-Match": "*", "content": "{}"}
    assert (await form(client, "PUT", profile, "/xapi/agents/profile")).status_code == 204
    assert (await form(client, "PUT", profile, "/xapi/agents/profile")).status_code == 412


@pytest.mark.parametrize("value", ["text/plain\r\nX-Evil: 1", "text/plain\nX: 1", "a/b; x=\x00", "a/b; x=\u2603"])
async def test_a_field_that_could_be_no_header_is_refused(client: httpx.AsyncClient, value: str) -> None:
    answer = await form(client, "PUT", STATE | {"content": "satu", "Content-Type": value})
    assert answer.status_code == 400
    assert answer.json()["error"]["where"] == "form field Content-Type"
    assert (await client.get(PATH, params=STATE)).status_code == 404


@pytest.mark.parametrize("twice", ["content=1&content=2", "content=1&Content-Type=a/b&content-type=c/d", "content=1&stateId=x&stateId=y"])
async def test_a_field_that_stands_twice_is_refused(client: httpx.AsyncClient, twice: str) -> None:
    fields = "&".join(f"{name}={value}" for name, value in STATE.items() if name not in twice)
    answer = await client.post(f"{PATH}?method=PUT", content=f"{fields}&{twice}")
    assert answer.status_code == 400


async def test_a_form_that_is_json_is_no_form(client: httpx.AsyncClient) -> None:
    answer = await asyncio.wait_for(client.post(f"{PATH}?method=DELETE", json=STATE), 10)
    assert answer.status_code == 400


async def test_parameters_in_the_form_have_the_limit_of_the_query(client: httpx.AsyncClient) -> None:
    assert (await form(client, "PUT", STATE | {"stateId": "x" * 2_001, "content": "satu"})).status_code == 413
    assert (await form(client, "PUT", STATE | {"content": "x" * 5_000})).status_code == 204


async def test_a_long_form_is_read_only_of_whoever_is_known(client: httpx.AsyncClient) -> None:
    long = STATE | {"content": "x" * 1_500_000, "Authorization": httpx.BasicAuth(KEY, SECRET)._auth_header}
    assert (await form(client, "PUT", long)).status_code == 204
    client.auth = None  # type: ignore[assignment]  # httpx documents None as "no credentials"
    assert (await form(client, "PUT", long)).status_code == 413
    assert (await form(client, "PUT", long | {"content": "short"})).status_code == 204
    client.auth = httpx.BasicAuth(KEY, "wrong")
    assert (await form(client, "PUT", long)).status_code == 401


async def test_the_forms_credentials_win_over_the_requests(client: httpx.AsyncClient) -> None:
    wrong = httpx.BasicAuth(KEY, "wrong")._auth_header
    assert (await form(client, "GET", STATE | {"Authorization": wrong})).status_code == 401


async def test_statements_are_posted_and_paged(client: httpx.AsyncClient) -> None:
    posted = await form(client, "POST", {"content": json.dumps([STATEMENT, STATEMENT])}, "/xapi/statements")
    assert len(posted.json()) == 2
    page = (await form(client, "GET", {"limit": "1"}, "/xapi/statements")).json()
    assert len(page["statements"]) == 1
    assert (await client.get(page["more"])).json()["more"] == ""


async def test_parameters_are_measured_as_the_more_link_will_write_them(client: httpx.AsyncClient) -> None:
    for name, status in (("a" * 1_800, 200), ("é" * 600, 413)):
        agent = json.dumps({"account": {"homePage": "https://h.test", "name": name}}, ensure_ascii=False)
        assert (await form(client, "GET", {"agent": agent, "limit": "1"}, "/xapi/statements")).status_code == status
