"""Certificates as files from a running server: what other people's tools say of them, and what a template may not do."""

from __future__ import annotations

import base64
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pypdfium2
import pytest

from tests.support.learning_server import Classroom, open_classroom
from tests.support.server import Server

_NAME = "Ni Luh Sekar, S.Kom."


@dataclass(frozen=True, slots=True)
class _Running:
    server: Server
    classroom: Classroom
    certificate: str

    def fetch(self, ending: str) -> bytes:
        answer = httpx.get(f"{self.server.url}/c/{self.certificate}.{ending}", timeout=60)
        assert answer.status_code == 200, answer.text
        return answer.content

    def verdict(self, name: str, content: bytes) -> dict[str, object]:
        answer = httpx.post(f"{self.server.url}/verify", files={"file": (name, content)}, timeout=60)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Running]:
    with Server(tmp_path_factory.mktemp("files")) as server, open_classroom(server) as classroom:
        yield _Running(server, classroom, classroom.teach(1))


@pytest.fixture(scope="module")
def pdf(running: _Running) -> bytes:
    return running.fetch("pdf")


def _pdfsig(folder: Path, content: bytes) -> str:
    file = folder / "certificate.pdf"
    file.write_bytes(content)
    return subprocess.run(["pdfsig", str(file)], capture_output=True, text=True, check=False).stdout


def test_pdfsig_calls_the_pdf_valid_and_one_byte_changed_invalid(pdf: bytes, tmp_path: Path) -> None:
    told = _pdfsig(tmp_path, pdf)
    assert "Signature is Valid" in told
    assert "Total document signed" in told
    place = pdf.index(b"stream") + 40
    changed = pdf[:place] + bytes([pdf[place] ^ 1]) + pdf[place + 1 :]
    assert "Signature is Valid" not in _pdfsig(tmp_path, changed)


def test_the_page_shows_the_six_fields_the_number_and_the_host(pdf: bytes) -> None:
    document = pypdfium2.PdfDocument(pdf)
    words = " ".join(document[0].get_textpage().get_text_bounded().split())
    assert len(document) == 1
    document.close()
    for text in (
        _NAME,
        "Pengadaan Barang dan Jasa",
        "8 JP",
        "Nomor",
        "127.0.0.1",
        "Bukti",
        "bukan tanda tangan elektronik tersertifikasi",
        "B-B",
    ):
        assert text in words


def test_the_pdf_is_pdf_a_3_and_carries_the_credential_and_the_token(running: _Running, pdf: bytes) -> None:
    assert b"<pdfaid:part>3</pdfaid:part>" in pdf
    document = pypdfium2.PdfDocument(pdf)
    attached = {
        document.get_attachment(n).get_name(): bytes(document.get_attachment(n).get_data()) for n in range(document.count_attachments())
    }
    document.close()
    assert attached["credential.json"] == running.fetch("json")
    assert attached["credential.jwt.txt"] == running.fetch("jwt")


def test_the_verifier_reads_the_pdf_and_catches_a_changed_one(running: _Running, pdf: bytes) -> None:
    assert running.verdict("c.pdf", pdf)["verdict"] == "valid"
    place = pdf.index(b"stream") + 40
    changed = pdf[:place] + bytes([pdf[place] ^ 1]) + pdf[place + 1 :]
    assert running.verdict("c.pdf", changed)["verdict"] != "valid"


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("Sertifikat", "does not show: holder, kind"),
        ("#let x = nothing", "unknown variable"),
        ("#while true {}", "condition is always true"),
        ("#for i in range(100000) { for j in range(100000) { if i < j { } } }", "too"),
        ("#range(2000000000)", "too much"),
        ('#read("/etc/passwd")', "file not found"),
        ('#import "@preview/cetz:0.2.0"', "package"),
    ],
)
def test_a_template_that_hides_a_field_or_wants_too_much_is_refused_with_its_reason(running: _Running, source: str, reason: str) -> None:
    answer = running.classroom.http.put("/admin/providers/default/certificate-template", json={"source": source}, timeout=60)
    assert answer.status_code == 400
    assert reason in answer.json()["error"]["message"]


def test_a_providers_own_logo_is_printed_once_its_preview_went_well(running: _Running, pdf: bytes) -> None:
    logo = b'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><circle cx="20" cy="20" r="18" fill="#0a0"/></svg>'
    told = {"provider_logo": {"content": base64.b64encode(logo).decode(), "ending": "svg"}}
    http, path = running.classroom.http, "/admin/providers/default/certificate-template"
    preview = http.post(f"{path}/preview", json=told, timeout=60)
    assert preview.content.startswith(b"%PDF-")
    assert http.put(path, json=told, timeout=60).status_code == 204
    own = running.fetch("pdf")
    assert running.verdict("c.pdf", own)["verdict"] == "valid"
    assert http.delete(path).status_code == 204
    assert http.delete(path).status_code == 404


def test_a_batch_is_one_zip_that_goes_on_where_it_stopped(running: _Running, tmp_path: Path) -> None:
    file = tmp_path / "pbj-1.zip"
    assert "1 certificates written, 0 were there" in running.server.command("certificate", "zip", "pbj-1", str(file))
    running.classroom.teach(2, "Bayu Contoh")
    assert "1 certificates written, 1 were there" in running.server.command("certificate", "zip", "pbj-1", str(file))
    assert [path.name for path in tmp_path.iterdir()] == ["pbj-1.zip"]
    with zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        assert len(archive.namelist()) == 6
        assert len(set(archive.namelist())) == 6


@pytest.mark.parametrize(
    ("more", "verdict"),
    [(b"\n%penipu\n", "altered"), (b"<script>", "altered"), (b"\r\n\0\0", "valid")],
    ids=["a comment", "a script", "blanks"],
)
def test_what_is_put_behind_the_end_of_a_sealed_pdf_is_found(running: _Running, pdf: bytes, more: bytes, verdict: str) -> None:
    assert running.verdict("c.pdf", pdf + more)["verdict"] == verdict
