"""Whose stand-in a statement gets when it is reduced: the person's own account here, or a keyed name for an identifier that is nobody's."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from credentials.evidence.statement import identifier, moment, read_statement
from credentials.people.links import Holder
from credentials.ports.reducing import StatementReducer
from credentials.queues.statements import Account
from credentials.services.own_accounts import OwnAccounts
from credentials.services.projection.renaming import Moved, Renaming
from credentials.services.sign_in import day_of
from credentials.stores.links import LinkRecords, Pair
from lrs.ports import FeedItem, account_term


@dataclass(frozen=True, slots=True)
class Reducing:
    """`pseudonym(provider, ifi)`: cannot be computed without the server's key, and is the same for the same identifier."""

    reducer: StatementReducer
    renaming: Renaming
    links: LinkRecords
    accounts: OwnAccounts
    pseudonym: Callable[[str, str], str]

    async def reduce(self, items: Sequence[FeedItem]) -> int:
        """These statements, whatever their age; those of a linked person are linked to their own account first. How many were whole.

        What the projector knows of them goes along before the statements change: after that nobody could tell whose they were.
        """
        told = [(item, *_actor(item.body)) for item in items]
        pairs: list[Pair] = [(item.provider, ifi) for item, ifi, _ in told if ifi]
        holders = await self.links.holders_of(list(dict.fromkeys(pairs)))
        persons = [_holder((item.provider, ifi), at, holders) for item, ifi, at in told]
        for person, provider in sorted({(person, item.provider) for (item, _, _), person in zip(told, persons, strict=True) if person}):
            await self.accounts.link(person, provider)
        wanted = [(item, self._stand_in(item.provider, ifi, person)) for (item, ifi, _), person in zip(told, persons, strict=True)]
        await self.renaming.move([_moved(item, ifi, at, account) for (item, ifi, at), (_, account) in zip(told, wanted, strict=True)])
        return await self.reducer.reduce(wanted)

    async def settle(self) -> int:
        """See `StatementReducer.settle`."""
        return await self.reducer.settle()

    def _stand_in(self, provider: str, ifi: str, person: str) -> Account:
        if person:
            return self.accounts.account(person)
        return self.accounts.account(f"x-{self.pseudonym(provider, ifi)}" if ifi else "nobody")


def _moved(item: FeedItem, ifi: str, at: int, account: Account) -> Moved:
    return Moved(item.provider, ifi, account_term(account.home_page, account.name), UUID(item.id).bytes, at)


def _actor(body: bytes) -> tuple[str, int]:
    """The actor as an index term, "" for a group; and the moment of the statement, in microseconds."""
    told = read_statement(body)
    return identifier(told.actor) or "", moment(told.timestamp)


def _holder(pair: Pair, at: int, holders: Mapping[Pair, Sequence[Holder]]) -> str:
    """Whom the identifier named on the day of the statement; "" for nobody."""
    day = day_of(at)
    return next((one.person for one in holders.get(pair, ()) if one.holds_on(day)), "")
