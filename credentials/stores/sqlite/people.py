"""Persons and their accounts on SQLite."""

from __future__ import annotations

import apsw
import msgspec

from credentials.model import Candidate, Sighting
from credentials.people.model import Person
from credentials.stores.sqlite.awards import ask
from credentials.stores.sqlite.rows import Rows, add_row

_CANDIDATES = """SELECT a.person, b.batch FROM account a JOIN binding b ON b.provider = a.provider AND b.activity = ?4
  WHERE a.provider = ?1 AND a.home_page = ?2 AND a.name = ?3"""


class SqlitePeople(Rows):
    """See `credentials.ports.PeopleStore`."""

    async def add_person(self, person: Person) -> None:
        await self._database.write(lambda connection: _add_person(connection, person))

    async def person(self, person_id: str) -> Person | None:
        return await self._value(Person, "SELECT content FROM person WHERE id = ?", (person_id,))

    async def person_of(self, provider: str, home_page: str, name: str) -> Person | None:
        sql = """SELECT p.content FROM account a JOIN person p ON p.id = a.person
          WHERE a.provider = ? AND a.home_page = ? AND a.name = ?"""
        return await self._value(Person, sql, (provider, home_page, name))

    async def candidates(self, sightings: list[Sighting]) -> list[Candidate]:
        return await self._database.read(lambda connection: _candidates(connection, sightings))


def _add_person(connection: apsw.Connection, person: Person) -> None:
    row = (person.id, msgspec.json.encode(person))
    add_row(connection, "INSERT INTO person(id, content) VALUES(?, ?)", row, taken="a person with this id is there already", where="id")
    for account in person.accounts:
        sql = "INSERT INTO account(provider, home_page, name, person) VALUES(?, ?, ?, ?)"
        values = (account.provider, account.home_page, account.name, person.id)
        add_row(connection, sql, values, taken="one of the accounts is another person's", where="accounts")
    ask(connection, person.id, "")


def _candidates(connection: apsw.Connection, sightings: list[Sighting]) -> list[Candidate]:
    found: dict[Candidate, None] = {}
    for one in sightings:
        rows = connection.execute(_CANDIDATES, (one.provider, one.home_page, one.name, one.activity))
        found |= dict.fromkeys(Candidate(person, batch) for person, batch in rows)
    return list(found)
