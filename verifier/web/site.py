"""What the verifier's pages are made of. The composition root fills it; whatever it leaves out is not offered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from urllib.parse import urlsplit

from verifier.sandbox.pool import Pool, utc_now
from verifier.sources.ports import Sources


@dataclass(frozen=True, slots=True)
class Kept:
    """A certificate as its host keeps it, in both proofs. `downloads`: names of formats and their addresses.
    `replaced_by`: id of the certificate that corrects it.
    """

    token: str
    document: str
    downloads: tuple[tuple[str, str], ...] = ()
    replaced_by: str = ""


class Certificates(Protocol):
    """Where `/v/ID` finds certificates."""

    async def kept(self, certificate_id: str) -> Kept | None: ...


class NoCertificates:
    """For a verifier that stands alone."""

    async def kept(self, certificate_id: str) -> Kept | None:
        return None


class Match(StrEnum):
    """What came of comparing a NIP."""

    SAME = "match"
    DIFFERENT = "different"
    TOO_OFTEN = "too-often"


class HolderMatch(Protocol):
    """Compares what a visitor types with the holder's current and former NIPs; counts attempts over all visitors and workers
    (`verifier.attempts`).
    """

    async def compare(self, certificate_id: str, nip: str) -> Match: ...


@dataclass(frozen=True, slots=True)
class Site:
    """`url`: the address of this verifier, shown in words against look-alikes. `offline`: whether the page that works without a network is
    served.
    """

    url: str
    pool: Pool
    sources: Sources
    certificates: Certificates
    match: HolderMatch | None = None
    offline: bool = False
    now: Callable[[], datetime] = utc_now

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc
