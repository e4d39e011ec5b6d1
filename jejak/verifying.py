"""What joins the verifier to the rest: it asks this server's own stores instead of fetching from itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from fastapi import APIRouter

from credentials.keys import IssuerKeys
from credentials.ports import CredentialStore
from lrs.ports import ClientStore
from verifier.jobs import Jobs
from verifier.readers.payload import linked_id
from verifier.sandbox.pool import Pool, default_size
from verifier.sources.fetching import Fetcher
from verifier.sources.live import live_sources
from verifier.sources.ports import Fetched
from verifier.trust import KnownIssuer
from verifier.web.routes import verifier_routers
from verifier.web.site import Kept, Site

T = TypeVar("T")
_FORMATS = (("PDF", ".pdf"), ("PNG", ".png"), ("SVG", ".svg"), ("JSON-LD", ".json"), ("JWT", ".jwt"))


@dataclass(frozen=True, slots=True)
class LocalCertificates:
    """The certificates of this server, for the page that the QR leads to."""

    store: CredentialStore

    async def kept(self, certificate_id: str) -> Kept | None:
        found = await self.store.certificate(certificate_id)
        if found is None:
            return None
        downloads = tuple((name, f"/c/{certificate_id}{suffix}") for name, suffix in _FORMATS if suffix in (".json", ".jwt"))
        return Kept(found.token, found.document.decode("utf-8"), downloads)


class LocalHost:
    """This server's stores, as the checks ask for them: from threads, while the stores live in the event loop."""

    def __init__(self, store: CredentialStore, keys: IssuerKeys, providers: ClientStore, url: str) -> None:
        self._store = store
        self._keys = keys
        self._providers = providers
        self._url = url
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
        return None

    def certificate(self, link: str) -> str | None:
        found = self._wait(self._store.certificate(linked_id(link)))
        return None if found is None else found.token

    def log_proof(self, certificate: str) -> str | None:
        return None

    async def _issuer(self, did: str) -> KnownIssuer | None:
        name = did.rpartition(":")[2]
        if self._keys.did(name) != did:
            return None
        provider, document = await self._providers.provider(name), await self._keys.did_document(name)
        return None if provider is None or document is None else KnownIssuer(did, provider.name, document)

    async def _issuer_of_key(self, key: str) -> KnownIssuer | None:
        for provider in await self._providers.providers():
            issuer = await self._issuer(self._keys.did(provider.id))
            if issuer is not None and key in issuer.key_ids:
                return issuer
        return None

    def _wait(self, coroutine: Coroutine[Any, Any, T]) -> T:
        assert self._loop is not None  # set before the first request
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()


class Verifying:
    """The verifier as part of this server."""

    def __init__(self, store: CredentialStore, keys: IssuerKeys, providers: ClientStore, url: str) -> None:
        self._host = LocalHost(store, keys, providers, url)
        sources = live_sources(Fetcher(), host=self._host)
        size = default_size()
        self._pool = Pool(sources, size)
        self._jobs = Jobs(self._pool, size.at_once)
        self._site = Site(url, self._pool, sources, LocalCertificates(store))

    def routers(self) -> list[APIRouter]:
        """Pages and the interface for programs."""
        return verifier_routers(self._site, self._jobs)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Files can be checked as long as this lasts."""
        self._host.live_in(asyncio.get_running_loop())
        async with self._pool.running(), self._jobs.running():
            yield
