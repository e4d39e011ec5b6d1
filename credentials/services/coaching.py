"""Coaching and mentoring: sessions that a coach logs and the learner confirms, or a form with the coach's signature that HR accepts.

What is refused, or never answered, does not count. What is approved becomes a statement under the authority of the programme's provider.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from credentials.access.actions import Action
from credentials.access.principal import Principal
from credentials.access.rules import permit
from credentials.catalogue.model import Batch
from credentials.errors import CaseError, NotAllowedError
from credentials.ports.records import Put
from credentials.queues.case import Case, Kind, Verdict
from credentials.queues.session import Session, check_session, overlap
from credentials.queues.statements import session_activity
from credentials.services.casefile import Casefile, due_at
from credentials.services.deciding import Follows
from credentials.services.doorkeeping import Doorkeeper
from credentials.services.sign_in import day_of
from credentials.stores.access import AccessStore
from credentials.stores.catalogue import CatalogueRecords
from credentials.stores.door import DOOR_DUE, DoorDue
from lrs.clock import Clock, to_datetime, to_us
from lrs.errors import ConflictError, NotFoundError

_COMPARED = 500  # newest sessions of a coach, and cases of a learner, that a new one is compared with
_LIVE = ("open", "returned", "approved")


@dataclass(frozen=True, slots=True)
class Coaching:
    """Sessions are cases: `session` waits for the learner, `form` for HR."""

    casefile: Casefile
    access: AccessStore
    catalogue: CatalogueRecords
    doorkeeper: Doorkeeper
    clock: Clock
    new_id: Callable[[], str] = lambda: str(uuid.uuid4())

    async def log(self, principal: Principal, learner: str, session: Session, note: str = "") -> Case:
        """By the coach, for the learner to confirm.

        Raises NotAllowedError (no coach on that day), NotFoundError (learner, batch), CaseError, ConflictError (another session then).
        """
        subject = await self.casefile.looking.subject(learner)
        permit(principal, Action.COACHING_LOG, subject)
        if session.coach != principal.person:
            raise NotAllowedError("a coach logs their own sessions", scope=str(Action.COACHING_LOG))
        return await self._open(principal, Kind.SESSION, learner, session, (), note)

    async def send_form(self, principal: Principal, session: Session, evidence: tuple[str, ...], note: str = "") -> Case:
        """By the learner, with the scan of a form that the coach signed, for HR to accept. Raises as `log`."""
        if not evidence:
            raise CaseError("attach the form with the coach's signature: POST /api/files first", where="evidence")
        subject = await self.casefile.looking.subject(principal.person)
        permit(principal, Action.CLAIM_SUBMIT, subject)
        await self.casefile.check_files(principal, evidence)
        return await self._open(principal, Kind.FORM, principal.person, session, evidence, note)

    async def effect(self, case: Case, verdict: Verdict) -> Follows:
        """An approval is told to the LRS; what could not be told at once is told later."""
        if verdict != "approved" or case.session is None:
            return Follows()
        due = DoorDue(self.clock.now_us(), "session", case.id)
        return Follows(writes=(Put(DOOR_DUE, due),), content={"batch": case.session.batch}, then=self.doorkeeper.settle)

    async def _open(self, principal: Principal, kind: Kind, learner: str, session: Session, evidence: tuple[str, ...], note: str) -> Case:
        await self._check(learner, session)
        provider = (await self._batch(session.batch)).provider
        subject = await self.casefile.looking.subject(learner)
        now = self.clock.now_us()
        hands = principal.identities() | {f"person:{session.coach}"}
        case = Case(
            id=self.new_id(),
            kind=kind,
            person=learner,
            opened_at=now,
            opened_by=principal.actor,
            agency=subject.agency,
            unit=subject.unit,
            superior=subject.superior,
            provider=provider,
            hands=tuple(sorted(hands)),
            evidence=evidence,
            due_at=due_at(kind, now),
            session=session,
        )
        return await self.casefile.add(principal, case, note)

    async def _check(self, learner: str, session: Session) -> None:
        batch = await self._batch(session.batch)
        programme = await self.catalogue.programme(batch.programme, batch.version)
        if programme is None:
            raise NotFoundError("the batch has no programme in the catalogue", where="batch")
        check_session(session, learner, programme.value.channel, to_datetime(self.clock.now_us()))
        session_activity(batch, "")
        day = day_of(to_us(session.starts))
        if not batch.starts <= day <= batch.ends:
            raise CaseError(f"the batch runs from {batch.starts} to {batch.ends}", where="starts")
        if not await self.access.coaches_on(session.coach, day):
            raise NotAllowedError("the coach was not in the register of coaches on that day", scope=str(Action.COACHING_LOG))
        await self._check_others(learner, session)

    async def _check_others(self, learner: str, session: Session) -> None:
        """A learner is in one session at a time, and so is a coach; a mentor may meet several."""
        cases = self.casefile.cases
        of_learner = (await cases.of_person(learner, limit=_COMPARED)).values
        of_coach = (await cases.of_coach(session.coach, limit=_COMPARED)).values if session.kind == "coaching" else []
        for other in (*of_learner, *of_coach):
            if other.session is not None and other.state in _LIVE and overlap(session, other.session):
                whom = "the learner" if other.person == learner else "the coach"
                raise ConflictError(f"{whom} has another session at that time", where="starts")

    async def _batch(self, batch_id: str) -> Batch:
        kept = await self.catalogue.batch(batch_id)
        if kept is None:
            raise NotFoundError("there is no batch with this id in the catalogue", where="batch")
        return kept.value
