"""`jejak trust` from root keys to a published list, which the verifier's own reader takes; and what is refused on the way."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from tests.support.command_line import CommandLine
from verifier.errors import TrustError
from verifier.trust_list import read_trust_list

_PASS = "kata sandi yang panjang"
_NOW = datetime.now(UTC)


class _Overseer:
    """Keys and folder, and a command line."""

    def __init__(self, folder: Path, keys: int = 3) -> None:
        self.folder = folder
        self.jejak = CommandLine(folder / "data")
        self.trust = folder / "trust"
        for number in range(1, keys + 1):
            assert self.run("key", str(self.key(number)), folder=False).exit_code == 0

    def key(self, number: int) -> Path:
        return self.folder / f"root-{number}.pem"

    def run(self, *arguments: str, folder: bool = True) -> Result:
        more = ("--folder", str(self.trust)) if folder else ()
        return self.jejak("trust", *arguments, *more, given=_PASS + "\n")

    def root(self, *numbers: int, signed_by: tuple[int, ...], threshold: int = 2) -> None:
        publics = [part for number in numbers for part in ("--public", f"{self.key(number)}.pub")]
        assert self.run("root", *publics, "--threshold", str(threshold)).exit_code == 0
        for number in signed_by:
            assert self.run("sign", str(self.key(number)), "--root").exit_code == 0

    def publish(self, *signed_by: int) -> Result:
        for number in signed_by:
            assert self.run("sign", str(self.key(number))).exit_code == 0
        return self.run("publish")

    def built_in(self) -> bytes:
        return (self.trust / "1.root.json").read_bytes()

    def list(self) -> bytes:
        return (self.trust / "list.json").read_bytes()


@pytest.fixture
def overseer(tmp_path: Path) -> _Overseer:
    one = _Overseer(tmp_path, 4)
    one.root(1, 2, 3, signed_by=(1, 2))
    assert one.run("draft").exit_code == 0
    assert one.run("hosts", "--current", "verifikasi.test", "--former", "cek.test").exit_code == 0
    return one


def test_a_list_signed_by_two_of_three_is_read_by_the_verifier(overseer: _Overseer) -> None:
    assert overseer.publish(1, 3).exit_code == 0
    read = read_trust_list(overseer.list(), overseer.built_in(), _NOW)
    assert (read.version, read.hosts, read.former_hosts) == (1, frozenset({"verifikasi.test"}), frozenset({"cek.test"}))
    assert read.expires > _NOW + timedelta(days=89)


def test_one_signature_is_not_enough_and_two_by_one_key_are_one(overseer: _Overseer) -> None:
    for signed_by in ((1,), (1,)):
        refused = overseer.publish(*signed_by)
        assert (refused.exit_code, "1 of the root's keys; 2 are needed" in refused.output) == (2, True)


def test_a_stranger_signs_for_nothing(overseer: _Overseer) -> None:
    assert overseer.publish(1, 4).exit_code == 2


def test_a_changed_draft_has_to_be_signed_anew(overseer: _Overseer) -> None:
    assert overseer.run("sign", str(overseer.key(1))).exit_code == 0
    assert overseer.run("hosts", "--current", "lain.test").exit_code == 0
    assert overseer.publish(2).exit_code == 2
    assert overseer.publish(1).exit_code == 0


def test_the_next_version_goes_on_from_the_published_one_and_the_old_stays_readable(overseer: _Overseer) -> None:
    overseer.publish(1, 2)
    first = overseer.list()
    assert overseer.run("draft", "--days", "30").exit_code == 0
    assert overseer.publish(2, 3).exit_code == 0
    read = read_trust_list(overseer.list(), overseer.built_in(), _NOW, least_version=2)
    assert (read.version, read.hosts) == (2, frozenset({"verifikasi.test"}))
    assert (overseer.trust / "1.list.json").read_bytes() == first
    with pytest.raises(TrustError, match="older"):
        read_trust_list(first, overseer.built_in(), _NOW, least_version=2)


def test_a_new_root_is_signed_by_the_keys_of_both(overseer: _Overseer) -> None:
    overseer.publish(1, 2)
    overseer.root(2, 3, 4, signed_by=(3, 4))
    overseer.run("draft")
    refused = overseer.publish(3, 4)
    assert "earlier root's keys; 2 are needed" in refused.output
    assert overseer.run("sign", str(overseer.key(2)), "--root").exit_code == 0
    assert overseer.run("publish").exit_code == 0
    assert read_trust_list(overseer.list(), overseer.built_in(), _NOW).root == 2


def test_a_list_that_was_altered_is_refused_by_the_verifier(overseer: _Overseer) -> None:
    overseer.publish(1, 2)
    told: dict[str, Any] = json.loads(overseer.list())
    told["list"]["signed"]["trust"]["hosts"]["current"] = ["palsu.test"]
    with pytest.raises(TrustError):
        read_trust_list(json.dumps(told).encode(), overseer.built_in(), _NOW)


def test_what_the_folder_holds_is_told(overseer: _Overseer) -> None:
    overseer.publish(1, 2)
    overseer.run("draft")
    overseer.run("sign", str(overseer.key(1)))
    told = overseer.run("show", "--json")
    assert json.loads(told.stdout) | {"expires": ""} == {
        "roots": 1,
        "threshold": 2,
        "root_signatures": 2,
        "published": 1,
        "expires": "",
        "issuers": 0,
        "draft": 2,
        "draft_signatures": 1,
    }


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("remove", "did:web:nobody.test"), "not on the list"),
        (("hosts", "--current", "https://verifikasi.test"), "no scheme"),
        (("root", "--public", "nothing.pub"), "cannot be read"),
        (("add", "nobody", "--kinds", "x"), "numbers with commas"),
        (("add", "nobody", "--kinds", "3", "--from", "besok"), "YYYY-MM-DD"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(overseer: _Overseer, arguments: tuple[str, ...], told: str) -> None:
    refused = overseer.run(*arguments)
    assert refused.exit_code == 2
    assert told in refused.output


def test_a_root_key_is_never_written_over_and_opens_with_its_passphrase_only(overseer: _Overseer) -> None:
    assert overseer.run("key", str(overseer.key(1)), folder=False).exit_code == 1
    assert overseer.key(1).stat().st_mode & 0o777 == 0o600
    assert b"ENCRYPTED" in overseer.key(1).read_bytes()
    wrong = overseer.jejak("trust", "sign", str(overseer.key(1)), "--folder", str(overseer.trust), given="kata sandi yang salah\n")
    assert (wrong.exit_code, "passphrase is wrong" in wrong.output) == (2, True)
