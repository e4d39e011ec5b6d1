"""Statements that are reduced name another account: what dossiers hold of them goes along, so that a later void, link or rule finds it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from credentials.evidence.dossier import TAIL, Dossier, OpenDossier
from credentials.ports.records import Kept, Put, Records, Remove, Replace, Write, get_all, scan_all
from credentials.services.projection.fences import every_fence
from credentials.stores.dossiers import DOSSIERS, PROGRESS, KeptDossier, Progress, dossier_key
from lrs.errors import ConflictError

_TRIES = 100  # against the projector, which writes all the time


@dataclass(frozen=True, slots=True)
class Moved:
    """The statement (16 bytes of its id), of the moment `at`, names `new` from now on, and not `old`; both as index terms."""

    provider: str
    old: str
    new: str
    statement: bytes
    at: int


@dataclass(frozen=True, slots=True)
class Renaming:
    """Works in every generation that there is: the one in use, and one that a rebuild is filling."""

    records: Records

    async def move(self, moved: Sequence[Moved]) -> None:
        """Safe to repeat. Raises ConflictError when the projector was always faster."""
        by_name: dict[tuple[str, str], list[Moved]] = defaultdict(list)
        for one in moved:
            if one.old != one.new:
                by_name[one.provider, one.old].append(one)
        if not by_name:
            return
        for progress in await scan_all(self.records, PROGRESS):
            await self._move(progress.consumer, by_name)

    async def _move(self, consumer: str, by_name: dict[tuple[str, str], list[Moved]]) -> None:
        for _ in range(_TRIES):
            kept = await self.records.get(PROGRESS, consumer)
            if kept is None:
                return
            writes = await self._writes(kept.value.generation, by_name)
            if not writes:
                return
            try:
                await self.records.commit(_fence(kept), *every_fence(kept.value.turns), *writes)
            except ConflictError:
                continue
            return
        raise ConflictError("the projector was always faster; try again")

    async def _writes(self, generation: int, by_name: dict[tuple[str, str], list[Moved]]) -> list[Write]:
        writes: list[Write] = []
        for (provider, old), some in by_name.items():
            for kept in await scan_all(self.records, DOSSIERS, prefix=(generation, old, provider)):
                writes += await self._split(kept, some)
        return writes

    async def _split(self, kept: KeptDossier, moved: Sequence[Moved]) -> list[Write]:
        """What becomes of one dossier. Nothing when none of these statements is in it."""
        by_new: dict[str, list[Moved]] = defaultdict(list)
        for one in moved:
            by_new[one.new].append(one)
        left, parts = kept.dossier, []
        for new, some in by_new.items():
            left, part = _taken_out(left, {one.statement: one.at for one in some})
            parts.append(replace(part, ifi=new))
        if left == kept.dossier:
            return []
        first: Write = Put(DOSSIERS, replace(kept, dossier=left))
        if _empty(left):
            first = Remove(DOSSIERS, dossier_key(kept.generation, kept.dossier))
        keys = [dossier_key(kept.generation, part) for part in parts]
        there = await get_all(self.records, DOSSIERS, keys)
        joined = [_joined(there[key].dossier, part) if key in there else part for key, part in zip(keys, parts, strict=True)]
        return [first, *(Put(DOSSIERS, KeptDossier(kept.generation, one)) for one in joined if not _empty(one))]


def _empty(dossier: Dossier) -> bool:
    return not (dossier.facts or dossier.taken_back or dossier.acts or dossier.weak_acts)


def _fence(kept: Kept[Progress]) -> Write:
    """Whatever is judged meanwhile was judged on what is moved here, and is not written."""
    return Replace(PROGRESS, replace(kept.value, turns=kept.value.turns + 1), kept.revision)


def _taken_out(dossier: Dossier, statements: dict[bytes, int]) -> tuple[Dossier, Dossier]:
    """(what is left, what was of these statements)."""
    rest = OpenDossier(dossier)
    for statement, at in statements.items():
        rest.forget(statement, at)
    left = rest.closed()
    taken = replace(
        dossier,
        facts=tuple(one for one in dossier.facts if one.statement in statements),
        taken_back=tuple(one for one in dossier.taken_back if one.statement in statements),
        acts=_less(dossier.acts, left.acts),
        weak_acts=_less(dossier.weak_acts, left.weak_acts),
    )
    return left, taken


def _less(before: dict[int, bytes], after: dict[int, bytes]) -> dict[int, bytes]:
    found = {}
    for quarter, tails in before.items():
        gone = sorted(set(_tails(tails)) - set(_tails(after.get(quarter, b""))))
        if gone:
            found[quarter] = b"".join(gone)
    return found


def _joined(one: Dossier, other: Dossier) -> Dossier:
    """Both, each statement once."""
    facts = {fact.statement: fact for fact in (*one.facts, *other.facts)}
    taken_back = {back.statement: back for back in (*one.taken_back, *other.taken_back)}
    return replace(
        one,
        facts=tuple(sorted(facts.values(), key=lambda fact: (fact.at, fact.statement))),
        taken_back=tuple(sorted(taken_back.values(), key=lambda back: (back.at, back.statement))),
        acts=_both(one.acts, other.acts),
        weak_acts=_both(one.weak_acts, other.weak_acts),
    )


def _both(one: dict[int, bytes], other: dict[int, bytes]) -> dict[int, bytes]:
    quarters = sorted(one.keys() | other.keys())
    return {quarter: b"".join(sorted({*_tails(one.get(quarter, b"")), *_tails(other.get(quarter, b""))})) for quarter in quarters}


def _tails(tails: bytes) -> list[bytes]:
    return [tails[at : at + TAIL] for at in range(0, len(tails), TAIL)]
