"""One request on its way through `lrs.web.app`: what is known of it so far, and its body, within its limit."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from lrs.errors import InvalidRequestError, StoreUnavailableError, TooLargeError, UnsupportedMediaTypeError
from lrs.services.principal import Principal
from lrs.xapi.versions import HEADER, Version, parse_version_header

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]


class ClientGoneError(Exception):
    """Whoever asked does not wait any more."""


class Held:
    """What the bodies of all requests together have in memory. Small ones, which come in one piece, are not counted: connections are."""

    def __init__(self, most: int) -> None:
        self.bytes = 0
        self._most = most

    def take(self, count: int) -> None:
        """Raises StoreUnavailableError when it would be too much."""
        if self.bytes + count > self._most:
            raise StoreUnavailableError("too many large bodies at once; send this again", retry_after=2)
        self.bytes += count

    def give_back(self, count: int) -> None:
        self.bytes -= count


class Call:
    """`method` and `version` are what is meant, once the alternate request syntax is unfolded. `through`: see `consistent_through`. `held`:
    bytes of the body that are counted in `Held`.
    """

    __slots__ = ("base", "headers", "held", "id", "method", "principal", "receive", "resource", "scope", "through", "version")

    def __init__(self, scope: Scope, receive: Receive, base: str, resource: str, request_id: str, otherwise: Version) -> None:
        self.scope = scope
        self.receive = receive
        self.base = base
        self.resource = resource
        self.id = request_id
        self.method: str = scope["method"]
        self.headers = _joined(scope["headers"])
        self.principal: Principal | None = None
        self.through: int | None = None
        self.held = 0
        self.version = _version_or(self.headers.get(HEADER.lower()), otherwise)

    @property
    def address(self) -> str:
        """The peer's, "" where there is none."""
        client = self.scope.get("client")
        return client[0] if client else ""

    async def body(self, most: int, held: Held) -> bytes:
        """The whole body. Raises TooLargeError before reading what is announced as too large, UnsupportedMediaTypeError for a coded one,
        StoreUnavailableError when others have too much in memory, ClientGoneError.
        """
        if self.headers.get("content-encoding", "identity").lower() != "identity":
            raise UnsupportedMediaTypeError("bodies are taken as they are, without Content-Encoding", where="header Content-Encoding")
        if self.headers.get("transfer-encoding", "chunked").lower() != "chunked":  # RFC 9112 6.1: the rest would be read as it lies
            raise UnsupportedMediaTypeError("bodies are taken whole or chunked, and in no other coding", where="header Transfer-Encoding")
        announced = self.headers.get("content-length", "0")
        if announced.isascii() and announced.isdigit() and int(announced[:20]) > most:
            raise TooLargeError(f"the body has more than {most} bytes", where="body")
        pieces: list[bytes] = []
        size = 0
        while True:
            message = await self.receive()
            if message["type"] == "http.disconnect":
                raise ClientGoneError
            piece = message.get("body", b"")
            size += len(piece)
            if size > most:
                raise TooLargeError(f"the body has more than {most} bytes", where="body")
            more = message.get("more_body", False)
            if pieces or more:
                held.take(len(piece))
                self.held += len(piece)
            pieces.append(piece)
            if not more:
                return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def _joined(pairs: list[tuple[bytes, bytes]]) -> dict[str, str]:
    """Headers by lower-case name. One that stands twice is a list (RFC 9110 5.3); what may not be a list is then no good value."""
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in pairs}
    if len(headers) != len(pairs):
        headers = {}
        for name, value in pairs:
            key, text = name.decode("latin-1"), value.decode("latin-1")
            headers[key] = f"{headers[key]}, {text}" if key in headers else text
    return headers


def _version_or(named: str | None, otherwise: Version) -> Version:
    """The version that an answer names: the request's where it names a good one."""
    try:
        return parse_version_header(named)
    except InvalidRequestError:
        return otherwise
