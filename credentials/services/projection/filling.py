"""Statements from before an activity was bound: read once, by the index of the statements, into the dossiers of a new watch.

Queries never give voided statements, and those of the provider's own are rightly missing; what somebody else voided is added.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import msgspec

from credentials.ports.records import Parts, Put, Records, Write, get_all, scan_all
from credentials.services.projection.engine import Engine
from credentials.services.projection.folding import Folded
from credentials.services.projection.hearing import Heard, hear
from credentials.services.projection.scenes import Scenes, Unreadable
from credentials.stores.dossiers import EARLY_VOIDS, FOREIGN_VOIDS, OWN_VOIDS, WATCHES, Watch
from credentials.stores.looks import ask_for
from lrs.ports import Condition, StatementQuery, StatementStore, Wall, activity_term

_PAGE = 500  # statements of one commit


class _Told(msgspec.Struct):
    id: str
    stored: datetime


class Filling:
    """One page at a time, so that what comes in now does not wait for what was."""

    def __init__(self, records: Records, statements: StatementStore) -> None:
        self._records = records
        self._statements = statements

    async def unfilled(self, generation: int) -> Watch | None:
        """The next watch that lacks what was before it."""
        page = await self._records.scan(WATCHES, "unfilled", (generation,), limit=1)
        return page.values[0] if page.values else None

    async def page(self, watch: Watch, engine: Engine) -> list[Write]:
        """What the next page of statements adds. At the end the watch is filled, and a look at its batches is asked for."""
        await engine.bindings.refresh([watch.provider])
        terms = (Condition(activity_term(watch.value), related=True),) if watch.match == "exact" else ()
        query = StatementQuery(terms, limit=_PAGE, ascending=True, cursor=watch.cursor)
        page = await self._statements.query(query, Wall(watch.provider))
        scenes = engine.bindings.scenes(watch.provider)
        heard = [one for body in page.bodies if (one := _heard(watch.provider, body, scenes)) is not None]
        if watch.cursor is None:
            heard += await self._hidden(watch.provider, engine.generation, scenes)
        folded = Folded()
        # Into this watch's dossiers only: those of others learn of what is yet to come when the feed comes to it, and are judged then.
        await engine.folder.tell(heard, {}, folded, only=(watch.provider, watch.match, watch.value))
        engine.bindings.forget(watch.provider)
        await engine.named(folded)  # whoever waits to be linked is listed, whether the evidence or the batch was first
        writes = [one for one in folded.writes if not (isinstance(one, Put) and one.table is WATCHES)]
        if page.more is not None:
            return [*writes, Put(WATCHES, replace(watch, cursor=page.more))]
        return [*writes, Put(WATCHES, replace(watch, filled=True, cursor=None)), *await self._looks(watch, engine)]

    async def _looks(self, watch: Watch, engine: Engine) -> list[Write]:
        key = (watch.provider, watch.match, watch.value)
        pattern = (await engine.bindings.patterns([key])).get(key)
        return [ask_for(batch=window.batch) for window in pattern.windows] if pattern is not None else []

    async def _hidden(self, provider: str, generation: int, scenes: Scenes) -> list[Heard]:
        """The provider's statements that only somebody else voided."""
        ids = {one.statement for one in await scan_all(self._records, FOREIGN_VOIDS, prefix=(provider,))}
        early = await scan_all(self._records, EARLY_VOIDS, prefix=(generation,))
        ids |= {one.statement for one in early if one.provider != provider}
        keys: list[Parts] = [(provider, id) for id in sorted(ids)]
        own = {id for _, id in await get_all(self._records, OWN_VOIDS, keys)} | {one.statement for one in early if one.provider == provider}
        found: list[Heard] = []
        for id in sorted(ids - own):
            kept = await self._statements.get(id, Wall(provider), voided=True)
            if kept is not None and (heard := _heard(provider, kept.body, scenes)) is not None:
                found.append(heard)
        return found


def _heard(provider: str, body: bytes, scenes: Scenes) -> Heard | None:
    """What cannot be read is parked when the feed comes to it."""
    try:
        told = msgspec.json.decode(body, type=_Told)
        return hear(provider, told.id, 0, round(told.stored.timestamp() * 1e6), body, scenes)
    except (Unreadable, msgspec.MsgspecError):
        return None
