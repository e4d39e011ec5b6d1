"""What every port here does with the file: find values by a query, and add rows whose key may be taken."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import apsw
import msgspec

from lrs.errors import ConflictError
from lrs.stores.sqlite.connection import Database

T = TypeVar("T")
Row = Sequence[Any]


class Rows:
    """Base of the ports. One instance serves them all."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def _all(self, sql: str, bound: Row) -> list[tuple[Any, ...]]:
        rows: list[tuple[Any, ...]] = await self._database.read(lambda connection: connection.execute(sql, bound).fetchall())
        return rows

    async def _values(self, kind: type[T], sql: str, bound: Row) -> list[T]:
        """The first column of every row, as values of `kind`."""
        return [msgspec.json.decode(row[0], type=kind) for row in await self._all(sql, bound)]

    async def _value(self, kind: type[T], sql: str, bound: Row) -> T | None:
        found = await self._values(kind, sql, bound)
        return found[0] if found else None


def add_row(connection: apsw.Connection, sql: str, bound: Row, *, taken: str, where: str) -> None:
    """Raises ConflictError saying `taken` when a unique column has the value already."""
    try:
        connection.execute(sql, bound)
    except apsw.ConstraintError as error:
        raise ConflictError(taken, where=where) from error
