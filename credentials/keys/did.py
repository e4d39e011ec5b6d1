"""did:web documents (did:web 1.0, Controlled Identifiers 1.0)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from credentials.keys.key import IssuerKey
from credentials.suites.eddsa_rdfc_2022 import base58
from credentials.suites.vc_jwt import base64url
from lrs.clock import to_datetime

_CONTEXTS = ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1", "https://w3id.org/security/jwk/v1"]


def did_host(public_url: str) -> str:
    """Host, port and path as did:web writes them. An address of this machine becomes `localhost`: did:web knows names only."""
    parts = urlsplit(public_url)
    host = (parts.hostname or "localhost").lower()
    host = "localhost" if host in ("127.0.0.1", "::1", "0.0.0.0") else host  # noqa: S104  # compared, not bound
    named = f"{host}%3A{parts.port}" if parts.port else host
    return ":".join((named, *(part for part in parts.path.split("/") if part)))


def did_document(did: str, keys: list[IssuerKey]) -> dict[str, Any]:
    """Every key that there ever was: Multikey for Ed25519, JsonWebKey for P-256, with `expires` and `revoked` (§2.2.1).

    `assertionMethod` in full strings, since validators of others read only those; a revoked key is not in it, since some of them do not
    look at `revoked`.
    """
    return {
        "@context": list(_CONTEXTS),
        "id": did,
        "verificationMethod": [_method(did, key) for key in keys],
        "assertionMethod": [f"{did}#{key.method}" for key in keys if not key.revoked],
    }


def _method(did: str, key: IssuerKey) -> dict[str, Any]:
    dated = {name: moment(at) for name, at in (("expires", key.expires), ("revoked", key.revoked)) if at}
    named = {"id": f"{did}#{key.method}", "controller": did}
    if key.kind == "ed25519":
        return named | {"type": "Multikey", "publicKeyMultibase": "z" + base58(b"\xed\x01" + key.public)} | dated
    x, y = key.public[1:33], key.public[33:]
    jwk = {"kty": "EC", "crv": "P-256", "x": base64url(x), "y": base64url(y), "alg": "ES256", "kid": f"{did}#{key.method}"}
    return named | {"type": "JsonWebKey", "publicKeyJwk": jwk} | dated


def moment(us: int) -> str:
    """A time in whole seconds, as XML Schema writes it."""
    return to_datetime(us).strftime("%Y-%m-%dT%H:%M:%SZ")
