"""The API's description says how requests fail and how to sign in, and its page needs nothing from elsewhere."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.support.product import product_client


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with product_client(tmp_path) as opened:
        yield opened


async def test_every_operation_names_our_errors_and_not_the_frameworks(client: httpx.AsyncClient) -> None:
    described = (await client.get("/api/openapi.json")).json()
    assert "Error" in described["components"]["schemas"]
    assert "HTTPValidationError" not in str(described)
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            assert {"4XX", "503"} <= operation["responses"].keys(), f"{method} {path}"
            assert "422" not in operation["responses"]


async def test_what_needs_signing_in_says_so_and_what_is_public_does_not(client: httpx.AsyncClient) -> None:
    paths = (await client.get("/api/openapi.json")).json()["paths"]
    assert paths["/admin/clients"]["post"]["security"] == [{"basic": []}]
    assert all("security" not in operation for path, one in paths.items() if path.startswith("/c/") for operation in one.values())


async def test_tokens_are_described_where_they_are_taken(tmp_path: Path) -> None:
    oauth = {"oauth_issuer": "https://masuk.test", "oauth_audience": "jejak", "oauth_jwks_url": "https://masuk.test/jwks"}
    async with product_client(tmp_path, **oauth) as client:
        described = (await client.get("/api/openapi.json")).json()
    assert set(described["components"]["securitySchemes"]) == {"basic", "bearer"}


async def test_the_page_is_whole_and_fetches_nothing(client: httpx.AsyncClient) -> None:
    page = await client.get("/api/docs")
    described = (await client.get("/api/openapi.json")).json()
    assert page.headers["Content-Type"].startswith("text/html")
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert re.search(r"<script|<link|<img|@import|url\(|https?://(?!www\.w3\.org)[^\s<]*\.(?:js|css)", page.text) is None
    for path in described["paths"]:
        assert f"<code>{path}</code>" in page.text
    assert page.text.count("<details>") == sum(map(len, described["paths"].values())) == page.text.count("</details>")
