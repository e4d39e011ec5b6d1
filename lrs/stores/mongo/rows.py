"""What a segment holds, and the keys by which its statements are found. Pure."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from hashlib import blake2b

import msgspec
import zstandard

from lrs.clock import format_us
from lrs.ports import Condition, NewStatement, Reduced

_KEY_BYTES = 9  # of a hashed term: twelve letters in an index; two of a thousand million terms collide once in a million stores
_LEVEL = 3
_LONGEST = 256_000_000  # bytes of a segment's rows, unpacked: a request has at most 64 MB, and a group ends long before


class Row(msgspec.Struct, frozen=True, array_like=True):
    """A statement as it was stored. `stored` in microseconds; `keys`: its own terms and its client, hashed; `voids`: 0, 1 (within its
    provider), 2 (any provider's).
    """

    id: str
    stored: int
    provider: str
    client: str
    body: bytes
    keys: tuple[str, ...]
    target: str = ""
    voids: int = 0
    activities: tuple[tuple[str, bytes], ...] = ()


_decoder = msgspec.msgpack.Decoder(list[Row])


def pack(rows: Sequence[Row]) -> bytes:
    """Compressed: neighbours repeat each other."""
    return zstandard.ZstdCompressor(level=_LEVEL).compress(msgspec.msgpack.encode(rows))


def unpack(content: bytes) -> list[Row]:
    """As `pack` had them."""
    return _decoder.decode(zstandard.ZstdDecompressor().decompress(content, max_output_size=_LONGEST))


def packed_in_parts(rows: Sequence[Row], size: int) -> list[bytes]:
    """Whole rows in each, at most `size` bytes unless a single row is larger: so one part is changed without the others."""
    packed = pack(rows)
    if len(packed) <= size or len(rows) < 2:
        return [packed]
    middle = len(rows) // 2
    return packed_in_parts(rows[:middle], size) + packed_in_parts(rows[middle:], size)


def body_of(statement: NewStatement, stored: int) -> bytes:
    """The statement as it will be returned (see `NewStatement.head`)."""
    moment = format_us(stored).encode()
    if statement.timestamp_missing:
        return b'%b,"timestamp":"%b","stored":"%b"}' % (statement.head, moment, moment)
    return b'%b,"stored":"%b"}' % (statement.head, moment)


def row_of(statement: NewStatement, stored: int, provider: str, client: str, *, may_void_any: bool) -> Row:
    """A new statement at its moment."""
    keys = _own_keys(client, statement.direct, statement.related)
    voids = (2 if may_void_any else 1) if statement.voids else 0
    body = body_of(statement, stored)
    return Row(statement.id, stored, provider, client, body, keys, statement.target or "", voids, statement.activities)


def reduced_row(row: Row, statement: Reduced) -> Row:
    """What lies in the row's place after reduction."""
    keys = _own_keys(row.client, statement.direct, statement.related)
    return msgspec.structs.replace(row, body=statement.body, keys=keys, activities=())


def _own_keys(client: str, direct: Sequence[str], related: Sequence[str]) -> tuple[str, ...]:
    keys = [client_key(client), *(_hashed(term) + "d" for term in direct), *(_hashed(term) + "r" for term in related)]
    return tuple(dict.fromkeys(keys))


def client_key(client: str) -> str:
    """What finds the statements of one client; never inherited."""
    return _hashed(client) + "w"


def condition_keys(condition: Condition) -> list[str]:
    """The keys of which a statement must have one."""
    hashed = _hashed(condition.term)
    return [hashed + "d", hashed + "r"] if condition.related else [hashed + "d"]


def inheritable(keys: Sequence[str]) -> list[str]:
    """Those that a referrer takes over (StatementRef rule)."""
    return [key for key in keys if not key.endswith("w")]


def _hashed(term: str) -> str:
    return base64.b85encode(blake2b(term.encode("utf-8"), digest_size=_KEY_BYTES).digest()).decode("ascii")
