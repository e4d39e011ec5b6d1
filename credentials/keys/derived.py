"""The keys that are derived from the server's own key."""

from __future__ import annotations

import hmac

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class Derived:
    """HKDF-SHA256, one purpose each."""

    def __init__(self, server_key: bytes) -> None:
        self._server_key = server_key
        self._made: dict[str, bytes] = {}

    def key(self, purpose: str) -> bytes:
        """256 bits that tell nothing of the server key or of another purpose's."""
        found = self._made.get(purpose)
        if found is None:
            found = self._made[purpose] = HKDF(SHA256(), 32, None, f"jejak/{purpose}".encode()).derive(self._server_key)
        return found

    def mac(self, purpose: str, *parts: str | int) -> bytes:
        """A keyed hash over `parts`, unambiguous: each is written with its length."""
        text = b"".join(b"%d:%s" % (len(part), part) for part in (str(one).encode() for one in parts))
        return hmac.digest(self.key(purpose), text, "sha256")
