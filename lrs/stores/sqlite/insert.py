"""Writing batches of statements, inside the group's transaction: `stored`, terms, postings, voiding, definitions.

A batch raises or is whole; the writer's savepoint undoes what a raising batch did. Statements that refer to no other and to which none
refers, which are nearly all, go in many at once: each call of SQLite gives the interpreter away and has to get it back from whoever parses
requests meanwhile, and that costs more than the call. Whatever is unusual goes one by one.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass

import apsw

from lrs.clock import format_us
from lrs.errors import ConflictError, ForbiddenError
from lrs.ports import Batch, NewStatement
from lrs.stores.sqlite import closure
from lrs.stores.sqlite.bodies import BodyReader
from lrs.stores.sqlite.schema import VOIDED, VOIDING, VOIDS_ANY
from lrs.stores.sqlite.state import StatementState
from lrs.xapi.activity import merge_definitions
from lrs.xapi.equality import same_statement

_COLUMNS = "INTO statement(seq, id, stored, origin, flags, codec, target, keys, body) VALUES"
_ROW = "(?, ?, ?, ?, ?, ?, ?, ?, ?)"
_INSERT = f"INSERT {_COLUMNS}{_ROW} ON CONFLICT(id) DO NOTHING"
# OR FAIL keeps the rows before the one that fails: SQLite need not be able to undo them, and so copies no page.
_TOGETHER = 64  # statements that are prepared, compressed and inserted at once
_INSERT_MANY = [f"INSERT OR FAIL {_COLUMNS}{_ROW}" + f", {_ROW}" * more for more in range(_TOGETHER)]
_NEWEST = "SELECT coalesce(max(seq), 0) FROM statement"
_REFERRED = "SELECT 1 FROM statement WHERE target = ? LIMIT 1"
_ANY_REFERRED = "SELECT 1 FROM statement WHERE target IN carray(?) LIMIT 1"
_VOIDERS = "SELECT o.provider, s.flags FROM statement s JOIN origin o ON o.id = s.origin WHERE s.target = ? AND s.flags & 2"
_BY_ID = "SELECT s.seq, s.flags, s.codec, s.body, o.provider FROM statement s JOIN origin o ON o.id = s.origin WHERE s.id = ?"


@dataclass(slots=True)
class _Item:
    """A statement of a batch, at its place there; `wall`: the posting keys of its origin."""

    batch: Batch
    index: int
    statement: NewStatement
    origin: int
    wall: array[int]
    key: bytes


class Inserter:
    """Puts batches; `state` is the writer's memory."""

    def __init__(self, state: StatementState) -> None:
        self._state = state
        self._reader = BodyReader()

    def put(self, connection: apsw.Connection, batches: Sequence[Batch]) -> None:
        """One batch after the other; see `StatementStore.put` for each."""
        plain: list[_Item] = []
        for batch in batches:
            origin, wall = self._state.origin(connection, batch.provider, batch.client)
            for index, statement in enumerate(batch.statements):
                item = _Item(batch, index, statement, origin, wall, pack_id(statement.id))
                if statement.target is None:
                    plain.append(item)
                    if len(plain) < _TOGETHER:
                        continue
                self._put_plain(connection, plain)
                plain = []
                if statement.target is not None:
                    self._put_one(connection, item)
        self._put_plain(connection, plain)

    def _put_plain(self, connection: apsw.Connection, items: list[_Item]) -> None:
        """Statements that refer to none, in order: at once, but for those after which one is referred to or is there already."""
        done = 0
        if len(items) > 1 and not connection.execute(_ANY_REFERRED, (apsw.carray(tuple([item.key for item in items])),)).get:
            done = self._put_together(connection, items)
        for item in items[done:]:
            self._put_one(connection, item)

    def _put_together(self, connection: apsw.Connection, items: list[_Item]) -> int:
        """How many are in: all, or those before the one whose id is there already."""
        state = self._state
        state.terms.learn(
            connection, [term for item in items for terms in (item.statement.direct, item.statement.related) for term in terms]
        )
        moments = [state.next_stored() for _ in items]
        contents = state.bodies.write_all([_body(item.statement, moment) for item, moment in zip(items, moments, strict=True)])
        return self._insert(connection, items, moments, contents)

    def _insert(self, connection: apsw.Connection, items: list[_Item], moments: list[int], contents: list[bytes]) -> int:
        """How many went in before one that is there already."""
        state, values = self._state, list[int | bytes | None]()
        codec, before = state.bodies.codec, state.seq
        for own, (item, moment, content) in enumerate(zip(items, moments, contents, strict=True), start=before + 1):
            keys = self._keys(connection, item.statement, item.wall)
            values += (own, item.key, moment, item.origin, 0, codec, None, keys.tobytes(), content)
        count = len(items)
        try:
            connection.execute(_INSERT_MANY[count - 1], values)
        except apsw.ConstraintError:
            count = connection.execute(_NEWEST).get - before
        if count:
            state.put(count, moments[count - 1])
        for own, item in enumerate(items[:count], start=before + 1):
            self._define_all(connection, item, own)
        return count

    def _put_one(self, connection: apsw.Connection, item: _Item) -> None:
        state, statement, key = self._state, item.statement, item.key
        keys = self._keys(connection, statement, item.wall)
        flags, target = 0, None
        if statement.target is not None:
            target = pack_id(statement.target)
            closure.inherit(connection, target, item.batch.provider, keys)
            if statement.voids:
                flags = VOIDING | (VOIDS_ANY if item.batch.may_void_any else 0)
                if self._is_foreign(connection, item.batch, target):
                    self._check_known(connection, item)
                    return
        referred = connection.execute(_REFERRED, (key,)).get is not None
        if referred and not statement.voids:
            flags |= self._voided_before(connection, key, item.batch.provider)
        stored = state.next_stored()
        codec, content = state.bodies.write(_body(statement, stored))
        row = (state.seq + 1, key, stored, item.origin, flags, codec, target, keys.tobytes(), content)
        connection.execute(_INSERT, row)
        if not connection.changes():
            self._check_same(connection, item)
            return
        state.put(1, stored)
        if flags & VOIDING:
            connection.execute("UPDATE statement SET flags = flags | 1 WHERE id = ? AND flags & 3 = 0", (target,))
        if referred:
            closure.target_arrived(connection, state, state.seq, stored)
        self._define_all(connection, item, state.seq)

    def _keys(self, connection: apsw.Connection, statement: NewStatement, wall_keys: array[int]) -> array[int]:
        known = self._state.terms.known
        try:
            own = [known[term] * 2 for term in statement.direct] + [known[term] * 2 + 1 for term in statement.related]
        except KeyError:
            self._state.terms.learn(connection, (*statement.direct, *statement.related))
            return self._keys(connection, statement, wall_keys)
        return wall_keys + array("I", own)

    def _is_foreign(self, connection: apsw.Connection, batch: Batch, target: bytes) -> bool:
        """Whether the target is known, another provider's, and not to be voided by this client."""
        found = connection.execute(_BY_ID, (target,)).fetchone()
        return found is not None and found[4] != batch.provider and not batch.may_void_any

    def _check_known(self, connection: apsw.Connection, item: _Item) -> None:
        """A void of another's statement is fine only as a repeat of one that was stored, without effect, before its target came."""
        if connection.execute(_BY_ID, (item.key,)).fetchone() is not None:
            self._check_same(connection, item)
            return
        where = f"statements[{item.index}].object.id"
        raise ForbiddenError("this voids a statement of another provider", scope="all", where=where, clause="xAPI-Data 2.3.2")

    def _voided_before(self, connection: apsw.Connection, key: bytes, provider: str) -> int:
        """VOIDED when a voiding statement with effect came before its target."""
        for voider, flags in connection.execute(_VOIDERS, (key,)):
            if voider == provider or flags & VOIDS_ANY:
                return VOIDED
        return 0

    def _check_same(self, connection: apsw.Connection, item: _Item) -> None:
        _, _, codec, content, provider = connection.execute(_BY_ID, (item.key,)).fetchone()  # type: ignore[misc]  # it is there
        sent = _body(item.statement, self._state.stored)
        # What a reduced one said is not known any more: its id stays taken, and telling it again changes nothing.
        same = is_reduced(connection, item.key) or same_statement(self._reader.read(connection, codec, content), sent)
        if provider == item.batch.provider and same:
            return
        message = f"another statement has the id {item.statement.id}"
        raise ConflictError(message, where=f"statements[{item.index}].id", clause="xAPI-Communication 2.1.1")

    def _define_all(self, connection: apsw.Connection, item: _Item, seq: int) -> None:
        for iri, definition in item.statement.activities:
            self._define(connection, item.batch.provider, iri, definition, seq)

    def _define(self, connection: apsw.Connection, provider: str, iri: str, definition: bytes, seq: int) -> None:
        if self._state.is_merged(provider, iri, definition):
            return
        old = connection.execute("SELECT definition FROM activity WHERE iri = ? AND provider = ?", (iri, provider)).get
        new = merge_definitions(old, definition)
        if new != old:
            connection.execute(
                "INSERT INTO activity(provider, iri, first, definition) VALUES(?, ?, ?, ?) "
                "ON CONFLICT(iri, provider) DO UPDATE SET definition = excluded.definition",
                (provider, iri, seq, new),
            )


def is_reduced(connection: apsw.Connection, key: bytes) -> bool:
    """Whether the statement with this id is reduced (see `lrs.stores.sqlite.reduction`)."""
    return connection.execute("SELECT 1 FROM reduced WHERE seq = (SELECT seq FROM statement WHERE id = ?)", (key,)).get is not None


def pack_id(statement_id: str) -> bytes:
    """The 16 bytes of a UUID in canonical text. Raises ValueError."""
    return bytes.fromhex(statement_id.replace("-", ""))


def unpack_id(key: bytes) -> str:
    """The UUID in canonical text."""
    digits = key.hex()
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def _body(statement: NewStatement, stored: int) -> bytes:
    """The statement as it will be returned (see `NewStatement.head`)."""
    moment = format_us(stored).encode()
    if statement.timestamp_missing:
        return b'%b,"timestamp":"%b","stored":"%b"}' % (statement.head, moment, moment)
    return b'%b,"stored":"%b"}' % (statement.head, moment)
