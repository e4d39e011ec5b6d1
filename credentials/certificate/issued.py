"""A certificate as it was issued."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Certificate:
    """In both proofs, byte for byte as it is served. `document`: JSON with a Data Integrity proof; `token`: compact `vc+jwt`; `qr`: the
    decimal payload of its QR.

    `number` counts the issues for one person and batch. `issued` in microseconds: its `validFrom`. `digest`: SHA-256 of the credential
    without proof. `methods`: fragments of the keys that signed it.
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
    qr: str
    digest: bytes
    methods: tuple[str, ...]
