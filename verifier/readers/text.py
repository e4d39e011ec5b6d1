"""Reading a certificate as text: JSON or a compact token."""

from __future__ import annotations

import re

from verifier.errors import UnreadableError
from verifier.readers.presented import LONGEST, Presented, Proven, Token
from verifier.readers.strict import read_base64url, read_object

_TOKEN_SHAPE = re.compile(r"[^.\s]{10,}\.[^.\s]{10,}\.[^.\s]*|ey[^\s]{200,}")


def read_text(text: str) -> Presented:
    """Raises UnreadableError."""
    text = text.strip().lstrip("\ufeff")
    if len(text) > LONGEST or len(text.encode("utf-8", "replace")) > LONGEST:
        raise UnreadableError("this is longer than {longest} bytes, and no certificate is", damaged=False, longest=f"{LONGEST:,}")
    if text.startswith("{"):
        return _proven(text)
    if _TOKEN_SHAPE.fullmatch(text):
        return _token(text)
    raise UnreadableError("this is neither a certificate as JSON nor as a token", damaged=False)


def _token(text: str) -> Token:
    parts = text.split(".")
    if len(parts) != 3:
        raise UnreadableError("a token has three parts", damaged=True)
    header, claims, _ = (read_base64url(part) for part in parts)
    return Token(text, read_object(header), read_object(claims))


def _proven(text: str) -> Proven:
    document = read_object(text.encode("utf-8", "surrogatepass"))
    proof = document.pop("proof", None)
    if isinstance(proof, list) and len(proof) == 1:
        proof = proof[0]
    if not isinstance(proof, dict):
        damaged = "credentialSubject" in document
        raise UnreadableError("the certificate has not exactly one proof", damaged=damaged)
    return Proven(document, proof)
