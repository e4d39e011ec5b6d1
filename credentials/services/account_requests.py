"""A learner asks that an account at a provider be linked to them; HR, or an overseer, looks and decides; an approval is the link.

What the learner is told never depends on whether there is such an account, whose it is, or whether statements wait for it: only who decides
is told that (`known`).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from credentials.access.actions import Action
from credentials.access.principal import Principal
from credentials.access.rules import permit
from credentials.decisions import Content
from credentials.errors import CaseError, NotAllowedError
from credentials.people.links import Identity
from credentials.ports.records import Replace, Write
from credentials.queues.account import MOST_A_DAY, MOST_WAITING, AskedAccount, asked_again, check_account
from credentials.queues.case import Case, Kind, Verdict
from credentials.queues.risk import risk_of
from credentials.services.casefile import Casefile, due_at
from credentials.services.deciding import Follows
from credentials.services.links import Evidence, Links
from credentials.services.sign_in import day_of
from credentials.stores.account_requests import ASKED_LATELY, AskedLately
from credentials.stores.waiting import Waiting
from lrs.clock import Clock
from lrs.errors import ConflictError, NotFoundError, TooManyRequestsError
from lrs.ports import account_term

_COMPARED = 300  # newest cases of the person, among which those that wait are
_TRIES = 20  # against other requests of the same person at the same moment
_MINE, _THEIRS = "this-person", "another-person"


@dataclass(frozen=True, slots=True)
class KnownAccount:
    """What is known of an account that was asked for. `waiting`: statements that name it and count for nobody yet. `linked`: whose it is by
    links that hold, each "this-person" or "another-person"; who the other is, is not told. `refused`: it was said not to be this person's.
    """

    waiting: Waiting | None
    linked: tuple[str, ...]
    refused: bool


@dataclass(frozen=True, slots=True)
class AccountRequests:
    """Requests are cases of the kind `account`. `reserved`: home pages whose accounts are numbers or persons of this server."""

    casefile: Casefile
    links: Links
    clock: Clock
    reserved: frozenset[str]
    new_id: Callable[[], str] = lambda: str(uuid.uuid4())

    async def ask(self, principal: Principal, provider: str, account: AskedAccount, evidence: tuple[str, ...] = (), note: str = "") -> Case:
        """By the person. Raises CaseError, NotAllowedError, NotFoundError (provider, file), ConflictError (asked for already, or linked to
        the person), TooManyRequestsError.
        """
        subject = await self.casefile.looking.subject(principal.person)
        permit(principal, Action.ACCOUNT_ASK, subject)
        if await self.links.providers.provider(provider) is None:
            raise NotFoundError("there is no provider with this id", where="provider")
        check_account(account, day_of(self.clock.now_us()), self.reserved)
        await self.casefile.check_files(principal, evidence)
        reasons = () if evidence else ("no-evidence",)
        now = self.clock.now_us()
        case = Case(
            id=self.new_id(),
            kind=Kind.ACCOUNT,
            person=principal.person,
            opened_at=now,
            opened_by=principal.actor,
            agency=subject.agency,
            unit=subject.unit,
            superior=subject.superior,
            provider=provider,
            hands=tuple(sorted(principal.identities())),
            risk=risk_of(reasons),
            reasons=reasons,
            evidence=evidence,
            due_at=due_at(Kind.ACCOUNT, now),
            account=account,
        )
        return await self._added(principal, case, note)

    async def known(self, principal: Principal, case_id: str) -> KnownAccount:
        """For who may decide on it, who is noted as having looked. Raises NotFoundError, NotAllowedError (one's own)."""
        kept = await self.casefile.cases.case(case_id)
        case = kept.value if kept is not None else None
        if case is None or case.account is None:
            raise _absent()
        now = await self.casefile.looking.subject(case.person)
        subject = case.subject(agency=now.agency, unit=now.unit, superior=now.superior)
        try:
            warrant = permit(principal, Action.ACCOUNT_DECIDE, subject)
        except NotAllowedError:
            if case.person == principal.person:
                raise
            raise _absent() from None
        await self.casefile.looking.note(principal, warrant, [case.person], "account")
        ifi = _ifi(case.account)
        identity = await self._identity(case.provider, ifi)
        whose = tuple(_MINE if link.person == case.person else _THEIRS for link in identity.held())
        return KnownAccount(await self.links.waiting.waits(case.provider, ifi), whose, identity.refuses(case.person))

    async def effect(self, case: Case, verdict: Verdict) -> Follows:
        """An approval links the account: HR has said so. Raises ConflictError when it is another's, or was refused for the person;
        CaseError when its name was erased meanwhile.
        """
        if verdict != "approved":
            return Follows()
        if case.account is None:
            raise CaseError("what was asked for is erased by now; the person can ask again", where="case")
        asked, provider = case.account, case.provider
        evidence = Evidence("hr", f"case:{case.id}", case.decided_by)
        drafted = await self.links.drafted(case.person, provider, _ifi(asked), evidence, since=asked.since, until=asked.until)

        async def then() -> None:
            await self.links.waiting.settle([_ifi(asked)])

        content: Content = {"link": drafted.link.id, "provider": provider, "level": drafted.link.level}
        return Follows(writes=drafted.writes, content=content, then=then)

    async def _added(self, principal: Principal, case: Case, note: str) -> Case:
        for _ in range(_TRIES):
            kept = await self.casefile.cases.records.get(ASKED_LATELY, case.person)
            moments = asked_again(kept.value.moments if kept is not None else (), case.opened_at)
            if moments is None:
                raise TooManyRequestsError(f"at most {MOST_A_DAY} accounts are asked for in 24 hours", retry_after=3_600)
            await self._require_new(case)
            guard: Write = Replace(ASKED_LATELY, AskedLately(case.person, moments), kept.revision if kept is not None else 0)
            try:
                return await self.casefile.add(principal, case, note, guard)
            except ConflictError:
                continue  # another request of the person came first: look again
        raise ConflictError("too many requests of yours at the same moment; try again")

    async def _require_new(self, case: Case) -> None:
        """Looks at what is the person's own, and at nothing else."""
        assert case.account is not None  # made with one
        cases = (await self.casefile.cases.of_person(case.person, limit=_COMPARED)).values
        waiting = [one for one in cases if one.kind is Kind.ACCOUNT and one.state == "open"]
        ifi = _ifi(case.account)
        if any(one.account is not None and (one.provider, _ifi(one.account)) == (case.provider, ifi) for one in waiting):
            raise ConflictError("you have asked for this account already, and it waits for a decision", where="name")
        if len(waiting) >= MOST_WAITING:
            raise CaseError(f"{MOST_WAITING} accounts that you asked for wait already; let some be decided first", where="person")
        held = (await self._identity(case.provider, ifi)).held()
        if any((one.person, one.since, one.until) == (case.person, case.account.since, case.account.until) for one in held):
            raise ConflictError("this account is linked to you already", where="name")

    async def _identity(self, provider: str, ifi: str) -> Identity:
        kept = await self.links.links.identity(provider, ifi)
        return kept.value if kept is not None else Identity(provider, ifi)


def _ifi(account: AskedAccount) -> str:
    return account_term(account.home_page, account.name)


def _absent() -> NotFoundError:
    return NotFoundError("there is no request for an account with this id within your reach", where="case")
