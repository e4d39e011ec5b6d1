"""Fetching what a stranger's certificate names, guarded: https only, no private address (also after the name is looked up: the connection
goes to the address that was looked at), no redirects, limits of size and time. The guard is openvc-core's.

One exception, fixed at start-up, for tests and mirrors: a map from the beginning of an address to a folder, or to a server on this
machine.
"""

from __future__ import annotations

import http.client
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from openvc.errors import OpenvcError
from openvc.fetch import https_text_fetch

from verifier.errors import TrustError, UnavailableError
from verifier.messages import marked

SECONDS = 4.0
LONGEST_ADDRESS = 2_000  # characters
LONGEST = 1_048_576  # bytes: a status list of a million entries that do not compress has 170 KB
_LOOPBACK = ("localhost",)


@dataclass(frozen=True, slots=True)
class Fetcher:
    """`exceptions`: beginnings of addresses, each with what stands for it: `file:///folder/` or `http://127.0.0.1:8000/`. `online`: whether
    anything else is fetched at all.
    """

    exceptions: Mapping[str, str] = field(default_factory=dict)
    online: bool = True

    def __post_init__(self) -> None:
        """Raises TrustError for an exception that would open more than it may."""
        for start, instead in self.exceptions.items():
            parts = urlsplit(instead)
            good = parts.scheme == "file" or (parts.scheme == "http" and _is_loopback(parts.hostname or ""))
            if not good or not _may_be_replaced(start) or not instead.endswith("/"):
                text = marked("{start}={instead} is no exception: it must be https://…/=file:///…/ or https://…/=http://127.0.0.1:…/")
                raise TrustError(text, start=start, instead=instead)

    def stands_for(self, url: str) -> bool:
        """Whether an exception says what is there."""
        return any(url.startswith(start) for start in self.exceptions)

    def text(self, url: str) -> str:
        """What is served there, as UTF-8. Raises UnavailableError."""
        if len(url) > LONGEST_ADDRESS:
            raise UnavailableError("{url} is too long an address", url=url)
        start = max((start for start in self.exceptions if url.startswith(start)), key=len, default=None)
        if start is not None:
            return _mirrored(self.exceptions[start], url.removeprefix(start), url)
        if not self.online:
            raise UnavailableError("nothing is fetched here, so {url} is not known", url=url)
        try:
            return https_text_fetch(url, timeout_s=SECONDS, max_bytes=LONGEST)
        except OpenvcError as error:
            raise UnavailableError("{url} could not be fetched", url=url) from error


def _may_be_replaced(start: str) -> bool:
    """Any https address; by http only a server on this machine, as one that is tried out has it."""
    parts = urlsplit(start)
    return parts.path.endswith("/") and (parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(parts.hostname or "")))


def _mirrored(instead: str, rest: str, url: str) -> str:
    try:
        content = _from_file(instead, rest) if instead.startswith("file:") else _from_loopback(instead, rest)
        return content.decode("utf-8")
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise UnavailableError("{url} could not be fetched", url=url) from error


def _from_file(instead: str, rest: str) -> bytes:
    folder = Path(unquote(urlsplit(instead).path)).resolve()
    path = (folder / unquote(rest)).resolve()
    if not path.is_relative_to(folder):
        raise ValueError("outside the folder")
    with path.open("rb") as file:
        content = file.read(LONGEST + 1)
    if len(content) > LONGEST:
        raise ValueError("too long")
    return content


def _from_loopback(instead: str, rest: str) -> bytes:
    parts = urlsplit(instead)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=SECONDS)
    try:
        connection.request("GET", parts.path + rest)
        answer = connection.getresponse()
        content = answer.read(LONGEST + 1)
    finally:
        connection.close()
    if answer.status != 200 or len(content) > LONGEST:
        raise ValueError("not served")
    return content


def _is_loopback(host: str) -> bool:
    try:
        return host in _LOOPBACK or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
