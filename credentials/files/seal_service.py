"""A service elsewhere that seals PDFs, after BSrE's e-sign client service (API of version 2): the page goes there by HTTP and comes back
signed. Nothing that comes back is believed before it was looked at (`service_answer.py`).

Whether such a seal is a certified one (PP 71/2019 art. 60) is for the service's authority to say: nothing here calls it so.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

import httpx
from asn1crypto import x509 as asn1_x509

from credentials.errors import SealServiceError
from credentials.files.service_answer import check_answer

BY_SERVICE = (
    "Segel elektronik PAdES atas nama {name}, melalui layanan penandatanganan penyelenggara; statusnya ditetapkan penerbit segel itu."
)
_MOST_BYTES = 40_000_000  # of an answer: a page of 0.1 MB in Base64, and what a generous service puts around it
_TRIES = 3
_PAUSE_SECONDS = 0.5  # before the second try; twice that before the third
_LONGEST_PAUSE_SECONDS = 5.0  # a service that wants more is asked again when somebody asks us again
_FOR_NOW = frozenset({408, 425, 429, 500, 502, 503, 504})
_SOON, _LATER = 30, 300  # seconds: Retry-After of what may pass by itself, and of what somebody has to mend
_AT_ONCE = 4  # requests of one server
_VISIBLE = [{"tampilan": "INVISIBLE"}]  # the page has its own mark; a picture of theirs would lie on it


@dataclass(frozen=True, slots=True)
class SealAccount:
    """A provider's account. `user` and `password`: of the system (HTTP Basic). `signer`: the members by which the service knows who signs
    (`nik` and `passphrase`, or `idSubscriber` and `totp`), sent as they are. `certificates`: what it may sign with, and nothing else.
    `token_path`: where a one-time `totp` is asked for before each seal; "" when none is.
    """

    user: str
    password: str = field(repr=False)
    signer: Mapping[str, str] = field(repr=False)
    certificates: tuple[asn1_x509.Certificate, ...]
    token_path: str = ""

    @property
    def name(self) -> str:
        """Whose seal it is, by its certificate."""
        told = self.certificates[0].subject.native
        return str(told.get("common_name") or told.get("organization_name") or self.certificates[0].subject.human_friendly)

    @property
    def fingerprints(self) -> list[str]:
        """SHA-256 (hexadecimal) of its certificates: for the trust list."""
        return [one.sha256.hex() for one in self.certificates]


@dataclass(slots=True)
class SealService:
    """`address`: what a PDF is posted to. `seconds`: for one seal with all its tries. `accounts`: by provider; whoever has none seals with
    a key of its own.
    """

    address: str
    seconds: float
    accounts: Mapping[str, SealAccount]
    transport: httpx.AsyncBaseTransport | None = None
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))

    async def sealed(self, page: bytes, provider: str) -> bytes:
        """The page as the service signed it. Raises SealServiceError."""
        account = self.accounts[provider]
        try:
            async with asyncio.timeout(self.seconds), self._turns:
                signed = await self._signed(page, account)
        except TimeoutError as error:
            raise SealServiceError("the signing service takes too long", retry_after=_SOON) from error
        await asyncio.to_thread(check_answer, page, signed, account.certificates)
        return signed

    async def _signed(self, page: bytes, account: SealAccount) -> bytes:
        signer = dict(account.signer)
        if account.token_path:
            told = await self._asked(urljoin(self.address, account.token_path), account, signer | {"data": 1})
            signer["totp"] = _text(told.get("totp"))
        body = signer | {"signatureProperties": _VISIBLE, "file": [base64.b64encode(page).decode("ascii")]}
        files = (await self._asked(self.address, account, body)).get("file")
        try:
            return base64.b64decode(_text(files[0] if isinstance(files, list) and len(files) == 1 else None), validate=True)
        except binascii.Error as error:
            raise SealServiceError("the signing service did not answer with a PDF", retry_after=_LATER) from error

    async def _asked(self, address: str, account: SealAccount, body: dict[str, Any]) -> dict[str, Any]:
        """Tries again what may pass by itself. Sealing twice does no harm: only one of the two is kept."""
        for attempt in range(_TRIES):
            error, wait = await self._problem_or(address, account, body)
            if isinstance(error, dict):
                return error
            if attempt == _TRIES - 1 or wait is None or wait > _LONGEST_PAUSE_SECONDS:
                raise error
            await self.pause(max(wait, _PAUSE_SECONDS * 2**attempt))
        raise AssertionError("the last try answers or raises")

    async def _problem_or(
        self, address: str, account: SealAccount, body: dict[str, Any]
    ) -> tuple[dict[str, Any] | SealServiceError, float | None]:
        """The answer; or what went wrong, and the seconds after which it may be tried again, None when it would not help."""
        try:
            status, headers, content = await self._post(address, account, body)
        except httpx.HTTPError:  # its text may name what was sent
            return SealServiceError("the signing service cannot be reached", retry_after=_SOON), 0.0
        if status in _FOR_NOW:
            wait = _seconds(headers.get("Retry-After", ""))
            return SealServiceError(f"the signing service cannot seal for now ({status})", retry_after=max(_SOON, int(wait))), wait
        if status != 200:
            hint = ": look at its account" if status in (401, 403) else ""
            return SealServiceError(f"the signing service refuses to seal ({status}{hint})", retry_after=_LATER), None
        try:
            told = json.loads(content)
        except ValueError:
            told = None
        if not isinstance(told, dict):
            return SealServiceError("the signing service did not answer with JSON", retry_after=_LATER), None
        return told, None

    async def _post(self, address: str, account: SealAccount, body: dict[str, Any]) -> tuple[int, httpx.Headers, bytes]:
        """Redirects are not followed: credentials go to the address that was set, and nowhere else."""
        login = httpx.BasicAuth(account.user, account.password)
        async with (
            httpx.AsyncClient(timeout=self.seconds, transport=self.transport, trust_env=False, auth=login) as client,
            client.stream("POST", address, json=body) as answer,
        ):
            content = bytearray()
            async for piece in answer.aiter_bytes():
                content += piece
                if len(content) > _MOST_BYTES:
                    raise httpx.DecodingError("the answer has no end")
            return answer.status_code, answer.headers, bytes(content)


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise SealServiceError("the signing service's answer lacks what was asked for", retry_after=_LATER)
    return value


def _seconds(header: str) -> float:
    """Of a Retry-After; 0 for none, or for a date."""
    return float(header) if header.isascii() and header.isdigit() and len(header) < 6 else 0.0
