"""Random ids of persons and links: UUIDs of version 4."""

from __future__ import annotations

import os

_DRAWN = 1_024  # ids at once


class RandomIds:
    """UUIDs of version 4 (RFC 9562, 5.4), drawn by the thousand: an import of a million persons asks for a million.

    Those of a draw begin with the same 32 random bits, so that in a store, where they are keys, they lie together: a commit of new persons
    touches few pages. 90 bits of each are its own, and nobody can guess them.
    """

    def __init__(self) -> None:
        self._drawn: list[str] = []

    def __call__(self) -> str:
        if not self._drawn:
            digits = os.urandom(16 * _DRAWN).hex()
            self._drawn = [_uuid(digits[:8] + digits[start + 8 : start + 32]) for start in range(0, 32 * _DRAWN, 32)]
        return self._drawn.pop()


def _uuid(digits: str) -> str:
    variant = "89ab"[int(digits[16], 16) & 3]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"
