"""The digest of a certificate: what the QR and the issuance log hold of it."""

from __future__ import annotations

import hashlib

import rfc8785

from verifier.errors import CheckError
from verifier.readers.presented import ADDED_CLAIMS, Json
from verifier.verdict import Verdict


def credential_digest(document: Json) -> bytes:
    """SHA-256 over the canonical JSON (RFC 8785) of the credential without proof and without the claims of a token. Raises CheckError."""
    bare = {name: value for name, value in document.items() if name != "proof" and name not in ADDED_CLAIMS}
    try:
        return hashlib.sha256(rfc8785.dumps(bare)).digest()
    except (rfc8785.CanonicalizationError, ValueError) as error:
        raise CheckError("it holds a number that is written differently everywhere", Verdict.CANNOT_CHECK) from error
