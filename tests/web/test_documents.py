"""State and profiles: what each version wants of preconditions, merging and answers."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx
import pytest

from tests.support.product import VERSION, product_client

AGENT = '{"mbox":"mailto:sari@example.org"}'
STATE = {"activityId": "http://lms.example.org/c", "agent": AGENT, "stateId": "page"}
ACTIVITY_PROFILE = {"activityId": "http://lms.example.org/c", "profileId": "colours"}
AGENT_PROFILE = {"agent": AGENT, "profileId": "colours"}
RESOURCES = [("/xapi/activities/state", STATE), ("/xapi/activities/profile", ACTIVITY_PROFILE), ("/xapi/agents/profile", AGENT_PROFILE)]
PROFILES = RESOURCES[1:]
JSON = {"Content-Type": "application/json"}
TEXT = {"Content-Type": "text/plain; charset=utf-8"}
V2 = {VERSION: "2.0.0"}
NEW = {"If-None-Match": "*"}


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with product_client(tmp_path) as opened:
        yield opened


@pytest.mark.parametrize(("path", "params"), RESOURCES)
async def test_content_comes_back_byte_for_byte_with_type_etag_and_date(
    client: httpx.AsyncClient, path: str, params: dict[str, str]
) -> None:
    content = b"\x00\xff not json \r\n"
    put = await client.put(path, params=params, content=content, headers=TEXT | NEW)
    assert put.status_code == 204
    got = await client.get(path, params=params)
    assert (got.content, got.headers["Content-Type"]) == (content, TEXT["Content-Type"])
    assert got.headers["ETag"] == f'"{hashlib.sha1(content).hexdigest()}"'
    assert parsedate_to_datetime(got.headers["Last-Modified"]).tzinfo is not None
    head = await client.head(path, params=params)
    assert (head.content, head.headers["ETag"]) == (b"", got.headers["ETag"])


@pytest.mark.parametrize(("path", "params"), PROFILES)
async def test_1_0_3_writes_a_profile_only_with_a_precondition(client: httpx.AsyncClient, path: str, params: dict[str, str]) -> None:
    assert (await client.put(path, params=params, content=b"1", headers=TEXT)).status_code == 400
    assert (await client.put(path, params=params, content=b"1", headers=TEXT | NEW)).status_code == 204
    assert (await client.put(path, params=params, content=b"2", headers=TEXT)).status_code == 409
    assert (await client.put(path, params=params, content=b"2", headers=TEXT | NEW)).status_code == 412
    assert (await client.get(path, params=params)).content == b"1"


async def test_1_0_3_overwrites_state_freely(client: httpx.AsyncClient) -> None:
    for content in (b"1", b"2"):
        assert (await client.put("/xapi/activities/state", params=STATE, content=content, headers=TEXT)).status_code == 204


@pytest.mark.parametrize(("path", "params"), RESOURCES)
async def test_2_0_overwrites_nothing_without_if_match(client: httpx.AsyncClient, path: str, params: dict[str, str]) -> None:
    assert (await client.put(path, params=params, content=b"1", headers=TEXT | V2)).status_code == 204
    refused = await client.put(path, params=params, content=b"2", headers=TEXT | V2)
    assert refused.status_code == 409
    assert "If-Match" in refused.json()["error"]["message"]
    etag = (await client.get(path, params=params, headers=V2)).headers["ETag"]
    assert (await client.put(path, params=params, content=b"2", headers=TEXT | V2 | {"If-Match": etag})).status_code == 204


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
@pytest.mark.parametrize(("path", "params"), RESOURCES)
async def test_2_0_refuses_a_wrong_if_match_and_changes_nothing(
    client: httpx.AsyncClient, path: str, params: dict[str, str], method: str
) -> None:
    await client.put(path, params=params, content=b'{"a":1}', headers=JSON | V2)
    answer = await client.request(method, path, params=params, content=b'{"b":2}', headers=JSON | V2 | {"If-Match": '"wrong"'})
    assert answer.status_code == 412
    assert (await client.get(path, params=params, headers=V2)).content == b'{"a":1}'


@pytest.mark.parametrize(("path", "params"), RESOURCES)
async def test_post_merges_the_top_level_of_two_objects(client: httpx.AsyncClient, path: str, params: dict[str, str]) -> None:
    await client.post(path, params=params, content=b'{"a":{"x":1},"b":1e400}', headers=JSON)
    assert (await client.post(path, params=params, content=b'{"a":{"y":2},"c":3}', headers=JSON)).status_code == 204
    assert (await client.get(path, params=params)).content == b'{"a":{"y":2},"b":1e400,"c":3}'


@pytest.mark.parametrize("content", [b"[1]", b"{", b'{"a":1,"a":2}', b"1"])
async def test_post_of_what_is_no_json_object_is_400_also_the_first_time(client: httpx.AsyncClient, content: bytes) -> None:
    assert (await client.post("/xapi/activities/state", params=STATE, content=content, headers=JSON)).status_code == 400
    assert (await client.get("/xapi/activities/state", params=STATE)).status_code == 404


async def test_post_onto_another_content_type_is_400_and_changes_nothing(client: httpx.AsyncClient) -> None:
    await client.put("/xapi/activities/state", params=STATE, content=b"text", headers=TEXT)
    assert (await client.post("/xapi/activities/state", params=STATE, content=b'{"a":1}', headers=JSON)).status_code == 400
    assert (await client.get("/xapi/activities/state", params=STATE)).content == b"text"


async def test_registration_is_part_of_a_state_documents_key(client: httpx.AsyncClient) -> None:
    registered = STATE | {"registration": "7f3b5e1e-0000-4000-8000-000000000007"}
    await client.put("/xapi/activities/state", params=STATE, content=b"without", headers=TEXT)
    await client.put("/xapi/activities/state", params=registered, content=b"with", headers=TEXT)
    assert (await client.get("/xapi/activities/state", params=STATE)).content == b"without"
    assert (await client.get("/xapi/activities/state", params=registered)).content == b"with"


@pytest.mark.parametrize(("path", "params"), RESOURCES)
async def test_without_an_id_get_lists_ids_since_a_moment(client: httpx.AsyncClient, path: str, params: dict[str, str]) -> None:
    scope = {name: value for name, value in params.items() if name not in ("stateId", "profileId")}
    assert (await client.get(path, params=scope)).json() == []
    await client.put(path, params=params, content=b"1", headers=TEXT | NEW)
    listed = params.get("stateId") or params["profileId"]
    assert (await client.get(path, params=scope)).json() == [listed]
    assert (await client.get(path, params=scope | {"since": "2020-01-01T00:00:00Z"})).json() == [listed]
    assert (await client.get(path, params=scope | {"since": "2099-01-01T00:00:00Z"})).json() == []


async def test_delete_without_a_state_id_deletes_all_that_match(client: httpx.AsyncClient) -> None:
    for state in ("a", "b"):
        await client.put("/xapi/activities/state", params=STATE | {"stateId": state}, content=b"1", headers=TEXT)
    scope = {name: value for name, value in STATE.items() if name != "stateId"}
    assert (await client.delete("/xapi/activities/state", params=scope)).status_code == 204
    assert (await client.get("/xapi/activities/state", params=scope)).json() == []


@pytest.mark.parametrize(
    "change",
    [
        {"agent": "no json"},
        {"agent": '{"mbox":"x"}'},
        {"activityId": "none"},
        {"registration": "7"},
        {"stateid": "x"},
        {"since": "2020-01-01T00:00:00Z"},
    ],
)
async def test_a_bad_unknown_or_misplaced_parameter_is_400(client: httpx.AsyncClient, change: dict[str, str]) -> None:
    answer = await client.get("/xapi/activities/state", params=STATE | change)
    assert answer.status_code == 400
    assert next(iter(change)) in answer.json()["error"]["where"]


@pytest.mark.parametrize("missing", ["activityId", "agent", "stateId"])
async def test_a_missing_parameter_is_400(client: httpx.AsyncClient, missing: str) -> None:
    params = {name: value for name, value in STATE.items() if name != missing}
    assert (await client.put("/xapi/activities/state", params=params, content=b"1", headers=TEXT)).status_code == 400


@pytest.mark.parametrize("method", ["GET", "PUT", "POST", "DELETE"])
@pytest.mark.parametrize(("path", "params"), RESOURCES)
async def test_an_empty_id_is_refused_and_stands_for_nothing(
    client: httpx.AsyncClient, path: str, params: dict[str, str], method: str
) -> None:
    await client.put(path, params=params, content=b"1", headers=TEXT | NEW)
    empty = params | {"stateId" if "stateId" in params else "profileId": ""}
    answer = await client.request(method, path, params=empty, content=b"{}", headers=JSON | NEW)
    assert answer.status_code == 400
    assert (await client.get(path, params=params)).content == b"1"


@pytest.mark.parametrize("state_id", ["\x00", "a\x00b", "\r\n", "../../x", "☃" * 500, "%2e", " "])
async def test_an_id_may_be_any_text(client: httpx.AsyncClient, state_id: str) -> None:
    named = STATE | {"stateId": state_id}
    assert (await client.put("/xapi/activities/state", params=named, content=b"1", headers=TEXT)).status_code == 204
    assert (await client.get("/xapi/activities/state", params=named)).content == b"1"
    scope = {name: value for name, value in STATE.items() if name != "stateId"}
    assert (await client.get("/xapi/activities/state", params=scope)).json() == [state_id]


@pytest.mark.parametrize(("path", "params"), RESOURCES)
async def test_whoever_has_the_document_already_gets_304(client: httpx.AsyncClient, path: str, params: dict[str, str]) -> None:
    await client.put(path, params=params, content=b"1", headers=TEXT | NEW)
    etag = (await client.get(path, params=params)).headers["ETag"]
    again = await client.get(path, params=params, headers={"If-None-Match": f'"x", {etag}'})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag)
    assert (await client.get(path, params=params, headers={"If-None-Match": '"x"'})).status_code == 200
    assert (await client.get(path, params=params, headers={"If-Match": '"x"'})).status_code == 412


async def test_nobody_may_keep_an_answer_without_asking_again(client: httpx.AsyncClient) -> None:
    await client.put("/xapi/activities/state", params=STATE, content=b"1", headers=TEXT)
    for answer in (await client.get("/xapi/activities/state", params=STATE), await client.get("/xapi/statements")):
        assert answer.headers["Cache-Control"] == "private, no-cache"


async def test_json_over_its_limit_is_kept_but_not_merged(tmp_path: Path) -> None:
    async with product_client(tmp_path, limit_json=10_000) as client:
        long = b'{"a":"' + b"x" * 10_000 + b'"}'
        assert (await client.post("/xapi/activities/state", params=STATE, content=long, headers=JSON)).status_code == 413
        assert (await client.put("/xapi/activities/state", params=STATE, content=long, headers=JSON)).status_code == 204
        assert (await client.post("/xapi/activities/state", params=STATE, content=b'{"b":1}', headers=JSON)).status_code == 413
        assert (await client.get("/xapi/activities/state", params=STATE)).content == long
