"""What `check` proves of statements: order, bodies, attachments that they declare, the index, references, voiding."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from uuid import UUID

import apsw
import msgspec

from lrs.clock import format_us
from lrs.errors import InvalidStatementError, OperatorError
from lrs.stores.sqlite.bodies import BodyReader
from lrs.stores.sqlite.closure import MAX_INHERITED
from lrs.stores.sqlite.seal import postings_of
from lrs.xapi.strict_json import JsonLimits, load_json

_ANY = JsonLimits(nesting=900, number_chars=4_000, size=2**40)  # what is stored has passed the limits of its day
_REFERRERS = (
    "SELECT r.id, r.seq, r.keys, t.seq, t.keys FROM statement r JOIN statement t ON t.id = r.target "
    "JOIN origin ro ON ro.id = r.origin JOIN origin t_o ON t_o.id = t.origin WHERE r.target IS NOT NULL AND ro.provider = t_o.provider"
)
_VOIDED = (
    "SELECT t.id, t.flags & 1, EXISTS(SELECT 1 FROM statement v JOIN origin vo ON vo.id = v.origin "
    "  WHERE v.target = t.id AND v.flags & 2 AND (v.flags & 4 OR vo.provider = o.provider)) "
    "FROM statement t JOIN origin o ON o.id = t.origin "
    "WHERE t.flags & 2 = 0 AND (t.flags & 1 OR t.id IN (SELECT target FROM statement WHERE flags & 2))"
)


class _Declared(msgspec.Struct, frozen=True):
    sha2: str
    fileUrl: str | msgspec.UnsetType = msgspec.UNSET


class _Part(msgspec.Struct, frozen=True):
    attachments: tuple[_Declared, ...] = ()


class _Holder(_Part, frozen=True):
    object: _Part = _Part()


_holder = msgspec.json.Decoder(_Holder)


def statements(connection: apsw.Connection) -> Iterator[str]:
    """`seq` without gaps, `stored` strictly increasing, every body readable, of its row, and its attachments there."""
    reader = BodyReader()
    before, moment = 0, 0
    for seq, key, stored, codec, content in connection.execute("SELECT seq, id, stored, codec, body FROM statement ORDER BY seq"):
        name = f"statement {UUID(bytes=key)}"
        if seq != before + 1:
            yield f"{name}: {before + 1} to {seq - 1} are missing before it"
        if stored <= moment:
            yield f"{name}: `stored` is not after that of the one before"
        before, moment = seq, stored
        try:
            body = reader.read(connection, codec, content)
        except OperatorError as error:
            yield f"{name}: {error.message}"
            continue
        if not body.endswith(b',"stored":"%b"}' % format_us(stored).encode()):
            yield f"{name}: its body does not end with its `stored`"
        elif not _has_id(body, key):
            yield f"{name}: its body has another id, or is no JSON"
        else:
            yield from (f"{name}: its attachment {digest} is not there" for digest in _lacking(connection, body))


def postings(connection: apsw.Connection, segment: int) -> Iterator[str]:
    """Sealed runs are what their statements give."""
    sealed: int = connection.execute("SELECT coalesce((SELECT value FROM number WHERE name = 'sealed'), 0)").get
    for window in range(sealed):
        found = connection.execute("SELECT key, offsets FROM posting WHERE segment = ? ORDER BY key", (window,)).fetchall()
        if found != postings_of(connection, window, segment):
            yield f"the index run {window} is not what its statements give"
    extra = connection.execute("SELECT count(*) FROM posting WHERE segment > ?", (sealed,)).get
    if extra:
        yield f"{extra} index rows lie after the last sealed run"


def references(connection: apsw.Connection) -> Iterator[str]:
    """Who refers to a statement is found by what finds that one, unless there is work left over."""
    if connection.execute("SELECT EXISTS(SELECT 1 FROM closure)").get:
        return
    for key, seq, packed, target, target_packed in connection.execute(_REFERRERS):
        own = _keys(connection, seq, packed)
        if len(own) < MAX_INHERITED and not own.issuperset(_keys(connection, target, target_packed)):
            yield f"statement {UUID(bytes=key)}: it is not found by all that finds the statement which it refers to"


def voiding(connection: apsw.Connection) -> Iterator[str]:
    """Voided is what a voiding statement with effect voids, and nothing else."""
    for key, voided, voidable in connection.execute(_VOIDED):
        if voided != voidable:
            yield f"statement {UUID(bytes=key)}: {'voided by none' if voided else 'not voided though one voids it'}"


def _keys(connection: apsw.Connection, seq: int, packed: bytes) -> set[int]:
    """A statement's keys, but for the two of its wall."""
    late = {key for (key,) in connection.execute("SELECT key FROM late WHERE seq = ?", (seq,))}
    return late.union(array("I", packed)[2:])


def _has_id(body: bytes, key: bytes) -> bool:
    if b'"id":"%b"' % str(UUID(bytes=key)).encode() in body:
        return True
    try:
        return UUID(load_json(body, _ANY)["id"]).bytes == key
    except (InvalidStatementError, ValueError, KeyError, TypeError):
        return False


def _lacking(connection: apsw.Connection, body: bytes) -> list[str]:
    """Digests of the attachments that must have come with the statement and are not kept."""
    if b'"attachments"' not in body and b"\\u" not in body:
        return []
    try:
        holder = _holder.decode(body)
    except msgspec.MsgspecError:
        return ["of a declaration that cannot be read"]
    needed = {one.sha2.lower() for one in (*holder.attachments, *holder.object.attachments) if one.fileUrl is msgspec.UNSET}
    return sorted(one for one in needed if connection.execute("SELECT 1 FROM attachment WHERE digest = ?", (one,)).get is None)
