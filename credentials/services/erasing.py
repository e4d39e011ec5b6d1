"""Erasing a person's names and identifiers: asked for, decided by somebody else, and then done to the end, whatever crashes meanwhile.

What goes: names, numbers, addresses, sign-in, accounts of providers, documents, uploaded files, notes; statements are reduced. What stays:
status and posts under the random id, hours, completions, certificates, decisions: the State needs them for its accounts (UU PDP art. 15).
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace

from credentials.access.actions import Action
from credentials.access.principal import Principal
from credentials.access.rules import permit
from credentials.people.links import Identity
from credentials.ports.records import Put, Remove, Write, scan_all
from credentials.queues.case import Case, Kind, Verdict
from credentials.services.again import again_and_again
from credentials.services.casefile import Casefile, due_at
from credentials.services.deciding import Follows
from credentials.services.forgetting import Forgetting
from credentials.services.own_accounts import OwnAccounts
from credentials.services.reducing import Reducing
from credentials.stores.access import LOGINS, USERS
from credentials.stores.cases import CASES, NOTES
from credentials.stores.decisions import DecisionLog
from credentials.stores.erasing import ERASE_DUE, EraseDue
from credentials.stores.files import FileRecords
from credentials.stores.links import IDENTITIES, LinkRecords
from credentials.stores.people import NUMBERS, PROFILES, UNIQUE_KINDS, PeopleRecords, numbered
from credentials.stores.waiting import WaitingRecords
from lrs.clock import Clock
from lrs.errors import LrsError
from lrs.ports import ClientStore, DocumentStore, StatementReduction, account_term

_PAGE = 500
_AGAIN_SECONDS = 60.0
_MOST = 100_000  # files and cases of one person
_log = logging.getLogger("jejak.erasing")


@dataclass(frozen=True, slots=True)
class Erasing:
    """The case is of the kind `erasure`; an overseer decides."""

    casefile: Casefile
    people: PeopleRecords
    links: LinkRecords
    waiting: WaitingRecords
    accounts: OwnAccounts
    files: FileRecords
    reducing: Reducing
    forgetting: Forgetting
    clients: ClientStore
    documents: DocumentStore
    reduction: StatementReduction
    log: DecisionLog
    clock: Clock
    new_id: Callable[[], str] = lambda: str(uuid.uuid4())

    async def ask(self, principal: Principal, person: str, note: str = "") -> Case:
        """By the person, or by their HR. Raises NotAllowedError, NotFoundError."""
        subject = await self.casefile.looking.subject(person)
        permit(principal, Action.ERASURE_ASK, subject)
        now = self.clock.now_us()
        case = Case(
            id=self.new_id(),
            kind=Kind.ERASURE,
            person=person,
            opened_at=now,
            opened_by=principal.actor,
            agency=subject.agency,
            unit=subject.unit,
            superior=subject.superior,
            hands=tuple(sorted(principal.identities())),
            due_at=due_at(Kind.ERASURE, now),
        )
        return await self.casefile.add(principal, case, note)

    async def effect(self, case: Case, verdict: Verdict) -> Follows:
        """An approval is carried out at once, and gone on with later when it could not be finished."""
        if verdict != "approved":
            return Follows()
        return Follows(writes=(Put(ERASE_DUE, EraseDue(case.person, case.id)),), then=self.settle)

    async def run(self) -> None:
        """Until it is cancelled: whatever a failure or a crash left."""
        await again_and_again(self.settle, _AGAIN_SECONDS, _log)

    async def settle(self) -> None:
        """Finishes what was decided. What cannot be finished now is logged, and stays due."""
        for due in await scan_all(self.people.records, ERASE_DUE):
            try:
                await self._erase(due)
            except LrsError as error:
                _log.error("an erasure goes on later: %s", error.message)

    async def _erase(self, due: EraseDue) -> None:
        """Each step can be repeated; the one that forgets who it was comes last."""
        person, asserted = due.person, await self._asserted(due.person)
        for provider in await self.clients.providers():
            for held in await self.links.identifiers_of(person, provider.id):
                await self._reduce(provider.id, held.ifi)
                for key, _ in await self.documents.of_agent(provider.id, held.ifi[1:]):
                    await self.documents.change(key, lambda present: None)
            for ifi in [one for one, held in asserted.items() if held]:
                await self._reduce(provider.id, ifi)
        await self.waiting.forget(list(asserted))
        await self.reducing.settle()
        for upload in await self.files.recent(f"person:{person}", 0, _MOST):
            await self.forgetting.drop(upload)
        writes = [*await self._notes(person), *await self._names(person), *await self._identities(person)]
        content: dict[str, str | int | bool | list[str] | None] = {"case": due.case}
        await self.log.append(
            *writes, Remove(ERASE_DUE, (person,)), actor="system", kind="person.erased", subject=f"person:{person}", content=content
        )

    async def _asserted(self, person: str) -> dict[str, bool]:
        """Identifiers that assert a number of the person's, and whether it is held: then it names nobody, and statements wait for it."""
        profile = await self.people.profile(person)
        numbers = [one for one in profile.value.identifiers if one.kind in UNIQUE_KINDS] if profile is not None else []
        return {self.links.asserted_ifi(one.value): bool(one.held) for one in numbers} if self.links.asn_home_page else {}

    async def _reduce(self, provider: str, ifi: str) -> None:
        after = 0
        while page := await self.reduction.everything(provider, ifi, after, _PAGE):
            await self.reducing.reduce(page)
            after = page[-1].position

    async def _names(self, person: str) -> list[Write]:
        records, profile = self.people.records, await self.people.profile(person)
        rows = numbered(person, profile.value.identifiers) if profile else []
        logins = await scan_all(records, LOGINS, "user", (person,))
        return [
            Remove(PROFILES, (person,)),
            Remove(USERS, (person,)),
            *(Remove(NUMBERS, (row.space, row.value)) for row in rows),
            *(Remove(LOGINS, (login.value,)) for login in logins),
        ]

    async def _identities(self, person: str) -> list[Write]:
        """All but those of their own account here, and none that is linked to somebody else too."""
        account = self.accounts.account(person)
        own = account_term(account.home_page, account.name)
        mine = [one for one in await self.links.of_person(person) if one.ifi != own and _only(one, person)]
        return [Remove(IDENTITIES, (one.provider, one.ifi)) for one in mine]

    async def _notes(self, person: str) -> list[Write]:
        cases = (await self.casefile.cases.of_person(person, limit=_MOST)).values
        notes = [note for case in cases for note in await self.casefile.cases.notes(case.id)]
        named: list[Write] = [Put(CASES, replace(case, account=None)) for case in cases if case.account is not None]
        return [*named, *(Remove(NOTES, (note.case, note.at, note.by)) for note in notes)]


def _only(identity: Identity, person: str) -> bool:
    return all(link.person == person for link in identity.links)
