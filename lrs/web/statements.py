"""The statements resource: PUT, POST and GET (xAPI-Communication 1.0.3, 2.1; 2.0, 4.1.6.1)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import format_datetime
from functools import partial
from urllib.parse import urlencode

from lrs.clock import Clock, to_datetime
from lrs.errors import InvalidRequestError
from lrs.ports import Stores
from lrs.services.attachments import AttachmentReads, HeldAttachment
from lrs.services.signatures import SignaturePolicy, Signatures
from lrs.services.statement_reads import PageLimits, StatementReads
from lrs.services.statements import StatementWrites, require_write
from lrs.web.exchange import Request, Response
from lrs.web.multipart import Outgoing, PartLimits, multipart_length, new_boundary, write_multipart
from lrs.web.statement_body import StatementBody, read_statement_body
from lrs.xapi.formats import StatementFormat, as_canonical, as_ids
from lrs.xapi.languages import parse_accept_language
from lrs.xapi.query import ListRequest, SingleRequest, parse_put_id, parse_statement_request, refuse_params
from lrs.xapi.statement import ParsedStatement
from lrs.xapi.statements import parse_statements
from lrs.xapi.strict_json import JsonLimits

_JSON = ("Content-Type", "application/json")
_PARSE_INLINE_BYTES = 262_144  # parsed in some 5 ms
_SHAPE_INLINE_BYTES = 524_288  # shortened in some 5 ms


@dataclass(frozen=True, slots=True)
class StatementLimits:
    """`statements`: in a request; `attachment_bytes`: of one; the others as they say."""

    statements: int = 1_000
    attachment_bytes: int = 50_000_000
    json: JsonLimits = field(default_factory=JsonLimits)
    parts: PartLimits = field(default_factory=PartLimits)
    page: PageLimits = field(default_factory=PageLimits)


class StatementsResource:
    """What `/statements` does; HEAD, versions, authentication and errors are dealt with outside."""

    def __init__(
        self,
        stores: Stores,
        clock: Clock,
        new_id: Callable[[], str],
        limits: StatementLimits | None = None,
        signatures: SignaturePolicy | None = None,
    ) -> None:
        self._limits = limits or StatementLimits()
        self._writes = StatementWrites(stores, new_id, Signatures(signatures or SignaturePolicy(json=self._limits.json), clock))
        self._attachments = AttachmentReads(stores.statements, stores.attachments)
        self._reads = StatementReads(stores.statements, self._attachments, self._limits.page)

    async def post(self, request: Request) -> Response:
        """Stores one statement or an array of them: 200 with their ids in the order sent."""
        if request.params:
            refuse_params(request.params)
        require_write(request.principal)
        body = self._body(request)
        stored = await self._writes.store_statements(request.principal, await self._parse(body, request), body.attachments)
        return Response(200, _ids_json(stored.ids), [_JSON])

    async def put(self, request: Request) -> Response:
        """Stores one statement under the id that the parameter names: 204."""
        put_id = parse_put_id(request.params)
        require_write(request.principal)
        body = self._body(request)
        statements = await self._parse(body, request)
        if len(statements) != 1 or body.json.lstrip()[:1] == b"[":
            raise InvalidRequestError("PUT stores a single statement, not an array", where="body", clause="xAPI-Communication 2.1.1")
        if statements[0].id not in (None, put_id):
            raise InvalidRequestError("the statement's id is not the parameter's", where="id", clause="xAPI-Communication 2.1.1")
        await self._writes.store_statements(request.principal, statements, body.attachments, put_id)
        return Response(204)

    async def get(self, request: Request) -> Response:
        """A statement by its id, or a page of those that satisfy the parameters."""
        wanted = parse_statement_request(request.params)
        if isinstance(wanted, SingleRequest):
            return await self._get_statement(request, wanted)
        return await self._get_statements(request, wanted)

    def _body(self, request: Request) -> StatementBody:
        return read_statement_body(request.headers, request.body, self._limits.parts, self._limits.attachment_bytes)

    async def _parse(self, body: StatementBody, request: Request) -> list[ParsedStatement]:
        """A large body is parsed in a thread: everybody else's requests go on meanwhile."""
        parse = partial(parse_statements, body.json, request.version, self._limits.json, self._limits.statements)
        return parse() if len(body.json) <= _PARSE_INLINE_BYTES else await asyncio.to_thread(parse)

    async def _get_statement(self, request: Request, wanted: SingleRequest) -> Response:
        read = await self._reads.read_statement(request.principal, wanted)
        (body,) = await shaped([read.statement.body], wanted.format, request)
        modified = format_datetime(to_datetime(read.statement.stored), usegmt=True)
        response = self._answer(body, wanted.attachments, read.attachments)
        response.headers.append(("Last-Modified", modified))
        return response

    async def _get_statements(self, request: Request, wanted: ListRequest) -> Response:
        page = await self._reads.read_statements(request.principal, wanted)
        bodies = await shaped(page.bodies, wanted.format, request)
        more = more_link(request, page.more).encode("ascii")
        body = b'{"statements":[' + b",".join(bodies) + b'],"more":"' + more + b'"}'
        return self._answer(body, wanted.attachments, page.attachments)

    def _answer(self, body: bytes, with_attachments: bool, attachments: tuple[HeldAttachment, ...]) -> Response:
        """JSON, or multipart/mixed where attachments were asked for, whether there are any or not (2.1.3.s1.table1.row13)."""
        if not with_attachments:
            return Response(200, body, [_JSON])
        boundary = new_boundary()
        outgoing = [Outgoing(one.digest, one.content_type, one.size, self._attachments.open(one.digest)) for one in attachments]
        headers = [
            ("Content-Type", f"multipart/mixed; boundary={boundary}"),  # unquoted and in the second place: clients split it naively
            ("Content-Length", str(multipart_length(boundary, body, outgoing))),
        ]
        return Response(200, write_multipart(boundary, body, outgoing), headers)


def _ids_json(ids: tuple[str, ...]) -> bytes:
    """Our ids hold nothing that JSON would escape."""
    return ('["' + '","'.join(ids) + '"]').encode("ascii") if ids else b"[]"


async def shaped(bodies: list[bytes], form: StatementFormat, request: Request) -> list[bytes]:
    """The statements in that format; `exact` is the bytes as they are kept. Many bytes are opened in a thread, beside other requests."""
    if form is StatementFormat.EXACT:
        return bodies
    shape: Callable[[bytes], bytes] = as_ids
    if form is StatementFormat.CANONICAL:
        shape = partial(as_canonical, preferences=parse_accept_language(request.headers.get("accept-language")))
    if sum(map(len, bodies)) <= _SHAPE_INLINE_BYTES:
        return [shape(body) for body in bodies]
    return await asyncio.to_thread(lambda: [shape(body) for body in bodies])


def more_link(request: Request, cursor: str | None) -> str:
    """The path and query of the next page, ASCII without quotes or backslashes; "" when this was the last (xAPI-Data 1.0.3, 2.5)."""
    if cursor is None:
        return ""
    params = [(name, value) for name, value in request.params if name != "cursor"]
    return f"{request.base}/{request.resource}?{urlencode([*params, ('cursor', cursor)])}"
