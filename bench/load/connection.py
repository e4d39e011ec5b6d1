"""One kept-alive HTTP connection for load: no more work a request than must be, so that the server is measured and not the client."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httptools


@dataclass(frozen=True, slots=True)
class Target:
    """Where requests go, and the headers that all of them have."""

    url: str
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def address(self) -> tuple[str, int, ssl.SSLContext | None]:
        parts = urlsplit(self.url)
        context = ssl.create_default_context() if parts.scheme == "https" else None
        return parts.hostname or "", parts.port or (443 if context else 80), context

    @property
    def path(self) -> str:
        return urlsplit(self.url).path or "/"

    def request(self, method: str, body: bytes = b"", target: str = "") -> bytes:
        """The bytes of a request; `target`: path and query, else those of the URL."""
        parts = urlsplit(self.url)
        target = target or self.path + (f"?{parts.query}" if parts.query else "")
        lines = [f"{method} {target} HTTP/1.1", f"Host: {parts.netloc}", *(f"{name}: {value}" for name, value in self.headers.items())]
        if method != "GET":
            lines.append(f"Content-Length: {len(body)}")
        return "\r\n".join((*lines, "", "")).encode() + body


class Connection(asyncio.Protocol):
    """Sends one request at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.WriteTransport | None = None
        self._parser: Any = None
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None
        self._pieces: list[bytes] = []

    @classmethod
    async def open(cls, target: Target) -> Connection:
        """Raises OSError."""
        host, port, context = target.address
        _, connection = await asyncio.get_running_loop().create_connection(cls, host, port, ssl=context)
        return connection

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """(status, body). Raises ConnectionError when the server hangs up."""
        if self._transport is None or self._transport.is_closing():
            raise ConnectionResetError("the server has closed the connection")
        self._pieces = []
        self._parser = httptools.HttpResponseParser(self)
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport) or hasattr(transport, "write")
        self._transport = transport  # type: ignore[assignment]  # uvloop's transports are of no typing class

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self._fail(ConnectionError(f"the server does not speak HTTP/1.1: {error}"))

    def connection_lost(self, exc: Exception | None) -> None:
        self._fail(ConnectionResetError("the server has closed the connection"))

    def on_body(self, body: bytes) -> None:
        self._pieces.append(body)

    def on_message_complete(self) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result((self._parser.get_status_code(), b"".join(self._pieces)))

    def _fail(self, error: Exception) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error)
