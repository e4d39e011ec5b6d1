"""Where private keys are: one small protocol, and the vault that needs nothing else, which seals them under the server's own key.

Whoever signs sees a `Signer` (`credentials.suites.signer`). An HSM (`pkcs11.py`) or a signing service is another vault.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from credentials.errors import KeyUnsealError
from credentials.keys.derived import Derived
from credentials.keys.key import IssuerKey, Kind
from credentials.suites.signer import Signer

_NONCE = 12  # bytes, as AES-GCM wants it


class KeyVault(Protocol):
    """Makes keys and signs with them. Its methods may take time: call them outside the event loop."""

    @property
    def name(self) -> str:
        """What `IssuerKey.vault` says of its keys."""
        ...

    def make(self, owner: str, method: str, kind: Kind) -> tuple[bytes, bytes]:
        """A new key: its public part, and the secret by which the vault finds or opens it again. Raises KeyUnsealError."""
        ...

    def signer(self, key: IssuerKey, method: str) -> Signer:
        """Signs with a key of this vault. `method`: absolute id of the verification method. Raises KeyUnsealError."""
        ...


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


class SealedVault:
    """Private keys lie in the store, by AES-256-GCM under a key derived from the server's own, each bound to its place."""

    name = "sealed"

    def __init__(self, derived: Derived) -> None:
        self._seal = AESGCM(derived.key("issuer-keys/1"))

    def make(self, owner: str, method: str, kind: Kind) -> tuple[bytes, bytes]:
        public, private = _new_ed25519() if kind == "ed25519" else _new_p256()
        nonce = os.urandom(_NONCE)
        return public, nonce + self._seal.encrypt(nonce, private, _bound_to(owner, method, public))

    def signer(self, key: IssuerKey, method: str) -> Signer:
        raw = self._unseal(key)
        if key.kind == "ed25519":
            return Ed25519Signer(method, ed25519.Ed25519PrivateKey.from_private_bytes(raw))
        return P256Signer(method, ec.derive_private_key(int.from_bytes(raw, "big"), ec.SECP256R1()))

    def _unseal(self, key: IssuerKey) -> bytes:
        try:
            return self._seal.decrypt(key.secret[:_NONCE], key.secret[_NONCE:], _bound_to(key.owner, key.method, key.public))
        except InvalidTag as error:
            raise KeyUnsealError(f"the key {key.method} of {key.owner} was sealed with another server key, or is damaged") from error


def _new_ed25519() -> tuple[bytes, bytes]:
    key = ed25519.Ed25519PrivateKey.generate()
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw), key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())


def _new_p256() -> tuple[bytes, bytes]:
    key = ec.generate_private_key(ec.SECP256R1())
    public = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return public, key.private_numbers().private_value.to_bytes(32, "big")


def _bound_to(owner: str, method: str, public: bytes) -> bytes:
    """A sealed key moved to another row does not open."""
    return f"{owner}|{method}|".encode() + public
