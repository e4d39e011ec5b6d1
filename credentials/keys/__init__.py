"""Issuers' keys: where they lie, who may sign with them now, and what the world is told of them."""

from __future__ import annotations

from credentials.keys.derived import Derived
from credentials.keys.did import did_document, did_host
from credentials.keys.issuer import IssuerKeys, Signers
from credentials.keys.key import ISSUER_KEYS, IssuerKey
from credentials.keys.vault import Ed25519Signer, KeyVault, P256Signer, SealedVault

__all__ = [
    "ISSUER_KEYS",
    "Derived",
    "Ed25519Signer",
    "IssuerKey",
    "IssuerKeys",
    "KeyVault",
    "P256Signer",
    "SealedVault",
    "Signers",
    "did_document",
    "did_host",
]
