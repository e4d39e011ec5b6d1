"""Accounts at the service that seals PDFs: files of an operator, and what is wrong with them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from jejak.seal_accounts import make_seal_service, read_account
from jejak.settings import Settings
from lrs.errors import ConfigurationError
from tests.support.seal_service import Identity

_SEALER, _AUTHORITY = Identity.make("Segel Balai Contoh"), Identity.make("Otoritas Contoh", authority=True)
_TOLD = {"user": "jejak", "password": "sandi", "signer": {"idSubscriber": "p-7"}, "token": "/api/v2/seal/get/totp"}


def _file(folder: Path, told: object = _TOLD, pem: bytes = _SEALER.pem, mode: int = 0o600) -> Path:
    file = folder / "balai.json"
    file.write_text(told if isinstance(told, str) else json.dumps(told))
    file.chmod(mode)
    file.with_suffix(".pem").write_bytes(pem)
    return file


def test_an_account_is_a_file_with_its_certificates_beside_it(tmp_path: Path) -> None:
    account = read_account(_file(tmp_path))
    assert (account.user, dict(account.signer), account.token_path) == ("jejak", {"idSubscriber": "p-7"}, "/api/v2/seal/get/totp")
    assert (account.name, account.fingerprints) == ("Segel Balai Contoh", [_SEALER.certificate.sha256.hex()])
    assert "sandi" not in repr(account)


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ("no JSON", "no JSON with user"),
        ([], "no JSON with user"),
        ({"user": "jejak"}, "no JSON with user"),
        (_TOLD | {"signer": "p-7"}, "are texts"),
        (_TOLD | {"signer": {"nik": 7}}, "are texts"),
        (_TOLD | {"token": "https://lain.test/totp"}, "a path"),
        (_TOLD | {"token": "//lain.test/totp"}, "a path"),
        (_TOLD | {"url": "https://lain.test"}, "a member that is not"),
    ],
)
def test_a_file_that_makes_no_sense_is_named_and_not_shown(tmp_path: Path, told: object, reason: str) -> None:
    with pytest.raises(ConfigurationError, match=reason) as caught:
        read_account(_file(tmp_path, told))
    assert "balai.json" in caught.value.message
    assert "sandi" not in caught.value.message


def test_a_passphrase_that_others_may_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="chmod 600"):
        read_account(_file(tmp_path, mode=0o640))


@pytest.mark.parametrize("pem", [b"", b"nothing", _SEALER.pem + _AUTHORITY.pem], ids=["empty", "no PEM", "an authority's"])
def test_only_certificates_of_signers_are_taken(tmp_path: Path, pem: bytes) -> None:
    with pytest.raises(ConfigurationError, match=r"balai\.pem"):
        read_account(_file(tmp_path, pem=pem))


def test_the_service_has_the_accounts_of_the_folder(tmp_path: Path) -> None:
    _file(tmp_path)
    made = make_seal_service(Settings(pdf_signer_url="https://esign.test/api/v2/seal/pdf", pdf_signer_dir=tmp_path))
    assert made is not None
    assert list(made.accounts) == ["balai"]
    assert make_seal_service(Settings()) is None
    with pytest.raises(ConfigurationError, match="no such folder"):
        make_seal_service(Settings(pdf_signer_url="https://esign.test/", pdf_signer_dir=tmp_path / "none"))


@pytest.mark.parametrize("address", ["http://esign.test/sign", "ftp://esign.test", "esign.test"])
def test_passphrases_go_by_https_only(address: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="https address"):
        Settings(pdf_signer_url=address, pdf_signer_dir=tmp_path)
