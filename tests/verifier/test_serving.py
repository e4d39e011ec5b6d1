"""`python -m verifier serve` as a process: pages, the interface for programs and the offline page, with nothing but a trust list."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from credentials.suites.vc_jwt import sign_token
from tests.support.certificates import P256_SIGNER
from tests.support.openid_provider import free_port
from tests.support.trust import Overseer
from tests.support.verifying import document


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    path: Path = tmp_path_factory.mktemp("serve") / "trust.json"
    path.write_bytes(Overseer().trust_list(expires=datetime.now(UTC).replace(microsecond=0) + timedelta(days=3)))
    port = free_port()
    command = [sys.executable, "-m", "verifier", "serve", "--trust-list", str(path), "--offline", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        try:
            _wait(f"http://127.0.0.1:{port}/v")
            yield f"http://127.0.0.1:{port}"
        finally:
            running.terminate()
            running.wait(60)


def _wait(address: str) -> None:
    for _ in range(200):
        try:
            if httpx.get(address).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("it did not start")


def test_it_answers_people_and_programs(url: str) -> None:
    assert "Apakah sertifikat ini asli?" in httpx.get(f"{url}/v", headers={"Accept-Language": "id"}).text
    told = httpx.post(f"{url}/verify", content=sign_token(document(), P256_SIGNER), timeout=30).json()
    assert told["verdict"] == "cannot-check"  # it fetches nothing, so the status lists are not known
    assert [check["outcome"] for check in told["checks"][:4]] == ["passed"] * 4
    assert httpx.get(f"{url}/v/abcdefghijklmnopqrstuvwxya").status_code == 404


def test_it_serves_the_page_that_works_without_a_network_with_the_signed_list_and_root(url: str) -> None:
    assert "Periksa tanpa jaringan" in httpx.get(f"{url}/v/offline?lang=id").text
    assert httpx.get(f"{url}/v/trust.json").json()["format"] == "jejak-trust/1"
    assert httpx.get(f"{url}/v/root.json").json()["signed"]["_type"] == "root"
    worker = httpx.get(f"{url}/v/sw.js")
    assert (worker.headers["service-worker-allowed"], worker.headers["cache-control"]) == ("/v", "no-cache")
    assert httpx.get(f"{url}/v/lists?issuer=did:web:lain.test&purpose=revocation&number=1").status_code == 404
