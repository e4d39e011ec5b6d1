"""Storing statements: from what was parsed to one batch (xAPI-Communication 1.0.3, 2.1.1 and 2.1.2; 2.0, 4.1.6.1)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lrs.errors import ForbiddenError
from lrs.ports import AttachmentContent, Batch, NewStatement, Scope, Stores
from lrs.services.attachments import ReceivedAttachment, digest_term, match_attachments
from lrs.services.binding import check_binding
from lrs.services.principal import Principal
from lrs.services.signatures import Signatures
from lrs.xapi.actor import Group, parse_agent
from lrs.xapi.definitions import activities_of
from lrs.xapi.signature import SignatureVerdict
from lrs.xapi.splice import splice_head
from lrs.xapi.statement import ParsedStatement
from lrs.xapi.terms import agent_term, index_terms

# Authorities are as many as clients; each is parsed once.
_MAX_AUTHORITIES = 10_000


@dataclass(frozen=True, slots=True)
class StoredBatch:
    """`ids` in the order sent; `verdicts` by statement id, of those that were signed."""

    ids: tuple[str, ...]
    verdicts: dict[str, list[SignatureVerdict]]


class StatementWrites:
    """Stores statements on behalf of a client."""

    def __init__(self, stores: Stores, new_id: Callable[[], str], signatures: Signatures) -> None:
        self._stores = stores
        self._new_id = new_id
        self._signatures = signatures

    async def store_statements(
        self,
        principal: Principal,
        statements: Sequence[ParsedStatement],
        received: Sequence[ReceivedAttachment] = (),
        put_id: str | None = None,
    ) -> StoredBatch:
        """Stores them durably, all or none; `put_id` is the id of a single one that has none of its own.

        Raises ForbiddenError (scope, binding, voiding), InvalidRequestError (attachments, signatures), ConflictError,
        StoreUnavailableError.
        """
        require_write(principal)
        if principal.bound_actor or principal.bound_registration:
            check_binding(principal, statements)
        ids = tuple(parsed.id or put_id or self._new_id() for parsed in statements)
        verdicts: dict[str, list[SignatureVerdict]] = {}
        found: dict[str, AttachmentContent] = {}
        if received or any(parsed.attachments for parsed in statements):
            found = await match_attachments(statements, received)
            verdicts = self._verdicts(statements, ids, found)
            if found:
                await self._stores.attachments.keep(tuple(found.values()))
        signed_over = _Authority(
            principal.authority, _authority_terms(principal.authority), principal.has(Scope.DEFINE), zone_named(principal.time_zone)
        )
        prepared = tuple([_prepare(signed_over, parsed, own_id, found) for parsed, own_id in zip(statements, ids, strict=True)])
        await self._stores.statements.put(Batch(principal.provider, principal.client, prepared, may_void_any=Scope.ALL in principal.scopes))
        return StoredBatch(ids, verdicts)

    def _verdicts(
        self, statements: Sequence[ParsedStatement], ids: tuple[str, ...], found: dict[str, AttachmentContent]
    ) -> dict[str, list[SignatureVerdict]]:
        verdicts = {}
        for index, (parsed, own_id) in enumerate(zip(statements, ids, strict=True)):
            where = f"statements[{index}]." if len(statements) > 1 else ""
            if signed := self._signatures.check(parsed, own_id, found, where):
                verdicts[own_id] = signed
        return verdicts


@dataclass(slots=True)
class _Authority:
    """What a client's statements are signed over to: the agent's JSON and terms; whether they may define activities; and in which zone
    their local times are.
    """

    json: bytes
    terms: tuple[str, ...]
    may_define: bool
    zone: tzinfo


def _prepare(authority: _Authority, parsed: ParsedStatement, own_id: str, found: dict[str, AttachmentContent]) -> NewStatement:
    direct, related = index_terms(parsed, authority.terms)
    digests: tuple[str, ...] = ()
    if found:
        declared = dict.fromkeys(attachment.sha2.lower() for attachment in parsed.attachments)
        digests = tuple(digest for digest in declared if digest in found)
        direct += tuple(map(digest_term, digests))
    return NewStatement(
        own_id,
        splice_head(parsed, statement_id=own_id, authority=authority.json, zone=authority.zone),
        not parsed.has_timestamp,
        direct,
        related,
        target=parsed.target,
        voids=parsed.voids,
        digests=digests,
        activities=activities_of(parsed) if authority.may_define else (),
    )


def require_write(principal: Principal) -> None:
    """Raises ForbiddenError without `statements/write` (xAPI-Communication 1.0.3, 4.2)."""
    if not principal.has(Scope.STATEMENTS_WRITE):
        raise ForbiddenError(
            "storing statements needs the scope statements/write", scope=Scope.STATEMENTS_WRITE.value, clause="xAPI-Communication 4.2"
        )


@lru_cache(maxsize=1_000)
def zone_named(name: str) -> tzinfo:
    """The zone of an IANA name; UTC where this machine does not know it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


@lru_cache(maxsize=_MAX_AUTHORITIES)
def _authority_terms(authority: bytes) -> tuple[str, ...]:
    """An agent's term; of an anonymous group (two agents, with OAuth) those of its members."""
    agent = parse_agent(authority, where="authority", allow_group=True)
    members = (agent.member or ()) if isinstance(agent, Group) else (agent,)
    return tuple(dict.fromkeys(map(agent_term, members)))
