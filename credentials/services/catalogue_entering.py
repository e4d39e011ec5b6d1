"""Entering one entry of a file: what is not there is added, what is there and differs is changed, what is alike is left."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Literal, TypeAlias, TypeVar

from credentials.catalogue.bindings import Binding
from credentials.catalogue.competences import Competence, Field
from credentials.catalogue.documents import Document, Entry, convert, entry
from credentials.catalogue.model import MINUTES_OF_A_JP, Batch, Programme
from credentials.catalogue.provider import Accreditation, ProviderProfile
from credentials.catalogue.tables import KINDS
from credentials.errors import CatalogueError
from credentials.services.batches import Batches
from credentials.services.competences import Competences
from credentials.services.import_orders import CatalogueOrder
from credentials.services.programmes import Programmes
from credentials.services.providers import ProviderStandings
from lrs.errors import ConflictError, InvalidRequestError
from lrs.ports import ClientStore

T = TypeVar("T")
Result = Literal["added", "changed", "same", "gathered"]
_Work: TypeAlias = Callable[[], Awaitable[Result]]
_REASON = "import"
_MOST_LINES = 100_000  # of tables whose lines are gathered: accreditations, bindings


@dataclass(slots=True)
class Entering:
    """One for each import: lines that belong together (of a provider, of a batch) are gathered and entered at the end."""

    programmes: Programmes
    batches: Batches
    standings: ProviderStandings
    competences: Competences
    providers: ClientStore
    _windows: dict[str, list[tuple[int, Accreditation]]] = field(default_factory=dict)
    _bindings: dict[str, list[tuple[int, Binding]]] = field(default_factory=dict)
    _lines: int = 0

    async def enter(self, number: int, kind: str, told: Document, order: CatalogueOrder) -> Result:
        """Raises InvalidRequestError, NotFoundError, ConflictError, ForbiddenError; then this entry changes nothing."""
        match kind:
            case "field":
                return await self._field(entry(Field, told), order)
            case "competence":
                return await self._competence(entry(Competence, told), order)
            case "provider":
                return await self._provider(entry(ProviderProfile, told), order)
            case "programme":
                return await self._programme(entry(Programme, _with_hours(told)), str(told.get("state", "draft")), order)
            case "batch":
                return await self._batch(entry(Batch, await self._with_defaults(told)), str(told.get("state", "")), order)
            case "accreditation":
                provider = str(told.pop("provider", ""))
                window = convert(Accreditation, {"number": "", "ends": None} | told)
                self._gather(self._windows.setdefault(provider, []), number, window)
            case "binding":
                batch = str(told.pop("batch", ""))
                binding = convert(Binding, told)
                self._gather(self._bindings.setdefault(batch, []), number, binding)
            case _:
                raise CatalogueError("each entry tells what it is: " + ", ".join(KINDS), where="entry")
        return "gathered"

    def gathered(self, order: CatalogueOrder) -> Iterator[tuple[int, _Work]]:
        """What is entered at the end, with the number of its first line."""
        for provider, windows in self._windows.items():
            yield windows[0][0], partial(self._accredit, provider, tuple(one for _, one in windows), order)
        for batch, bindings in self._bindings.items():
            yield bindings[0][0], partial(self._rebind, batch, tuple(one for _, one in bindings), order)

    async def _field(self, told: Field, order: CatalogueOrder) -> Result:
        before = (await self.competences.list.fields()).get(told.id)
        if before == told:
            return "same"
        await _allow(told, order)
        await self.competences.put_field(told, order.by, _REASON)
        return "changed" if before else "added"

    async def _competence(self, told: Competence, order: CatalogueOrder) -> Result:
        before = (await self.competences.list.named((told.code,))).get(told.code)
        if before == told:
            return "same"
        for one in {told.field, before.field if before else told.field}:  # whoever loses a competence must be allowed too
            await _allow(replace(told, field=one), order)
        await self.competences.put_competence(told, order.by, _REASON)
        return "changed" if before else "added"

    async def _provider(self, told: ProviderProfile, order: CatalogueOrder) -> Result:
        if not order.keep_states:
            return await self._accredit(told.provider, told.accreditations, order)
        before = await self.standings.profile(told.provider)
        if before == told:
            return "same"
        await _allow(told, order)
        await self.standings.restore(told, order.by)
        return "changed" if before.accreditations or before.history else "added"

    async def _accredit(self, provider: str, windows: tuple[Accreditation, ...], order: CatalogueOrder) -> Result:
        before = await self.standings.profile(provider)
        told = replace(before, accreditations=tuple(sorted(windows, key=lambda one: one.starts)))
        if before == told:
            return "same"
        await _allow(told, order)
        await self.standings.accredit(provider, windows, by=order.by, reason=_REASON)
        return "changed" if before.accreditations else "added"

    async def _programme(self, told: Programme, state: str, order: CatalogueOrder) -> Result:
        await _allow(told, order)
        kept = await self.programmes.catalogue.programme(told.id, told.version)
        if order.keep_states:
            if kept is None:
                await self.programmes.restore(told, order.by)
                return "added"
            if kept.value != told:
                raise ConflictError("this version is here already, and tells otherwise", where="version")
            return "same"
        told = replace(told, history=(), reviews=())
        result: Result = "added"
        if kept is None:
            await self.programmes.draft(told, order.by)
        elif replace(kept.value, history=(), reviews=()) != told:
            await self.programmes.revise(told, order.by)
            result = "changed"
        elif kept.value.state != "draft" or state == "draft":
            return "same"
        else:
            result = "changed"
        if state != "draft":
            await self.programmes.move(told.id, told.version, "proposed", by=order.by, reason=_REASON)
        return result

    async def _batch(self, told: Batch, state: str, order: CatalogueOrder) -> Result:
        kept = await self.batches.catalogue.batch(told.id)
        await _allow(told if kept is None else kept.value, order)
        if kept is not None:
            await _allow(told, order)
        if kept is None and order.keep_states:
            await self.batches.restore(told, order.by)
            return "added"
        if kept is None:
            draft = state == "draft" or not told.bindings
            await self.batches.add(replace(told, history=()), order.by, state="draft" if draft else "open")
            return "added"
        if order.keep_states and kept.value.history != told.history:
            raise ConflictError("this batch is here already, with a history of its own", where="history")
        return await self._changed(kept.value, replace(told, history=kept.value.history), order)

    async def _rebind(self, batch: str, bindings: tuple[Binding, ...], order: CatalogueOrder) -> Result:
        before = await self.batches.found(batch[:63])
        await _allow(before, order)
        return await self._changed(before, replace(before, bindings=bindings), order)

    async def _changed(self, before: Batch, told: Batch, order: CatalogueOrder) -> Result:
        if not told.bindings:
            told = replace(told, bindings=before.bindings)  # a table without them leaves them
        if not told.rule:
            told = replace(told, rule=before.rule)
        if told == before:
            return "same"
        await self.batches.change(told, order.by, _REASON)
        return "changed"

    async def _with_defaults(self, told: Document) -> Document:
        """A batch's time zone is its provider's, unless it tells one."""
        provider = await self.providers.provider(str(told.get("provider", ""))[:63]) if "time_zone" not in told else None
        return {"version": 1, "rule": "", "bindings": [], "time_zone": provider.time_zone if provider else "Asia/Jakarta"} | told

    def _gather(self, lines: list[tuple[int, T]], number: int, one: T) -> None:
        self._lines += 1
        if self._lines > _MOST_LINES:
            raise InvalidRequestError(f"a table like this has at most {_MOST_LINES:,} lines; import it in parts")
        lines.append((number, one))


async def _allow(told: Entry, order: CatalogueOrder) -> None:
    if order.allow is not None:
        await order.allow(told)


def _with_hours(told: Document) -> Document:
    """The first version, unless it tells one; whole hours of the minutes, unless it tells hours."""
    minutes = told.get("minutes")
    hours = {"jp": minutes // MINUTES_OF_A_JP} if isinstance(minutes, int) and told.get("jp") is None else {}
    return {"version": 1} | told | hours
