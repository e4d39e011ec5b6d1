"""What is kept about a completion, and the values that pass between the parts."""

from __future__ import annotations

from dataclasses import dataclass

from credentials.hours.entry import HoursEntry


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate as it was issued, in both proofs. `document`: JSON with a Data Integrity proof, byte for byte as it is served; `token`:
    compact `vc+jwt`. `number` counts the issues for one person and batch. `issued` in microseconds.
    """

    id: str
    provider: str
    person: str
    batch: str
    programme: str
    version: int
    number: int
    title: str
    issued: int
    document: bytes
    token: str


@dataclass(frozen=True, slots=True)
class Award:
    """What one completion brings, stored whole or not at all. `statements`: the ids that the rule was satisfied with."""

    statements: tuple[str, ...]
    completed: int
    certificate: Certificate
    entry: HoursEntry


@dataclass(frozen=True, slots=True)
class Sighting:
    """A provider's statement names this account and this activity."""

    provider: str
    home_page: str
    name: str
    activity: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody whose completion of a batch is to be looked at. Either may be "": every batch, every person."""

    person: str
    batch: str


@dataclass(frozen=True, slots=True)
class SealedKey:
    """An issuer's key as it lies in the store. `method`: the fragment of its verification method, never used again for another key.
    `kind`: "ed25519" or "p-256". `public`: raw (Ed25519) or uncompressed point (P-256). `sealed`: the private key, encrypted.
    """

    provider: str
    method: str
    kind: str
    public: bytes
    sealed: bytes
    created: int
