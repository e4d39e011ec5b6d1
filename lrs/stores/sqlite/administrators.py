"""Administrators on SQLite."""

from __future__ import annotations

from typing import Any

import apsw
import msgspec

from lrs.errors import ConflictError, NotFoundError
from lrs.ports import Administrator
from lrs.stores.sqlite.connection import Database


class SqliteAdministrators:
    """See `lrs.ports.AdministratorStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, administrator: Administrator) -> None:
        def job(connection: apsw.Connection) -> None:
            try:
                connection.execute(
                    "INSERT INTO administrator(name, content) VALUES(?, ?)", (administrator.name, msgspec.json.encode(administrator))
                )
            except apsw.ConstraintError as error:
                raise ConflictError("there is an administrator with this name already", where="name") from error

        await self._database.write(job)

    async def get(self, name: str) -> Administrator | None:
        found = await self._database.read(
            lambda connection: connection.execute("SELECT content FROM administrator WHERE name = ?", (name,)).get
        )
        return None if found is None else msgspec.json.decode(found, type=Administrator)

    async def all(self) -> list[Administrator]:
        rows: list[tuple[Any, ...]] = await self._database.read(
            lambda connection: connection.execute("SELECT content FROM administrator ORDER BY name").fetchall()
        )
        return [msgspec.json.decode(content, type=Administrator) for (content,) in rows]

    async def save(self, administrator: Administrator) -> None:
        def job(connection: apsw.Connection) -> None:
            connection.execute(
                "UPDATE administrator SET content = ? WHERE name = ?", (msgspec.json.encode(administrator), administrator.name)
            )
            if not connection.changes():
                raise NotFoundError("there is no administrator with this name")

        await self._database.write(job)
