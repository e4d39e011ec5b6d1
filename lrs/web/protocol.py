"""What one connection may cost, decided before any application code: header bytes, waiting time, number of connections.

uvicorn's own protocol reads headers and trailers without an end, and waits without an end for a body, for the rest of a body that was
refused, and for a client that does not read its answer; this one does not (RFC 9110 15.5.9, RFC 6585 5, RFC 9112 7.1.2 and 9.6).
"""

from __future__ import annotations

import json
import logging
import os
from dataclasses import dataclass
from typing import Any

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_LOOK_SECONDS = 0.25  # how much later than its limit a waiting connection may be closed, at most a tenth of the limit
_BODY_RATE = (
    500  # bytes a second that a body must keep up after its first seconds: a slow phone does, a connection held on purpose does not
)
_log = logging.getLogger("jejak.connections")


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """`header_bytes`: request line and headers (64 KB: browsers and proxies send 8 at most), and between two bytes of a chunked body.

    `header_seconds`: until they are complete, and what the rest of a refused body gets. `body_seconds`: without a byte of an unfinished
    body, or without the client taking a byte of its answer. `connections`: open at once.
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
        self._reading = ""  # "headers" or "body" while a request is on its way in
        self._size = 0  # of the headers, as far as they are parsed
        self._idle_bytes = 0  # since the last byte of a body or the end of a request
        self._refused = self._replaying = False
        self._began = self._moved = self._answered = self._written = self.loop.time()
        self._body_bytes = 0
        self._unsent = 0
        self._timer = self.loop.call_soon(self._watch)
        if len(self.connections) > self.limits.connections:
            self._refuse("503 Service Unavailable", "too many connections", "Retry-After: 1\r\n")

    def connection_lost(self, exc: Exception | None) -> None:
        self._timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._refused:
            return
        self._idle_bytes += len(data)
        self._unset_keepalive_if_required()
        self._feed(data)
        if self._idle_bytes > self.limits.header_bytes and not self._refused:
            self._refuse_headers()

    def _feed(self, data: bytes) -> None:
        try:
            self.parser.feed_data(data)
        except HttpParserUpgrade as upgrade:
            self._go_on_in_http(data[upgrade.args[0] :])
        except HttpParserError:
            self.send_400_response("")

    def _go_on_in_http(self, rest: bytes) -> None:
        """A client offers another protocol (Java's offers HTTP/2 with each request). That may be passed over (RFC 9110 7.8), but the parser
        takes the request to end with its headers: a new one reads the body that they announce.
        """
        framing = b"".join(b"%b: %b\r\n" % header for header in self.headers if header[0] in (b"content-length", b"transfer-encoding"))
        self.parser = HttpRequestParser(self)
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
        self._replaying = True
        self._feed(b"POST / HTTP/1.1\r\n" + framing + b"\r\n")
        self._replaying = False
        if rest and not self._refused:
            self._feed(rest)

    def eof_received(self) -> bool | None:  # type: ignore[override]  # uvicorn always hangs up
        """A client may shut its sending side behind a whole request, and still gets the answer."""
        if self._reading or self.cycle is None or self.cycle.response_complete:
            return None
        self.cycle.keep_alive = False
        return True

    def on_message_begin(self) -> None:
        if self._replaying:
            return
        super().on_message_begin()
        self._reading = "headers"
        self._size = 0
        self._began = self.loop.time()

    def on_url(self, url: bytes) -> None:
        if self._replaying:
            return
        super().on_url(url)
        self._size += len(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._reading == "headers":  # fields behind a chunked body are dropped: they would join the headers, unasked
            self._size += len(name) + len(value) + 4
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        if self._replaying:
            return
        if self._size > self.limits.header_bytes:
            self._refuse_headers()
            raise ValueError("refused")
        self._idle_bytes = self._body_bytes = 0
        self._began = self._moved = self.loop.time()
        super().on_headers_complete()
        self._reading = "body"

    def on_body(self, body: bytes) -> None:
        self._idle_bytes = 0
        self._body_bytes += len(body)
        self._moved = self.loop.time()
        super().on_body(body)

    def on_message_complete(self) -> None:
        if self.parser.should_upgrade():
            return
        self._replaying = False
        self._reading = ""
        self._idle_bytes = 0
        super().on_message_complete()

    def on_response_complete(self) -> None:
        self._answered = self.loop.time()
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:
        if not self._refused:
            self._refuse("400 Bad Request", "this is not a request of HTTP/1.1")

    def _refuse_headers(self) -> None:
        self._refuse("431 Request Header Fields Too Large", f"request line and headers have more than {self.limits.header_bytes} bytes")

    def _watch(self) -> None:
        """Looks from time to time, as long as there is a connection, whether what is waited for has come."""
        now, limits = self.loop.time(), self.limits
        step = min(_LOOK_SECONDS, limits.header_seconds / 10, limits.body_seconds / 10)
        self._timer = self.loop.call_later(max(step, 0.01), self._watch)
        if self._is_unread(now):
            self.transport.abort()
        elif self._refused or self.transport.is_closing():
            return
        elif self._reading == "headers" and now - self._began > limits.header_seconds:
            self._refuse("408 Request Timeout", f"the headers took longer than {limits.header_seconds:g} s")
        elif self._is_body_late(now):
            self._refuse(
                "408 Request Timeout", f"no byte of the body came for {limits.body_seconds:g} s, or fewer than {_BODY_RATE} a second"
            )
        elif self._is_idle_too_long(now):
            self.transport.close()

    def _is_body_late(self, now: float) -> bool:
        if self._reading != "body" or self.cycle.response_complete or self.flow.read_paused:
            return False
        return now - self._moved > self.limits.body_seconds or now - self._began > self.limits.body_seconds + self._body_bytes / _BODY_RATE

    def _is_idle_too_long(self, now: float) -> bool:
        """Whether nothing was asked yet, the rest of a refused body does not end, or the next request does not come."""
        if self.cycle is None:
            return not self._reading and now - self._answered > self.limits.header_seconds
        if not self.cycle.response_complete or self._reading == "headers":
            return False
        return now - self._answered > (self.limits.header_seconds if self._reading else self.timeout_keep_alive)

    def _is_unread(self, now: float) -> bool:
        """Whether an answer waits and the client has taken nothing of it for long."""
        unsent = self.transport.get_write_buffer_size()
        if unsent == 0 or unsent != self._unsent:
            self._unsent, self._written = unsent, now
        return now - self._written > self.limits.body_seconds

    def _refuse(self, status: str, message: str, headers: str = "") -> None:
        """Says why, and closes. Where an answer has begun already, only closes."""
        self._refused = True
        if self.transport.is_closing():
            return
        if self.cycle is not None and self.cycle.response_started and not self.cycle.response_complete:
            self.transport.abort()
            return
        request_id = os.urandom(8).hex()
        body = json.dumps({"error": {"message": message, "status": int(status[:3]), "requestId": request_id}})
        head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\nX-Request-Id: {request_id}\r\n"
        self.transport.write(f"{head}{headers}Connection: close\r\n\r\n{body}".encode())
        self.transport.close()
        _log.info("refused", extra={"told": {"status": int(status[:3]), "request_id": request_id}})
