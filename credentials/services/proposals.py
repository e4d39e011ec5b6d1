"""The catalogue's queue: programmes that wait for approval, seen by who proposed them, who keeps their field, and who approves."""

from __future__ import annotations

import base64
import binascii
import heapq
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from credentials.access.actions import Action
from credentials.access.principal import Principal
from credentials.access.rules import Reach, Subject, permit, reach
from credentials.catalogue.model import Programme
from credentials.catalogue.states import State, proposer
from credentials.errors import CaseError, NotAllowedError
from credentials.ports.records import Page
from credentials.services.competences import Competences
from credentials.services.programmes import Programmes
from credentials.stores.catalogue import PROGRAMMES
from lrs.errors import InvalidRequestError, LrsError

MOST_AT_ONCE = 100  # decisions in one request
_STATES: dict[str, State] = {"approved": "approved", "returned": "draft"}


@dataclass(frozen=True, slots=True)
class Decided:
    """Of one of many: the programme's state now, or why it was not decided."""

    programme: str
    version: int
    state: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Proposals:
    """Read by index: the states and providers, or competences of the fields, that the caller's grants name."""

    programmes: Programmes
    competences: Competences

    async def queue(self, principal: Principal, after: str | None = None, limit: int = 100) -> Page[Programme]:
        """What is proposed, by id and version. Raises NotAllowedError, InvalidRequestError (`after`)."""
        extent = self._extent(principal)
        last = _key(after) if after is not None else None
        catalogue = self.programmes.catalogue
        found: dict[tuple[str, int], Programme] = {}
        if extent.everything:
            page = await catalogue.records.scan(PROGRAMMES, "state", ("proposed",), low=last or (), limit=limit + 2)
            found = {(one.id, one.version): one for one in page.values}
        else:
            for index, value in await self._ranges(extent):
                some = await catalogue.in_state("proposed", index, value, last or (), limit + 2)
                found |= {(one.id, one.version): one for one in some}
        keys = heapq.nsmallest(limit + 1, [key for key in found if last is None or key > last])
        more = _cursor(keys[limit - 1]) if len(keys) > limit else None
        return Page([found[key] for key in keys[:limit]], more)

    async def decide(
        self, principal: Principal, wanted: Sequence[tuple[str, int]], verdict: Literal["approved", "returned"], reason: str
    ) -> list[Decided]:
        """One decision each; what cannot be decided says why and stops nobody else's."""
        if verdict == "returned" and not reason.strip():
            raise CaseError("say why it is returned", where="reason")
        outcomes = []
        for programme, version in dict.fromkeys(wanted):
            try:
                found = await self.programmes.found(programme, version)
                permit(principal, Action.PROGRAMME_APPROVE, await self.subject(found))
                moved = await self.programmes.move(programme, version, _STATES[verdict], by=principal.actor, reason=reason)
                outcomes.append(Decided(programme, version, moved.state))
            except LrsError as error:
                outcomes.append(Decided(programme, version, error=error.message))
        return outcomes

    async def subject(self, programme: Programme) -> Subject:
        """Whose it is, of which fields, and who had a hand in it."""
        named = await self.competences.list.named(programme.competences)
        hands = frozenset({proposer(programme.history)} - {""})
        return Subject(provider=programme.provider, fields=frozenset(one.field for one in named.values()), hands=hands)

    def _extent(self, principal: Principal) -> Reach:
        found = [reach(principal, action) for action in (Action.PROGRAMME_APPROVE, Action.PROGRAMME_REVIEW, Action.PROGRAMME_PROPOSE)]
        extent = Reach(
            everything=any(one.everything for one in found),
            providers=frozenset().union(*(one.providers for one in found)),
            fields=frozenset().union(*(one.fields for one in found)),
        )
        if extent == Reach():
            raise NotAllowedError("you have no role in the catalogue", scope=str(Action.PROGRAMME_REVIEW))
        return extent

    async def _ranges(self, extent: Reach) -> list[tuple[str, str]]:
        codes = [one.code for one in (await self.competences.list.competences()).values() if one.field in extent.fields]
        return [("state_provider", one) for one in sorted(extent.providers)] + [("state_competence", code) for code in codes]


def _cursor(key: tuple[str, int]) -> str:
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode("ascii").rstrip("=")


def _key(cursor: str) -> tuple[str, int]:
    """Raises InvalidRequestError."""
    try:
        programme, version = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
        if not (isinstance(programme, str) and isinstance(version, int) and 0 <= version < 2**63):
            raise ValueError
    except (binascii.Error, ValueError, TypeError, RecursionError) as error:
        raise InvalidRequestError("this is not a cursor that a page of this list gave", where="after") from error
    return programme, version
