"""Programmes and batches on SQLite."""

from __future__ import annotations

import apsw
import msgspec

from credentials.catalogue.model import Batch, Programme
from credentials.stores.sqlite.awards import ask
from credentials.stores.sqlite.rows import Rows, add_row
from lrs.errors import ConflictError

_OVERLAPPING = "SELECT 1 FROM binding WHERE provider = ? AND activity = ? AND starts <= ? AND ends >= ? LIMIT 1"


class SqliteCatalogue(Rows):
    """See `credentials.ports.CatalogueStore`."""

    async def add_programme(self, programme: Programme) -> None:
        sql = "INSERT INTO programme(id, version, content) VALUES(?, ?, ?)"
        row = (programme.id, programme.version, msgspec.json.encode(programme))
        taken = "this version of the programme is there already"
        await self._database.write(lambda connection: add_row(connection, sql, row, taken=taken, where="version"))

    async def programme(self, programme_id: str, version: int) -> Programme | None:
        return await self._value(Programme, "SELECT content FROM programme WHERE id = ? AND version = ?", (programme_id, version))

    async def programmes(self) -> list[Programme]:
        return await self._values(Programme, "SELECT content FROM programme ORDER BY id, version", ())

    async def add_batch(self, batch: Batch) -> None:
        await self._database.write(lambda connection: _add_batch(connection, batch))

    async def batch(self, batch_id: str) -> Batch | None:
        return await self._value(Batch, "SELECT content FROM batch WHERE id = ?", (batch_id,))

    async def batches(self, provider: str) -> list[Batch]:
        return await self._values(Batch, "SELECT content FROM batch WHERE provider = ? ORDER BY id", (provider,))


def _add_batch(connection: apsw.Connection, batch: Batch) -> None:
    row = (batch.id, batch.provider, msgspec.json.encode(batch))
    sql = "INSERT INTO batch(id, provider, content) VALUES(?, ?, ?)"
    add_row(connection, sql, row, taken="a batch with this id is there already", where="id")
    starts, ends = batch.starts.isoformat(), batch.ends.isoformat()
    for activity in sorted(batch.activities()):
        if connection.execute(_OVERLAPPING, (batch.provider, activity, ends, starts)).get:
            raise ConflictError("another batch has one of these activities at the same time", where="bindings")
        connection.execute(
            "INSERT INTO binding(provider, activity, starts, ends, batch) VALUES(?, ?, ?, ?, ?)",
            (batch.provider, activity, starts, ends, batch.id),
        )
    ask(connection, "", batch.id)
