"""A witness that runs in this process, over HTTP as the log asks it."""

from __future__ import annotations

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI

from credentials.log.note import COSIGNATURE, NoteKey
from credentials.ports.records import Records
from credentials.services.witness import Witness
from credentials.services.witness_client import HttpWitness
from credentials.stores.memory import MemoryRecords
from credentials.web.witness import witness_router
from lrs.clock import Clock

WITNESS_URL = "https://saksi.test"


def make_witness(clock: Clock, log: NoteKey, name: str = "saksi.test/1", records: Records | None = None, seed: int = 7) -> Witness:
    """With a key of its own, and one log that it knows."""
    private = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
    key = NoteKey(name, COSIGNATURE, private.public_key().public_bytes_raw())
    return Witness(records or MemoryRecords(), clock, key, private.sign, (log,))


def client_of(witness: Witness) -> HttpWitness:
    """How the log reaches it."""
    app = FastAPI()
    app.include_router(witness_router(witness))
    return HttpWitness(witness.key, WITNESS_URL, httpx.ASGITransport(app))
