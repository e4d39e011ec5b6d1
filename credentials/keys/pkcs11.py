"""Keys in a hardware security module, or in what speaks PKCS#11 like one. The private part never leaves it."""

from __future__ import annotations

import contextlib
import hashlib
import os
import threading
from dataclasses import dataclass, field
from typing import Any

import pkcs11
from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass
from pkcs11.exceptions import PKCS11Error, UserAlreadyLoggedIn
from pkcs11.util.ec import encode_named_curve_parameters

from credentials.errors import KeyUnsealError
from credentials.keys.key import IssuerKey, Kind
from credentials.suites.signer import Signer

_P256, _ED25519 = "secp256r1", "1.3.101.112"  # the second is RFC 8410's OID
_KINDS: dict[Kind, tuple[KeyType, str, Mechanism]] = {
    "p-256": (KeyType.EC, _P256, Mechanism.EC_KEY_PAIR_GEN),
    "ed25519": (KeyType.EC_EDWARDS, _ED25519, Mechanism.EC_EDWARDS_KEY_PAIR_GEN),
}
_ID_BYTES = 16
_POINT_HEAD = 2  # of the DER octet string that a point comes in


@dataclass(frozen=True, slots=True)
class Pkcs11Token:
    """`module`: path of the library. `label`: of the token. `pin`: of its user."""

    module: str
    label: str
    pin: str = field(repr=False)


class Pkcs11Vault:
    """See `credentials.keys.vault.KeyVault`. One session, taken in turns; opened anew when the token had been away."""

    name = "pkcs11"

    def __init__(self, token: Pkcs11Token) -> None:
        self._token = token
        self._turn = threading.Lock()
        self._session: Any = None

    def make(self, owner: str, method: str, kind: Kind) -> tuple[bytes, bytes]:
        label, identifier = f"{owner}/{method}", os.urandom(_ID_BYTES)  # the label is for people; two stores may use one token

        def job(session: Any) -> bytes:
            key_type, curve, mechanism = _KINDS[kind]
            domain = session.create_domain_parameters(key_type, {Attribute.EC_PARAMS: encode_named_curve_parameters(curve)}, local=True)
            public, _ = domain.generate_keypair(mechanism=mechanism, store=True, label=label, id=identifier)
            return bytes(public[Attribute.EC_POINT])[_POINT_HEAD:]

        return self.run(job), identifier

    def signer(self, key: IssuerKey, method: str) -> Signer:
        return Pkcs11Signer(self, key.secret, key.kind, method)

    def run(self, job: Any) -> Any:
        """`job` with the session. Raises KeyUnsealError when the module, the token or the key cannot be used."""
        with self._turn:
            try:
                return job(self._opened())
            except PKCS11Error:
                self._end()
            try:
                return job(self._opened())  # the session had ended: a restarted service, a card that was pulled
            except PKCS11Error as error:
                self._end()
                raise KeyUnsealError(f"the PKCS#11 token {self._token.label!r} cannot be used: {type(error).__name__}") from error

    def _opened(self) -> Any:
        if self._session is None:
            try:
                library = pkcs11.lib(self._token.module)
            except (RuntimeError, OSError) as error:
                raise KeyUnsealError(f"the PKCS#11 module {self._token.module} cannot be loaded") from error
            token = library.get_token(token_label=self._token.label)
            try:
                self._session = token.open(rw=True, user_pin=self._token.pin)
            except UserAlreadyLoggedIn:  # by another session of this process; the login is the token's, not the session's
                self._session = token.open(rw=True)
        return self._session

    def close(self) -> None:
        """Ends the session, and with the last one of the process the login."""
        with self._turn:
            self._end()

    def _end(self) -> None:
        if self._session is not None:
            with contextlib.suppress(PKCS11Error):
                self._session.close()
            self._session = None


@dataclass(frozen=True, slots=True)
class Pkcs11Signer:
    """See `credentials.suites.signer.Signer`."""

    vault: Pkcs11Vault
    id: bytes
    kind: Kind
    method: str

    @property
    def algorithm(self) -> str:
        return "EdDSA" if self.kind == "ed25519" else "ES256"

    def sign(self, data: bytes) -> bytes:
        mechanism = Mechanism.EDDSA if self.kind == "ed25519" else Mechanism.ECDSA
        message = data if self.kind == "ed25519" else hashlib.sha256(data).digest()

        def job(session: Any) -> bytes:
            private = session.get_key(object_class=ObjectClass.PRIVATE_KEY, id=self.id)
            return bytes(private.sign(message, mechanism=mechanism))

        signature: bytes = self.vault.run(job)
        return signature
