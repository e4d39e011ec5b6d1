"""Looking at somebody's record: allowed or not, and written down before anything is answered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from credentials.access.actions import Action
from credentials.access.principal import Principal
from credentials.access.rules import Reach, Subject, Warrant, permit, reach
from credentials.access.views import View
from credentials.errors import NotAllowedError
from credentials.ports.people import Persons
from credentials.services.sign_in import day_of
from credentials.stores.views import ViewLog
from lrs.clock import Clock
from lrs.errors import NotFoundError
from lrs.masking import masked

LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Looking:
    """For every route that answers something of a person."""

    persons: Persons
    views: ViewLog
    clock: Clock

    async def look(
        self, principal: Principal, person: str, what: str, reason: str = "", action: Action = Action.RECORD_READ, provider: str = ""
    ) -> Warrant:
        """Allows it and writes it down, unless it is the own record. `provider`: whose business with the person it is about.

        Raises NotFoundError for nobody, and for a person outside the principal's reach (which of the two is not told); AccessError when the
        role must say why.
        """
        subject = replace(await self.subject(person), provider=provider)
        try:
            warrant = permit(principal, action, subject, reason)
        except NotAllowedError:
            raise NotFoundError("there is no such person within your reach", where="person") from None
        await self.note(principal, warrant, [person], what, reason)
        return warrant

    async def subject(self, person: str) -> Subject:
        """The person with their place of today. Raises NotFoundError."""
        if not await self.persons.known(person):
            raise NotFoundError("there is no such person within your reach", where="person")
        place = await self.persons.place(person, day_of(self.clock.now_us()))
        return Subject(person, place.agency, place.unit, place.superior)

    async def note(self, principal: Principal, warrant: Warrant, persons: Iterable[str], what: str, reason: str = "") -> None:
        """Writes down that something of these persons is shown; the own record is left out."""
        now, said = self.clock.now_us(), masked(reason.strip())[:LONGEST_REASON]
        views = [
            View(person, now, principal.actor, str(warrant.role), what, warrant.grant, said)
            for person in dict.fromkeys(persons)
            if person and person != principal.person
        ]
        if views:
            await self.views.note(views)

    @staticmethod
    def extent(principal: Principal, action: Action, reason: str = "") -> Reach:
        """How far a list or a sum may go. Raises NotAllowedError for somebody who reaches nothing."""
        found = reach(principal, action, reason)
        if found == Reach():
            raise NotAllowedError("you have no role for this", scope=str(action))
        return found
