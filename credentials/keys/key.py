"""A key as it lies in the store, with its history. Nothing of it is ever deleted: certificates outlive keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from credentials.ports.records import Table

Kind = Literal["ed25519", "p-256"]
LOG = "@log"  # owner of the log's own key; no provider's id has such a sign


@dataclass(frozen=True, slots=True)
class IssuerKey:
    """`owner`: a provider's id, or LOG. `number` counts the owner's keys from 1. `method`: the fragment of its verification method, never
    used again for another key. `public`: raw (Ed25519) or uncompressed point (P-256).

    `vault`: where the private key is; `secret`: what that vault needs to find or open it. Times in microseconds: signs from `created` on;
    signatures later than `expires` do not count; `revoked`: since then the key may be in other hands. 0 for never.
    """

    owner: str
    number: int
    method: str
    kind: Kind
    public: bytes
    vault: str
    secret: bytes
    created: int
    expires: int = 0
    revoked: int = 0


ISSUER_KEYS: Table[IssuerKey] = Table("issuer_key", IssuerKey, key=lambda one: (one.owner, one.number))


def newest(keys: list[IssuerKey], kind: Kind) -> IssuerKey | None:
    """What is signed with now: the last of the kind that neither ends nor is revoked."""
    return next((key for key in reversed(keys) if key.kind == kind and not key.expires and not key.revoked), None)
