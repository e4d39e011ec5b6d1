"""Whether a commit was done: its document in the journal says so, and the insert of that document decides.

`done` is inserted by whoever commits, not done by whoever waited for longer than the lease: exactly one of the two is first. A commit
without a document is undecided. A done one's document goes when none of its rows is in hand any more; one that was fenced keeps its
document for good, so that a process which slept finds it whenever it wakes up.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from itertools import groupby

from credentials.stores.mongo.rows import JOURNAL, NOT_MEANT, Name, State, carried_out, committed, meant
from lrs.clock import Clock
from lrs.errors import StoreUnavailableError
from lrs.stores.mongo.cluster import Cluster, Fields

AT_ONCE = 1_000  # rows in one command


class Journal:
    """Reads rows, whoever has them in hand. `fence_after`: seconds that an undecided commit is given."""

    def __init__(self, cluster: Cluster, clock: Clock, fence_after: float | None = None) -> None:
        self._cluster = cluster
        self._clock = clock
        self._fence_after = cluster.options.lease if fence_after is None else fence_after

    async def rows(self, names: Iterable[Name]) -> dict[Name, Fields]:
        """The documents of those that are there."""
        found: dict[Name, Fields] = {}
        for table, some in groupby(sorted(names), key=lambda name: name.table):
            keys = [name.key for name in some]
            for start in range(0, len(keys), AT_ONCE):
                found |= {Name(table, row["_id"]): row for row in await self._rows(table, keys[start : start + AT_ONCE])}
        return found

    async def states(self, rows: dict[Name, Fields]) -> dict[Name, State]:
        """As they are now, where `rows` is what was read of them. Those that are not there are not among them."""
        states: dict[Name, State] = {}
        while rows:
            done = await self.outcomes({row["t"] for row in rows.values() if row["t"]})
            unclear: list[Name] = []
            for name, row in rows.items():
                if row["t"] and row["t"] not in done:
                    unclear.append(name)
                else:
                    states[name] = meant(row) if row["t"] and done[row["t"]] else committed(row)
            rows = await self._still(rows, unclear, states)
        return {name: state for name, state in states.items() if state.revision}

    async def free(self, names: Sequence[Name]) -> dict[Name, Fields]:
        """The rows, once nobody has any of them in hand: finished, undone or waited for. Raises StoreUnavailableError."""
        deadline = asyncio.get_running_loop().time() + self._cluster.options.lease
        found = await self.rows(names)
        pause = min(0.002, self._cluster.options.poll)
        while held := {name: row for name, row in found.items() if row["t"]}:
            done = await self.outcomes({row["t"] for row in held.values()})
            for name, row in held.items():
                await self._free_one(name, row, done.get(row["t"]))
            if any(row["t"] not in done for row in held.values()):
                if asyncio.get_running_loop().time() > deadline:
                    raise StoreUnavailableError("others are writing the same now; nothing was stored", retry_after=2)
                await asyncio.sleep(pause)
                pause = min(pause * 2, self._cluster.options.poll)
            found = {name: row for name, row in found.items() if name not in held} | await self.rows(held)
        return found

    async def outcomes(self, commits: set[str]) -> dict[str, bool]:
        """Of those that are decided, whether they were done."""
        found: list[Fields] = []
        wanted = sorted(commits)
        for start in range(0, len(wanted), AT_ONCE):
            some = wanted[start : start + AT_ONCE]
            these = {"_id": some[0] if len(some) == 1 else {"$in": some}}
            found += await self._cluster.find(JOURNAL, these, {"done": 1}, limit=len(some), one_answer=False)
        return {one["_id"]: one["done"] for one in found}

    async def decide(self, commit: str, names: Sequence[Name]) -> bool:
        """Whether it is done; False when somebody has fenced it."""
        document = {"_id": commit, "done": True, "open": self._clock.now_us(), "rows": ["/".join(name) for name in names]}
        return await self._cluster.insert(JOURNAL, document) or (await self.outcomes({commit})).get(commit, False)

    async def forget(self, commit: str) -> None:
        """None of its rows is in hand any more."""
        await self._cluster.delete(JOURNAL, {"_id": commit, "done": True})

    async def unfinished(self) -> list[tuple[str, list[Name]]]:
        """Commits that are done, and whose writer has had its time to say so in all their rows."""
        oldest = self._clock.now_us() - int(self._fence_after * 1_000_000)
        found = await self._cluster.find(JOURNAL, {"open": {"$lte": oldest}}, sort=[("open", 1)], limit=20)
        return [(one["_id"], [Name(*name.split("/", 1)) for name in one["rows"]]) for one in found]

    async def release(self, name: Name, row: Fields, commit: str) -> None:
        """Takes an undone commit's hand off a row."""
        held = {"_id": name.key, "t": commit}
        if row["r"]:
            await self._cluster.update(name.collection, held, {"$set": {"t": ""}, "$unset": NOT_MEANT})
        else:
            await self._cluster.delete(name.collection, held)

    async def _free_one(self, name: Name, row: Fields, done: bool | None) -> None:
        if done:
            await self.carry_out(name, meant(row), row["t"])
        elif done is False:
            await self.release(name, row, row["t"])
        elif self._clock.now_us() - row["at"] >= self._fence_after * 1_000_000:
            # Either this insert is the first, or its writer's: the next look tells which.
            await self._cluster.insert(JOURNAL, {"_id": row["t"], "done": False})

    async def carry_out(self, name: Name, after: State, commit: str) -> None:
        """Makes a row what a done commit means it to be; nothing when that was done already."""
        held = {"_id": name.key, "t": commit}
        if after.revision:
            await self._cluster.update(name.collection, held, carried_out(after, commit))
        else:
            await self._cluster.delete(name.collection, held)

    async def _still(self, rows: dict[Name, Fields], unclear: list[Name], states: dict[Name, State]) -> dict[Name, Fields]:
        """Of rows whose commit has no document: it is undecided where it still has the row in hand, else it ended since the row was read.

        Answers the others as they are now.
        """
        again = await self.rows(unclear) if unclear else {}
        for name in unclear:
            if name in again and again[name]["t"] == rows[name]["t"]:
                states[name] = committed(again.pop(name))
        return again

    async def _rows(self, table: str, keys: list[str]) -> list[Fields]:
        wanted = {"_id": keys[0] if len(keys) == 1 else {"$in": keys}}
        return await self._cluster.find(Name(table, "").collection, wanted, limit=len(keys), one_answer=False)
