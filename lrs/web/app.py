"""The xAPI resources as one ASGI application: routing, versions, authentication, errors and headers around each resource.

It stands before any framework, so that posting a statement costs what a statement costs. A resource gets a `Request`, gives a `Response`,
and raises errors.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any, Protocol

from lrs.clock import Clock, format_us
from lrs.errors import InvalidRequestError, LrsError, MethodNotAllowedError, NotFoundError, TooLargeError
from lrs.ports import DocumentKind, Stores
from lrs.services.principal import Authenticator, Principal
from lrs.web.alternate import is_alternate, unfold
from lrs.web.directory import DirectoryResource, about
from lrs.web.documents import DocumentsResource
from lrs.web.errors import body_of, error_body, headers_of, status_of
from lrs.web.exchange import Request, Response
from lrs.web.params import read_params
from lrs.web.statements import StatementsResource
from lrs.xapi.versions import HEADER, Version, parse_version_header

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Handler = Callable[[Request], Awaitable[Response]]

MOUNTS = {"/xapi": Version.V1, "/xAPI": Version.V1, "/xapi2": Version.V2}
_THROUGH = "X-Experience-API-Consistent-Through"
_EXPOSED = f"ETag, Last-Modified, {_THROUGH}, {HEADER}, Retry-After, Content-Type, X-Request-Id, WWW-Authenticate"
_ALLOWED = f"Authorization, Content-Type, {HEADER}, If-Match, If-None-Match, Accept, Accept-Language, X-Experience-API-Hash"
_METHODS = "GET, HEAD, PUT, POST, DELETE, OPTIONS"
_log = logging.getLogger("jejak.lrs")


@dataclass(frozen=True, slots=True)
class WebLimits:
    """`body_bytes`: of a request, attachments included. `query_bytes`: an agent as JSON and a few IRIs fit many times."""

    body_bytes: int = 64_000_000
    query_bytes: int = 32_768


class Observer(Protocol):
    """Is told of every answer: for metrics and the access log."""

    def observe(self, method: str, route: str, status: int, seconds: float, principal: Principal | None, request_id: str) -> None: ...


class _ClientGoneError(Exception):
    """Whoever asked does not wait any more."""


class XapiApp:
    """Serves every mount of `MOUNTS`."""

    def __init__(
        self,
        stores: Stores,
        authenticator: Authenticator,
        statements: StatementsResource,
        clock: Clock,
        limits: WebLimits = WebLimits(),  # frozen value
        observer: Observer | None = None,
    ) -> None:
        self._stores = stores
        self._authenticator = authenticator
        self._clock = clock
        self._limits = limits
        self._observer = observer
        directory = DirectoryResource(stores)
        self._handlers: dict[str, dict[str, Handler]] = {
            "statements": {"GET": statements.get, "PUT": statements.put, "POST": statements.post},
            "activities": {"GET": directory.get_activity},
            "agents": {"GET": directory.get_agent},
        }
        for resource, kind in (
            ("activities/state", DocumentKind.STATE),
            ("activities/profile", DocumentKind.ACTIVITY_PROFILE),
            ("agents/profile", DocumentKind.AGENT_PROFILE),
        ):
            one = DocumentsResource(stores.documents, kind)
            self._handlers[resource] = {"GET": one.get, "PUT": one.put, "POST": one.post, "DELETE": one.delete}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        _, mount, resource = (*scope["path"].split("/", 2), "")[:3]
        call = _Call(scope, receive, "/" + mount, resource.rstrip("/"), os.urandom(8).hex())
        try:
            response = await self._respond(call)
        except LrsError as error:
            response = Response(status_of(error), body_of(error, call.id), [("Content-Type", "application/json"), *headers_of(error)])
        except _ClientGoneError:
            return
        except Exception:
            _log.exception("an error of our own", extra={"request_id": call.id})
            body = error_body(500, "the server made a mistake; it is in its log under this request id", request_id=call.id)
            response = Response(500, body, [("Content-Type", "application/json")])
        await self._send(call, response, send)
        if self._observer is not None:
            route = f"{call.base}/{call.resource}" if call.resource in self._handlers or call.resource == "about" else call.base
            self._observer.observe(call.method, route, response.status, time.perf_counter() - started, call.principal, call.id)

    async def _respond(self, call: _Call) -> Response:
        headers = call.headers
        if call.method == "OPTIONS":
            return _preflight(headers)
        if call.resource == "about":
            if call.method not in ("GET", "HEAD"):
                raise MethodNotAllowedError("about can only be read", allowed=("GET", "HEAD"))
            return about()
        handlers = self._handlers.get(call.resource)
        if handlers is None:
            raise NotFoundError("there is no such resource", where="path")
        if call.resource == "statements":
            call.through = await self._stores.statements.consistent_through()
        params = self._params(call)
        body = b""
        if is_alternate(call.method, params):
            unfolded = unfold(params, headers, await self._body(call))
            call.method, params, headers, body = unfolded.method, unfolded.params, unfolded.headers, unfolded.body
        call.version = parse_version_header(headers.get(HEADER.lower()))
        method = "GET" if call.method == "HEAD" else call.method
        handler = handlers.get(method)
        if handler is None:
            allowed = (*handlers, "HEAD", "OPTIONS")
            raise MethodNotAllowedError(f"{call.resource} does not do {call.method[:20]}", allowed=allowed)
        client = call.scope.get("client")
        principal = await self._authenticator.authenticate(headers.get("authorization"), client[0] if client else "", headers.get("origin"))
        call.principal = principal
        if not body and method != "GET":
            body = await self._body(call)
        return await handler(Request(method, call.base, call.resource, params, headers, body, call.version, principal))

    def _params(self, call: _Call) -> list[tuple[str, str]]:
        query: bytes = call.scope["query_string"]
        if len(query) > self._limits.query_bytes:
            raise TooLargeError(f"the query has more than {self._limits.query_bytes} bytes", where="query")
        return read_params(query)

    async def _body(self, call: _Call) -> bytes:
        """The whole body. Raises TooLargeError before reading what is announced as too large."""
        most = self._limits.body_bytes
        announced = call.headers.get("content-length", "0")
        if announced.isdigit() and int(announced[:20]) > most:
            raise TooLargeError(f"the body has more than {most} bytes", where="body")
        pieces: list[bytes] = []
        size = 0
        while True:
            message = await call.receive()
            if message["type"] == "http.disconnect":
                raise _ClientGoneError
            piece = message.get("body", b"")
            size += len(piece)
            if size > most:
                raise TooLargeError(f"the body has more than {most} bytes", where="body")
            pieces.append(piece)
            if not message.get("more_body", False):
                return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    async def _send(self, call: _Call, response: Response, send: Send) -> None:
        headers = [(name.lower().encode("latin-1"), value.encode("latin-1", "replace")) for name, value in response.headers]
        headers.append((HEADER.lower().encode(), call.version.value.encode()))
        headers.append((b"x-request-id", call.id.encode()))
        if call.resource == "statements":
            through = call.through if call.through is not None else await self._stores.statements.consistent_through()
            headers.append((_THROUGH.lower().encode(), format_us(through).encode()))
        origin = call.headers.get("origin")
        if origin is not None:
            headers += [
                (b"access-control-allow-origin", origin.encode("latin-1", "replace")),
                (b"access-control-expose-headers", _EXPOSED.encode()),
                (b"vary", b"Origin"),
            ]
        body = response.body
        if isinstance(body, bytes):
            if response.status != 204:
                headers.append((b"content-length", str(len(body)).encode()))
            await send({"type": "http.response.start", "status": response.status, "headers": headers})
            await send({"type": "http.response.body", "body": b"" if call.method == "HEAD" else body})
            return
        await send({"type": "http.response.start", "status": response.status, "headers": headers})
        if call.method != "HEAD":
            async for piece in body:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


class _Call:
    """What is known of a request on its way."""

    __slots__ = ("base", "headers", "id", "method", "principal", "receive", "resource", "scope", "through", "version")

    def __init__(self, scope: Scope, receive: Receive, base: str, resource: str, request_id: str) -> None:
        self.scope = scope
        self.receive = receive
        self.base = base
        self.resource = resource
        self.id = request_id
        self.method: str = scope["method"]
        self.headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        self.principal: Principal | None = None
        self.through: int | None = None
        self.version = _version_or(self.headers.get(HEADER.lower()), MOUNTS[base])


def _version_or(named: str | None, otherwise: Version) -> Version:
    """The version that an answer names: the request's where it names a good one."""
    try:
        return parse_version_header(named)
    except InvalidRequestError:
        return otherwise


def _preflight(headers: dict[str, str]) -> Response:
    """CORS preflight: needs neither credentials nor a version (Fetch standard, "CORS-preflight request")."""
    answer = [("Allow", _METHODS)]
    if "origin" in headers:
        answer += [
            ("Access-Control-Allow-Methods", _METHODS),
            ("Access-Control-Allow-Headers", _ALLOWED),
            ("Access-Control-Max-Age", "86400"),
        ]
    return Response(204, b"", answer)
