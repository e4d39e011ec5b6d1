"""What operators see: every answer counted, timed and logged, and nothing told that is nobody's business."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from jejak.logs import JsonLines
from tests.support.product import KEY, SECRET, VERSION, product_client
from tests.support.statement_sender import statement


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with product_client(tmp_path, store=f"sqlite:///{tmp_path}/jejak.sqlite3") as opened:
        yield opened


async def _samples(client: httpx.AsyncClient) -> dict[tuple[str, str], float]:
    """Every sample by its name and its labels' values, joined."""
    text = (await client.get("/metrics")).text
    return {
        (sample.name, " ".join(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def test_every_answer_is_counted_and_timed_under_the_template_of_its_route(client: httpx.AsyncClient) -> None:
    await client.post("/xapi/statements", json=statement())
    await client.get("/admin/clients/198001012006041001")
    await client.get("/c/no-such-certificate.json")
    await client.get("/nothing/here")
    samples = await _samples(client)
    assert samples["jejak_requests_total", "POST /xapi/statements 200"] == 1
    assert samples["jejak_requests_total", "GET /admin/clients/{client_id} 401"] == 1
    assert samples["jejak_requests_total", "GET other 404"] == 1
    assert samples["jejak_request_seconds_count", "/xapi/statements"] == 1
    assert samples["jejak_request_seconds_bucket", "+Inf /admin/clients/{client_id}"] == 1
    assert not any("198001012006041001" in labels for _, labels in samples)


async def test_commits_are_counted_by_the_writes_that_share_them(client: httpx.AsyncClient) -> None:
    before = await _samples(client)
    for _ in range(3):
        await client.post("/xapi/statements", json=statement())
    after = await _samples(client)
    commits = after["jejak_commit_group_size_count", ""] - before["jejak_commit_group_size_count", ""]
    assert commits >= 3
    assert after["jejak_commit_group_size_sum", ""] - before["jejak_commit_group_size_sum", ""] >= 3
    assert after["jejak_commit_group_size_bucket", "+Inf"] == after["jejak_commit_group_size_count", ""]


async def test_the_stores_size_and_each_consumers_lag_are_told(client: httpx.AsyncClient) -> None:
    await client.post("/xapi/statements", json=statement())
    samples = await _samples(client)
    assert samples["jejak_store", "size_bytes"] > 4_096
    assert samples["jejak_store", "statements"] == 1
    assert samples["jejak_feed_lag", "credentials"] in (0, 1)


async def test_the_projectors_counts_and_what_waits_are_told(client: httpx.AsyncClient) -> None:
    await client.post("/xapi/statements", json=statement())
    samples = await _samples(client)
    for name in ("statements", "judged", "opened", "closed", "corrected", "held", "parked", "looks", "conflicts", "errors"):
        assert samples[f"jejak_projector_{name}_total", ""] in (0, 1)
    for name in ("looks_waiting", "parked_waiting", "parked_oldest_seconds"):
        assert samples[f"jejak_projector_{name}", ""] == 0


async def test_each_log_line_is_json_with_the_answers_request_id_and_no_more_than_it_should(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="jejak.access"):
        answer = await client.get("/xapi/statements?limit=1&verb=http://rahasia.test/kata")
        refused = await client.get("/admin/clients", auth=("198001012006041001", "rahasia"))
    lines = [JsonLines().format(record) for record in caplog.records if record.name == "jejak.access"]
    told = [json.loads(line) for line in lines]
    assert [one["request_id"] for one in told] == [answer.headers["X-Request-Id"], refused.headers["X-Request-Id"]]
    assert (told[0]["method"], told[0]["route"], told[0]["status"]) == ("GET", "/xapi/statements", 200)
    assert told[0]["provider"] == "default"
    assert not any(secret in line for line in lines for secret in ("rahasia", SECRET, KEY, "198001012006041001", "limit"))


@pytest.mark.parametrize("path", ["/", "/health/live", "/health/ready", "/metrics", "/v", "/api/openapi.json"])
async def test_head_is_answered_wherever_get_is(client: httpx.AsyncClient, path: str) -> None:
    got, head = await client.get(path), await client.head(path)
    assert (got.status_code, head.status_code, head.content) == (200, 200, b"")
    assert head.headers["Content-Type"] == got.headers["Content-Type"]


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/admin/clients", {"GET", "HEAD", "POST"}),
        ("/admin/creds", {"GET", "HEAD", "POST", "PUT", "DELETE"}),
        ("/health/live", {"GET", "HEAD"}),
    ],
)
async def test_405_names_all_that_the_path_does(client: httpx.AsyncClient, path: str, allowed: set[str]) -> None:
    answer = await client.patch(path)
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == allowed


async def test_errors_beside_the_xapi_paths_have_the_same_shape_and_request_id(client: httpx.AsyncClient) -> None:
    for answer in (await client.get("/nothing"), await client.get("/admin/clients"), await client.put("/health/live")):
        error = answer.json()["error"]
        assert error["status"] == answer.status_code
        assert error["requestId"] == answer.headers["X-Request-Id"]


async def test_the_first_page_says_where_what_is(client: httpx.AsyncClient) -> None:
    page = await client.get("/?lang=en")
    assert "/xapi/</p>" in page.text
    assert "Check a certificate" in page.text
    assert "Periksa sertifikat" in (await client.get("/", headers={"Accept-Language": "id"})).text
    for path in ("/v?lang=en", "/saya?lang=en", "/api/docs", "/xapi/about", "/health/ready", "/metrics"):
        assert f'href="{path}"' in page.text
        assert (await client.get(path, headers={VERSION: "1.0.3"})).status_code in (200, 303)


async def test_whoever_opens_the_xapi_address_is_told_what_it_is_and_what_there_is(client: httpx.AsyncClient) -> None:
    for path, expected in (("/xapi", "this is the xAPI endpoint, for learning systems"), ("/xapi/statement", "there is no such resource")):
        answer = await client.get(path)
        assert answer.status_code == 404
        assert answer.json()["error"]["message"].startswith(expected)
        assert "agents/profile, statements" in answer.json()["error"]["message"]


async def test_a_clients_key_at_the_administration_is_told_so(client: httpx.AsyncClient) -> None:
    answer = await client.get("/admin/providers", auth=("jk_klien", "rahasia"))
    assert answer.status_code == 401
    assert "this is a client's key" in answer.json()["error"]["message"]
