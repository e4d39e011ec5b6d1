"""Around every resource: routing, versions, credentials, limits, HEAD, CORS, the shape of errors."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.support.product import KEY, SECRET, VERSION, application_over, product_client

STATEMENT = {
    "actor": {"mbox": "mailto:sari@example.org"},
    "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"},
    "object": {"id": "http://lms.example.org/course/18"},
}
THROUGH = "X-Experience-API-Consistent-Through"


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with product_client(tmp_path, limit_body=10_000, limit_query=2_000) as opened:
        yield opened


def _error(answer: httpx.Response) -> dict[str, Any]:
    error: dict[str, Any] = answer.json()["error"]
    assert error["status"] == answer.status_code
    assert error["requestId"] == answer.headers["X-Request-Id"]
    return error


async def test_about_needs_neither_credentials_nor_a_version(client: httpx.AsyncClient) -> None:
    answer = await client.get("/xapi/about", auth=httpx.BasicAuth("no", "one"), headers={VERSION: "nonsense"})
    assert answer.status_code == 200
    assert answer.json()["version"] == ["1.0.3", "2.0.0"]


@pytest.mark.parametrize(("mount", "assumed"), [("/xapi", "1.0.3"), ("/xAPI", "1.0.3"), ("/xapi2", "2.0.0")])
async def test_a_missing_version_is_400_and_the_answer_names_the_mounts_own(client: httpx.AsyncClient, mount: str, assumed: str) -> None:
    answer = await client.get(f"{mount}/statements", headers={VERSION: ""})
    assert (answer.status_code, answer.headers[VERSION]) == (400, assumed)
    assert VERSION in _error(answer)["where"]


@pytest.mark.parametrize(
    ("asked", "status", "answered"),
    [("1.0", 200, "1.0.3"), ("1.0.9", 200, "1.0.3"), ("2.0.0", 200, "2.0.0"), ("1.1.0", 400, "1.0.3"), ("0.95", 400, "1.0.3")],
)
async def test_the_version_of_the_answer_follows_the_request(client: httpx.AsyncClient, asked: str, status: int, answered: str) -> None:
    answer = await client.get("/xapi/statements", headers={VERSION: asked})
    assert (answer.status_code, answer.headers[VERSION]) == (status, answered)


async def test_no_credentials_are_401_with_a_challenge(client: httpx.AsyncClient) -> None:
    client.auth = httpx.BasicAuth(KEY, "wrong")
    answer = await client.get("/xapi/statements")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic")
    assert SECRET not in answer.text


@pytest.mark.parametrize("header", ["Basic", "Basic !!!", "Basic bm8tY29sb24=", "Bearer x", "Basic /////w==", "Digest a=b", "\x80"])
async def test_a_broken_authorization_header_is_401(client: httpx.AsyncClient, header: str) -> None:
    client.auth = None  # type: ignore[assignment]  # httpx documents None as "no credentials"
    answer = await client.get("/xapi/statements", headers=[(b"Authorization", header.encode("latin-1"))])
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("name", "values", "status"),
    [
        (VERSION, ("1.0.3", "2.0.0"), 400),
        ("Authorization", ("Basic eDp5", "Basic eDp5"), 401),
        ("Content-Type", ("application/json", "text/plain"), 400),
        ("Accept-Language", ("id", "en;q=0.5"), 200),
    ],
)
async def test_a_header_that_stands_twice_is_a_list_and_often_no_good_value(
    client: httpx.AsyncClient, name: str, values: tuple[str, str], status: int
) -> None:
    if name == "Authorization":
        client.auth = None  # type: ignore[assignment]  # httpx documents None as "no credentials"
    client.headers.pop(name, None)
    headers = [(name, value) for value in values] + ([] if name == "Content-Type" else [("Content-Type", "application/json")])
    answer = await client.post("/xapi/statements", content=json.dumps(STATEMENT), headers=headers)
    assert answer.status_code == status


@pytest.mark.parametrize("coding", ["gzip", "br", "gzip, identity"])
async def test_a_coded_body_is_415_and_never_kept_as_if_it_were_plain(client: httpx.AsyncClient, coding: str) -> None:
    headers = {"Content-Encoding": coding, "Content-Type": "application/json"}
    answer = await client.post("/xapi/statements", content=json.dumps(STATEMENT), headers=headers)
    assert (answer.status_code, answer.headers["Accept-Encoding"]) == (415, "identity")
    assert "Content-Encoding" in _error(answer)["where"]
    assert (await client.get("/xapi/statements")).json()["statements"] == []


@pytest.mark.parametrize("path", ["/xapi/statements/", "/xapi//statements", "/xapi//statements//"])
async def test_a_slash_too_many_does_no_harm(client: httpx.AsyncClient, path: str) -> None:
    """Endpoints are entered by hand, with and without a slash at their end."""
    assert (await client.get(path)).status_code == 200


async def test_an_unknown_resource_is_404_and_an_unknown_method_405_with_allow(client: httpx.AsyncClient) -> None:
    assert (await client.get("/xapi/nothing")).status_code == 404
    answer = await client.delete("/xapi/statements")
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "PUT", "POST", "HEAD", "OPTIONS"}


async def test_an_error_says_what_where_and_by_which_clause(client: httpx.AsyncClient) -> None:
    batch = [STATEMENT, STATEMENT, STATEMENT, STATEMENT | {"actor": {"mbox": "should.fail.com"}}]
    answer = await client.post("/xapi/statements", json=batch)
    error = _error(answer)
    assert answer.status_code == 400
    assert error["where"] == "statements[3].actor.mbox"
    assert error["clause"] == "xAPI-Data 2.4.2.3"
    assert "mailto:" in error["message"]


async def test_every_answer_on_statements_has_consistent_through(client: httpx.AsyncClient) -> None:
    answers = [
        await client.get("/xapi/statements"),
        await client.post("/xapi/statements", json={}),
        await client.get("/xapi/statements?nope=1"),
    ]
    assert [answer.status_code for answer in answers] == [200, 400, 400]
    assert all(answer.headers[THROUGH].endswith("Z") for answer in answers)


async def test_head_answers_as_get_without_the_body(client: httpx.AsyncClient) -> None:
    got = await client.get("/xapi/statements")
    head = await client.head("/xapi/statements")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Length"] == got.headers["Content-Length"]
    assert (await client.head("/xapi/about")).status_code == 200
    assert (await client.head("/xapi/nothing")).status_code == 404


async def test_a_preflight_needs_no_credentials_and_no_version(client: httpx.AsyncClient) -> None:
    client.auth = None  # type: ignore[assignment]  # httpx documents None as "no credentials"
    headers = {"Origin": "http://content.test", "Access-Control-Request-Method": "PUT", VERSION: ""}
    answer = await client.options("/xapi/activities/state", headers=headers)
    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Origin"] == "http://content.test"
    assert "PUT" in answer.headers["Access-Control-Allow-Methods"]
    assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]


async def test_a_preflight_allows_what_else_the_page_asks_for(client: httpx.AsyncClient) -> None:
    asked = "x-experience-api-version, traceparent, no good name, X-Requested-With"
    headers = {"Origin": "http://content.test", "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": asked}
    allowed = (await client.options("/xapi/statements", headers=headers)).headers["Access-Control-Allow-Headers"].split(", ")
    assert {"traceparent", "X-Requested-With"} <= set(allowed)
    assert "no good name" not in allowed
    assert len({name.lower() for name in allowed}) == len(allowed)


@pytest.mark.parametrize("path", ["/xapi/statements", "/xapi/statements?bad=1", "/xapi/nothing"])
async def test_headers_are_exposed_to_browsers_on_errors_too(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path, headers={"Origin": "http://content.test"})
    exposed = answer.headers["Access-Control-Expose-Headers"].split(", ")
    assert {"ETag", "Last-Modified", THROUGH, VERSION, "Retry-After"} <= set(exposed)


async def test_a_body_over_the_limit_is_413_announced_or_not(client: httpx.AsyncClient) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b" " * 1_000

    for content in (b" " * 20_000, pieces()):
        answer = await client.post("/xapi/statements", content=content, headers={"Content-Type": "application/json"})
        assert answer.status_code == 413
        assert "10000" in _error(answer)["message"]


async def test_a_query_over_the_limit_is_413(client: httpx.AsyncClient) -> None:
    assert (await client.get("/xapi/statements?verb=http://x/" + "a" * 3_000)).status_code == 413


@pytest.mark.parametrize("query", ["agent=%FF", "verb=%C3%28", "&".join(f"a{n}=1" for n in range(100))])
async def test_a_query_that_is_not_utf_8_or_endless_is_400(client: httpx.AsyncClient, query: str) -> None:
    assert (await client.get("/xapi/statements?" + query)).status_code == 400


async def test_alternate_syntax_puts_and_gets_without_any_header_but_the_forms(client: httpx.AsyncClient) -> None:
    client.auth = None  # type: ignore[assignment]  # httpx documents None as "no credentials"
    authorization = httpx.BasicAuth(KEY, SECRET)._auth_header
    statement_id = "0b6e2b0a-0000-4000-8000-000000000001"
    form = {"Authorization": authorization, VERSION: "1.0.3", "Content-Type": "application/json", "statementId": statement_id}
    put = await client.post("/xapi/statements?method=PUT", data=form | {"content": json.dumps(STATEMENT)}, headers={VERSION: ""})
    assert put.status_code == 204, put.text
    form = {"Authorization": authorization, VERSION: "1.0.3", "statementId": statement_id}
    got = await client.post("/xapi/statements?method=GET", data=form, headers={VERSION: ""})
    assert got.json()["id"] == statement_id


@pytest.mark.parametrize(
    ("method", "query", "version"),
    [
        ("PUT", "method=PUT", "1.0.3"),
        ("POST", "method=PUT&statementId=x", "1.0.3"),
        ("POST", "method=EAT", "1.0.3"),
        ("POST", "method=PUT", "2.0.0"),
        ("POST", "method=POST", "1.0.3"),
    ],
)
async def test_alternate_syntax_is_400_where_it_is_wrong_or_the_version_has_none(
    client: httpx.AsyncClient, method: str, query: str, version: str
) -> None:
    answer = await client.request(method, f"/xapi/statements?{query}", data={"statementId": "x"}, headers={VERSION: version})
    assert answer.status_code == 400


async def test_agents_answer_a_person_with_the_names_that_statements_give(client: httpx.AsyncClient) -> None:
    for name in ("Sari", "Sari Dewi"):
        await client.post("/xapi/statements", json=STATEMENT | {"actor": {"mbox": "mailto:sari@example.org", "name": name}})
    answer = await client.get("/xapi/agents", params={"agent": '{"mbox":"mailto:sari@example.org"}'})
    assert answer.json() == {"objectType": "Person", "name": ["Sari Dewi", "Sari"], "mbox": ["mailto:sari@example.org"]}
    unknown = await client.get("/xapi/agents", params={"agent": '{"openid":"http://x.test/y"}'})
    assert unknown.json() == {"objectType": "Person", "openid": ["http://x.test/y"]}


async def test_activities_answer_the_merged_definition_and_unknown_ones_their_id(client: httpx.AsyncClient) -> None:
    for names in ({"en": "Course"}, {"id": "Kursus"}):
        await client.post(
            "/xapi/statements", json=STATEMENT | {"object": {"id": "http://lms.example.org/c", "definition": {"name": names}}}
        )
    answer = await client.get("/xapi/activities", params={"activityId": "http://lms.example.org/c"})
    assert answer.json() == {
        "objectType": "Activity",
        "id": "http://lms.example.org/c",
        "definition": {"name": {"en": "Course", "id": "Kursus"}},
    }
    unknown = await client.get("/xapi/activities?activityId=" + quote("http://lms.example.org/none"))
    assert unknown.json() == {"objectType": "Activity", "id": "http://lms.example.org/none"}
    assert (await client.get("/xapi/activities?activityId=none")).status_code == 400
    assert (await client.get("/xapi/activities")).status_code == 400


async def test_large_bodies_together_have_a_limit_and_leave_room_when_they_are_done(tmp_path: Path) -> None:
    application = application_over(tmp_path, limit_bodies=50_000)
    headers = [("Authorization", httpx.BasicAuth(KEY, SECRET)._auth_header), (VERSION, "1.0.3"), ("Content-Type", "text/plain")]
    path = "/xapi/activities/state"
    params = {"activityId": "https://a.test/b", "agent": '{"mbox":"mailto:a@b.test"}', "stateId": "s"}
    async with application.running():
        transport = httpx.ASGITransport(application, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://jejak.test", headers=headers) as client:
            going_on, half_way = asyncio.Event(), asyncio.Event()

            async def slowly() -> AsyncIterator[bytes]:
                yield b"x" * 40_000
                half_way.set()
                await going_on.wait()
                yield b"y"

            async def at_once() -> AsyncIterator[bytes]:
                yield b"x" * 20_000
                yield b"y"

            first = asyncio.create_task(client.put(path, params=params, content=slowly()))
            await half_way.wait()
            second = await client.put(path, params=params, content=at_once())
            small = await client.put(path, params=params, content=b"x" * 5_000)
            going_on.set()
            assert (await first).status_code == 204
            again = await client.put(path, params=params, content=at_once())
    assert (second.status_code, second.headers["Retry-After"]) == (503, "2")
    assert (small.status_code, again.status_code) == (204, 204)


async def test_behind_a_proxy_that_takes_a_path_away_more_has_it(tmp_path: Path) -> None:
    async with product_client(tmp_path, public_url="https://lrs.example.org/pusat/") as client:
        for mount in ("/xapi", "/xapi2"):
            await client.post(f"{mount}/statements", json=[STATEMENT, STATEMENT])
            more = (await client.get(f"{mount}/statements?limit=1")).json()["more"]
            assert more.startswith(f"/pusat{mount}/statements?limit=1&cursor=")
            assert (await client.get(more.removeprefix("/pusat"))).status_code == 200


@pytest.mark.parametrize(("coding", "status"), [("chunked", 200), ("Chunked", 200), ("gzip, chunked", 415), ("identity, chunked", 415)])
async def test_a_transfer_coding_that_is_not_undone_is_415(client: httpx.AsyncClient, coding: str, status: int) -> None:
    headers = {"Content-Type": "application/json", "Transfer-Encoding": coding}
    answer = await client.post("/xapi/statements", content=json.dumps(STATEMENT), headers=headers)
    assert answer.status_code == status
