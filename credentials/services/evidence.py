"""Finding evidence: the statements of one provider about the activities of one batch. Voided ones are never among them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from credentials.catalogue.model import Batch
from credentials.model import Sighting
from credentials.people.model import Person
from lrs.ports import Condition, FeedItem, StatementQuery, StatementStore, Wall, account_term, activity_term

_PAGE = 500  # statements looked at at once


class _Account(msgspec.Struct, rename="camel"):
    home_page: str = ""
    name: str = ""


class _Actor(msgspec.Struct):
    account: _Account | None = None


class _Object(msgspec.Struct):
    id: str = ""


class _Told(msgspec.Struct):
    """What a sighting needs of a statement; the rest is passed over unread."""

    actor: _Actor
    object: _Object


@dataclass(frozen=True, slots=True)
class Evidence:
    """Reads one provider's statements only."""

    statements: StatementStore

    async def of(self, person: Person, batch: Batch) -> list[dict[str, Any]]:
        """The person's statements about the batch's activities, oldest first."""
        found: list[dict[str, Any]] = []
        for account in person.accounts:
            if account.provider != batch.provider:
                continue
            for activity in sorted(batch.activities()):
                terms = (account_term(account.home_page, account.name), activity_term(activity))
                async for bodies in self._pages(batch.provider, terms):
                    found += [json.loads(body) for body in bodies]
        return found

    async def sightings(self, batch: Batch) -> AsyncIterator[list[Sighting]]:
        """Everybody whom statements about the batch's activities name, page by page."""
        for activity in sorted(batch.activities()):
            async for bodies in self._pages(batch.provider, (activity_term(activity),)):
                yield [one for body in bodies if (one := sighting(batch.provider, body)) is not None]

    async def _pages(self, provider: str, terms: tuple[str, ...]) -> AsyncIterator[list[bytes]]:
        query = StatementQuery(tuple(Condition(term) for term in terms), limit=_PAGE, ascending=True)
        while True:
            page = await self.statements.query(query, Wall(provider))
            yield page.bodies
            if page.more is None:
                return
            query = replace(query, cursor=page.more)


def sightings(items: list[FeedItem]) -> list[Sighting]:
    """What these statements name, each once."""
    found = (sighting(item.provider, item.body) for item in items)
    return list(dict.fromkeys(one for one in found if one is not None))


def sighting(provider: str, body: bytes) -> Sighting | None:
    """None for a statement whose actor is known otherwise than by an account, or whose object has no id."""
    told = msgspec.json.decode(body, type=_Told)
    account = told.actor.account
    if account is None or not told.object.id:
        return None
    return Sighting(provider, account.home_page, account.name, told.object.id)
