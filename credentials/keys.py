"""Issuers and their keys: one did:web per provider, Ed25519 for Data Integrity, P-256 for `vc+jwt`; private keys lie encrypted in the
store.

did:web 1.0: `did:web:HOST:issuers:PROVIDER` is served at `/issuers/PROVIDER/did.json`.
"""

from __future__ import annotations

import hmac
import os
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from credentials.errors import KeyUnsealError
from credentials.model import SealedKey
from credentials.ports import KeyStore
from credentials.suites.eddsa_rdfc_2022 import base58
from credentials.suites.signer import Signer
from credentials.suites.vc_jwt import base64url
from lrs.clock import Clock

_NONCE = 12  # bytes, as AES-GCM wants it


class Derived:
    """The keys that are derived from the server's own key (HKDF-SHA256, one purpose each)."""

    def __init__(self, server_key: bytes) -> None:
        self._server_key = server_key

    def key(self, purpose: str) -> bytes:
        """256 bits that tell nothing of the server key or of another purpose's."""
        return HKDF(SHA256(), 32, None, f"jejak/{purpose}".encode()).derive(self._server_key)

    def mac(self, purpose: str, *parts: str | int) -> bytes:
        """A keyed hash over `parts`, unambiguous: each is written with its length."""
        text = b"".join(b"%d:%s" % (len(part), part) for part in (str(one).encode() for one in parts))
        return hmac.digest(self.key(purpose), text, "sha256")


@dataclass(frozen=True, slots=True)
class Ed25519Signer:
    """See `credentials.suites.signer.Signer`."""

    method: str
    private: ed25519.Ed25519PrivateKey
    algorithm: str = "EdDSA"

    def sign(self, data: bytes) -> bytes:
        return self.private.sign(data)


@dataclass(frozen=True, slots=True)
class P256Signer:
    """See `credentials.suites.signer.Signer`."""

    method: str
    private: ec.EllipticCurvePrivateKey
    algorithm: str = "ES256"

    def sign(self, data: bytes) -> bytes:
        r, s = decode_dss_signature(self.private.sign(data, ec.ECDSA(SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")


@dataclass(frozen=True, slots=True)
class Signers:
    """What a provider signs with now."""

    data_integrity: Signer
    token: Signer


class IssuerKeys:
    """Makes, seals, opens and publishes the keys. `public_url` names the host of every did:web."""

    def __init__(self, store: KeyStore, derived: Derived, clock: Clock, public_url: str) -> None:
        self._store = store
        self._seal = AESGCM(derived.key("issuer-keys/1"))
        self._clock = clock
        self._host = did_host(public_url)

    def did(self, provider: str) -> str:
        """The issuer's identifier."""
        return f"did:web:{self._host}:issuers:{provider}"

    async def signers(self, provider: str) -> Signers:
        """The provider's newest keys, made when there are none. Raises KeyUnsealError."""
        keys = await self._store.keys(provider) or await self._store.add_first_keys(provider, self._new_keys(provider))
        newest = {key.kind: key for key in keys}
        did = self.did(provider)
        raw = self._unseal(newest["ed25519"])
        number = int.from_bytes(self._unseal(newest["p-256"]), "big")
        return Signers(
            Ed25519Signer(f"{did}#{newest['ed25519'].method}", ed25519.Ed25519PrivateKey.from_private_bytes(raw)),
            P256Signer(f"{did}#{newest['p-256'].method}", ec.derive_private_key(number, ec.SECP256R1())),
        )

    async def did_document(self, provider: str) -> dict[str, Any] | None:
        """The issuer's DID document; None for a provider that has never issued."""
        keys = await self._store.keys(provider)
        return did_document(self.did(provider), keys) if keys else None

    def _new_keys(self, provider: str) -> tuple[SealedKey, ...]:
        edwards, curve = ed25519.Ed25519PrivateKey.generate(), ec.generate_private_key(ec.SECP256R1())
        made = partial(self._sealed, provider)
        return (
            made(
                "ed25519-1",
                "ed25519",
                edwards.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw),
                edwards.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption()),
            ),
            made(
                "p256-1",
                "p-256",
                curve.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint),
                curve.private_numbers().private_value.to_bytes(32, "big"),
            ),
        )

    def _sealed(self, provider: str, method: str, kind: str, public: bytes, private: bytes) -> SealedKey:
        nonce = os.urandom(_NONCE)
        sealed = nonce + self._seal.encrypt(nonce, private, _bound_to(provider, method, public))
        return SealedKey(provider, method, kind, public, sealed, self._clock.now_us())

    def _unseal(self, key: SealedKey) -> bytes:
        bound = _bound_to(key.provider, key.method, key.public)
        try:
            return self._seal.decrypt(key.sealed[:_NONCE], key.sealed[_NONCE:], bound)
        except InvalidTag as error:
            raise KeyUnsealError(f"the key {key.method} of {key.provider} was sealed with another server key, or is damaged") from error


def did_host(public_url: str) -> str:
    """Host, port and path as did:web writes them. An address of this machine becomes `localhost`: did:web knows names only."""
    parts = urlsplit(public_url)
    host = (parts.hostname or "localhost").lower()
    host = "localhost" if host in ("127.0.0.1", "::1", "0.0.0.0") else host  # noqa: S104  # compared, not bound
    named = f"{host}%3A{parts.port}" if parts.port else host
    return ":".join((named, *(part for part in parts.path.split("/") if part)))


def did_document(did: str, keys: list[SealedKey]) -> dict[str, Any]:
    """Multikey for Ed25519, JsonWebKey for P-256; `assertionMethod` in full strings, since validators of others read only those."""
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1", "https://w3id.org/security/jwk/v1"],
        "id": did,
        "verificationMethod": [_method(did, key) for key in keys],
        "assertionMethod": [f"{did}#{key.method}" for key in keys],
    }


def _method(did: str, key: SealedKey) -> dict[str, Any]:
    named = {"id": f"{did}#{key.method}", "controller": did}
    if key.kind == "ed25519":
        return named | {"type": "Multikey", "publicKeyMultibase": "z" + base58(b"\xed\x01" + key.public)}
    x, y = key.public[1:33], key.public[33:]
    jwk = {"kty": "EC", "crv": "P-256", "x": base64url(x), "y": base64url(y), "alg": "ES256", "kid": f"{did}#{key.method}"}
    return named | {"type": "JsonWebKey", "publicKeyJwk": jwk}


def _bound_to(provider: str, method: str, public: bytes) -> bytes:
    """A sealed key moved to another row does not open."""
    return f"{provider}|{method}|".encode() + public
