"""Completions, certificates and hours on SQLite, and the looks that were asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import apsw
import msgspec

from credentials.hours.entry import HoursEntry
from credentials.model import Award, Candidate, Certificate
from credentials.stores.sqlite.rows import Rows

_CERTIFICATE = "INSERT OR IGNORE INTO certificate(id, batch, person, content, document, token) VALUES(?, ?, ?, ?, ?, ?)"
_COLUMNS = "SELECT content, document, token FROM certificate"


@dataclass(frozen=True, slots=True)
class _Told:
    """A certificate without what has columns of its own."""

    id: str
    provider: str
    person: str
    batch: str
    programme: str
    version: int
    number: int
    title: str
    issued: int


class SqliteAwards(Rows):
    """See `credentials.ports.AwardStore`."""

    async def record(self, award: Award) -> bool:
        return await self._database.write(lambda connection: _record(connection, award))

    async def certificate(self, certificate_id: str) -> Certificate | None:
        rows = await self._all(f"{_COLUMNS} WHERE id = ?", (certificate_id,))
        return _certificate(*rows[0]) if rows else None

    async def certificates(self, batch_id: str) -> list[Certificate]:
        return [_certificate(*row) for row in await self._all(f"{_COLUMNS} WHERE batch = ? ORDER BY id", (batch_id,))]

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
    one, entry = award.certificate, award.entry
    told = msgspec.json.encode(
        _Told(one.id, one.provider, one.person, one.batch, one.programme, one.version, one.number, one.title, one.issued)
    )
    connection.execute(_CERTIFICATE, (one.id, one.batch, one.person, told, one.document, one.token))
    if not connection.changes():
        return False
    connection.execute(
        "INSERT INTO completion(certificate, completed, statements) VALUES(?, ?, ?)",
        (one.id, award.completed, msgspec.json.encode(award.statements)),
    )
    connection.execute("INSERT INTO hours(id, person, content) VALUES(?, ?, ?)", (entry.id, entry.person, msgspec.json.encode(entry)))
    return True


def _certificate(content: bytes, document: bytes, token: str) -> Certificate:
    told = msgspec.json.decode(content, type=_Told)
    return Certificate(
        told.id,
        told.provider,
        told.person,
        told.batch,
        told.programme,
        told.version,
        told.number,
        told.title,
        told.issued,
        document=document,
        token=token,
    )


def _run(connection: apsw.Connection, sql: str, bound: tuple[Any, ...]) -> None:
    connection.execute(sql, bound)
