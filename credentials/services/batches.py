"""Batches, their bindings and their states. Two batches of a provider never bind one activity on one day."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date

from credentials.catalogue.bindings import Binding, collide, prefixes
from credentials.catalogue.checks import check_batch
from credentials.catalogue.model import Batch, Programme
from credentials.catalogue.states import BATCH_FLOW, State, StateChange, moved, present, replayed
from credentials.checks import check_day, check_text
from credentials.decisions import Content
from credentials.errors import CatalogueError
from credentials.evidence.checking import check_use
from credentials.ports.records import Insert, Kept, Put, Replace, Write
from credentials.stores.catalogue import BATCHES, BINDING_COUNTS, BOUND, BindingCount, Bound, CatalogueRecords, Use
from credentials.stores.decisions import DecisionLog
from credentials.stores.evidence_rules import EvidenceRuleRecords
from credentials.stores.looks import ask_for
from lrs.errors import ConflictError, NotFoundError

_PAGE = 1_000
_TRIES = 50  # against others who enter batches of the same provider at the same moment
_OVERLAP = "another batch ({}) has one of these activities at the same time"


@dataclass(frozen=True, slots=True)
class Batches:
    """Each method raises CatalogueError (`where` names the member), NotFoundError or ConflictError; then nothing is stored."""

    catalogue: CatalogueRecords
    log: DecisionLog
    rules: EvidenceRuleRecords

    async def add(self, batch: Batch, by: str, *, state: State = "open") -> Batch:
        """A new batch; evidence that is there already counts for it. Without a rule it has its programme's."""
        change = StateChange(state, None, self.log.clock.now_us(), by)
        entered = await self.checked(replace(batch, history=moved((), change, BATCH_FLOW)))

        async def enter() -> Batch:
            await self._append(await self.entering(entered, None), entered, by, "added")
            return entered

        return await self._retried(batch.provider, enter)

    async def restore(self, batch: Batch, by: str) -> Batch:
        """A batch with the history that it has elsewhere, if that could have come about here."""
        entered = await self.checked(batch)
        replayed(batch.history, BATCH_FLOW)

        async def enter() -> Batch:
            await self._append(await self.entering(entered, None), entered, by, "restored")
            return entered

        return await self._retried(batch.provider, enter)

    async def change(self, batch: Batch, by: str, reason: str = "") -> Batch:
        """Other dates, bindings, rule or name; programme, version and provider stay. What was recorded follows the change."""
        check_text(reason, "reason", empty=True)

        async def enter() -> Batch:
            kept = await self._found(batch.id)
            if (batch.programme, batch.version) != (kept.value.programme, kept.value.version):
                raise CatalogueError("a batch stays with its version of its programme: enter another batch", where="programme")
            changed = await self.checked(replace(batch, history=kept.value.history))
            await self._append(await self.entering(changed, kept), changed, by, "changed", reason)
            return changed

        return await self._retried(batch.provider, enter)

    async def move(self, batch: str, state: State, *, by: str, reason: str = "", since: date | None = None) -> Batch:
        """The next state, from `since` on (None: ever since)."""
        check_day(since, "since")
        check_text(reason, "reason", empty=state == "open")
        kept = await self._found(batch)
        change = StateChange(state, since, self.log.clock.now_us(), by, reason)
        changed = replace(kept.value, history=moved(kept.value.history, change, BATCH_FLOW))
        if state == "open":
            changed = await self.checked(changed)
        await self._append([Replace(BATCHES, changed, kept.revision), ask_for(batch=batch)], changed, by, state, reason, since)
        return changed

    async def found(self, batch: str) -> Batch:
        """Raises NotFoundError."""
        return (await self._found(batch)).value

    async def checked(self, batch: Batch) -> Batch:
        """With its rule. Raises CatalogueError when it does not fit its programme."""
        kept = await self.catalogue.programme(batch.programme, batch.version)
        if kept is None:
            raise CatalogueError("there is no such version of such a programme", where="programme")
        ruled = _with_rule(batch, kept.value)
        rule = await self.rules.rule(ruled.rule)
        check_batch(ruled, kept.value, frozenset() if ruled.state == "draft" else rule.roles())
        if ruled.state != "draft":  # a draft may still lack what its rule needs
            check_use(rule, ruled)
        return ruled

    async def entering(self, batch: Batch, before: Kept[Batch] | None) -> list[Write]:
        """What enters the batch, or puts it in the place of `before`. Raises ConflictError when another batch binds the same."""
        record: Write = Insert(BATCHES, batch, taken="a batch with this id is there already", where="id")
        if before is not None:
            record = Replace(BATCHES, batch, before.revision)
        elif await self.catalogue.batch(batch.id) is not None:
            raise ConflictError("a batch with this id is there already", where="id")
        if before is not None and _bound_alike(before.value, batch):
            return [record, ask_for(batch=batch.id)]
        guard = await self.catalogue.records.get(BINDING_COUNTS, batch.provider)
        count = BindingCount(batch.provider, (guard.value.changes if guard else 0) + 1)
        await self._require_free(batch)
        bound = await self._rebound(batch, before.value if before else None)
        return [Replace(BINDING_COUNTS, count, guard.revision if guard else 0), record, *map(_put, bound), ask_for(batch=batch.id)]

    async def _retried(self, provider: str, enter: Callable[[], Awaitable[Batch]]) -> Batch:
        """Once more when it lost against somebody else's batch of the provider, which may have nothing to do with it."""
        for _ in range(_TRIES):
            before = await self.catalogue.binding_changes([provider])
            try:
                return await enter()
            except ConflictError:
                if await self.catalogue.binding_changes([provider]) == before:
                    raise
        raise ConflictError("too many enter batches of this provider at the same moment; try again")

    async def _require_free(self, batch: Batch) -> None:
        for binding in batch.bindings:
            first, last = batch.window(binding)
            for bound in await self._colliding(batch.provider, binding):
                for use in bound.uses:
                    if use.batch != batch.id and use.starts <= last and first <= use.ends:
                        raise ConflictError(_OVERLAP.format(use.batch), where="bindings")

    async def _colliding(self, provider: str, binding: Binding) -> list[Bound]:
        """What is bound of the provider and could mean the same activity."""
        records = self.catalogue.records
        if binding.match == "external":
            keys = [(provider, "external", binding.activity)]
        else:
            keys = [(provider, "exact", binding.activity), *((provider, "prefix", one) for one in prefixes(binding.activity))]
        found = list((await records.get_many(BOUND, keys)).values())
        for match in ("exact", "prefix") if binding.match == "prefix" else ():
            after: str | None = None
            while True:
                low, high = (binding.activity,), (binding.activity + "\U0010ffff",)
                page = await records.scan(BOUND, None, (provider, match), low=low, high=high, after=after, limit=_PAGE)
                found += [one for one in page.values if collide(binding, Binding("", one.value, one.match))]
                if (after := page.more) is None:
                    break
        return found

    async def _rebound(self, batch: Batch, before: Batch | None) -> list[Bound]:
        """The rows of every activity that the batch binds, or bound before, as they shall be."""
        keys = {(batch.provider, one.match, one.activity): one for one in batch.bindings}
        old = [(batch.provider, one.match, one.activity) for one in (before.bindings if before else ())]
        found = await self.catalogue.records.get_many(BOUND, list(dict.fromkeys([*keys, *old])))
        rows = []
        for key in dict.fromkeys([*keys, *old]):
            row = found.get(key) or Bound(key[0], keys[key].match, key[2])
            uses = tuple(use for use in row.uses if use.batch != batch.id)
            if (binding := keys.get(key)) is not None:
                uses += (Use(batch.id, binding.role, *batch.window(binding)),)
            rows.append(replace(row, uses=uses))
        return rows

    async def _found(self, batch: str) -> Kept[Batch]:
        kept = await self.catalogue.batch(batch)
        if kept is None:
            raise NotFoundError("there is no batch with this id", where="batch")
        return kept

    async def _append(self, writes: list[Write], batch: Batch, by: str, step: str, reason: str = "", since: date | None = None) -> None:
        day = None if since is None else since.isoformat()
        content: Content = {"programme": batch.programme, "version": batch.version, "state": present(batch.history), "since": day}
        await self.log.append(*writes, actor=by, kind=f"batch.{step}", subject=f"batch:{batch.id}", reason=reason, content=content)


def _with_rule(batch: Batch, programme: Programme) -> Batch:
    if batch.rule:
        return batch
    if not programme.evidence_rule:
        raise CatalogueError("neither the batch nor its programme names an evidence rule, such as course-completed", where="rule")
    return replace(batch, rule=programme.evidence_rule)


def _put(bound: Bound) -> Put[Bound]:
    return Put(BOUND, bound)


def _bound_alike(one: Batch, other: Batch) -> bool:
    """Whether statements are told apart for both in the same way; the rule belongs to that, since it says what is kept of them."""
    return (one.bindings, one.starts, one.ends, one.time_zone, one.rule) == (
        other.bindings,
        other.starts,
        other.ends,
        other.time_zone,
        other.rule,
    )
