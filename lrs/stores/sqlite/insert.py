"""Writing a batch of statements, inside the group's transaction: `stored`, terms, postings, voiding, definitions.

A batch raises or is whole; the writer's savepoint undoes what a raising batch did.
"""

from __future__ import annotations

from array import array

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

_INSERT = (
    "INSERT INTO statement(seq, id, stored, origin, flags, codec, target, keys, body) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?) "
    "ON CONFLICT(id) DO NOTHING"
)
_REFERRED = "SELECT 1 FROM statement WHERE target = ? LIMIT 1"
_VOIDERS = "SELECT o.provider, s.flags FROM statement s JOIN origin o ON o.id = s.origin WHERE s.target = ? AND s.flags & 2"
_BY_ID = "SELECT s.seq, s.flags, s.codec, s.body, o.provider FROM statement s JOIN origin o ON o.id = s.origin WHERE s.id = ?"


class Inserter:
    """Puts batches; `state` is the writer's memory."""

    def __init__(self, state: StatementState) -> None:
        self._state = state
        self._reader = BodyReader()

    def put(self, connection: apsw.Connection, batch: Batch) -> None:
        """See `StatementStore.put`."""
        origin, wall_keys = self._state.origin(connection, batch.provider, batch.client)
        for index, statement in enumerate(batch.statements):
            self._put_one(connection, batch, index, statement, origin, wall_keys)

    def _put_one(
        self, connection: apsw.Connection, batch: Batch, index: int, statement: NewStatement, origin: int, wall_keys: array[int]
    ) -> None:
        state = self._state
        key = pack_id(statement.id)
        keys = self._keys(connection, statement, wall_keys)
        flags, target = 0, None
        if statement.target is not None:
            target = pack_id(statement.target)
            closure.inherit(connection, target, batch.provider, keys)
            if statement.voids:
                flags = VOIDING | (VOIDS_ANY if batch.may_void_any else 0)
                if self._is_foreign(connection, batch, target):
                    self._check_known(connection, batch, index, statement, key)
                    return
        referred = connection.execute(_REFERRED, (key,)).get is not None
        if referred and not statement.voids:
            flags |= self._voided_before(connection, key, batch.provider)
        before = state.stored
        stored = state.next_stored()
        codec, content = state.bodies.write(_body(statement, stored))
        row = (state.seq + 1, key, stored, origin, flags, codec, target, keys.tobytes(), content)
        connection.execute(_INSERT, row)
        if not connection.changes():
            state.stored = before
            self._check_same(connection, batch, index, statement, key)
            return
        state.seq += 1
        if flags & VOIDING:
            connection.execute("UPDATE statement SET flags = flags | 1 WHERE id = ? AND flags & 3 = 0", (target,))
        if referred:
            closure.target_arrived(connection, state, state.seq, stored)
        for iri, definition in statement.activities:
            self._define(connection, batch.provider, iri, definition)

    def _keys(self, connection: apsw.Connection, statement: NewStatement, wall_keys: array[int]) -> array[int]:
        number = self._state.terms.number
        keys = wall_keys[:]
        for term in statement.direct:
            keys.append(number(connection, term) * 2)
        for term in statement.related:
            keys.append(number(connection, term) * 2 + 1)
        return keys

    def _is_foreign(self, connection: apsw.Connection, batch: Batch, target: bytes) -> bool:
        """Whether the target is known, another provider's, and not to be voided by this client."""
        found = connection.execute(_BY_ID, (target,)).fetchone()
        return found is not None and found[4] != batch.provider and not batch.may_void_any

    def _check_known(self, connection: apsw.Connection, batch: Batch, index: int, statement: NewStatement, key: bytes) -> None:
        """A void of another's statement is fine only as a repeat of one that was stored, without effect, before its target came."""
        if connection.execute(_BY_ID, (key,)).fetchone() is not None:
            self._check_same(connection, batch, index, statement, key)
            return
        where = f"statements[{index}].object.id"
        raise ForbiddenError("this voids a statement of another provider", scope="all", where=where, clause="xAPI-Data 2.3.2")

    def _voided_before(self, connection: apsw.Connection, key: bytes, provider: str) -> int:
        """VOIDED when a voiding statement with effect came before its target."""
        for voider, flags in connection.execute(_VOIDERS, (key,)):
            if voider == provider or flags & VOIDS_ANY:
                return VOIDED
        return 0

    def _check_same(self, connection: apsw.Connection, batch: Batch, index: int, statement: NewStatement, key: bytes) -> None:
        _, _, codec, content, provider = connection.execute(_BY_ID, (key,)).fetchone()  # type: ignore[misc]  # it is there
        if provider == batch.provider and same_statement(
            self._reader.read(connection, codec, content), _body(statement, self._state.stored)
        ):
            return
        raise ConflictError(
            f"another statement has the id {statement.id}", where=f"statements[{index}].id", clause="xAPI-Communication 2.1.1"
        )

    def _define(self, connection: apsw.Connection, provider: str, iri: str, definition: bytes) -> None:
        if self._state.is_merged(provider, iri, definition):
            return
        old = connection.execute("SELECT definition FROM activity WHERE iri = ? AND provider = ?", (iri, provider)).get
        new = merge_definitions(old, definition)
        if new != old:
            connection.execute(
                "INSERT INTO activity(provider, iri, first, definition) VALUES(?, ?, ?, ?) "
                "ON CONFLICT(iri, provider) DO UPDATE SET definition = excluded.definition",
                (provider, iri, self._state.seq, new),
            )


def pack_id(statement_id: str) -> bytes:
    """The 16 bytes of a UUID in canonical text. Raises ValueError."""
    return bytes.fromhex(statement_id.replace("-", ""))


def _body(statement: NewStatement, stored: int) -> bytes:
    """The statement as it will be returned (see `NewStatement.head`)."""
    moment = format_us(stored).encode()
    if statement.timestamp_missing:
        return b'%b,"timestamp":"%b","stored":"%b"}' % (statement.head, moment, moment)
    return b'%b,"stored":"%b"}' % (statement.head, moment)
