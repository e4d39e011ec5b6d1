"""Whom the verifier knows: issuers, by their DID, with the keys that are theirs. Nothing is fetched here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class KnownIssuer:
    """`name` is what the overseer calls it; `did_document` its keys (DID Core 1.0 §5.2, as served)."""

    did: str
    name: str
    did_document: dict[str, Any]


class Issuers(Protocol):
    """The list of issuers."""

    async def issuer(self, did: str) -> KnownIssuer | None:
        """None for one that is not on the list."""
        ...
