"""Programmes from draft to closed: who entered, proposed and approved them is in the log of decisions, and four eyes are two persons."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from credentials.catalogue.checks import check_programme
from credentials.catalogue.model import Programme, Recommendation, Review
from credentials.catalogue.states import PROGRAMME_FLOW, State, StateChange, moved, present, replayed
from credentials.checks import check_day, check_text
from credentials.errors import CatalogueError
from credentials.evidence.presets import evidence_rule
from credentials.ports.records import Insert, Kept, Put, Replace, Write, scan_all
from credentials.services.competences import Competences
from credentials.stores.catalogue import BATCHES, PROGRAMME_OWNERS, PROGRAMMES, CatalogueRecords, ProgrammeOwner
from credentials.stores.decisions import DecisionLog
from credentials.stores.looks import Look, ask_for
from lrs.errors import ConflictError, NotFoundError
from lrs.ports import ClientStore

_STEPS: dict[tuple[str, State], str] = {
    ("draft", "proposed"): "proposed",
    ("proposed", "approved"): "approved",
    ("proposed", "draft"): "returned",
    ("approved", "suspended"): "suspended",
    ("suspended", "approved"): "lifted",
    ("approved", "closed"): "closed",
    ("suspended", "closed"): "closed",
}
_NEEDS_REASON = frozenset({"returned", "suspended", "lifted", "closed"})


@dataclass(frozen=True, slots=True)
class Programmes:
    """Each method raises InvalidRequestError (with `where`), NotFoundError, ConflictError or ForbiddenError; then nothing is stored."""

    catalogue: CatalogueRecords
    log: DecisionLog
    providers: ClientStore
    competences: Competences

    async def draft(self, programme: Programme, by: str) -> Programme:
        """A new version, as a draft. Version 0: the next one."""
        versions = await self.catalogue.versions(programme.id)
        if programme.version == 0:
            programme = replace(programme, version=max((one.version for one in versions), default=0) + 1)
        await self.check(programme)
        entered = replace(programme, history=(StateChange("draft", None, self.log.clock.now_us(), by),))
        await self._append(self.entering(entered, versions), entered, by, "drafted")
        return entered

    async def revise(self, programme: Programme, by: str) -> Programme:
        """Another content for a draft; what is proposed or more stays as it is, and a new version is drafted instead."""
        kept = await self._found(programme.id, programme.version)
        if kept.value.state != "draft":
            raise ConflictError(f"this version is {kept.value.state}; only a draft can change: enter a new version", where="state")
        await self.check(programme)
        if programme.provider != kept.value.provider:
            raise CatalogueError("a programme stays with its provider", where="provider")
        changed = replace(programme, history=kept.value.history, reviews=kept.value.reviews)
        await self._append([Replace(PROGRAMMES, changed, kept.revision)], changed, by, "revised")
        return changed

    async def restore(self, programme: Programme, by: str) -> Programme:
        """A version with the history that it has elsewhere, if that could have come about here."""
        await self.check(programme)
        replayed(programme.history, PROGRAMME_FLOW)
        entering = self.entering(programme, await self.catalogue.versions(programme.id))
        await self._append([*entering, *await self._looks(programme)], programme, by, "restored")
        return programme

    async def move(self, programme: str, version: int, state: State, *, by: str, reason: str = "", since: date | None = None) -> Programme:
        """The next state, from `since` on (None: ever since). Whoever has evidence in a batch of it is looked at anew."""
        check_day(since, "since")
        kept = await self._found(programme, version)
        step = _STEPS.get((kept.value.state, state), "")
        check_text(reason, "reason", empty=step not in _NEEDS_REASON)
        change = StateChange(state, since, self.log.clock.now_us(), by, reason)
        changed = replace(kept.value, history=moved(kept.value.history, change, PROGRAMME_FLOW))
        writes: list[Write] = [Replace(PROGRAMMES, changed, kept.revision)]
        if "approved" in (kept.value.state, state) or state == "closed":
            writes += await self._looks(changed)
        await self._append(writes, changed, by, step, reason, since)
        return changed

    async def review(self, programme: str, version: int, verdict: Recommendation, *, by: str, reason: str) -> Programme:
        """What the keeper of one of its fields says, while it is proposed."""
        check_text(reason, "reason")
        kept = await self._found(programme, version)
        if kept.value.state != "proposed":
            raise ConflictError(f"this is {kept.value.state}; what is proposed is reviewed", where="state")
        review = Review(verdict, self.log.clock.now_us(), by, reason)
        changed = replace(kept.value, reviews=(*kept.value.reviews, review))
        await self._append([Replace(PROGRAMMES, changed, kept.revision)], changed, by, "reviewed", f"{verdict}: {reason}")
        return changed

    async def found(self, programme: str, version: int) -> Programme:
        """Raises NotFoundError."""
        return (await self._found(programme, version)).value

    async def check(self, programme: Programme) -> None:
        """Raises CatalogueError, NotFoundError when the entry makes no sense here."""
        check_programme(programme)
        if await self.providers.provider(programme.provider) is None:
            raise NotFoundError("there is no provider with this id", where="provider")
        await self.competences.require(programme.competences)
        if programme.evidence_rule:
            evidence_rule(programme.evidence_rule)

    @staticmethod
    def entering(programme: Programme, versions: list[Programme]) -> list[Write]:
        """What enters a new version, when `versions` are there."""
        if any(one.provider != programme.provider for one in versions):
            raise CatalogueError("a programme with this id is another provider's", where="id")
        taken = "somebody else entered a programme with this id at this moment; look at it, and try again"
        owner = [] if versions else [Insert(PROGRAMME_OWNERS, ProgrammeOwner(programme.id, programme.provider), taken=taken, where="id")]
        return [*owner, Insert(PROGRAMMES, programme, taken="this version of the programme is there already", where="version")]

    async def _looks(self, programme: Programme) -> list[Put[Look]]:
        batches = await scan_all(self.catalogue.records, BATCHES, "programme", (programme.id, programme.version))
        return [ask_for(batch=one.id) for one in batches]

    async def _found(self, programme: str, version: int) -> Kept[Programme]:
        kept = await self.catalogue.programme(programme, version)
        if kept is None:
            raise NotFoundError("there is no such version of such a programme", where="programme")
        return kept

    async def _append(
        self, writes: list[Write], programme: Programme, by: str, step: str, reason: str = "", since: date | None = None
    ) -> None:
        await self.log.append(
            *writes,
            actor=by,
            kind=f"programme.{step}",
            subject=f"programme:{programme.id}/{programme.version}",
            reason=reason,
            content={
                "provider": programme.provider,
                "state": present(programme.history),
                "since": None if since is None else since.isoformat(),
            },
        )
