"""Objections: filed by the person, decided by HR or an overseer within the deadline, and what an upheld one changes by itself.

- A link that is not mine: it is undone, and the identifier refused, so that nothing brings it back.
- An entry that is not mine: of a case, it is reversed; of statements, the event is excluded and the projector takes it back.
- A wrong date of an entry that came from a case: the entry is reversed, and written again under the right date.
- A wrong date of what came from statements: the projector counts it on the right one, and corrects the certificate.
- A wrong name: certificates that print it are corrected, with the name that the register has by now.
All else is changed where it is kept; the decision says that it must be.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from credentials.access.actions import Action
from credentials.access.principal import Principal
from credentials.access.rules import permit
from credentials.certificate.reservation import Reservation
from credentials.decisions import Content, Decision
from credentials.hours.entry import HoursEntry
from credentials.people.links import Link, linked, unlinked
from credentials.ports.records import Put, Replace, Write
from credentials.queues.case import Case, Kind, Verdict
from credentials.queues.entries import case_of_line, corrected, reversal_of
from credentials.queues.objection import Objection, check_objection
from credentials.services.casefile import Casefile
from credentials.services.correcting import Correcting
from credentials.services.deciding import Follows
from credentials.services.sign_in import day_of
from credentials.stores.certificates import RESERVATIONS
from credentials.stores.exclusions import EXCLUSIONS, Exclusion
from credentials.stores.ledger import LedgerRecords
from credentials.stores.links import IDENTITIES, LinkRecords
from credentials.stores.looks import ask_for
from lrs.clock import Clock
from lrs.errors import ConflictError, NotFoundError

_HOUR = 3_600_000_000  # microseconds


@dataclass(frozen=True, slots=True)
class Objections:
    """`answer_hours`: until when one must be decided."""

    casefile: Casefile
    ledger: LedgerRecords
    links: LinkRecords
    correcting: Correcting
    clock: Clock
    answer_hours: int
    new_id: Callable[[], str] = lambda: str(uuid.uuid4())

    async def file(self, principal: Principal, objection: Objection, evidence: tuple[str, ...] = (), note: str = "") -> Case:
        """One's own. Raises CaseError, NotFoundError (nothing of one's own has this id), NotAllowedError."""
        subject = await self.casefile.looking.subject(principal.person)
        permit(principal, Action.OBJECTION_FILE, subject)
        now = self.clock.now_us()
        check_objection(objection, day_of(now))
        await self.casefile.check_files(principal, evidence)
        provider, hands = await self._target(principal.person, objection)
        case = Case(
            id=self.new_id(),
            kind=Kind.OBJECTION,
            person=principal.person,
            opened_at=now,
            opened_by=principal.actor,
            agency=subject.agency,
            unit=subject.unit,
            superior=subject.superior,
            provider=provider,
            hands=tuple(sorted(principal.identities() | hands)),
            evidence=evidence,
            due_at=now + self.answer_hours * _HOUR,
            objection=objection,
        )
        return await self.casefile.add(principal, case, note)

    async def effect(self, case: Case, verdict: Verdict) -> Follows:
        """Raises ConflictError when what it is about has changed meanwhile."""
        objection = case.objection
        if verdict != "approved" or objection is None:
            return Follows()
        told: Content = {"ground": objection.ground, "about": objection.about, "target": objection.target}
        if objection.ground == "not-me" and objection.about == "link":
            return Follows(writes=await self._without_link(case, objection.target), content=told)
        if objection.ground == "wrong-name":
            certificate = objection.target if objection.about == "certificate" else ""
            return _following(told, await self.correcting.renamed(case.person, certificate))
        entry = await self._entry(case.person, objection)
        if entry is None:
            return Follows(content=told)
        if objection.ground == "not-me":
            return self._disown(case, entry, told)
        if objection.ground == "wrong-date":
            return await self._redate(case, entry, objection, told)
        return Follows(content=told)

    def _disown(self, case: Case, entry: HoursEntry, told: Content) -> Follows:
        if case_of_line(entry.id):
            content: Content = {**told, "reverses": entry.id}
            return Follows(content=content, lines=lambda decision: self.ledger.writes(reversal_of(entry, decision)))
        exclusion = Put(EXCLUSIONS, Exclusion(case.person, entry.batch, case.id))
        look = ask_for(person=case.person, batch=entry.batch)
        return Follows(writes=(exclusion, look), content={**told, "excluded": entry.batch})

    async def _redate(self, case: Case, entry: HoursEntry, objection: Objection, told: Content) -> Follows:
        day = objection.right_date
        assert day is not None  # checked when it was filed
        if all(line.id != entry.id for line in await self.ledger.open_credits(case.person)):
            raise ConflictError("this entry was taken back meanwhile", where="target")
        if not case_of_line(entry.id):
            return _following(told, await self.correcting.redated(case.person, entry.batch, day))

        def lines(decision: Decision) -> list[Write]:
            right = corrected(entry, day, decision)
            return [*self.ledger.writes(reversal_of(entry, decision)), *self.ledger.writes(right)]

        return Follows(content={**told, "reverses": entry.id, "right_date": day.isoformat()}, lines=lines)

    async def _without_link(self, case: Case, link_id: str) -> tuple[Write, ...]:
        """Undone, if it is not yet; and refused for this person, so that an asserted number does not bring it back."""
        found = await self.links.with_link(link_id)
        kept = await self.links.identity(found.provider, found.ifi) if found else None
        if kept is None:
            raise NotFoundError("there is no link with this id", where="target")
        now, identity = self.clock.now_us(), kept.value
        if any(one.id == link_id and one.open for one in identity.links):
            identity = unlinked(identity, link_id, now)
        refusal = Link(self.new_id(), case.person, "hr", f"objection:{case.id}", case.decided_by, now, refused=True)
        return Replace(IDENTITIES, linked(identity, refusal), kept.revision), ask_for(person=case.person)

    async def _entry(self, person: str, objection: Objection) -> HoursEntry | None:
        """The entry that it is about; of a certificate, the one that came with it."""
        if objection.about == "entry":
            return await self.ledger.line(person, objection.target)
        reserved = await self._certificate(objection.target) if objection.about == "certificate" else None
        if reserved is None:
            return None
        credits = await self.ledger.open_credits(person)
        batch = reserved.draft.batch
        return next((line for line in credits if line.batch == batch and not case_of_line(line.id)), None)

    async def _target(self, person: str, objection: Objection) -> tuple[str, frozenset[str]]:
        """Its provider, and who had decided on it before. Raises NotFoundError for what is not the person's own."""
        match objection.about:
            case "entry":
                line = await self.ledger.line(person, objection.target)
                if line is not None:
                    return line.provider, await self._deciders(line.id)
            case "certificate":
                reserved = await self._certificate(objection.target)
                if reserved is not None and reserved.draft.person == person:
                    return reserved.draft.provider, frozenset()
            case "link":
                identity = await self.links.with_link(objection.target)
                link = next((one for one in identity.links if one.id == objection.target), None) if identity else None
                if identity is not None and link is not None and link.person == person:
                    return identity.provider, frozenset({link.by})
            case "case":
                kept = await self.casefile.cases.case(objection.target)
                if kept is not None and kept.value.person == person:
                    return kept.value.provider, frozenset(filter(None, {kept.value.decided_by}))
            case "person" if objection.target == person:
                return "", frozenset()
        raise NotFoundError("nothing of your own has this id", where="target")

    async def _deciders(self, line: str) -> frozenset[str]:
        kept = await self.casefile.cases.case(case_of_line(line)) if case_of_line(line) else None
        return frozenset(filter(None, {kept.value.decided_by})) if kept else frozenset()

    async def _certificate(self, certificate: str) -> Reservation | None:
        kept = await self.casefile.cases.records.get(RESERVATIONS, certificate)
        return kept.value if kept else None


def _following(told: Content, found: tuple[tuple[Write, ...], Content]) -> Follows:
    writes, more = found
    return Follows(writes=writes, content={**told, **more})
