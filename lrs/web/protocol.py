"""What one connection may cost, decided before any application code: header bytes, waiting time, number of connections.

uvicorn's own protocol reads headers without an end and waits without an end; this one does not (RFC 9110 15.5.9, RFC 6585 5).
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_LOOK_SECONDS = 0.25  # how much later than its limit a waiting connection may be closed, at most a tenth of the limit


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """`header_bytes`: request line and headers (64 KB: browsers and proxies send 8 at most). `header_seconds`: until they are complete.

    `body_seconds`: without a byte of an unfinished body. `connections`: open at once.
    """

    header_bytes: int = 65_536
    header_seconds: float = 10.0
    body_seconds: float = 30.0
    connections: int = 2_000


def limited_protocol(limits: ConnectionLimits) -> type[HttpToolsProtocol]:
    """The protocol class for uvicorn's `http` option with these limits."""
    return type("LimitedProtocol", (_LimitedProtocol,), {"limits": limits})


class _LimitedProtocol(HttpToolsProtocol):
    limits = ConnectionLimits()

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._header_bytes = 0
        self._in_headers = False
        self._size = 0
        self._refused = False
        self._since = self.loop.time()
        self._timer: asyncio.TimerHandle | None = None
        if len(self.connections) > self.limits.connections:
            self._refuse("503 Service Unavailable", "too many connections", "Retry-After: 1\r\n")
            return
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._refused:
            return
        super().data_received(data)
        if not self._in_headers:
            self._since = self.loop.time()
        elif not self._refused:
            self._header_bytes += len(data)
            if self._header_bytes > self.limits.header_bytes:
                self._refuse_headers()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_headers = True
        self._header_bytes = self._size = 0
        self._since = self.loop.time()

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        self._size += len(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._size += len(name) + len(value) + 4
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._in_headers = False
        self._header_bytes = 0
        if self._size > self.limits.header_bytes:
            self._refuse_headers()
            raise ValueError("refused")
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        if not self._refused:
            self._refused = True
            super().send_400_response(msg)

    def _refuse_headers(self) -> None:
        self._refuse("431 Request Header Fields Too Large", f"request line and headers have more than {self.limits.header_bytes} bytes")

    def _watch(self) -> None:
        """Looks from time to time whether what is waited for has come."""
        waited = self.loop.time() - self._since
        in_body = self.cycle is not None and self.cycle.more_body and not self.cycle.response_complete and not self._in_headers
        if self._in_headers and waited > self.limits.header_seconds:
            self._refuse("408 Request Timeout", f"the headers took longer than {self.limits.header_seconds:g} s")
        elif in_body and not self.flow.read_paused and waited > self.limits.body_seconds:
            self._refuse("408 Request Timeout", f"no byte of the body came for {self.limits.body_seconds:g} s")
        elif self.cycle is None and waited > self.limits.header_seconds:
            self.transport.close()
        else:
            step = min(_LOOK_SECONDS, self.limits.header_seconds / 10, self.limits.body_seconds / 10)
            self._timer = self.loop.call_later(max(step, 0.01), self._watch)

    def _refuse(self, status: str, message: str, headers: str = "") -> None:
        """Says why, and closes."""
        self._refused = True
        body = f'{{"error":{{"message":"{message}","status":{status[:3]}}}}}'
        head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n{headers}Connection: close\r\n\r\n"
        if not self.transport.is_closing():
            self.transport.write((head + body).encode())
            self.transport.close()
