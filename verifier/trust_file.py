"""The trust list of a verifier that stands alone: a file that somebody keeps fresh, or an address that it fetches by itself."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from verifier.errors import TrustError, UnavailableError
from verifier.sources.fetching import Fetcher
from verifier.trust_list import LONGEST, TrustList, first_root, read_trust_list

_LOOK_SECONDS = 60.0  # how often it is read again


@dataclass(frozen=True, slots=True)
class _Held:
    list: TrustList
    content: bytes
    looked: float


class TrustFile:
    """`place`: a path, or an https address. `root`: the root that is built in; None: the first one that the list itself holds, taken on
    trust when the verifier starts. The version never goes down while it runs.
    """

    def __init__(self, place: str, root: bytes | None, fetcher: Fetcher, clock: Callable[[], float] = time.monotonic) -> None:
        self._place = place
        self._fetcher = fetcher
        self._clock = clock
        self._lock = threading.Lock()
        self._root = root if root is not None else first_root(self._read())
        self._held = self._look(1)

    def now(self) -> TrustList:
        """Raises UnavailableError when its time is over."""
        with self._lock:
            if self._clock() - self._held.looked > _LOOK_SECONDS:
                self._held = self._refreshed()
            held = self._held.list
        if not held.usable(datetime.now(UTC)):
            raise UnavailableError("the trust list has expired ({expires:moment})", expires=held.expires.isoformat())
        return held

    async def trust_list(self) -> bytes | None:
        """As it was signed (`verifier.web.offline.TrustFiles`)."""
        await asyncio.to_thread(self._looked)
        return self._held.content

    async def root(self) -> bytes | None:
        """The one that is built in."""
        return self._root

    def _looked(self) -> None:
        with contextlib.suppress(UnavailableError):
            self.now()

    def _refreshed(self) -> _Held:
        """A new one that is refused leaves the old one in force, as long as its time lasts."""
        try:
            return self._look(self._held.list.version)
        except TrustError:
            return replace(self._held, looked=self._clock())

    def _look(self, least: int) -> _Held:
        content = self._read()
        return _Held(read_trust_list(content, self._root, datetime.now(UTC), least_version=least), content, self._clock())

    def _read(self) -> bytes:
        try:
            if self._place.startswith("https://"):
                return self._fetcher.text(self._place).encode()
            with Path(self._place).open("rb") as file:
                return file.read(LONGEST + 1)
        except UnavailableError as error:
            raise TrustError("the trust list cannot be fetched from {place}", place=self._place) from error
        except OSError as error:
            raise TrustError("the trust list cannot be read from {place}", place=self._place) from error
