"""An issuer with status lists, a log with a witness, a QR, by the issuing side's own code and fixed keys."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from credentials.certificate.digest import credential_digest
from credentials.certificate.qr_payload import QrClaims, qr_link
from credentials.certificate.status import Purpose, encoded_list, list_address, list_credential, status_entry
from credentials.log.merkle import leaf_hash, node_hash
from credentials.log.note import COSIGNATURE, ED25519, Checkpoint, Note, NoteKey, NoteSignature
from credentials.log.proof import inclusion_file
from credentials.suites.cose_sign1 import key_id, point
from credentials.suites.eddsa_rdfc_2022 import add_proof
from credentials.suites.vc_jwt import sign_token
from tests.support import certificates
from tests.support.certificates import CURVE, DID, ED25519_SIGNER, ISSUED, P256_SIGNER
from verifier.sources.ports import Fetched, FixedSources
from verifier.trust import Accreditation, KnownIssuer, KnownLog

Json = dict[str, Any]
URL = "https://jejak.test"
ISSUER_URL = f"{URL}/issuers/balai"
NOW = ISSUED + timedelta(days=3)
ID = "abcdefghijklmnopqrstuvwxya"
LINK = f"{URL}/v/{ID}"
JALUR = 7
INDEX = 4_711
LOG_KEY, WITNESS_KEY = (Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32) for number in (41, 42))
ORIGIN = "jejak.test/log"


def _note_key(name: str, kind: int, key: Ed25519PrivateKey) -> NoteKey:
    return NoteKey(name, kind, key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))


LOG = KnownLog(ORIGIN, _note_key(ORIGIN, ED25519, LOG_KEY).text(), (_note_key("saksi.test", COSIGNATURE, WITNESS_KEY).text(),))


def document(**changes: Any) -> Json:
    """A certificate of the kind JALUR with a place in the status list."""
    made = certificates.unsigned()
    kind = {"type": ["Alignment"], "targetType": "ext:jalur", "targetCode": str(JALUR), "targetName": "Pelatihan jarak jauh"}
    made["credentialSubject"]["achievement"]["alignment"] = [kind | {"targetUrl": "https://jejak.test/jalur/7"}]
    return made | {"credentialStatus": status_entry(ISSUER_URL, 1, INDEX)} | changes


def status_list(purpose: Purpose, taken: Iterable[int] = (), signed: datetime = NOW, number: int = 1, **changes: Any) -> Fetched:
    """As the issuer serves it as a token."""
    address = list_address(ISSUER_URL, purpose, number)
    made = list_credential(DID, address, purpose, encoded_list(taken), signed) | {"issuer": {"id": DID}} | changes
    return Fetched(sign_token(made, P256_SIGNER), signed)


def issuer(**changes: Any) -> KnownIssuer:
    """Its entry in the trust list."""
    entry = KnownIssuer(
        DID,
        "Balai Contoh (daftar)",
        certificates.did_json(),
        accreditations=(Accreditation(frozenset({JALUR}), datetime(2025, 1, 1, tzinfo=UTC)),),
        revocations=f"{ISSUER_URL}/status/revocation/{{list}}",
        suspensions=f"{ISSUER_URL}/status/suspension/{{list}}",
        log=LOG,
    )
    return replace(entry, **changes)


def log_proof(
    of: Json, seen: datetime = ISSUED + timedelta(hours=1), *, log: Ed25519PrivateKey = LOG_KEY, witness: Ed25519PrivateKey = WITNESS_KEY
) -> str:
    """Of a log of two entries, the certificate's being the second."""
    other = leaf_hash(b"\1" * 32)
    root = node_hash(other, leaf_hash(credential_digest(of)))
    text = Checkpoint(ORIGIN, 2, root).text()
    own = NoteSignature(ORIGIN, _note_key(ORIGIN, ED25519, LOG_KEY).id, log.sign(text.encode()))
    seconds = int(seen.timestamp())
    cosigned = seconds.to_bytes(8, "big") + witness.sign(f"cosignature/v1\ntime {seconds}\n{text}".encode())
    cosignature = NoteSignature("saksi.test", _note_key("saksi.test", COSIGNATURE, WITNESS_KEY).id, cosigned)
    return inclusion_file(1, [other], Note(text, (own, cosignature)).whole())


def qr_text(of: Json, *, url: str = URL, **changes: Any) -> str:
    """What the printed QR says."""
    claims = QrClaims(
        id=ID,
        holder="Ni Luh Sekar, S.Kom.",
        title=of["credentialSubject"]["achievement"]["name"],
        provider="Balai Pelatihan Contoh",
        jp=8,
        valid_from=int(ISSUED.timestamp()),
        awarded=int(datetime.fromisoformat(of["awardedDate"]).timestamp()),
        valid_until=0,
        list=1,
        index=INDEX,
        digest=credential_digest(of),
        kind=JALUR,
    )
    return qr_link(url, replace(claims, **changes), key_id(point(CURVE.public_key())), P256_SIGNER)


def sources(of: Json, **changes: Any) -> FixedSources:
    """Everything that belongs to the certificate, in order; `changes` replace."""
    known = FixedSources(
        issuers={DID: issuer()},
        status_lists={list_address(ISSUER_URL, purpose, 1): status_list(purpose) for purpose in Purpose},
        certificates={LINK: sign_token(of, P256_SIGNER)},
        log_proofs={of["id"]: log_proof(of)},
        hosts=frozenset({"jejak.test"}),
    )
    return replace(known, **changes)


@dataclass(frozen=True, slots=True)
class World:
    """A certificate and its sources."""

    document: Json = field(default_factory=document)
    change: Callable[[Json], dict[str, Any]] = lambda made: {}

    @property
    def sources(self) -> FixedSources:
        return sources(self.document, **self.change(self.document))

    @property
    def token(self) -> str:
        return sign_token(self.document, P256_SIGNER)

    @property
    def json(self) -> str:
        return json.dumps(add_proof(self.document, ED25519_SIGNER, ISSUED))
