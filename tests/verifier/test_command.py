"""`python -m verifier` alone, with nothing but a trust list: single files, folders, ZIP, tables, exit codes; and its page."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from credentials.certificate.status import Purpose, list_address
from credentials.suites.vc_jwt import sign_token
from tests.support import files
from tests.support.certificates import P256_SIGNER
from tests.support.trust import Overseer
from tests.support.verifying import INDEX, ISSUER_URL, document, log_proof, qr_text, status_list

_DOCUMENT = document()
_TOKEN = sign_token(_DOCUMENT, P256_SIGNER)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A trust list, and a mirror of the issuer's host, both of today."""
    now = datetime.now(UTC)
    (tmp_path / "trust.json").write_bytes(Overseer().trust_list(expires=now.replace(microsecond=0) + timedelta(days=30)))
    mirror = tmp_path / "mirror"
    for purpose in Purpose:
        path = mirror / list_address(ISSUER_URL, purpose, 1).removeprefix("https://jejak.test/")
        path.parent.mkdir(parents=True)
        Path(f"{path}.jwt").write_text(status_list(purpose, [INDEX + 1], now).text)
    (mirror / "c").mkdir()
    (mirror / "c" / f"{_DOCUMENT['id'].rpartition('/')[2]}.tlog-proof").write_text(log_proof(_DOCUMENT))
    (tmp_path / "good").mkdir()
    (tmp_path / "good" / "a.jwt").write_text(_TOKEN)
    (tmp_path / "good" / "b.svg").write_bytes(files.svg(_TOKEN))
    return tmp_path


def _verifier(folder: Path, *arguments: str, offline: bool = False) -> subprocess.CompletedProcess[str]:
    maps = ("--offline",) if offline else ("--map", f"https://jejak.test/=file://{folder}/mirror/")
    command = [sys.executable, "-m", "verifier", "check", "--trust-list", str(folder / "trust.json"), *maps, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_a_valid_file_gives_zero_and_every_check_with_its_number(folder: Path) -> None:
    done = _verifier(folder, str(folder / "good" / "a.jwt"))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Sah  ")
    assert "Ni Luh Sekar, S.Kom., Pengadaan Barang" in done.stdout
    assert " 1 Format: lulus" in done.stdout
    assert "10 Log penerbitan: lulus" in done.stdout


def test_an_altered_file_gives_one_and_one_that_cannot_be_checked_three(folder: Path) -> None:
    (folder / "bad.jwt").write_text(_TOKEN[:-10] + "AAAAAAAAAA")
    done = _verifier(folder, str(folder / "bad.jwt"), "--lang", "en")
    assert done.returncode == 1
    assert done.stdout.startswith("Altered  ")
    offline = _verifier(folder, str(folder / "good" / "a.jwt"), offline=True)
    assert offline.returncode == 3
    assert offline.stdout.startswith("Tidak dapat diperiksa")
    assert _verifier(folder, str(folder / "none.jwt")).returncode == 2


def test_without_a_trust_list_that_can_be_used_nothing_is_checked(folder: Path) -> None:
    (folder / "trust.json").write_text("{}")
    done = _verifier(folder, str(folder / "good" / "a.jwt"))
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("verifier: ")


def test_a_folder_and_a_zip_give_a_table(folder: Path) -> None:
    (folder / "good" / "=cmd.txt").write_text("halo")
    done = _verifier(folder, str(folder / "good"), "--csv", "-")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert done.returncode == 3
    assert [(row["file"], row["verdict"]) for row in rows] == [("'=cmd.txt", "cannot-check"), ("a.jwt", "valid"), ("b.svg", "valid")]
    assert (rows[1]["holder"], rows[1]["JP"], rows[1]["learned until"]) == ("Ni Luh Sekar, S.Kom.", "8", "2026-11-20")
    with zipfile.ZipFile(folder / "all.zip", "w") as archive:
        archive.writestr("x/a.jwt", _TOKEN)
        archive.writestr("x/b.jpg", files.photo(qr_text(_DOCUMENT)))
        archive.writestr("__MACOSX/x/._a.jwt", b"rubbish")
    zipped = _verifier(folder, str(folder / "all.zip"), "--json")
    told = json.loads(zipped.stdout)
    assert [(one["file"], one["verdict"], one["form"]) for one in told] == [("x/a.jwt", "valid", "jwt"), ("x/b.jpg", "valid", "photo")]
    assert zipped.returncode == 0


@pytest.mark.parametrize("what", ["no zip", "too many", "none"])
def test_a_zip_that_is_none_or_has_too_many_files_is_refused(folder: Path, what: str) -> None:
    path = folder / "x.zip"
    if what == "no zip":
        path.write_bytes(b"halo" * 100)
    else:
        with zipfile.ZipFile(path, "w") as archive:
            for number in range(501 if what == "too many" else 0):
                archive.writestr(str(number), b"x")
    done = _verifier(folder, str(path))
    assert (done.returncode, done.stdout) == (2, "")


def test_jejak_verify_takes_the_list_of_the_settings(folder: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "jejak",
        "verify",
        str(folder / "good" / "a.jwt"),
        "--map",
        f"https://jejak.test/=file://{folder}/mirror/",
    ]
    bare = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (bare.returncode, bare.stdout) == (2, "")
    assert "JEJAK_TRUST_LIST" in bare.stderr
    known = {**os.environ, "JEJAK_TRUST_LIST": str(folder / "trust.json")}
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=known)
    assert (done.returncode, done.stdout.partition("  ")[0]) == (0, "Sah")
