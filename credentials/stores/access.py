"""Users, grants, and the register of coaches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from credentials.access.coaches import Coach, coaches_on
from credentials.access.roles import Grant, live
from credentials.access.users import KnownAdministrator, Login, User
from credentials.ports.records import Kept, Page, Records, Table, scan_all

USERS: Table[User] = Table("user", User, key=lambda one: (one.id,), indexes={"key": lambda one: [(one.key,)]})
LOGINS: Table[Login] = Table("login", Login, key=lambda one: (one.value,), indexes={"user": lambda one: [(one.user,)]})
ADMINISTRATORS: Table[KnownAdministrator] = Table("known_administrator", KnownAdministrator, key=lambda one: (one.administrator,))
GRANTS: Table[Grant] = Table(
    "grant",
    Grant,
    key=lambda one: (one.id,),
    indexes={
        "person": lambda one: [(one.person, one.made_at)],
        "agency": lambda one: [(one.scope.agency, one.made_at)] if one.scope.agency else [],
        "parent": lambda one: [(one.parent,)] if one.parent else [],
    },
)
COACHES: Table[Coach] = Table(
    "coach",
    Coach,
    key=lambda one: (one.id,),
    indexes={"person": lambda one: [(one.person, one.made_at)], "since": lambda one: [(one.made_at,)]},
)
ACCESS_TABLES: tuple[Table[Any], ...] = (USERS, LOGINS, ADMINISTRATORS, GRANTS, COACHES)


@dataclass(frozen=True, slots=True)
class AccessStore:
    """Who is a user, and what they may."""

    records: Records

    async def user(self, user_id: str) -> Kept[User] | None:
        return await self.records.get(USERS, user_id)

    async def user_by_key(self, key: str) -> User | None:
        return next(iter((await self.records.scan(USERS, "key", (key,), limit=1)).values), None)

    async def login(self, value: str) -> str:
        """Id of the user whom the claim's value names, "" for nobody."""
        kept = await self.records.get(LOGINS, value)
        return kept.value.user if kept else ""

    async def person_of_administrator(self, name: str) -> str:
        """ "" for one who is not known to be a person."""
        kept = await self.records.get(ADMINISTRATORS, name)
        return kept.value.person if kept else ""

    async def grant(self, grant_id: str) -> Kept[Grant] | None:
        return await self.records.get(GRANTS, grant_id)

    async def grants_of(self, person: str) -> list[Grant]:
        """All that the person ever had, oldest first."""
        return await scan_all(self.records, GRANTS, "person", (person,))

    async def grants_in(self, agency: str, after: str | None, limit: int) -> Page[Grant]:
        """Those of an agency and its units; of all when `agency` is ""."""
        if agency:
            return await self.records.scan(GRANTS, "agency", (agency,), after=after, limit=limit, descending=True)
        return await self.records.scan(GRANTS, after=after, limit=limit)

    async def live_grants(self, person: str, today: date) -> tuple[Grant, ...]:
        """Those that hold today, delegated ones only while what they come from does."""
        grants = [one for one in await self.grants_of(person) if one.holds(today)]
        parents = await self.records.get_many(GRANTS, [(one.parent,) for one in grants if one.parent])
        return live(grants, {str(key[0]): parent for key, parent in parents.items()}, today)

    async def delegated_from(self, grant_id: str) -> list[Grant]:
        return await scan_all(self.records, GRANTS, "parent", (grant_id,))

    async def register_of(self, person: str) -> list[Coach]:
        """The person's lines in the register of coaches."""
        return await scan_all(self.records, COACHES, "person", (person,))

    async def coach(self, line: str) -> Kept[Coach] | None:
        return await self.records.get(COACHES, line)

    async def coaches(self, after: str | None, limit: int) -> Page[Coach]:
        """The register, newest first."""
        return await self.records.scan(COACHES, "since", after=after, limit=limit, descending=True)

    async def coaches_on(self, person: str, day: date) -> bool:
        return coaches_on(await self.register_of(person), day)
