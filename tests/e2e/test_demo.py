"""`make demo`: its own story, and what it leaves, looked at from outside by other people's code."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import jwt
import pytest

from tests.support.browser import shown_page
from tests.support.pictures import the_qr
from tests.support.shared_data import shared_data
from verifier.trust_list import first_root, read_trust_list

_ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def story() -> Iterator[str]:
    """What the demo prints; its server runs until the module is done."""
    command = [sys.executable, "-m", "jejak.demo"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=_ROOT) as demo:
        assert demo.stdout is not None
        lines = []
        for line in demo.stdout:
            lines.append(line)
            if "Press Enter" in line:
                break
        try:
            yield "".join(lines)
        finally:
            demo.communicate("\n", timeout=30)
    assert demo.returncode == 0


def _addresses(story: str, pattern: str) -> list[str]:
    return re.findall(rf"(http://127\.0\.0\.1:\d+{pattern})\s", story)


def test_the_demo_tells_every_step_and_who_gets_hours(story: str) -> None:
    assert re.findall(r"^(\d+)\. ", story, re.MULTILINE) == [str(number) for number in range(1, 15)]
    assert "200 persons of 3 agencies; one row is refused" in story
    assert "11 programmes, reviewed by their keepers and approved by a second overseer, and 30 batches" in story
    assert "8 JP become 14." in story  # late evidence and coaching
    assert "12 JP become 4;" in story  # voided
    told = re.findall(r"^     (\S+) .*\((PNS|PPPK)\): (\d+) JP in \d{4}(.*)$", story, re.MULTILINE)
    assert told == [
        ("Ni", "PNS", "14", ""),
        ("Yohanis", "PNS", "8", ""),
        ("Rahmat", "PNS", "4", ""),
        ("Siti", "PPPK", "24", ", 16 over the ceiling of 24"),
    ]
    assert story.count("Dasar: ") >= 9  # every line names its rule
    assert "as issued: valid: Pengadaan Barang dan Jasa Tingkat Dasar, Balai Pelatihan Contoh, 8 JP" in story
    assert "one byte changed: altered" in story


def test_two_certificates_are_open_badges_by_the_official_schema(story: str) -> None:
    schema = json.loads(shared_data("ob_v3p0_achievementcredential_schema.json").read_bytes())
    found = _addresses(story, r"/c/\w+\.json")
    assert len(found) == 2
    for address in found:
        answer = httpx.get(address)
        assert answer.headers["content-type"] == "application/vc"
        assert list(jsonschema.Draft201909Validator(schema).iter_errors(answer.json())) == []
        assert answer.json()["id"] == address.removesuffix(".json")


def test_the_token_verifies_with_the_key_of_the_issuers_did_document(story: str) -> None:
    token = httpx.get(_addresses(story, r"/c/\w+\.jwt")[0]).text
    header: dict[str, Any] = jwt.get_unverified_header(token)
    did, _, fragment = header["kid"].partition("#")
    address = did.removeprefix("did:web:").replace(":", "/").replace("%3A", ":")
    document = httpx.get(f"http://{address}/did.json").json()
    method = next(one for one in document["verificationMethod"] if one["id"].endswith(f"#{fragment}"))
    claims = jwt.decode(token, jwt.PyJWK(method["publicKeyJwk"]).key, algorithms=["ES256"])
    assert claims["issuer"]["id"] == document["id"]
    assert claims["credentialSubject"]["creditsEarned"] == 8


def test_the_qr_leads_to_a_page_that_says_valid_with_title_provider_hours_and_date(story: str) -> None:
    code = httpx.get(_addresses(story, r"/c/\w+/qr\.png")[0])
    link, _, payload = the_qr(code.content).partition("#")
    assert link in _addresses(story, r"/v/\w+")
    seen = shown_page(f"{link}?lang=id#{payload}")
    for expected in ("Sah", "Pengadaan Barang dan Jasa Tingkat Dasar", "Balai Pelatihan Contoh", "<b>8</b> JP", "2026"):
        assert expected in seen, seen


def test_the_page_says_altered_when_one_byte_of_the_pasted_token_changes(story: str) -> None:
    token = httpx.get(_addresses(story, r"/c/\w+\.jwt")[0]).text
    page = _addresses(story, r"/v/\w+")[0].rpartition("/")[0]
    assert '<h1 id="verdict">Sah</h1>' in httpx.post(page, data={"certificate": token}).text
    altered = token[:-10] + ("A" if token[-10] != "A" else "B") + token[-9:]
    answer = httpx.post(page, data={"certificate": altered}).text
    assert '<h1 id="verdict">Diubah</h1>' in answer
    assert "Pengadaan" not in answer


def test_certificates_are_revoked_corrected_forged_and_unknown(story: str) -> None:
    assert re.search(r"^     revoked: +revoked  http", story, re.MULTILINE)
    assert re.search(r"^     forged: +altered$", story, re.MULTILINE)
    assert re.search(r"^     unknown issuer: +unknown-issuer$", story, re.MULTILINE)
    old, new = re.findall(r"corrected: +(http\S+) leads to (http\S+)", story)[0]
    assert f'href="/v/{new.rpartition("/")[2]}' in httpx.get(old).text


def test_the_command_that_it_prints_says_valid(story: str) -> None:
    """On the PDF with its QR: what leads to the demo's own host is checked there, by http."""
    (command,) = re.findall(r"\.venv/bin/jejak (verify .*)$", story, re.MULTILINE)
    done = subprocess.run([sys.executable, "-m", "jejak", *command.split()], capture_output=True, text=True, cwd=_ROOT, check=False)
    assert (done.returncode, done.stdout[:4]) == (0, "Sah "), done.stdout + done.stderr


def test_a_learners_page_opens_as_it_says(story: str) -> None:
    (address,) = _addresses(story, r"/masuk\?person=[0-9a-f-]{36}")
    origin, _, person = address.partition("/masuk?person=")
    assert f'value="{person}"' in httpx.get(address).text
    with httpx.Client(base_url=origin, follow_redirects=True) as browser:
        page = browser.post("/masuk/dev", data={"person": person})
    assert (page.status_code, page.url.path) == (200, "/saya")
    assert "Siti Contoh" in page.text


def test_what_it_leaves_is_there_for_other_verifiers(story: str) -> None:
    folder, origin = _ROOT / "var/demo", _addresses(story, r"/c/\w+\.json")[0].partition("/c/")[0]
    names = ["badge.png", "badge.svg", "certificate.pdf", "credential.json", "credential.jwt"]
    for name in names:
        report = httpx.post(f"{origin}/verify", content=(folder / name).read_bytes(), timeout=60).json()
        assert (name, report["verdict"]) == (name, "valid")
    assert the_qr((folder / "qr.png").read_bytes()).startswith(f"{origin}/v/")
    assert "c2sp.org/tlog-proof" in (folder / "log-proof.txt").read_text()
    content = (folder / "trust-list.json").read_bytes()
    (issuer,) = read_trust_list(content, first_root(content), datetime.now(UTC)).issuers.values()
    assert issuer.name == "Balai Pelatihan Contoh"
