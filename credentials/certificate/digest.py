"""The digests of a certificate: of the whole credential, and of the statements that are its evidence (docs/formats.md, "Digests")."""

from __future__ import annotations

import hashlib
from typing import Any

import rfc8785

SALT_BYTES = 16
_ADDED = ("proof", "iss", "jti", "sub", "nbf", "exp")


def credential_digest(document: dict[str, Any]) -> bytes:
    """SHA-256 over the canonical JSON (RFC 8785) of the credential without `proof`, and without the claims that a token adds. The log's
    entry, and the digest in the QR.
    """
    return hashlib.sha256(rfc8785.dumps({name: value for name, value in document.items() if name not in _ADDED})).digest()


def statement_digest(content: bytes, salt: bytes) -> str:
    """`sha256$` and the hexadecimal SHA-256 over the statement's bytes followed by the salt in hexadecimal: the form of Open Badges' own
    identity hashes. Without the salt nobody can try out what a statement said.
    """
    return "sha256$" + hashlib.sha256(content + salt.hex().encode("ascii")).hexdigest()
