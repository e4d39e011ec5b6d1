"""One invented certificate with its issuer's keys and lists, for the rows about issuing and verifying. Keys are fixed; nothing is
secret."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from credentials.catalogue.model import Batch, Binding, Programme
from credentials.certificate.document import Evidence, Grant, Holder, Issuer, credential
from credentials.certificate.reservation import StatusPlace
from credentials.certificate.status import Purpose, encoded_list, list_address, list_credential
from credentials.keys import Ed25519Signer, IssuerKey, P256Signer, did_document
from credentials.suites.vc_jwt import sign_token
from verifier.sources.ports import Fetched, FixedSources
from verifier.trust import KnownIssuer

Json = dict[str, Any]
DID, URL = "did:web:jejak.test:issuers:balai", "https://jejak.test"
ISSUER_URL = f"{URL}/issuers/balai"
NOW = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Issuing:
    """The issuer's signers."""

    edwards: Ed25519Signer
    curve: P256Signer


def issuing() -> Issuing:
    """From fixed keys."""
    edwards = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    return Issuing(Ed25519Signer(f"{DID}#ed25519-1", edwards), P256Signer(f"{DID}#p256-1", ec.derive_private_key(12_345, ec.SECP256R1())))


def document(number: int = 1) -> Json:
    """The certificate without proof; `number` makes another one."""
    title = "Pengadaan Barang dan Jasa Tingkat Dasar"
    programme = Programme("pbj", 1, "balai", title, "Dasar pengadaan.", "Selesai dan lulus", 8)
    binding = (Binding("course", "https://lms.test/c/1"),)
    batch = Batch("pbj-1", "pbj", 1, "balai", "Angkatan I", date(2026, 11, 1), date(2026, 11, 30), "Asia/Jakarta", "attended", binding)
    return credential(
        Grant(
            url=URL,
            id=f"{number:026d}".translate(str.maketrans("0123456789", "abcdefghij")),
            issuer=Issuer(DID, "Balai Pelatihan Contoh", ISSUER_URL),
            holder=Holder(f"urn:uuid:00000000-0000-4000-8000-{number:012d}", "Ni Luh Sekar, S.Kom."),
            programme=programme,
            batch=batch,
            criteria="Selesai dan lulus",
            jp=8,
            kind="Pelatihan teknis",
            competences=(),
            evidence=(Evidence("00000000-0000-4000-8000-000000000001", f"sha256${1:064x}"),),
            issued=datetime(2026, 11, 24, 8, 0, tzinfo=UTC),
            started_on=date(2026, 11, 3),
            completed=datetime(2026, 11, 20, 3, 0, tzinfo=UTC),
            place=StatusPlace(1, number),
        )
    )


def known_sources(signers: Issuing) -> FixedSources:
    """What a verifier knows of the issuer, lists included."""
    edwards = signers.edwards.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    curve = signers.curve.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    keys = [
        IssuerKey("balai", 1, "ed25519-1", "ed25519", edwards, "", b"", 0),
        IssuerKey("balai", 2, "p256-1", "p-256", curve, "", b"", 0),
    ]
    status = f"{ISSUER_URL}/status"
    issuer = KnownIssuer(
        DID, "Balai", did_document(DID, keys), revocations=f"{status}/revocation/{{list}}", suspensions=f"{status}/suspension/{{list}}"
    )
    lists = {}
    for purpose in Purpose:
        address = list_address(ISSUER_URL, purpose, 1)
        listed = list_credential(DID, address, purpose, encoded_list([131_071]), NOW)
        lists[address] = Fetched(sign_token(listed, signers.curve), NOW)
    return FixedSources({DID: issuer}, status_lists=lists)
