"""The small protocol behind which a key in memory, an HSM or a signing service can stand."""

from __future__ import annotations

from typing import Protocol


class Signer(Protocol):
    """One private key.

    `method` is the absolute id of its verification method (`did:web:…#…`). `algorithm` is "EdDSA" (Ed25519; `sign` answers 64 bytes) or
    "ES256" (P-256 with SHA-256; `sign` answers r and s of 32 bytes each, RFC 7518 §3.4).
    """

    @property
    def method(self) -> str: ...

    @property
    def algorithm(self) -> str: ...

    def sign(self, data: bytes) -> bytes:
        """The signature over `data`. May take time: call it outside the event loop."""
        ...
