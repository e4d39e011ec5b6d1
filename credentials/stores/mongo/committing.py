"""Many rows at once, all or none, without a transaction over several documents.

    read ─▶ check the conditions ─▶ take every row in hand ─▶ put the new entries ─▶ insert into the journal (here it is done, or fenced)
         ─▶ carry out row by row ─▶ take the old entries away ─▶ take the document out of the journal

A commit that meets another's row waits for that one, and never while it has rows in hand itself. A single row whose entries stay as they
are needs no journal: changing it is one step.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
from collections import defaultdict
from collections.abc import Mapping, Sequence

from credentials.ports.records import Write
from credentials.stores.mongo.journal import Journal
from credentials.stores.mongo.rows import (
    ABSENT,
    Name,
    State,
    States,
    carried_out,
    changes,
    committed,
    encoded,
    entries_of,
    entry_name,
    meant,
    meant_fields,
    now_fields,
    rows_of,
)
from lrs.clock import Clock
from lrs.errors import StoreUnavailableError
from lrs.stores.mongo.cluster import Cluster, Fields


class Committer:
    """See `credentials.ports.records.Records.commit`."""

    def __init__(self, cluster: Cluster, clock: Clock, journal: Journal) -> None:
        self._cluster = cluster
        self._clock = clock
        self._journal = journal

    async def commit(self, writes: Sequence[Write]) -> None:
        made = encoded(writes)
        names = sorted({one.name for one in made})
        deadline = asyncio.get_running_loop().time() + self._cluster.options.lease
        pause = min(0.002, self._cluster.options.poll)
        while True:
            rows = await self._journal.free(names)
            wanted = changes(made, {name: committed(rows.get(name)) for name in names})
            if await self.change(wanted, rows, deadline):
                return
            if asyncio.get_running_loop().time() > deadline:
                raise StoreUnavailableError("others are writing the same now; nothing was stored", retry_after=2)
            await asyncio.sleep(pause * secrets.randbelow(1_000) / 1_000)  # so that two who hinder each other part
            pause = min(pause * 2, self._cluster.options.poll)

    async def change(self, wanted: States, rows: Mapping[Name, Fields], deadline: float) -> bool:
        """False, and nothing is changed, when one of `rows` is not as it was read any more."""
        if len(wanted) == 1:
            ((name, after),) = wanted.items()
            if set(after.entries) == set(committed(rows.get(name)).entries):
                return await self._change_one(name, after, rows.get(name))
        return not wanted or await self._change_all(wanted, rows, deadline)

    async def sweep(self) -> int:
        """Carries out what was done and whose writer has been silent for longer than the lease; how many commits."""
        unfinished = await self._journal.unfinished()
        for commit, names in unfinished:
            rows = await self._journal.rows(names)
            held = {name: row for name, row in rows.items() if row["t"] == commit}
            await self._finish(commit, {name: meant(row) for name, row in held.items()}, held)
        return len(unfinished)

    async def _change_one(self, name: Name, after: State, row: Fields | None) -> bool:
        commit, retries = _new_commit(), self._cluster.retries
        if row is None:
            done = await self._cluster.insert(name.collection, {"_id": name.key} | now_fields(after, commit))
        elif after.revision:
            same = {"_id": name.key, "w": row["w"], "t": ""}
            done = await self._cluster.update(name.collection, same, {"$set": now_fields(after, commit)})
        else:
            return await self._cluster.delete(name.collection, {"_id": name.key, "w": row["w"], "t": ""})
        if done or self._cluster.retries == retries:
            return done
        present = (await self._journal.rows([name])).get(name)  # an answer was lost: was it ours?
        if present is not None and present["w"] == commit:
            return True
        if (present or {}).get("w") == (row or {}).get("w"):
            return False
        raise StoreUnavailableError("it is not known whether this was stored; look before sending it again", retry_after=2)

    async def _change_all(self, wanted: States, rows: Mapping[Name, Fields], deadline: float) -> bool:
        commit = _new_commit()
        await self._take(commit, wanted, rows)
        held = {name: row for name, row in (await self._journal.rows(wanted)).items() if row["t"] == commit}
        if len(held) == len(wanted):
            await self._put_entries(commit, wanted, rows)
            if asyncio.get_running_loop().time() <= deadline and await self._journal.decide(commit, list(wanted)):
                with contextlib.suppress(StoreUnavailableError):  # it is done; whoever comes next carries it out
                    await self._finish(commit, wanted, rows)
                return True
        for name, row in held.items():
            await self._journal.release(name, row, commit)
        return False

    async def _take(self, commit: str, wanted: States, rows: Mapping[Name, Fields]) -> None:
        at = self._clock.now_us()
        new, old = defaultdict(list), defaultdict(list)
        for name, after in wanted.items():
            fields = meant_fields(after, commit, at)
            if name in rows:
                old[name.table].append(({"_id": name.key, "w": rows[name]["w"], "t": ""}, {"$set": fields}))
            else:
                new[name.table].append({"_id": name.key, "r": 0, "w": ""} | fields)
        for table in sorted(new.keys() | old.keys()):
            await self._cluster.keep(rows_of(table), new[table])
            await self._cluster.update_each(rows_of(table), old[table])

    async def _put_entries(self, commit: str, wanted: States, rows: Mapping[Name, Fields]) -> None:
        """Before the commit is decided. One that is there already may be about to be taken away: the new mark prevents it."""
        new: dict[str, list[Fields]] = defaultdict(list)
        for name, after in wanted.items():
            for entry in set(after.entries) - set(committed(rows.get(name)).entries):
                new[name.table].append({"_id": entry_name(entry, name.key), "w": commit})
        for table, entries in new.items():
            there = await self._cluster.keep(entries_of(table), entries)
            if there:
                await self._cluster.update_each(entries_of(table), [({"_id": one}, {"$set": {"w": commit}}) for one in there])
                await self._cluster.keep(entries_of(table), [{"_id": one, "w": commit} for one in there])

    async def _finish(self, commit: str, wanted: States, rows: Mapping[Name, Fields]) -> None:
        changed: dict[str, list[tuple[Fields, Fields]]] = defaultdict(list)
        for name, after in wanted.items():
            if after.revision:
                changed[name.table].append(({"_id": name.key, "t": commit}, carried_out(after, commit)))
            else:
                await self._journal.carry_out(name, ABSENT, commit)
        for table, some in changed.items():
            await self._cluster.update_each(rows_of(table), some)
        for name, after in wanted.items():
            for entry in sorted(set(committed(rows.get(name)).entries) - set(after.entries)):
                await self._take_away(name, entry)
        await self._journal.forget(commit)

    async def _take_away(self, name: Name, entry: str) -> None:
        """An entry that the row does not have any more, unless somebody is about to give it back."""
        document = await self._cluster.find_one(entries_of(name.table), {"_id": entry_name(entry, name.key)})
        row = (await self._journal.rows([name])).get(name)
        if document is not None and (row is None or entry not in (*row.get("e", ()), *row.get("ne", ()))):
            await self._cluster.delete(entries_of(name.table), {"_id": document["_id"], "w": document["w"]})


def _new_commit() -> str:
    return os.urandom(12).hex()
