"""Values as they lie in a store: MessagePack of the dataclass."""

from __future__ import annotations

from collections.abc import Hashable
from functools import cache
from typing import Any, TypeVar, cast

import msgspec

from credentials.ports.keys import encode_parts
from credentials.ports.records import Table

T = TypeVar("T")
encoded_value = msgspec.msgpack.Encoder().encode


def decoded(table: Table[T], content: bytes) -> T:
    """The value that lies in the store."""
    value: T = _decoder(cast(Hashable, table.kind)).decode(content)
    return value


@cache
def _decoder(kind: Hashable) -> msgspec.msgpack.Decoder[Any]:
    """Made once: to look at the type costs more than a small value."""
    return msgspec.msgpack.Decoder(kind)


def entries_for(table: Table[Any], value: object) -> list[tuple[str, str]]:
    """(index, entry) of each entry under which the value is found."""
    return [(index, encode_parts(parts)) for index, entries in table.indexes.items() for parts in entries(value)]
