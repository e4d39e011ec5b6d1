"""The xAPI resources as one ASGI application: routing, versions, authentication, errors and headers around each resource.

It stands before any framework, so that posting a statement costs what a statement costs. A resource gets a `Request`, gives a `Response`,
and raises errors.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import os
import time
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from lrs.clock import Clock, format_us
from lrs.errors import LrsError, MethodNotAllowedError, NotFoundError, OperatorError, StoreUnavailableError, TooLargeError
from lrs.ports import DocumentKind, Stores
from lrs.services.principal import Authenticator, Principal
from lrs.web.alternate import is_alternate, unfold
from lrs.web.call import Call, ClientGoneError, Held, Receive, Scope
from lrs.web.cors import THROUGH, cors_headers, preflight
from lrs.web.directory import DirectoryResource, about
from lrs.web.documents import DocumentsResource
from lrs.web.errors import body_of, error_body, headers_of, status_of
from lrs.web.exchange import Request, Response
from lrs.web.params import read_params
from lrs.web.statements import StatementsResource
from lrs.xapi.strict_json import JsonLimits
from lrs.xapi.versions import HEADER, Version, parse_version_header

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Handler = Callable[[Request], Awaitable[Response]]

MOUNTS = {"/xapi": Version.V1, "/xAPI": Version.V1, "/xapi2": Version.V2}
_STRANGERS_FORM = 1_000_000  # bytes of a form whose sender is known only from what is inside it
_VERSION_HEADERS = {version: (HEADER.lower().encode(), version.value.encode()) for version in Version}
_THROUGH_NAME = THROUGH.lower().encode()
_request_ids = itertools.count(int.from_bytes(os.urandom(7), "big"))  # unlike those of other processes, and before
_log = logging.getLogger("jejak.lrs")


@dataclass(frozen=True, slots=True)
class WebLimits:
    """`body_bytes`: of a request, attachments included; `all_bodies_bytes`: of all that are in memory at once. `query_bytes`: an agent as
    JSON and a few IRIs fit many times. `json`: of documents that are merged.
    """

    body_bytes: int = 64_000_000
    all_bodies_bytes: int = 500_000_000
    query_bytes: int = 32_768
    json: JsonLimits = field(default_factory=JsonLimits)


class Observer(Protocol):
    """Is told of every answer: for metrics and the access log."""

    def observe(self, method: str, route: str, status: int, seconds: float, principal: Principal | None, request_id: str) -> None: ...


class XapiApp:
    """Serves every mount of `MOUNTS`. `prefix`: the path before them in the public address, which a proxy in front takes away."""

    def __init__(
        self,
        stores: Stores,
        authenticator: Authenticator,
        statements: StatementsResource,
        clock: Clock,
        limits: WebLimits = WebLimits(),  # frozen value
        observer: Observer | None = None,
        prefix: str = "",
    ) -> None:
        self._stores = stores
        self._authenticator = authenticator
        self._clock = clock
        self._limits = limits
        self._held = Held(limits.all_bodies_bytes)
        self._observer = observer
        self._prefix = prefix
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
            one = DocumentsResource(stores.documents, kind, limits.json)
            self._handlers[resource] = {"GET": one.get, "PUT": one.put, "POST": one.post, "DELETE": one.delete}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        _, mount, resource = (*scope["path"].split("/", 2), "")[:3]
        call = Call(scope, receive, "/" + mount, resource.strip("/"), f"{next(_request_ids):016x}", MOUNTS["/" + mount])
        try:
            response = await self._respond(call)
        except LrsError as error:
            response = Response(status_of(error), body_of(error, call.id), [("Content-Type", "application/json"), *headers_of(error)])
        except ClientGoneError:
            return
        except asyncio.CancelledError:  # only a server that has waited long enough for us to finish does that
            stopping = StoreUnavailableError("the server is stopping; send this again with the same ids", retry_after=5)
            response = Response(503, body_of(stopping, call.id), [("Content-Type", "application/json"), *headers_of(stopping)])
        except Exception:
            _log.exception("an error of our own", extra={"request_id": call.id})
            body = error_body(500, "the server made a mistake; it is in its log under this request id", request_id=call.id)
            response = Response(500, body, [("Content-Type", "application/json")])
        finally:
            self._held.give_back(call.held)
        await self._send(call, response, send)
        if self._observer is not None:
            route = f"{call.base}/{call.resource}" if call.resource in self._handlers or call.resource == "about" else call.base
            self._observer.observe(call.method, route, response.status, time.perf_counter() - started, call.principal, call.id)

    async def _respond(self, call: Call) -> Response:
        if call.method == "OPTIONS":
            return preflight(call.headers)
        if call.resource == "about":
            if call.method not in ("GET", "HEAD"):
                raise MethodNotAllowedError("about can only be read", allowed=("GET", "HEAD", "OPTIONS"))
            return about()
        handlers = self._handlers.get(call.resource)
        if handlers is None:
            what = "there is no such resource" if call.resource else "this is the xAPI endpoint, for learning systems"
            raise NotFoundError(f"{what}; the resources are {', '.join(sorted((*self._handlers, 'about')))}", where="path")
        if call.resource == "statements":
            call.through = await self._stores.statements.consistent_through()
        params, headers, body = self._params(call), call.headers, None
        if is_alternate(call.method, params):
            unfolded = unfold(params, headers, await self._form(call), self._limits.query_bytes)
            call.method, params, headers, body = unfolded.method, unfolded.params, unfolded.headers, unfolded.body
        call.version = parse_version_header(headers.get(HEADER.lower()))
        method = "GET" if call.method == "HEAD" else call.method
        handler = handlers.get(method)
        if handler is None:
            allowed = (*handlers, "HEAD", "OPTIONS")
            raise MethodNotAllowedError(f"{call.resource} does not do {call.method[:20]}", allowed=allowed)
        principal = await self._authenticate(call, headers.get("authorization"))
        if body is None:
            body = b"" if method == "GET" else await call.body(self._limits.body_bytes, self._held)
        return await handler(Request(method, self._prefix + call.base, call.resource, params, headers, body, call.version, principal))

    async def _authenticate(self, call: Call, authorization: str | None) -> Principal:
        """Who asks; once a request, unless a form brings other credentials than the request's own."""
        if call.principal is None or authorization != call.headers.get("authorization"):
            call.principal = await self._authenticator.authenticate(authorization, call.address, call.headers.get("origin"))
        return call.principal

    async def _form(self, call: Call) -> bytes:
        """The body of a request in alternate syntax: much is read only from whoever is known before."""
        most = self._limits.body_bytes
        if "authorization" in call.headers:
            await self._authenticate(call, call.headers["authorization"])
        else:
            most = min(most, _STRANGERS_FORM)
        return await call.body(most, self._held)

    def _params(self, call: Call) -> list[tuple[str, str]]:
        query: bytes = call.scope["query_string"]
        if len(query) > self._limits.query_bytes:
            raise TooLargeError(f"the query has more than {self._limits.query_bytes} bytes", where="query")
        return read_params(query)

    async def _send(self, call: Call, response: Response, send: Send) -> None:
        headers = [(name.lower().encode("latin-1"), value.encode("latin-1", "replace")) for name, value in response.headers]
        headers += await self._common_headers(call)
        body = response.body
        bodiless = call.method == "HEAD"
        if bodiless and call.scope["method"] != "HEAD":
            body = b""  # a HEAD in alternate syntax is a POST on the wire, and has the length that it has
        if isinstance(body, bytes):
            if response.status not in (204, 304):
                headers.append((b"content-length", str(len(body)).encode()))
            await send({"type": "http.response.start", "status": response.status, "headers": headers})
            await send({"type": "http.response.body", "body": b"" if bodiless else body})
            return
        await send({"type": "http.response.start", "status": response.status, "headers": headers})
        try:
            if not bodiless:
                async for piece in body:
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
        except LrsError as error:  # less comes than was announced, so the client knows
            _log.error("an answer broke off: %s", error.message, extra={"request_id": call.id})
            return
        await send({"type": "http.response.body", "body": b""})

    async def _common_headers(self, call: Call) -> list[tuple[bytes, bytes]]:
        """Those of every answer, errors too."""
        headers = [_VERSION_HEADERS[call.version], (b"x-request-id", call.id.encode())]
        if call.method in ("GET", "HEAD"):
            headers.append((b"cache-control", b"private, no-cache"))  # learners' data is for nobody else, and changes without notice
        if call.resource == "statements" and (through := await self._through(call)) is not None:
            headers.append((_THROUGH_NAME, format_us(through).encode()))
        origin = call.headers.get("origin")
        if origin is not None:
            headers += cors_headers(origin)
        return headers

    async def _through(self, call: Call) -> int | None:
        """None where the store cannot say it: the answer is an error then."""
        if call.through is not None:
            return call.through
        try:
            return await self._stores.statements.consistent_through()
        except OperatorError:
            return None
