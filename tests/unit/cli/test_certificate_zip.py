"""The ZIP of a batch: pages lie apart until all are there, so whoever is killed loses nothing, and the archive is never half of one."""

from __future__ import annotations

import zipfile
from pathlib import Path

from credentials.certificate.issued import Certificate
from jejak.cli.certificate_zip import _assemble, _keep, _names, _pages


def _certificate(name: str) -> Certificate:
    return Certificate(name, "p", "q", "b", "r", 1, 1, "t", 1, b"{}", "a.b.c", "1", b"", ())


def _with_pages(file: Path, *names: str) -> Path:
    parts = file.with_name(file.name + ".parts")
    _pages(parts)
    for name in names:
        _keep(parts / f"{name}.pdf", f"%PDF-{name}".encode())
    return parts


def test_pages_that_were_made_before_are_known_and_half_of_one_is_none(tmp_path: Path) -> None:
    parts = _with_pages(tmp_path / "a.zip", "satu", "dua")
    (parts / "tiga.draft").write_bytes(b"%PD")
    assert _pages(parts) == {"satu", "dua"}


def test_new_certificates_are_put_to_those_that_are_in_the_archive(tmp_path: Path) -> None:
    file = tmp_path / "a.zip"
    _assemble(file, _with_pages(file, "satu"), [_certificate("satu")], frozenset())
    _assemble(file, _with_pages(file, "dua"), [_certificate("dua")], _names(file))
    with zipfile.ZipFile(file) as archive:
        assert sorted(archive.namelist()) == sorted(f"{name}.{form}" for name in ("satu", "dua") for form in ("pdf", "json", "jwt"))
        assert archive.read("dua.pdf") == b"%PDF-dua"
        assert archive.testzip() is None
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]


def test_an_archive_that_is_left_half_written_is_begun_anew(tmp_path: Path) -> None:
    file = tmp_path / "a.zip"
    file.with_name("a.zip.draft").write_bytes(b"PK\3\4 half")
    _assemble(file, _with_pages(file, "satu"), [_certificate("satu")], frozenset())
    assert len(_names(file)) == 3
    file.write_bytes(file.read_bytes()[:40])
    assert _names(file) == frozenset()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.zip.damaged"]
