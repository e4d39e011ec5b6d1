"""The providers' accounts at the service that seals PDFs: files that an operator puts into a folder."""

from __future__ import annotations

import json
import re
import stat
from pathlib import Path

from pyhanko.keys import load_certs_from_pemder

from credentials.files.seal_service import SealAccount, SealService
from jejak.settings import Settings
from lrs.errors import ConfigurationError

_SETTING = "JEJAK_PDF_SIGNER_DIR"
_PATH = re.compile(r"(/[A-Za-z0-9._~-]+)+")  # so that it cannot lead to another host


def make_seal_service(settings: Settings) -> SealService | None:
    """None where no service is set. Raises ConfigurationError, which names a file and never what is in it."""
    folder = settings.pdf_signer_dir
    if not settings.pdf_signer_url or folder is None:
        return None
    if not folder.is_dir():
        raise ConfigurationError(f"{_SETTING}: there is no such folder")
    accounts = {file.stem: read_account(file) for file in sorted(folder.glob("*.json"))}
    return SealService(settings.pdf_signer_url, settings.pdf_signer_seconds, accounts)


def read_account(file: Path) -> SealAccount:
    """`PROVIDER.json` with the `PROVIDER.pem` beside it. Raises ConfigurationError."""
    try:
        if file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise ConfigurationError(f"{_SETTING}: {file.name} holds a passphrase, and others may read it: chmod 600")
        told = json.loads(file.read_bytes())
        user, password, signer, token = told["user"], told["password"], told["signer"], told.get("token", "")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConfigurationError(f"{_SETTING}: {file.name} is no JSON with user, password and signer") from error
    texts = [user, password, token, *(signer.values() if isinstance(signer, dict) else [None])]
    if not all(isinstance(text, str) for text in texts) or (token and not _PATH.fullmatch(token)):
        raise ConfigurationError(f"{_SETTING}: {file.name}: user, password, token (a path) and the members of signer are texts")
    if told.keys() - {"user", "password", "signer", "token"}:
        raise ConfigurationError(f"{_SETTING}: {file.name} has a member that is not user, password, signer or token")
    try:
        certificates = tuple(load_certs_from_pemder([str(file.with_suffix(".pem"))]))  # type: ignore[no-untyped-call]  # so in pyHanko
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{_SETTING}: {file.stem}.pem is no PEM file of certificates") from error
    if not certificates or any(one.ca for one in certificates):
        raise ConfigurationError(
            f"{_SETTING}: {file.stem}.pem must hold the signer's own certificates; an authority's would let in everybody"
        )
    return SealAccount(user, password, signer, certificates, token)
