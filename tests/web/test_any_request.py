"""No request whatever makes the xAPI paths fail: every answer is below 500, has its headers, and errors have their shape."""

from __future__ import annotations

import asyncio
import base64
import json
import re
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any
from urllib.parse import quote_from_bytes

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jejak.composition import Application
from lrs.web.multipart import PartLimits, boundary_of, parse_multipart
from tests.support.asgi import ask
from tests.support.product import KEY, SECRET, VERSION, application_over, product_client
from tests.support.signing import signature_attachment
from tests.support.statement_sender import attachment, multipart, part, statement

ID = "8f87ccde-bb56-4c2e-ab83-44982ef22df0"
AGENT = '{"mbox":"mailto:sari@peserta.test"}'
RESOURCES = ["statements", "activities", "activities/state", "activities/profile", "agents", "agents/profile", "about", "nothing", "", "/"]
NAMES = [
    "statementId",
    "voidedStatementId",
    "agent",
    "verb",
    "activity",
    "registration",
    "related_activities",
    "related_agents",
    "since",
    "until",
    "limit",
    "format",
    "attachments",
    "ascending",
    "cursor",
    "method",
    "activityId",
    "stateId",
    "profileId",
    "content",
    "X-Experience-API-Version",
    "Content-Type",
    "If-Match",
    "x",
]
GOOD = [ID, AGENT, "https://a.test/b", "true", "false", "1", "0", "ids", "canonical", "exact", "2026-11-24T08:00:00Z", "PUT", "GET", "HEAD"]
ODD = st.sampled_from(
    [b"", b"%", b"%zz", b"%00", b"%ff", b"%ED%A0%80", b"{}", b"[" * 500, b"-1", b"9" * 40, b"null", b"%0d%0aX:1", b"\xff"]
)
VALUE = st.one_of(
    st.sampled_from(GOOD).map(lambda text: quote_from_bytes(text.encode()).encode()),
    ODD,
    st.binary(max_size=12).map(lambda raw: quote_from_bytes(raw).encode()),
)
QUERY = st.lists(st.tuples(st.sampled_from(NAMES), VALUE), max_size=5).map(
    lambda pairs: b"&".join(name.encode() + b"=" + value for name, value in pairs)
)
HEADER = st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=20)  # HTTP's parser lets no control through
MIXED = "multipart/mixed; boundary=-------314159265358979323846"
HEADERS = st.fixed_dictionaries(
    {VERSION: st.sampled_from(["1.0.3", "1.0.3", "1.0", "2.0.0", "2.0.0", "3", ""]) | HEADER},
    optional={
        "Content-Type": st.sampled_from(["application/json", "text/plain", MIXED, "application/x-www-form-urlencoded"]) | HEADER,
        "If-Match": st.sampled_from(["*", '"x"', 'W/"', ","]) | HEADER,
        "If-None-Match": st.sampled_from(["*", '"x"']) | HEADER,
        "Accept-Language": st.sampled_from(["id, en;q=0.5, *;q=0", ";;;q", "en" * 400]) | HEADER,
        "Origin": HEADER,
        "Content-Encoding": st.sampled_from(["gzip", "identity"]),
        "Content-Length": st.sampled_from(["²", "-1", "9" * 30]),
        "Access-Control-Request-Headers": HEADER,
    },
)
BODY = st.one_of(
    st.binary(max_size=60),
    st.sampled_from(
        [
            json.dumps(statement()).encode(),
            json.dumps([statement(id=ID), statement()]).encode(),
            multipart(statement(attachments=[attachment(b"isi")]), part(b"isi")),
            b'{"a":1}',
            b"[" * 5_000,
            b'[{"a":' * 5_000,
            b"method=GET&content=%7B%7D&agent=" + quote_from_bytes(AGENT.encode()).encode(),
        ]
    ),
    QUERY,
)
METHODS = ["GET", "HEAD", "PUT", "POST", "POST", "DELETE", "OPTIONS", "PATCH", "TRACE"]
_CREDENTIALS = b"Basic " + base64.b64encode(f"{KEY}:{SECRET}".encode())
MOUNTS = ["/xapi", "/xAPI", "/xapi2"]


async def _check(app: Application, method: str, path: str, query: bytes, headers: dict[str, str], body: bytes) -> None:
    pairs = [(name, value.encode("latin-1")) for name, value in headers.items()]
    answer = await ask(app, method, path, query, [("Authorization", _CREDENTIALS), *pairs], body)
    assert answer.status < 500, answer.content
    assert answer.header(VERSION) in ("1.0.3", "2.0.0")
    assert not any(re.search("[\x00-\x08\n-\x1f\x7f]", value) for _, value in answer.headers)
    if answer.status >= 400 and method != "HEAD":
        told = json.loads(answer.content)["error"] if answer.content else {"requestId": answer.header("X-Request-Id")}
        assert told["requestId"] == answer.header("X-Request-Id")
    if method == "HEAD":
        assert answer.content == b""
    elif answer.status not in (204, 304) and (length := answer.header("Content-Length")) is not None:
        assert int(length) == len(answer.content)


def _with_application(folder: Path, then: Callable[[asyncio.Runner, Application], None]) -> None:
    with asyncio.Runner() as runner:
        app, stack = application_over(folder), AsyncExitStack()
        runner.run(stack.enter_async_context(app.running()))
        try:
            then(runner, app)
        finally:
            runner.run(stack.aclose())


def test_no_request_whatever_makes_the_server_fail_or_wait(tmp_path: Path) -> None:
    def attack(runner: asyncio.Runner, app: Application) -> None:
        @settings(max_examples=1_500, deadline=None, suppress_health_check=list(HealthCheck), database=None)
        @given(st.sampled_from(METHODS), st.sampled_from(MOUNTS), st.sampled_from(RESOURCES), QUERY, HEADERS, BODY)
        def try_one(method: str, mount: str, resource: str, query: bytes, headers: dict[str, str], body: bytes) -> None:
            runner.run(_check(app, method, f"{mount}/{resource}", query, headers, body))

        try_one()

    _with_application(tmp_path, attack)


TYPES = st.one_of(
    st.text(max_size=20).map(lambda text: f"text/plain; x={text}"),
    st.text(max_size=20).map(lambda text: f'text/plain; x="{text}"'),
    st.text(max_size=20).map(lambda text: f"{text}/{text}"),
    st.just("a/" + "b" * 5_000),
)


def test_whatever_content_type_a_statement_declares_its_attachment_can_be_read(tmp_path: Path) -> None:
    def attack(runner: asyncio.Runner, app: Application) -> None:
        async def posted_and_read(content_type: str) -> None:
            body = multipart(statement(attachments=[attachment(b"isi", contentType=content_type)]), part(b"isi"))
            headers = [("Authorization", _CREDENTIALS), (VERSION, b"1.0.3")]
            posted = await ask(app, "POST", "/xapi/statements", b"", [*headers, ("Content-Type", MIXED.encode())], body)
            assert posted.status in (200, 400)
            page = await ask(app, "GET", "/xapi/statements", b"attachments=true&limit=1", headers, b"")
            assert page.status == 200
            if posted.status == 200:
                _, kept = parse_multipart(page.content, boundary_of(page.header("Content-Type") or ""), PartLimits())
                assert kept.content == b"isi"
                assert kept.headers.keys() == {"content-type", "content-transfer-encoding", "x-experience-api-hash"}

        @settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck), database=None)
        @given(TYPES)
        def try_one(content_type: str) -> None:
            runner.run(posted_and_read(content_type))

        try_one()

    _with_application(tmp_path, attack)


def _lose_attachments(folder: Path) -> None:
    (file,) = [one for one in folder.rglob("*-attachments/*/*") if one.is_file()]
    file.unlink()


async def test_an_answer_whose_attachment_is_gone_breaks_off_and_leaves_one_line(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    content = b"x" * 70_000
    app = application_over(tmp_path, store=f"sqlite:///{tmp_path}/jejak.sqlite3")
    async with app.running():
        headers = [("Authorization", _CREDENTIALS), (VERSION, b"1.0.3")]
        body = multipart(statement(attachments=[attachment(content)]), part(content))
        assert (await ask(app, "POST", "/xapi/statements", b"", [*headers, ("Content-Type", MIXED.encode())], body)).status == 200
        _lose_attachments(tmp_path)
        answer = await ask(app, "GET", "/xapi/statements", b"attachments=true", headers, b"", whole=False)
    assert len(answer.content) < int(answer.header("Content-Length") or "")
    (line,) = [record for record in caplog.records if record.name == "jejak.lrs"]
    assert (line.exc_info, "db check" in line.getMessage()) == (None, True)


def _jws(header: bytes, payload: bytes) -> bytes:
    return b".".join(base64.urlsafe_b64encode(one).rstrip(b"=") for one in (header, payload, b"signature"))


@pytest.mark.parametrize(
    "jws",
    [
        _jws(b'{"alg":"RS256","x":' + b"[" * 20_000 + b"]" * 20_000 + b"}", json.dumps(statement()).encode()),
        _jws(b'{"alg":"RS256"}', b"[" * 20_000),
        _jws(b'{"alg":"RS256","alg":"RS256"}', json.dumps(statement()).encode()),
        _jws(b"\xff", b"\xff"),
        _jws(b'{"alg":"none"}', json.dumps(statement()).encode()),
        b"...",
    ],
)
async def test_a_hostile_signature_is_400(tmp_path: Path, jws: bytes) -> None:
    body = multipart(statement(attachments=[signature_attachment(jws)]), part(jws, Content_Type="application/octet-stream"))
    async with product_client(tmp_path) as client:
        answer = await client.post("/xapi/statements", content=body, headers={"Content-Type": MIXED})
        assert answer.status_code == 400
        assert (await client.get("/xapi/statements")).json()["statements"] == []


async def test_a_hostile_bearer_token_is_401(tmp_path: Path) -> None:
    token = base64.urlsafe_b64encode(b"[" * 6_000).rstrip(b"=").decode() + ".e30.x"
    oauth = {"oauth_issuer": "https://masuk.test", "oauth_audience": "jejak", "oauth_jwks_url": "http://127.0.0.1:9/jwks"}
    async with product_client(tmp_path, **oauth) as client:
        client.auth = None  # type: ignore[assignment]  # httpx documents None as "no credentials"
        answer = await client.get("/xapi/statements", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 401
        challenges = answer.headers.get_list("WWW-Authenticate")
        assert [one.split()[0] for one in challenges] == ["Basic", "Bearer"]
        assert 'error="invalid_token"' in challenges[1]
        without = await client.get("/xapi/statements")
        assert "error" not in "".join(without.headers.get_list("WWW-Authenticate"))


async def test_a_statement_over_its_limit_is_413_and_one_below_is_answered_while_others_are(tmp_path: Path) -> None:
    async with product_client(tmp_path) as client:

        async def send(bytes_: int) -> int:
            value: dict[str, Any] = statement(result={"extensions": {"https://e.test/e": [[]]}})
            body = json.dumps(value).replace("[[]]", "[" + "[]," * (bytes_ // 3) + "[]]").encode()
            return (await client.post("/xapi/statements", content=body, headers={"Content-Type": "application/json"})).status_code

        assert await send(4_000_001) == 413
        large = asyncio.create_task(send(2_000_000))
        answered = 0
        while not large.done():
            assert (await client.get("/xapi/about")).status_code == 200
            answered += 1
            await asyncio.sleep(0)
        assert await large == 200
        assert answered > 3, "a large statement is looked at beside the others, not before them"
