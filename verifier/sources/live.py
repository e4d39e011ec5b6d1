"""The sources of a running verifier: the trust list, what the host of this verifier has itself, and what is fetched, kept for a while."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, Protocol, TypeVar
from urllib.parse import urlsplit

from verifier.errors import CheckError, UnavailableError
from verifier.readers.payload import linked_id
from verifier.readers.strict import read_base64url, read_object
from verifier.sources.dids import resolve
from verifier.sources.fetching import Fetcher
from verifier.sources.ports import Fetched, Json
from verifier.trust import KnownIssuer
from verifier.trust_list import TrustList

T = TypeVar("T")
_MOST_KEPT = 500  # of each kind
_LIST_SECONDS = 300  # `ttl` of our own lists: how long a revocation may stay unseen
_DID_SECONDS = 300
_CONTEXT_SECONDS = 86_400
_REFUSAL_SECONDS = 20  # what could not be fetched is not asked for again at once


class TrustBook(Protocol):
    """The trust list as it is now."""

    def now(self) -> TrustList:
        """Raises UnavailableError when there is none that may be used."""
        ...


class OwnHost(Protocol):
    """What the machine that runs this verifier has itself; None for what is not its own. Called in threads."""

    def issuer(self, did: str) -> KnownIssuer | None: ...

    def issuer_of_key(self, key: str) -> KnownIssuer | None: ...

    def is_own(self, link: str) -> bool: ...

    def status_list(self, url: str) -> Fetched | None: ...

    def certificate(self, link: str) -> str | None: ...

    def log_proof(self, certificate: str) -> str | None: ...


class Kept(Generic[T]):
    """What was fetched, for so many seconds; refusals for a shorter time. Safe in threads."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._found: OrderedDict[str, tuple[float, T | UnavailableError]] = OrderedDict()

    def get(self, name: str, fetch: Callable[[], T], choose: Callable[[T | None, T], T] = lambda old, new: new) -> T:
        """`choose` takes what was kept before and what was fetched now. Raises UnavailableError."""
        with self._lock:
            before = self._found.get(name)
        if before is not None and time.monotonic() < before[0]:
            return self._told(before[1])
        old = None if before is None or isinstance(before[1], UnavailableError) else before[1]
        try:
            found: T | UnavailableError = choose(old, fetch())
            until = time.monotonic() + self._seconds
        except UnavailableError as error:
            found, until = error, time.monotonic() + _REFUSAL_SECONDS
        with self._lock:
            self._found[name] = (until, found)
            self._found.move_to_end(name)
            while len(self._found) > _MOST_KEPT:
                self._found.popitem(last=False)
        return self._told(found)

    @staticmethod
    def _told(found: T | UnavailableError) -> T:
        if isinstance(found, UnavailableError):
            raise found
        return found


@dataclass(frozen=True, slots=True)
class LiveSources:
    """`book` is None where the host's own providers are the whole list; `host` is None for a verifier that stands alone."""

    fetcher: Fetcher
    book: TrustBook | None
    host: OwnHost | None
    _dids: Kept[Json]
    _lists: Kept[Fetched]
    _contexts: Kept[Json]

    def issuer(self, did: str) -> KnownIssuer | None:
        if self.book is not None:
            return self.book.now().issuers.get(did)
        return None if self.host is None else self.host.issuer(did)

    def issuer_of_key(self, key: str) -> KnownIssuer | None:
        if self.book is None:
            return None if self.host is None else self.host.issuer_of_key(key)
        return next((issuer for issuer in self.book.now().issuers.values() if key in issuer.key_ids), None)

    def is_verifier(self, link: str) -> bool:
        if self.host is not None and self.host.is_own(link):
            return True
        parts = urlsplit(link)
        safe = parts.scheme == "https" or self.fetcher.stands_for(link)
        return self.book is not None and safe and parts.netloc in self.book.now().hosts | self.book.now().former_hosts

    def did_document(self, did: str) -> Json:
        return self._dids.get(did, lambda: resolve(did, self.fetcher))

    def status_list(self, url: str) -> Fetched:
        own = None if self.host is None else self.host.status_list(url)
        return own or self._lists.get(url, lambda: Fetched(self.fetcher.text(url + self._suffix(url)), datetime.now(UTC)), newer)

    def _suffix(self, url: str) -> str:
        """Lists of issuers on the trust list are to be had as tokens too (docs/formats.md), which cost less to check."""
        issuers = () if self.book is None else self.book.now().issuers.values()
        starts = (start for one in issuers for start in (one.revocations, one.suspensions) if start)
        return ".jwt" if any(url.startswith(start.partition("{list}")[0]) for start in starts) else ""

    def context(self, url: str) -> Json:
        return self._contexts.get(url, lambda: _json(self.fetcher.text(url), url))

    def certificate(self, link: str) -> str | None:
        """Only hosts of verifiers that the trust list names are asked: a QR may lead anywhere."""
        if self.host is not None and self.host.is_own(link):
            return self.host.certificate(link)
        if not self.is_verifier(link):
            return None
        return self.fetcher.text(f"{urlsplit(link).scheme}://{urlsplit(link).netloc}/c/{linked_id(link)}.jwt").strip()

    def log_proof(self, certificate: str) -> str | None:
        if self.host is not None and (own := self.host.log_proof(certificate)) is not None:
            return own
        if not certificate.startswith("https://"):
            return None
        return self.fetcher.text(f"{certificate}.tlog-proof")


def live_sources(fetcher: Fetcher, book: TrustBook | None = None, host: OwnHost | None = None) -> LiveSources:
    """With empty memories."""
    return LiveSources(fetcher, book, host, Kept(_DID_SECONDS), Kept(_LIST_SECONDS), Kept(_CONTEXT_SECONDS))


def newer(old: Fetched | None, new: Fetched) -> Fetched:
    """A list is not replaced by an older one, which somebody may replay; unless the one that is kept says that it is of the future."""
    if old is None:
        return new
    before, after = signed_at(old.text), signed_at(new.text)
    return old if before is not None and before <= datetime.now(UTC) and (after is None or after < before) else new


def signed_at(text: str) -> datetime | None:
    """The `validFrom` of a status list. Its signature is not asked for here."""
    try:
        told = read_object(text.encode()) if text.lstrip().startswith("{") else read_object(read_base64url(text.split(".")[1]))
        moment = datetime.fromisoformat(told["validFrom"])
    except (CheckError, ValueError, KeyError, TypeError, IndexError):
        return None
    return moment if moment.tzinfo is not None else None


def _json(text: str, url: str) -> Json:
    try:
        return read_object(text.encode())
    except CheckError as error:
        raise UnavailableError("{url} could not be fetched", url=url) from error
