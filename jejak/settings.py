"""Settings: environment variables `JEJAK_*` and a `.env` file, frozen. docs/configuration.md lists each; a test compares the two."""

from __future__ import annotations

import difflib
import ipaddress
import os
import re
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from lrs.errors import ConfigurationError

_PREFIX = "JEJAK_"
_ENV_FILE = ".env"
MONGODB = ("mongodb://", "mongodb+srv://")
_MOST_JSON = 12_000_000  # bytes of a statement that one document holds with its keys
_OTHERS = frozenset({"JEJAK_SECRET", "JEJAK_SHARED_DATA"})  # read by `jejak statements` (another LRS's secret) and by the tests


class Settings(BaseSettings):
    """Every setting with its default; the unit is part of the description."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX, env_file=_ENV_FILE, env_file_encoding="utf-8", frozen=True, extra="ignore", hide_input_in_errors=True
    )

    host: str = Field("127.0.0.1", description="address or host name to listen on")
    port: int = Field(8000, ge=1, le=65535, description="port to listen on")
    data_dir: Path = Field(Path("var"), description="folder of the database, attachments and keys; relative to where the server starts")
    store: str = Field(
        "",
        description="sqlite:///path (a fourth slash makes it absolute), mongodb://host/database, or memory:; "
        "empty: jejak.sqlite3 in the data folder",
    )
    public_url: str = Field("", description="how others reach the server; empty: http://host:port")
    trusted_proxies: str = Field(
        "", description="addresses (comma between) whose X-Forwarded-For and -Proto are believed, * for any; empty: none"
    )
    seed_key: str = Field("", max_length=200, description="key of the first client (scope all), made when the store is empty")
    seed_secret: str = Field("", max_length=1000, description="its secret")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="least severe messages that are logged: debug, info (each request too), warning, error"
    )
    sqlite_synchronous: Literal["FULL", "EXTRA", "NORMAL", "OFF"] = Field(
        "FULL", description="less than FULL can lose what was acknowledged"
    )
    sqlite_compression: bool = Field(True, description="statement bodies by zstd with a trained dictionary")
    mongodb_lease: float = Field(10.0, gt=0, le=600, description="seconds that a write may take, before it gives up and others may undo it")
    mongodb_poll: float = Field(0.25, gt=0, le=60, description="seconds between two looks for what other nodes did")
    mongodb_select: float = Field(5.0, gt=0, le=600, description="seconds until a server that does not answer is given up")
    limit_body: int = Field(64_000_000, ge=1_000, description="bytes of a request, attachments included")
    limit_bodies: int = Field(500_000_000, ge=1_000, description="bytes of all requests together that are in memory at once")
    limit_statements: int = Field(1_000, ge=1, description="statements of a batch")
    limit_attachment: int = Field(50_000_000, ge=1_000, description="bytes of one attachment")
    limit_json: int = Field(4_000_000, ge=10_000, description="bytes of one statement, or of a JSON document that is merged")
    limit_import: int = Field(500_000_000, ge=1_000, description="bytes of a file of persons or of the catalogue that is imported")
    limit_evidence: int = Field(5_000_000, ge=1_000, le=15_000_000, description="bytes of one file of evidence for a claim")
    limit_nesting: int = Field(100, ge=10, le=500, description="objects and arrays inside each other")
    limit_query: int = Field(32_768, ge=1_000, description="bytes of a query string")
    limit_page: int = Field(500, ge=1, le=10_000, description="statements of a page")
    limit_page_bytes: int = Field(10_000_000, ge=10_000, description="bytes of a page, attachments included")
    limit_headers: int = Field(65_536, ge=1_000, description="bytes of request line and headers")
    limit_header_seconds: float = Field(10.0, gt=0, description="seconds until the headers are complete")
    limit_body_seconds: float = Field(30.0, gt=0, description="seconds without a byte of an unfinished body")
    limit_connections: int = Field(2_000, ge=1, description="connections open at once")
    pdf_timestamp_url: str = Field("", description="RFC 3161 time-stamp service for PDFs (PAdES B-LT); empty: B-B")
    pdf_timestamp_roots: Path | None = Field(None, description="PEM file of the certificates that its time stamps chain to")
    pdf_signer_url: str = Field("", description="service that PDFs are posted to for sealing, as BSrE's e-sign client has it; empty: none")
    pdf_signer_dir: Path | None = Field(None, description="folder with the providers' accounts there: PROVIDER.json and PROVIDER.pem")
    pdf_signer_seconds: float = Field(20.0, gt=0, le=120, description="seconds for one seal there, with all tries")
    signature_anchors: Path | None = Field(None, description="PEM file of the certificates that signatures may chain to")
    signature_required: bool = Field(False, description="refuse signed statements whose chain does not end at an anchor")
    retention_statements: int = Field(
        0, ge=0, le=36_525, description="days after which statements are reduced, so that they name nobody; 0: never"
    )
    retention_documents: int = Field(
        0, ge=0, le=36_525, description="days after which unchanged xAPI documents of agents are erased; 0: never"
    )
    retention_files: int = Field(0, ge=0, le=36_525, description="days after a decision when a case's notes and files are erased; 0: never")
    retention_views: int = Field(0, ge=0, le=36_525, description="days after which it is forgotten who looked at a record; 0: never")
    objection_hours: int = Field(72, ge=1, le=8_784, description="hours until a learner's objection must be decided")
    oauth_issuer: str = Field("", description="issuer of bearer tokens; empty: none are taken")
    oauth_audience: str = Field("", description="audience that a token must name")
    oauth_jwks_url: str = Field("", description="where the issuer's keys are")
    oauth_person_clients: str = Field(
        "", description="clients (azp, comma between) whose tokens speak for persons in /api; empty: persons sign in with a secret only"
    )
    oauth_person_claim: str = Field(
        "preferred_username",
        min_length=1,
        max_length=100,
        description="the claim that names a person, by a dated identifier such as the NIP",
    )

    asn_home_page: str = Field(
        "",
        max_length=500,
        description="home page of accounts whose name is a NIP or NI PPPK, agreed with all providers; empty: public address + /asn",
    )

    trust_list: str = Field("", description="the overseer's signed trust list: a path or https address; empty: our own active providers")
    trust_root: Path | None = Field(None, description="the overseer's root that is trusted; without it the first one of the list")
    oidc_issuer: str = Field("", description="OpenID provider by which people sign in to their pages; empty: none")
    oidc_client_id: str = Field("", max_length=200, description="our client id there; the callback is JEJAK_PUBLIC_URL/masuk/kembali")
    oidc_client_secret: str = Field("", max_length=1000, description="its secret")
    oidc_claim: str = Field(
        "preferred_username", min_length=1, max_length=100, description="claim of the ID token that names the person: NIP, or a given login"
    )
    oidc_scope: str = Field("openid profile", description="scopes that are asked for")
    dev_login: bool = Field(False, description="sign in as anybody by a person's id, on a loopback address only; never where people are")
    trust_dir: Path | None = Field(None, description="folder that `jejak trust publish` writes to; its lists are served; empty: none")
    log_witnesses: str = Field(
        "", description="witnesses of the issuance log: verifier key, space, address; comma between witnesses; empty: none"
    )
    log_quorum: int = Field(1, ge=1, le=15, description="how many of the witnesses must have cosigned a checkpoint")
    log_seconds: float = Field(5.0, gt=0, description="seconds between two checkpoints that are sent to the witnesses")
    key_vault: Literal["sealed", "pkcs11"] = Field(
        "sealed", description="where new keys of issuers are made: sealed (in the database, under the key file) or pkcs11"
    )
    pkcs11_module: str = Field("", description="path of the PKCS#11 library")
    pkcs11_token: str = Field("", description="label of the token")
    pkcs11_pin_file: Path | None = Field(None, description="file with the PIN of the token's user")

    @field_validator("store")
    @classmethod
    def _known_engine(cls, value: str) -> str:
        if value in ("", "memory:") or value.startswith(MONGODB):
            return value
        if not value.startswith("sqlite:///") or not value.removeprefix("sqlite:///"):
            raise ValueError("this must be sqlite:///path, mongodb://host/database or memory:")
        return value

    @field_validator("public_url")
    @classmethod
    def _address(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment):
            raise ValueError("this must be an http or https address, without ? and #")
        return value

    @field_validator("pdf_signer_url")
    @classmethod
    def _guarded(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(parts.hostname or ""))):
            raise ValueError("passphrases go there, so this must be an https address, or http on a loopback address")
        return value

    @model_validator(mode="after")
    def _whole(self) -> Settings:
        if bool(self.seed_key) != bool(self.seed_secret):
            raise ValueError("JEJAK_SEED_KEY and JEJAK_SEED_SECRET are given together or not at all")
        if self.seed_key and re.fullmatch("[!-9;-~]+", self.seed_key) is None:
            raise ValueError("JEJAK_SEED_KEY must be visible characters without a colon: HTTP Basic ends the key there")
        if len({bool(self.oauth_issuer), bool(self.oauth_audience), bool(self.oauth_jwks_url)}) > 1:
            raise ValueError("JEJAK_OAUTH_ISSUER, JEJAK_OAUTH_AUDIENCE and JEJAK_OAUTH_JWKS_URL are given together or not at all")
        if self.oauth_person_clients and not self.oauth_issuer:
            raise ValueError("JEJAK_OAUTH_PERSON_CLIENTS without JEJAK_OAUTH_ISSUER: there is nobody whose tokens could be taken")
        if len({bool(self.oidc_issuer), bool(self.oidc_client_id), bool(self.oidc_client_secret)}) > 1:
            raise ValueError("JEJAK_OIDC_ISSUER, JEJAK_OIDC_CLIENT_ID and JEJAK_OIDC_CLIENT_SECRET are given together or not at all")
        if self.dev_login and not _is_loopback(self.host):
            raise ValueError("JEJAK_DEV_LOGIN lets everybody in as anybody, so JEJAK_HOST must be 127.0.0.1, ::1 or localhost")
        if bool(self.pdf_signer_url) != (self.pdf_signer_dir is not None):
            raise ValueError("JEJAK_PDF_SIGNER_URL and JEJAK_PDF_SIGNER_DIR are given together or not at all")
        if self.signature_required and self.signature_anchors is None:
            raise ValueError("JEJAK_SIGNATURE_REQUIRED without JEJAK_SIGNATURE_ANCHORS would refuse every signed statement")
        if len({bool(self.pkcs11_module), bool(self.pkcs11_token), self.pkcs11_pin_file is not None}) > 1:
            raise ValueError("JEJAK_PKCS11_MODULE, JEJAK_PKCS11_TOKEN and JEJAK_PKCS11_PIN_FILE are given together or not at all")
        if self.store.startswith(MONGODB) and self.limit_json > _MOST_JSON:
            raise ValueError(f"JEJAK_LIMIT_JSON is at most {_MOST_JSON:,} on MongoDB: a document there ends at 16 MiB")
        if self.key_vault == "pkcs11" and not self.pkcs11_module:
            raise ValueError("JEJAK_KEY_VAULT=pkcs11 without JEJAK_PKCS11_MODULE: there is no token to make keys in")
        return self

    @property
    def url(self) -> str:
        """The public address, without a slash at the end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return (self.public_url or f"http://{host}:{self.port}").rstrip("/")

    @property
    def asn_page(self) -> str:
        """The home page of accounts whose name is a NIP or NI PPPK."""
        return self.asn_home_page or f"{self.url}/asn"

    @property
    def sqlite_path(self) -> Path | None:
        """The database's file, None for a store in memory or on MongoDB."""
        if self.store == "memory:" or self.store.startswith(MONGODB):
            return None
        return Path(self.store.removeprefix("sqlite:///")) if self.store else self.data_dir / "jejak.sqlite3"


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def load_settings() -> Settings:
    """From the environment. Raises ConfigurationError naming the variable (never its value), for an unknown JEJAK_* one too."""
    known = {_PREFIX + name.upper() for name in Settings.model_fields}
    given = {name.upper() for name in (*os.environ, *dotenv_values(_ENV_FILE)) if name.upper().startswith(_PREFIX)}
    for name in sorted(given - known - _OTHERS):
        near = difflib.get_close_matches(name.removeprefix(_PREFIX), [one.removeprefix(_PREFIX) for one in known], 1)
        hint = f"did you mean {_PREFIX}{near[0]}?" if near else "docs/configuration.md lists all"
        raise ConfigurationError(f"there is no setting {name}; {hint}")
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = f"{_PREFIX}{first['loc'][0]}: ".upper() if first["loc"] else ""
        raise ConfigurationError(name + first["msg"].removeprefix("Value error, ")) from None
