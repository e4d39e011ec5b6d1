"""A client of the statements resource without HTTP between: it builds requests and reads answers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

from lrs.clock import Clock, SystemClock
from lrs.ports import Scope, Stores
from lrs.services.identifiers import Uuid7Source
from lrs.services.principal import Principal
from lrs.services.signatures import SignaturePolicy
from lrs.web.exchange import Request, Response
from lrs.web.multipart import Part, PartLimits, boundary_of, parse_multipart
from lrs.web.statements import StatementLimits, StatementsResource
from lrs.xapi.versions import Version

BOUNDARY = "-------314159265358979323846"
AUTHORITY = b'{"objectType":"Agent","account":{"homePage":"https://lrs.test","name":"lms-1"}}'


def principal(
    *scopes: Scope,
    provider: str = "balai",
    client: str = "lms-1",
    authority: bytes = AUTHORITY,
    bound_actor: str = "",
    bound_registration: str = "",
    time_zone: str = "Asia/Jakarta",
) -> Principal:
    return Principal(provider, client, frozenset(scopes), authority, time_zone, bound_actor, bound_registration)


EVERYTHING = principal(Scope.ALL)


def statement(**members: Any) -> dict[str, Any]:
    """A small valid statement, with `members` put in or over."""
    return {
        "actor": {"objectType": "Agent", "name": "Sari", "mbox": "mailto:sari@peserta.test"},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/attended", "display": {"en-US": "attended", "id-ID": "mengikuti"}},
        "object": {"objectType": "Activity", "id": "https://pelatihan.test/kursus/1"},
        **members,
    }


def attachment(content: bytes, *, algorithm: str = "sha256", **members: Any) -> dict[str, Any]:
    """The declaration of an attachment with that content."""
    return {
        "usageType": "https://pelatihan.test/lampiran",
        "display": {"id": "Lampiran"},
        "contentType": "text/plain",
        "length": len(content),
        "sha2": hashlib.new(algorithm, content).hexdigest(),
        **members,
    }


def part(content: bytes, *, algorithm: str = "sha256", **headers: str) -> bytes:
    """A part with its headers. More headers by name, `_` for `-`; an empty value leaves the header out."""
    named = {
        "Content-Type": "text/plain",
        "Content-Transfer-Encoding": "binary",
        "X-Experience-API-Hash": hashlib.new(algorithm, content).hexdigest(),
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in named.items() if value)
    return lines.encode() + b"\r\n" + content


def multipart(first: Any, *parts: bytes, content_type: str = "application/json") -> bytes:
    """A multipart/mixed body whose first part is `first`."""
    head = f"Content-Type: {content_type}\r\n\r\n".encode() + (first if isinstance(first, bytes) else json.dumps(first).encode())
    delimiter = f"--{BOUNDARY}\r\n".encode()
    return b"".join(delimiter + one + b"\r\n" for one in (head, *parts)) + f"--{BOUNDARY}--\r\n".encode()


class Sender:
    """Speaks to one resource as one principal; what the resource raises comes through."""

    def __init__(self, resource: StatementsResource, stores: Stores, who: Principal = EVERYTHING, version: Version = Version.V1) -> None:
        self.resource = resource
        self.stores = stores
        self.who = who
        self.version = version

    def as_(self, *scopes: Scope, **named: Any) -> Sender:
        return Sender(self.resource, self.stores, principal(*scopes, **named), self.version)

    def speaking(self, version: Version) -> Sender:
        return Sender(self.resource, self.stores, self.who, version)

    def request(self, method: str, params: list[tuple[str, str]], body: bytes = b"", **headers: str) -> Request:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return Request(method, "/xapi", "statements", params, named, body, self.version, self.who)

    async def post(self, body: Any, content_type: str = "application/json", params: list[tuple[str, str]] | None = None) -> list[str]:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        response = await self.resource.post(self.request("POST", params or [], raw, content_type=content_type))
        assert response.status == 200
        assert isinstance(response.body, bytes)
        ids: list[str] = json.loads(response.body)
        return ids

    async def post_parts(self, first: Any, *parts: bytes) -> list[str]:
        return await self.post(multipart(first, *parts), f"multipart/mixed; boundary={BOUNDARY}")

    async def put(self, statement_id: str, body: Any) -> None:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        response = await self.resource.put(self.request("PUT", [("statementId", statement_id)], raw, content_type="application/json"))
        assert (response.status, response.body) == (204, b"")

    async def ask(self, *params: tuple[str, str], **headers: str) -> Response:
        return await self.resource.get(self.request("GET", list(params), b"", **headers))

    async def raw(self, statement_id: str, *params: tuple[str, str]) -> bytes:
        response = await self.ask(("statementId", statement_id), *params)
        assert isinstance(response.body, bytes)
        return response.body

    async def one(self, statement_id: str, *params: tuple[str, str], **headers: str) -> Any:
        response = await self.ask(("statementId", statement_id), *params, **headers)
        assert isinstance(response.body, bytes)
        return json.loads(response.body)

    async def page(self, *params: tuple[str, str]) -> tuple[list[Any], str]:
        response = await self.ask(*params)
        assert isinstance(response.body, bytes)
        result = json.loads(response.body)
        assert result.keys() == {"statements", "more"}
        return result["statements"], result["more"]

    async def ids(self, *params: tuple[str, str]) -> list[str]:
        statements, _ = await self.page(*params)
        return [one["id"] for one in statements]

    async def parts(self, *params: tuple[str, str]) -> list[Part]:
        response = await self.ask(*params, ("attachments", "true"))
        assert not isinstance(response.body, bytes)
        body = await joined(response.body)
        return parse_multipart(body, boundary_of(dict(response.headers)["Content-Type"]), PartLimits())


async def joined(pieces: AsyncIterator[bytes]) -> bytes:
    return b"".join([piece async for piece in pieces])


def sender_over(
    make: Callable[[Clock], Stores],
    *,
    clock: Clock | None = None,
    limits: StatementLimits | None = None,
    signatures: SignaturePolicy | None = None,
) -> Sender:
    """A sender with every right over new stores."""
    ticking = clock or SystemClock()
    stores = make(ticking)
    return Sender(StatementsResource(stores, ticking, Uuid7Source(ticking), limits, signatures), stores)
