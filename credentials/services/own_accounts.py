"""Accounts by which statements of our own name persons: the person's id on our home page, no number and no name."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from credentials.people.links import Identity, Link, linked
from credentials.ports.records import Replace
from credentials.queues.statements import Account
from credentials.stores.decisions import DecisionLog
from credentials.stores.links import IDENTITIES, LinkRecords
from credentials.stores.looks import ask_for
from lrs.errors import ConflictError
from lrs.ports import account_term

_TRIES = 20  # against another process that links the same at the same moment


@dataclass(frozen=True, slots=True)
class OwnAccounts:
    """`url`: the server's public address."""

    links: LinkRecords
    log: DecisionLog
    url: str
    new_id: Callable[[], str] = lambda: str(uuid.uuid4())

    def account(self, person: str) -> Account:
        """The person's."""
        return Account(self.home_page, person)

    @property
    def home_page(self) -> str:
        """Whose accounts are persons of this server."""
        return f"{self.url}/people"

    async def link(self, person: str, provider: str) -> None:
        """The account names the person in the provider's statements: the person confirmed it, signed in. Safe to repeat.

        Raises ConflictError when the account was refused for the person.
        """
        account = self.account(person)
        ifi = account_term(account.home_page, account.name)
        for _ in range(_TRIES):
            kept = await self.links.identity(provider, ifi)
            before = kept.value if kept else Identity(provider, ifi)
            link = Link(self.new_id(), person, "sign-in", "own-account", "system", self.log.clock.now_us())
            changed = linked(before, link)
            if changed is before:
                return
            try:
                await self.log.append(
                    Replace(IDENTITIES, changed, kept.revision if kept else 0),
                    ask_for(person=person),
                    actor="system",
                    kind="link.made",
                    subject=f"person:{person}",
                    content={"link": link.id, "provider": provider, "level": link.level},
                )
            except ConflictError:
                continue
            return
        raise ConflictError("the account could not be linked; try again")
