"""What joins the verifier to the rest: it asks this server's own stores instead of fetching from itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from fastapi import APIRouter

from jejak.certificates import Certificates
from lrs.clock import to_datetime
from lrs.errors import NotFoundError
from lrs.ports import ClientStore
from verifier.jobs import Jobs
from verifier.readers.payload import linked_id
from verifier.sandbox.pool import Pool, default_size
from verifier.sources.fetching import Fetcher
from verifier.sources.live import live_sources
from verifier.sources.ports import Fetched
from verifier.trust import KeyDates, KnownIssuer
from verifier.trust_file import TrustFile
from verifier.web.routes import verifier_routers
from verifier.web.site import HolderMatch, Kept, Site

T = TypeVar("T")
FORMATS = (("PDF", ".pdf"), ("PNG", ".png"), ("SVG", ".svg"), ("JSON-LD", ".json"), ("JWT", ".jwt"), ("Log", ".tlog-proof"))


@dataclass(frozen=True, slots=True)
class LocalCertificates:
    """The certificates of this server, for the page that the QR leads to."""

    certificates: Certificates

    async def kept(self, certificate_id: str) -> Kept | None:
        found = await self.certificates.found(certificate_id)
        if found is None:
            return None
        downloads = tuple((name, f"/c/{certificate_id}{suffix}") for name, suffix in FORMATS)
        latest = await self.certificates.reserving.latest(found.batch, found.person)
        newer = "" if latest is None or latest.reservation.id == found.id else latest.reservation.id
        there = newer and await self.certificates.found(newer) is not None
        return Kept(found.token, found.document.decode("utf-8"), downloads, newer if there else "")


class LocalHost:
    """This server's stores, as the checks ask for them: from threads, while the stores live in the event loop."""

    def __init__(self, certificates: Certificates, providers: ClientStore) -> None:
        self._certificates = certificates
        self._providers = providers
        self._url = certificates.url
        self._loop: asyncio.AbstractEventLoop | None = None

    def live_in(self, loop: asyncio.AbstractEventLoop) -> None:
        """The loop of the stores."""
        self._loop = loop

    def issuer(self, did: str) -> KnownIssuer | None:
        """The active providers of this server."""
        return self._wait(self._issuer(did))

    def issuer_of_key(self, key: str) -> KnownIssuer | None:
        return self._wait(self._issuer_of_key(key))

    def is_own(self, link: str) -> bool:
        return link.startswith(f"{self._url}/v/")

    def status_list(self, url: str) -> Fetched | None:
        if not url.startswith(f"{self._url}/issuers/"):
            return None
        found = self._wait(self._certificates.lists.at(url))
        return None if found is None else Fetched(found.token, datetime.now(UTC))

    def certificate(self, link: str) -> str | None:
        found = self._wait(self._certificates.found(linked_id(link)))
        return None if found is None else found.token

    def log_proof(self, certificate: str) -> str | None:
        own = f"{self._url}/c/"
        if not certificate.startswith(own):
            return None
        try:
            return self._wait(self._certificates.log.proof(certificate.removeprefix(own)))
        except NotFoundError:
            return None

    async def _issuer(self, did: str) -> KnownIssuer | None:
        name, keys = did.rpartition(":")[2], self._certificates.keys
        if keys.did(name) != did:
            return None
        provider, document = await self._providers.provider(name), await keys.did_document(name)
        if provider is None or document is None:
            return None
        lists = f"{self._url}/issuers/{name}/status"
        dates = {key.method: KeyDates(_moment(key.created), _moment(key.expires), _moment(key.revoked)) for key in await keys.keys(name)}
        return KnownIssuer(
            did,
            provider.name,
            document,
            keys=dates,
            revocations=f"{lists}/revocation/{{list}}",
            suspensions=f"{lists}/suspension/{{list}}",
            pdf_signers=frozenset(await self._certificates.filing.signers(name)),
        )

    async def _issuer_of_key(self, key: str) -> KnownIssuer | None:
        for provider in await self._providers.providers():
            issuer = await self._issuer(self._certificates.keys.did(provider.id))
            if issuer is not None and key in issuer.key_ids:
                return issuer
        return None

    def _wait(self, coroutine: Coroutine[Any, Any, T]) -> T:
        assert self._loop is not None  # set before the first request
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()


def _moment(us: int) -> datetime | None:
    """In whole seconds, as certificates and lists tell their times."""
    return to_datetime(us).replace(microsecond=0) if us else None


class Verifying:
    """The verifier as part of this server."""

    def __init__(self, certificates: Certificates, providers: ClientStore, match: HolderMatch, trust: TrustFile | None = None) -> None:
        """`trust`: the overseer's list; None: the active providers of this server are the whole list."""
        self._host = LocalHost(certificates, providers)
        self._trust = trust
        sources = live_sources(Fetcher(), trust, self._host)
        size = default_size()
        self._pool = Pool(sources, size)
        self._jobs = Jobs(self._pool, size.at_once)
        self.match = match
        self._site = Site(certificates.url, self._pool, sources, LocalCertificates(certificates), match)

    def routers(self) -> list[APIRouter]:
        """Pages and the interface for programs."""
        return verifier_routers(self._site, self._jobs, self._trust)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Files can be checked as long as this lasts."""
        self._host.live_in(asyncio.get_running_loop())
        async with self._pool.running(), self._jobs.running():
            yield
