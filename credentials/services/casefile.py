"""Opening cases, amending them and taking them back: what a learner or an officer sends, looked at by the rules before a person does."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from credentials.access.actions import Action
from credentials.access.principal import Principal
from credentials.access.rules import permit
from credentials.errors import CaseError
from credentials.ports.records import Insert, Kept, Put, Replace, Write
from credentials.queues.case import Case, Kind, amended, withdrawn
from credentials.queues.learning import Learning, check_claim, check_learning, check_study
from credentials.queues.risk import Assessment, assess
from credentials.services.comparing import Comparing
from credentials.services.looking import Looking
from credentials.services.sign_in import day_of
from credentials.stores.cases import CASES, NOTES, CaseRecords, Note
from credentials.stores.decisions import DecisionLog
from credentials.stores.files import FileRecords
from lrs.clock import Clock
from lrs.errors import NotFoundError

MOST_OPEN = 100  # cases of one person that wait at a time
MOST_FILES = 10  # of one case
_DAY = 86_400_000_000  # microseconds
_DUE_DAYS = {
    Kind.CLAIM: 14,
    Kind.STUDY: 14,
    Kind.MANUAL: 14,
    Kind.REVIEW: 14,
    Kind.SESSION: 30,
    Kind.FORM: 14,
    Kind.ACCOUNT: 14,
    Kind.ERASURE: 3,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What somebody sends: the event, the digests of the evidence, and what they say of it."""

    learning: Learning
    evidence: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Casefile:
    """Every step is a decision in the log, in one commit with what it changes."""

    cases: CaseRecords
    files: FileRecords
    comparing: Comparing
    looking: Looking
    log: DecisionLog
    clock: Clock
    new_id: Callable[[], str] = lambda: str(uuid.uuid4())

    async def claim(self, principal: Principal, sent: Sent) -> Case:
        """A learner's own. Raises CaseError, NotAllowedError, NotFoundError (batch, provider, file)."""
        return await self._open(principal, Kind.CLAIM, Action.CLAIM_SUBMIT, principal.person, sent)

    async def study(self, principal: Principal, sent: Sent) -> Case:
        """Self-study or learning in a community, for the superior. Raises as `claim`; CaseError when there is nobody to confirm it."""
        return await self._open(principal, Kind.STUDY, Action.STUDY_SUBMIT, principal.person, sent)

    async def manual(self, principal: Principal, person: str, sent: Sent) -> Case:
        """Hours that an officer enters for somebody; another officer decides. Raises as `claim`."""
        return await self._open(principal, Kind.MANUAL, Action.MANUAL_PROPOSE, person, sent)

    async def amend(self, principal: Principal, case_id: str, sent: Sent) -> Case:
        """Sends again what was returned. Raises NotFoundError, ConflictError, CaseError."""
        kept = await self.own(principal, case_id)
        case = kept.value
        if case.learning is None:
            raise CaseError("this has no hours to be amended; withdraw it and send another", where="case")
        learning, found = await self._looked_at(case.kind, case.person, sent, principal, case.id)
        change = _assessed(replace(case, learning=learning, provider=learning.provider, evidence=sent.evidence), found)
        now = self.clock.now_us()
        again = amended(case, change, by=principal.actor, at=now)
        again = replace(again, due_at=due_at(case.kind, now))
        await self._decide(principal, "amended", again, sent.note, Replace(CASES, again, kept.revision))
        return again

    async def withdraw(self, principal: Principal, case_id: str, reason: str) -> Case:
        """Takes back what waits or was returned. Raises NotFoundError, ConflictError."""
        kept = await self.own(principal, case_id)
        gone = withdrawn(kept.value, by=principal.actor, at=self.clock.now_us())
        await self._decide(principal, "withdrawn", gone, "", Replace(CASES, gone, kept.revision), reason=reason)
        return gone

    async def own(self, principal: Principal, case_id: str) -> Kept[Case]:
        """One that the principal sent. Raises NotFoundError."""
        kept = await self.cases.case(case_id)
        if kept is None or kept.value.opened_by not in principal.identities():
            raise NotFoundError("you sent no case with this id", where="case")
        return kept

    async def add(self, principal: Principal, case: Case, note: str = "", *also: Write) -> Case:
        """Opens a case that is ready, with the person's place of today; `also` in the same commit. Raises CaseError when too many wait,
        ConflictError when a condition of `also` does not hold.
        """
        waiting = [one for one in (await self.cases.of_person(case.person, limit=MOST_OPEN * 3)).values if one.state == "open"]
        if len(waiting) >= MOST_OPEN:
            raise CaseError(f"{MOST_OPEN} cases of this person wait already; let some be decided first", where="person")
        insert = Insert(CASES, case, taken="this was sent already", where="case")
        await self._decide(principal, "opened", case, note, insert, *also)
        return case

    async def check_files(self, principal: Principal, evidence: Sequence[str]) -> None:
        """Only who brought a file may name it: a digest is no secret. Raises CaseError, NotFoundError."""
        if len(evidence) > MOST_FILES or len(set(evidence)) != len(evidence):
            raise CaseError(f"evidence is at most {MOST_FILES} files, each once", where="evidence")
        for digest in evidence:
            if await self.files.upload(digest, principal.actor) is None:
                raise NotFoundError("you brought no file with this digest: POST /api/files first", where="evidence")

    async def _open(self, principal: Principal, kind: Kind, action: Action, person: str, sent: Sent) -> Case:
        subject = await self.looking.subject(person)
        permit(principal, action, subject)
        if kind is Kind.STUDY and not (subject.superior or subject.unit):
            raise CaseError("it is not known who your superior is; ask HR of your agency to enter it", where="person")
        learning, found = await self._looked_at(kind, person, sent, principal)
        now = self.clock.now_us()
        case = Case(
            id=self.new_id(),
            kind=kind,
            person=person,
            opened_at=now,
            opened_by=principal.actor,
            agency=subject.agency,
            unit=subject.unit,
            superior=subject.superior,
            provider=learning.provider,
            hands=tuple(sorted(principal.identities())),
            evidence=sent.evidence,
            due_at=due_at(kind, now),
            learning=learning,
        )
        return await self.add(principal, _assessed(case, found), sent.note)

    async def _looked_at(self, kind: Kind, person: str, sent: Sent, principal: Principal, case_id: str = "") -> tuple[Learning, Assessment]:
        """The event with what the catalogue says of it, and its risk."""
        today = day_of(self.clock.now_us())
        learning = await self.comparing.completed(sent.learning)
        check = {Kind.CLAIM: check_claim, Kind.STUDY: check_study}.get(kind, check_learning)
        check(learning, today)
        await self.check_files(principal, sent.evidence)
        known = await self.comparing.known(person, learning, sent.evidence, case_id)
        return learning, assess(learning, sent.evidence, known, today)

    async def _decide(self, principal: Principal, step: str, case: Case, note: str, *writes: Write, reason: str = "") -> None:
        noted: list[Write] = [Put(NOTES, Note(case.id, self.clock.now_us(), principal.actor, note))] if note else []
        await self.log.append(
            *writes,
            *noted,
            actor=principal.actor,
            kind=f"{case.kind}.{step}",
            subject=f"person:{case.person}",
            reason=reason,
            content={"case": case.id},
        )


def due_at(kind: Kind, now: int) -> int | None:
    """Until when it should be decided, in microseconds."""
    days = _DUE_DAYS.get(kind)
    return now + days * _DAY if days else None


def _assessed(case: Case, found: Assessment) -> Case:
    return replace(case, risk=found.risk, reasons=found.reasons, similar=found.similar)
