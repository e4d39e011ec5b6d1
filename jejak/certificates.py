"""What makes certificates of reservations: keys, maker, log, status lists and the worker, joined over one store."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from asn1crypto import x509 as asn1_x509
from fastapi import APIRouter
from pyhanko.keys import load_certs_from_pemder

from credentials.certificate.issued import Certificate
from credentials.errors import NoteError
from credentials.files.time_stamps import HttpTimeStamps
from credentials.keys import Derived, IssuerKeys, KeyVault, SealedVault
from credentials.keys.pkcs11 import Pkcs11Token, Pkcs11Vault
from credentials.log.note import COSIGNATURE, parse_key
from credentials.ports.records import Records
from credentials.services.amending import Amending
from credentials.services.cosigning import Cosigning
from credentials.services.filing import Filing
from credentials.services.finishing import Finishing
from credentials.services.issuing import Issuing
from credentials.services.log import IssuanceLog
from credentials.services.making import Maker
from credentials.services.reserving import Reserving
from credentials.services.status_lists import StatusLists
from credentials.services.witness_client import HttpWitness
from credentials.stores.catalogue import CatalogueRecords
from credentials.stores.certificates import CERTIFICATES
from credentials.stores.decisions import DecisionLog
from credentials.stores.evidence_rules import EvidenceRuleRecords
from credentials.stores.leases import Lease
from credentials.stores.people import PeopleRecords
from credentials.web.answers import LONGEST_ID
from credentials.web.certificate_files import certificate_files_router
from credentials.web.certificates import certificates_router
from credentials.web.issuers import issuers_router
from credentials.web.log import log_router
from credentials.web.reference import reference_router
from credentials.web.trust import trust_router
from jejak.seal_accounts import make_seal_service
from jejak.settings import Settings
from lrs.clock import Clock
from lrs.errors import ConfigurationError
from lrs.ports import Stores


@dataclass(frozen=True, slots=True)
class Certificates:
    """The parts, made."""

    records: Records
    keys: IssuerKeys
    reserving: Reserving
    issuing: Issuing
    log: IssuanceLog
    lists: StatusLists
    filing: Filing
    cosigning: Cosigning
    finishing: Finishing
    url: str
    trust_dir: Path | None

    def work(self) -> dict[str, Coroutine[Any, Any, None]]:
        """What runs as long as the server does, by name."""
        return {"issuing": self.issuing.run(), "cosigning": self.cosigning.run(), "finishing": self.finishing.run()}

    async def found(self, certificate_id: str) -> Certificate | None:
        """A certificate that is issued."""
        kept = await self.records.get(CERTIFICATES, certificate_id[:LONGEST_ID])
        return None if kept is None else kept.value

    def amending(self, decisions: DecisionLog) -> Amending:
        """What people decide about certificates and keys."""
        return Amending(self.records, self.reserving, decisions, self.keys, self.lists, self.log, PeopleRecords(self.records))

    def routers(self) -> list[APIRouter]:
        """What everybody may fetch."""
        return [
            certificate_files_router(self.records, self.filing),
            certificates_router(self.records, self.log, self.url),
            issuers_router(self.keys, self.lists),
            log_router(self.log),
            reference_router(self.records),
            trust_router(self.trust_dir),
        ]


def make_certificates(
    stores: Stores, records: Records, rules: EvidenceRuleRecords, derived: Derived, clock: Clock, settings: Settings
) -> Certificates:
    """Raises ConfigurationError."""
    wake, url = asyncio.Event(), settings.url
    keys = IssuerKeys(records, make_vaults(derived, settings), clock, url, settings.key_vault)
    log = IssuanceLog(records, keys, clock, log_origin(url))
    lists = StatusLists(records, keys, clock, url)
    maker = Maker(records, CatalogueRecords(records), rules, stores.clients, stores.statements, keys, derived, url)
    issuing = Issuing(records, maker, log, lists, Lease(records, clock, "issuing"), clock, wake)
    filing = Filing(records, keys, log, DecisionLog(records, clock), url, make_time_stamps(settings), make_seal_service(settings))
    lease = Lease(records, clock, "cosigning")
    cosigning = Cosigning(records, log, parse_witnesses(settings.log_witnesses), settings.log_quorum, lease, settings.log_seconds)
    reserving = Reserving(records, derived, clock, wake)
    finishing = Finishing(records, clock)
    return Certificates(records, keys, reserving, issuing, log, lists, filing, cosigning, finishing, url, settings.trust_dir)


def make_vaults(derived: Derived, settings: Settings) -> dict[str, KeyVault]:
    """Sealed keys, and the token where one is set. Raises ConfigurationError."""
    vaults: dict[str, KeyVault] = {"sealed": SealedVault(derived)}
    if settings.pkcs11_pin_file is not None:
        try:
            pin = settings.pkcs11_pin_file.read_text().strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError("JEJAK_PKCS11_PIN_FILE: the file cannot be read") from error
        vaults["pkcs11"] = Pkcs11Vault(Pkcs11Token(settings.pkcs11_module, settings.pkcs11_token, pin))
    return vaults


def make_time_stamps(settings: Settings) -> HttpTimeStamps | None:
    """The service that PDFs are stamped by, None where none is set. Raises ConfigurationError."""
    if not settings.pdf_timestamp_url:
        return None
    roots: tuple[asn1_x509.Certificate, ...] = ()
    if settings.pdf_timestamp_roots is not None:
        try:
            roots = tuple(load_certs_from_pemder([str(settings.pdf_timestamp_roots)]))  # type: ignore[no-untyped-call]  # so in pyHanko
        except (OSError, ValueError) as error:
            raise ConfigurationError("JEJAK_PDF_TIMESTAMP_ROOTS: this is no PEM file of certificates") from error
    return HttpTimeStamps(settings.pdf_timestamp_url, roots)


def parse_witnesses(text: str) -> list[HttpWitness]:
    """`KEY ADDRESS, KEY ADDRESS`. Raises ConfigurationError."""
    found: list[HttpWitness] = []
    for one in filter(None, (part.strip() for part in text.split(","))):
        key, _, address = one.partition(" ")
        try:
            parsed = parse_key(key)
        except NoteError as error:
            raise ConfigurationError(f"JEJAK_LOG_WITNESSES: {error.message}") from error
        if parsed.kind != COSIGNATURE or urlsplit(address.strip()).scheme not in ("http", "https"):
            raise ConfigurationError(
                "JEJAK_LOG_WITNESSES: a witness is the verifier key that `jejak witness key` tells, a space, its address"
            )
        found.append(HttpWitness(parsed, address.strip().rstrip("/")))
    return found


def log_origin(url: str) -> str:
    """The log's name: its address without a scheme."""
    parts = urlsplit(url)
    return f"{parts.netloc}{parts.path}/log"
