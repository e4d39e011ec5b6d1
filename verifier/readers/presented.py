"""What was presented: a certificate as JSON with a Data Integrity proof, or as a compact `vc+jwt`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

LONGEST = 65_536  # bytes: ours have 3 KB; more only costs whoever must look at it
DEEPEST = 30  # objects and arrays inside each other; ours have 6

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Token:
    """A `vc+jwt`: `text` is what is signed and its signature, `header` and `claims` what it says."""

    text: str
    header: Json
    claims: Json

    @property
    def document(self) -> Json:
        """The credential: the claims without those that a JWT adds."""
        return {name: value for name, value in self.claims.items() if name not in ADDED_CLAIMS}

    @property
    def method(self) -> object:
        """The verification method that it names."""
        return self.header.get("kid")


@dataclass(frozen=True, slots=True)
class Proven:
    """A credential with one Data Integrity proof."""

    document: Json
    proof: Json

    @property
    def method(self) -> object:
        """The verification method that it names."""
        return self.proof.get("verificationMethod")


Presented = Token | Proven
ADDED_CLAIMS = frozenset({"iss", "sub", "jti", "nbf", "exp", "iat"})
