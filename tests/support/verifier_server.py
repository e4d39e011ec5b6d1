"""The verifier's pages on a port of this machine, for browsers: a few certificates, the trust list, status lists, all of this moment."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import uvicorn
from fastapi import FastAPI

from credentials.certificate.number import id_text
from credentials.certificate.status import Purpose, list_address, status_entry
from credentials.suites.eddsa_rdfc_2022 import add_proof
from credentials.suites.vc_jwt import sign_token
from tests.support.certificates import ED25519_SIGNER, ISSUED, P256_SIGNER
from tests.support.trust import Overseer, entry
from tests.support.verifying import ISSUER_URL, document, qr_text, status_list
from verifier.jobs import Jobs
from verifier.sandbox.pool import Pool, PoolSize
from verifier.sources.ports import FixedSources
from verifier.trust_list import read_trust_list
from verifier.web.routes import verifier_routers
from verifier.web.site import Kept, Match, Site

Json = dict[str, Any]
NIP = "19990101" + "1" * 10


def certificate_id(number: int) -> str:
    return id_text(bytes(15) + bytes([number]))


@dataclass
class VerifierWorld:
    """`url` is known once it runs. Certificates 1 (valid), 2 (revoked), 3 (suspended), 4 (altered in the store)."""

    url: str = ""
    now: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))
    kept_ones: dict[str, Kept] = field(default_factory=dict)
    documents: dict[int, Json] = field(default_factory=dict)
    trust: bytes = b""
    root_bytes: bytes = b""
    posted: int = 0

    def fill(self) -> FixedSources:
        host = self.url.removeprefix("http://")
        for number in (1, 2, 3, 4):
            made = document(credentialStatus=status_entry(ISSUER_URL, 1, number), id=f"{self.url}/c/{certificate_id(number)}")
            self.documents[number] = made
            token, proven = sign_token(made, P256_SIGNER), json.dumps(add_proof(made, ED25519_SIGNER, ISSUED))
            if number == 4:
                token = token[:-20] + ("A" if token[-20] != "A" else "B") + token[-19:]
            self.kept_ones[certificate_id(number)] = Kept(token, proven, (("JWT", f"/c/{certificate_id(number)}.jwt"),))
        overseer = Overseer()
        told = entry()
        del told["log"]
        hosts = {"current": [host], "former": []}
        self.trust = overseer.trust_list(expires=self.now + timedelta(days=30), issuers=[told], hosts=hosts)
        self.root_bytes = json.dumps(overseer.roots[0]).encode()
        listed = {Purpose.REVOCATION: [2], Purpose.SUSPENSION: [3]}
        lists = {list_address(ISSUER_URL, purpose, 1): status_list(purpose, listed[purpose], self.now) for purpose in Purpose}
        known = read_trust_list(self.trust, self.root_bytes, self.now)
        return FixedSources(issuers=known.issuers, status_lists=lists, hosts=frozenset({host}))

    def qr(self, number: int, **changes: Any) -> str:
        """The text of its QR."""
        told = {"id": certificate_id(number), "index": number} | changes
        return qr_text(self.documents[number], url=self.url, **told)

    async def kept(self, wanted: str) -> Kept | None:
        return self.kept_ones.get(wanted)

    async def trust_list(self) -> bytes | None:
        return self.trust

    async def root(self) -> bytes | None:
        return self.root_bytes

    async def compare(self, wanted: str, nip: str) -> Match:
        return Match.SAME if nip == NIP else Match.DIFFERENT


def _application(world: VerifierWorld, known: FixedSources) -> FastAPI:
    pool = Pool(known, PoolSize(2, 20))
    jobs = Jobs(pool, 2)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with pool.running(), jobs.running():
            yield

    application = FastAPI(lifespan=lifespan)
    for router in verifier_routers(Site(world.url, pool, known, world, world), jobs, world):
        application.include_router(router)
    return application


@contextmanager
def verifier_server() -> Iterator[VerifierWorld]:
    """On a free port, until the end."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    world = VerifierWorld(f"http://127.0.0.1:{listening.getsockname()[1]}")
    server = uvicorn.Server(uvicorn.Config(_application(world, world.fill()), log_level="warning", access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield world
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()
