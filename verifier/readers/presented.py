"""What was presented: a certificate as JSON with a Data Integrity proof, as a compact `vc+jwt`, or the small signed object of a QR; and
what came with it (a PDF's own signature, say).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

LONGEST = 65_536  # bytes of a certificate: ours have 3 KB; more only costs whoever must look at it
DEEPEST = 30  # objects and arrays inside each other; ours have 6

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Token:
    """A `vc+jwt`: `text` is what is signed and its signature, `header` and `claims` what it says."""

    text: str
    header: Json
    claims: Json
    document: Json = field(init=False)

    def __post_init__(self) -> None:
        """`document` is the credential: the claims without those that a JWT adds."""
        object.__setattr__(self, "document", {name: value for name, value in self.claims.items() if name not in ADDED_CLAIMS})

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


@dataclass(frozen=True, slots=True)
class QrCode:
    """What a QR said: `link` without its fragment, and the signed object (COSE_Sign1) out of the fragment, if there is one."""

    link: str
    payload: bytes | None


@dataclass(frozen=True, slots=True)
class PdfFindings:
    """What the reader found of a PDF's own signature; whether the signer is to be trusted is for the checks to say.

    `signer_key`: the first eight bytes (hex) of the thumbprint (RFC 7638) of the signer's key, where that is one of P-256.

    `signers`: SHA-256 (hex) of the certificates from the signer's to the last one above it, where each has signed the one below.
    `intact`:
    what is signed is what was signed; `whole`: it is the whole file but for what may be added later (time stamps, validation data).
    `level`: of PAdES, as far as it could be told. `words`: the text of the pages.
    """

    signed: bool
    intact: bool = False
    whole: bool = False
    signer: str = ""
    signers: tuple[str, ...] = ()
    signer_key: str = ""
    at: datetime | None = None
    trusted_time: bool = False
    level: str = ""
    words: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Exhibit:
    """Everything that one file or text gave. `form`: jwt, json, qr, link, png, svg, pdf, photo. `certificate`: the text of the
    embedded one."""

    form: str
    certificate: str | None = None
    qr: QrCode | None = None
    pdf: PdfFindings | None = None
    log_proof: str | None = None
