"""The statement store: what a batch is, how it is asked for, and what the store promises.

Terms. A statement is found by terms, short strings that `lrs.xapi.terms` derives from it:
    "v" + verb IRI · "a" + an agent's inverse functional identifier (`amailto:x@y`, `aaccount:<homePage>|<name>`, …) · "c" + activity IRI ·
    "r" + registration UUID
A term of a statement is *direct* (actor, object, members of an actor or object group; the verb; the object activity; the
registration) or *related* (all other places that `related_agents` and `related_activities` look at).

Stored order. The store gives each statement `stored` inside its write transaction: microseconds, strictly increasing statement by
statement over all processes, also when the clock jumps back: max(clock, last + 1).

StatementRef rule (xAPI-Communication 1.0.3 2.1.3, "Filter Conditions for StatementRefs"). A statement whose object is a
StatementRef has, besides its own terms, those of its target, recursively, whichever of the two arrives first, as long as both are
the same provider's. Work for late targets is bounded per write; the rest goes on in the background, and `consistent_through` stays before
the late target's `stored` until it is done.

Voiding (xAPI-Data 1.0.3 2.3.2, 2.0 4.2.5). A voiding statement marks its target as voided when the target is the same provider's
or the batch `may_void_any`, and is not itself a voiding statement; whichever of the two arrives first.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import msgspec


@dataclass(frozen=True, slots=True)
class Wall:
    """What a caller may see: statements of one client, of one provider, or (both None) of all."""

    provider: str | None = None
    client: str | None = None


class NewStatement(msgspec.Struct, frozen=True, gc=False):
    """One statement, checked and ready to be stored. (A Struct, since each statement has one: it is made in a sixth of the time.)

    `id`: lower-case UUID text. `head`: the statement's JSON as it will be returned, without its last members and its closing brace: the
    store appends `,"timestamp":"<stored>"` (only where `timestamp_missing`), `,"stored":"<stored>"` and `}`; `head` is never empty of
    members. `direct` and `related`: its terms, each once; `related` holds none of `direct`. `target`: the id of the StatementRef that is
    its object, or None. `voids`: it is a voiding statement. `digests`: SHA-2 hex (lower case) of the attachments whose bytes came with this
    request. `activities`: (activity IRI, definition as JSON) to be merged into the directory; empty when the client may not define.
    """

    id: str
    head: bytes
    timestamp_missing: bool
    direct: tuple[str, ...]
    related: tuple[str, ...] = ()
    target: str | None = None
    voids: bool = False
    digests: tuple[str, ...] = ()
    activities: tuple[tuple[str, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class Batch:
    """What one request stores, whole or not at all. `attachments` are already kept (`AttachmentStore.keep`)."""

    provider: str
    client: str
    statements: tuple[NewStatement, ...]
    may_void_any: bool = False


@dataclass(frozen=True, slots=True)
class StoredStatement:
    """A statement as it is returned: `body` byte for byte, `stored` in microseconds since the epoch."""

    id: str
    stored: int
    body: bytes
    provider: str
    client: str


@dataclass(frozen=True, slots=True)
class Condition:
    """Satisfied by a statement that has `term` among its direct terms, or, with `related`, among all its terms."""

    term: str
    related: bool = False


@dataclass(frozen=True, slots=True)
class StatementQuery:
    """A page of statements that satisfy every condition. Voided ones are never in it.

    `since` is exclusive and `until` inclusive, both microseconds of `stored`; `limit` is at least 1 and already within the server's
    maximum; `max_bytes` ends a page early (one statement at least); `cursor` continues a page (`Page.more`); newest first unless
    `ascending`.
    """

    conditions: tuple[Condition, ...] = ()
    since: int | None = None
    until: int | None = None
    limit: int = 100
    ascending: bool = False
    cursor: str | None = None
    max_bytes: int = 10_000_000


@dataclass(frozen=True, slots=True)
class Page:
    """`more` is the cursor of the next page, None when this page is the last. A cursor stays good for ever and tells nothing of other
    providers.
    """

    bodies: list[bytes] = field(default_factory=list)
    more: str | None = None


class StatementStore(Protocol):
    """Statements, all or nothing, durable, in stored order."""

    async def put(self, batch: Batch) -> None:
        """Stores the batch durably. A statement whose id is there already with an equal statement (`lrs.xapi.equality`) is passed over.

        A batch of none is fine. Raises ConflictError (the id has another statement, or is another provider's; `where` is `statements[i]`),
        ForbiddenError (voids a statement known to be another provider's; `where` likewise) and StoreUnavailableError; then nothing of the
        batch is stored.
        """
        ...

    async def get(self, statement_id: str, wall: Wall, *, voided: bool = False) -> StoredStatement | None:
        """The statement with that id that is (or, by default, is not) voided, or None when there is none within the wall."""
        ...

    async def query(self, query: StatementQuery, wall: Wall) -> Page:
        """A page within the wall. Raises InvalidRequestError for a cursor that is none of ours."""
        ...

    async def consistent_through(self) -> int:
        """A moment (microseconds) such that every statement with `stored` at or before it is visible to a query that begins after this
        call.

        On an idle store it follows the clock. Nothing is ever stored later at or before a moment that was returned.
        """
        ...
