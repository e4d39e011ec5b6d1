"""Reading statements: one by id, or pages of them, within the caller's wall (xAPI-Communication 1.0.3, 2.1.3; 2.0, 4.1.6.1)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from lrs.errors import ForbiddenError, NotFoundError
from lrs.ports import Condition, Page, Scope, StatementQuery, StatementStore, StoredStatement, Wall
from lrs.services.attachments import AttachmentReads, HeldAttachment, declared_in
from lrs.services.binding import binding_conditions, is_within_binding
from lrs.services.principal import Principal
from lrs.xapi.query import ListRequest, SingleRequest


@dataclass(frozen=True, slots=True)
class PageLimits:
    """`statements`: how many a page has at most; `bytes`: where it ends early, attachments counted (one statement at least)."""

    statements: int = 500
    bytes: int = 10_000_000


@dataclass(frozen=True, slots=True)
class ReadPage:
    """`bodies` as stored; `more` the next cursor; `attachments` (only where asked for) each digest once, as first mentioned."""

    bodies: list[bytes]
    more: str | None = None
    attachments: tuple[HeldAttachment, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadStatement:
    """One statement with its attachments, where asked for."""

    statement: StoredStatement
    attachments: tuple[HeldAttachment, ...] = ()


class StatementReads:
    """Reads statements on behalf of a client."""

    def __init__(self, statements: StatementStore, attachments: AttachmentReads, limits: PageLimits) -> None:
        self._statements = statements
        self._attachments = attachments
        self._limits = limits

    async def read_statement(self, principal: Principal, request: SingleRequest) -> ReadStatement:
        """Raises ForbiddenError (may read none) and NotFoundError (none there, or none that the caller may see)."""
        wall = require_read(principal)
        statement = await self._statements.get(request.statement_id, wall, voided=request.voided)
        if statement is None or not is_within_binding(principal, statement.body):
            raise NotFoundError("no statement has that id", where="parameter statementId", clause="xAPI-Communication 2.1.3")
        if not request.attachments:
            return ReadStatement(statement)
        held = await self._attachments.held(declared_in(statement.body).items(), wall)
        return ReadStatement(statement, tuple(held))

    async def read_statements(self, principal: Principal, request: ListRequest) -> ReadPage:
        """A page. Raises ForbiddenError (may read none) and InvalidRequestError (a cursor that is none of ours)."""
        wall = require_read(principal)
        query = self._query(principal, request)
        page = await self._page(principal, query, wall)
        if not request.attachments:
            return ReadPage(page.bodies, page.more)
        return await self._with_attachments(principal, query, page, wall)

    async def _page(self, principal: Principal, query: StatementQuery, wall: Wall) -> Page:
        """What the store finds; of that, a bound key gets what is its actor's own (a query finds statements about them too)."""
        page = await self._statements.query(query, wall)
        if not principal.bound_actor:
            return page
        return Page([body for body in page.bodies if is_within_binding(principal, body)], page.more)

    def _query(self, principal: Principal, request: ListRequest) -> StatementQuery:
        conditions = tuple(Condition(term, related) for term, related in request.terms)
        return StatementQuery(
            conditions=conditions + binding_conditions(principal),
            since=request.since,
            until=request.until,
            limit=min(request.limit or self._limits.statements, self._limits.statements),
            ascending=request.ascending,
            cursor=request.cursor,
            max_bytes=self._limits.bytes,
        )

    async def _with_attachments(self, principal: Principal, query: StatementQuery, page: Page, wall: Wall) -> ReadPage:
        """The page, cut where its attachments would pass the byte limit.

        It is cut by asking again for fewer: only the store can name the place to go on from.
        """
        while True:
            fitting, held = await self._fit(page, wall)
            if fitting >= len(page.bodies):
                return ReadPage(page.bodies, page.more, tuple(held.values()))
            page = await self._page(principal, replace(query, limit=fitting), wall)

    async def _fit(self, page: Page, wall: Wall) -> tuple[int, dict[str, HeldAttachment]]:
        """How many of the page's statements fit with their attachments, and these."""
        held: dict[str, HeldAttachment] = {}
        total = 0
        for count, body in enumerate(page.bodies):
            new = [(digest, kind) for digest, kind in declared_in(body).items() if digest not in held]
            found = await self._attachments.held(new, wall)
            total += len(body) + sum(one.size for one in found)
            if count and total > self._limits.bytes:
                return count, held
            held.update((one.digest, one) for one in found)
        return len(page.bodies), held


def require_read(principal: Principal) -> Wall:
    """The caller's wall. Raises ForbiddenError when it may read no statement (xAPI-Communication 1.0.3, 4.2)."""
    wall = principal.read_wall()
    if wall is None:
        message = "reading statements needs one of the scopes statements/read/mine, statements/read, all/read"
        raise ForbiddenError(message, scope=Scope.STATEMENTS_READ.value, clause="xAPI-Communication 4.2")
    return wall
