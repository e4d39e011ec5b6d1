"""Values as they lie in a store: MessagePack of the dataclass."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from credentials.ports.keys import encode_parts
from credentials.ports.records import Table

T = TypeVar("T")
encoded_value = msgspec.msgpack.Encoder().encode


def decoded(table: Table[T], content: bytes) -> T:
    """The value that lies in the store."""
    return msgspec.msgpack.decode(content, type=table.kind)


def entries_for(table: Table[Any], value: object) -> list[tuple[str, str]]:
    """(index, entry) of each entry under which the value is found."""
    return [(index, encode_parts(parts)) for index, entries in table.indexes.items() for parts in entries(value)]
