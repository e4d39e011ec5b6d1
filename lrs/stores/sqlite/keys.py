"""Posting keys of many statements, read in few calls of SQLite: each call gives the interpreter away, and has to get it back."""

from __future__ import annotations

from array import array
from collections.abc import Iterator

import apsw

_PIECE = 512  # statements in one call
_READ = "SELECT group_concat(seq || ':' || hex(keys), ',' ORDER BY seq) FROM statement WHERE seq > ? AND seq <= ?"


def keys_between(connection: apsw.Connection, after: int, last: int) -> Iterator[tuple[int, array[int]]]:
    """(`seq`, keys) of the statements after `after` up to `last`, in order."""
    for start in range(after, last, _PIECE):
        text: str | None = connection.execute(_READ, (start, min(start + _PIECE, last))).get
        for one in text.split(",") if text else ():
            seq, _, packed = one.partition(":")
            yield int(seq), array("I", bytes.fromhex(packed))
