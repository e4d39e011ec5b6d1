"""Completions and hours on SQLite, and the looks that were asked for."""

from __future__ import annotations

from typing import Any

import apsw
import msgspec

from credentials.hours.entry import HoursEntry
from credentials.model import Award, Candidate
from credentials.stores.sqlite.rows import Rows

_COMPLETION = "INSERT OR IGNORE INTO completion(certificate, completed, statements) VALUES(?, ?, ?)"


class SqliteAwards(Rows):
    """See `credentials.ports.AwardStore`."""

    async def record(self, award: Award) -> bool:
        return await self._database.write(lambda connection: _record(connection, award))

    async def entries(self, person_id: str) -> list[HoursEntry]:
        return await self._values(HoursEntry, "SELECT content FROM hours WHERE person = ? ORDER BY id", (person_id,))

    async def ask(self, candidate: Candidate) -> None:
        await self._database.write(lambda connection: ask(connection, candidate.person, candidate.batch))

    async def asked(self) -> list[Candidate]:
        return [Candidate(*row) for row in await self._all("SELECT person, batch FROM asked ORDER BY person, batch", ())]

    async def settle(self, candidate: Candidate) -> None:
        sql, row = "DELETE FROM asked WHERE person = ? AND batch = ?", (candidate.person, candidate.batch)
        await self._database.write(lambda connection: _run(connection, sql, row))


def ask(connection: apsw.Connection, person: str, batch: str) -> None:
    """Within a job: the look is asked for in the same commit as what makes it necessary."""
    connection.execute("INSERT OR IGNORE INTO asked(person, batch) VALUES(?, ?)", (person, batch))


def _record(connection: apsw.Connection, award: Award) -> bool:
    connection.execute(_COMPLETION, (award.certificate, award.completed, msgspec.json.encode(award.statements)))
    if not connection.changes():
        return False
    entry = award.entry
    connection.execute("INSERT INTO hours(id, person, content) VALUES(?, ?, ?)", (entry.id, entry.person, msgspec.json.encode(entry)))
    return True


def _run(connection: apsw.Connection, sql: str, bound: tuple[Any, ...]) -> None:
    connection.execute(sql, bound)
