"""An invented certificate with fixed keys, for tests of issuing and of verifying."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from credentials.catalogue.model import Batch, Binding, Programme
from credentials.certificate.document import Competence, Evidence, Grant, Holder, Issuer, credential
from credentials.certificate.reservation import StatusPlace
from credentials.keys import Ed25519Signer, IssuerKey, P256Signer, did_document
from credentials.suites.eddsa_rdfc_2022 import add_proof
from credentials.suites.vc_jwt import sign_token

Json = dict[str, Any]

DID = "did:web:jejak.test:issuers:balai"
ISSUED = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
EDWARDS = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
CURVE = ec.derive_private_key(0x1234567890ABCDEF, ec.SECP256R1())
ED25519_SIGNER = Ed25519Signer(f"{DID}#ed25519-1", EDWARDS)
P256_SIGNER = P256Signer(f"{DID}#p256-1", CURVE)
PROGRAMME = Programme("pbj", 1, "balai", "Pengadaan Barang & Jasa – Dasar “I”", "Dasar pengadaan.", "Selesai dan lulus", 8)
BATCH = Batch(
    "pbj-1",
    "pbj",
    1,
    "balai",
    "Angkatan I",
    date(2026, 11, 1),
    date(2026, 11, 30),
    "Asia/Jakarta",
    "course-completed-and-quiz-passed",
    (Binding("course", "https://lms.test/c/1"), Binding("quiz", "https://lms.test/q/1")),
)


def did_json() -> Json:
    """The issuer's DID document."""
    edwards = EDWARDS.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    curve = CURVE.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return did_document(
        DID,
        [
            IssuerKey("balai", 1, "ed25519-1", "ed25519", edwards, "", b"", 0),
            IssuerKey("balai", 2, "p256-1", "p-256", curve, "", b"", 0),
        ],
    )


def grant(**changes: Any) -> Grant:
    """What the document says; `changes` replace members."""
    whole = Grant(
        url="https://jejak.test",
        id="abcdefghijklmnopqrstuvwxya",
        issuer=Issuer(DID, "Balai Pelatihan Contoh", "https://jejak.test/issuers/balai"),
        holder=Holder("urn:uuid:7d9f5c0e-3a37-4d0b-9c3e-5f1c6a4b2d10", "Ni Luh Sekar, S.Kom."),
        programme=PROGRAMME,
        batch=BATCH,
        criteria="Selesai dan lulus",
        jp=PROGRAMME.jp,
        kind="Pelatihan teknis",
        competences=(Competence("Pengadaan barang dan jasa", "https://kompetensi.test/pbj", "PBJ.1", "SKK contoh"),),
        evidence=tuple(Evidence(f"00000000-0000-4000-8000-00000000000{number}", f"sha256${number:064x}") for number in (1, 2)),
        issued=ISSUED,
        started_on=date(2026, 11, 3),
        completed=datetime(2026, 11, 20, 3, 0, tzinfo=UTC),
        place=StatusPlace(1, 4711),
    )
    return replace(whole, **changes)


def unsigned(**changes: Any) -> Json:
    """The document without proof; `changes` replace members."""
    return credential(grant()) | changes


def proven(**changes: Any) -> Json:
    """With a Data Integrity proof."""
    return add_proof(unsigned(**changes), ED25519_SIGNER, ISSUED)


def token(**changes: Any) -> str:
    """As `vc+jwt`."""
    return sign_token(unsigned(**changes), P256_SIGNER)
