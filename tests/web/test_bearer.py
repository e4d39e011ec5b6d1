"""OAuth 2 bearer tokens at the xAPI paths, from an issuer of our own (RFC 6750; xAPI-Communication 1.0.3 4.0, 4.2; xAPI-Data 2.4.9)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from lrs.ports import Scope
from lrs.services.client_changes import ClientChange
from tests.support.oidc_issuer import AUDIENCE, OidcIssuer, oidc_issuer
from tests.support.product import VERSION, application_over
from tests.support.statement_sender import statement


@pytest.fixture(scope="module")
def issuer() -> Iterator[OidcIssuer]:
    with oidc_issuer() as running:
        yield running


@dataclass
class Bench:
    """A product that takes the issuer's tokens; its client goes with tokens for `moodle` and may write and read its provider's."""

    client: httpx.AsyncClient
    issuer: OidcIssuer

    async def ask(self, method: str, path: str, body: Any = None, **claims: Any) -> httpx.Response:
        headers = {"Authorization": "Bearer " + self.issuer.token(**claims)}
        return await self.client.request(method, path, json=body, headers=headers)


@pytest.fixture
async def bench(tmp_path: Path, issuer: OidcIssuer) -> AsyncIterator[Bench]:
    settings = {"oauth_issuer": issuer.url, "oauth_audience": AUDIENCE, "oauth_jwks_url": f"{issuer.url}/jwks"}
    application = application_over(tmp_path, **settings)
    async with application.running() as product:
        scopes = frozenset((Scope.STATEMENTS_WRITE, Scope.STATEMENTS_READ))
        await product.clients.add_client("default", "Moodle", scopes, more=ClientChange(subject="moodle"))
        transport = httpx.ASGITransport(application, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://jejak.test", headers={VERSION: "1.0.3"}) as client:
            yield Bench(client, issuer)


async def test_a_token_writes_and_reads_what_it_and_its_client_may(bench: Bench) -> None:
    written = await bench.ask("POST", "/xapi/statements", statement(), scope="all")
    assert written.status_code == 200
    read = await bench.ask("GET", "/xapi/statements", scope="statements/read")
    assert [one["id"] for one in read.json()["statements"]] == written.json()
    refused = await bench.ask("POST", "/xapi/statements", statement(), scope="statements/read")
    assert (refused.status_code, refused.json()["error"]["scope"]) == (403, "statements/write")
    beyond = await bench.ask(
        "PUT",
        "/xapi/activities/state?activityId=https://a.test/b&agent=%7B%22mbox%22%3A%22mailto%3Aa%40b.test%22%7D&stateId=s",
        scope="all",
    )
    assert (beyond.status_code, beyond.json()["error"]["scope"]) == (403, "state")


async def test_a_statement_of_a_person_is_signed_over_to_application_and_person(bench: Bench) -> None:
    await bench.ask("POST", "/xapi/statements", statement(), scope="all", sub="person-7")
    (stored,) = (await bench.ask("GET", "/xapi/statements", scope="all")).json()["statements"]
    assert stored["authority"]["objectType"] == "Group"
    application, person = stored["authority"]["member"]
    assert application["name"] == "Moodle"
    assert person["account"] == {"homePage": bench.issuer.url, "name": "person-7"}


@pytest.mark.parametrize("claims", [{"aud": "other"}, {"exp": 1}, {"azp": "stranger"}, {"iss": "https://other.test"}])
async def test_a_token_that_is_not_for_here_is_401_and_said_to_be_bad(bench: Bench, claims: dict[str, Any]) -> None:
    answer = await bench.ask("GET", "/xapi/statements", scope="all", **claims)
    assert answer.status_code == 401
    assert any('error="invalid_token"' in one for one in answer.headers.get_list("WWW-Authenticate"))
    assert bench.issuer.token(scope="all", **claims)[:40] not in answer.text
