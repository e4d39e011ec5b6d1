"""Secrets: made, kept as hashes only, and compared in constant time.

Ours have 256 random bits, so a keyed hash is enough and costs nothing. One that a person chose gets scrypt (RFC 7914), which costs memory
and time; that runs in threads of its own, a bounded number of them.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import os
import secrets
from concurrent.futures import ThreadPoolExecutor

from lrs.errors import StoreUnavailableError
from lrs.ports import Secret

HMAC, SCRYPT = "hmac-sha256", "scrypt"
_COST = {"n": 2**14, "r": 8, "p": 1}  # 16 MiB and some 50 ms a guess
_MOST_WAITING = 32  # guesses in the queue of the threads: past it the answer is 503, not a queue of minutes
_LONGEST = 1_024  # characters of a secret that are looked at


def new_key() -> str:
    """The public half of a client's credentials."""
    return "jk_" + secrets.token_urlsafe(15)


def new_secret() -> str:
    """The secret half: 256 random bits."""
    return "js_" + secrets.token_urlsafe(32)


class SecretHasher:
    """Hashes and compares. `pepper` is the server's own key: a stolen database alone says nothing about secrets."""

    def __init__(self, pepper: bytes) -> None:
        self._pepper = pepper
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="jejak-scrypt")
        self._waiting = 0
        self._nobody = Secret(SCRYPT, os.urandom(32), os.urandom(16))

    def keyed(self, secret: str) -> Secret:
        """For a secret of ours."""
        return Secret(HMAC, self._mac(secret))

    async def chosen(self, secret: str) -> Secret:
        """For a secret that a person chose. Raises StoreUnavailableError when too many wait."""
        salt = os.urandom(16)
        return Secret(SCRYPT, await self._scrypt(secret, salt), salt)

    async def matches(self, secret: str, candidates: tuple[Secret, ...], now_us: int) -> bool:
        """Whether `secret` is one of the live candidates. An unknown key, with none, costs as much as one with a chosen secret."""
        live = [one for one in candidates if one.until is None or one.until > now_us]
        found = False
        for one in live:
            found = hmac.compare_digest(one.hash, self._mac(secret)) or found
        if found:
            return True
        for one in [one for one in live if one.scheme == SCRYPT] or [self._nobody]:
            found = hmac.compare_digest(one.hash, await self._scrypt(secret, one.salt)) or found
        return found

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _mac(self, secret: str) -> bytes:
        return hmac.digest(self._pepper, secret[:_LONGEST].encode("utf-8", "surrogatepass"), "sha256")

    async def _scrypt(self, secret: str, salt: bytes) -> bytes:
        if self._waiting >= _MOST_WAITING:
            raise StoreUnavailableError("too many sign-ins at once", retry_after=2)
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, self._derive, secret, salt)
        finally:
            self._waiting -= 1

    def _derive(self, secret: str, salt: bytes) -> bytes:
        text = hmac.digest(self._pepper, secret[:_LONGEST].encode("utf-8", "surrogatepass"), "sha256")
        return hashlib.scrypt(text, salt=salt, dklen=32, maxmem=64 * 1024 * 1024, **_COST)
