"""Every interleaving of a few nodes over one database in memory: each operation waits until the explorer lets it through.

Stateless model checking of the very code that runs in production: a schedule is run from the beginning, and the next one differs from it
in its last free choice. `preemptions` bounds how often a node is stopped in the middle, `deaths` how many nodes die there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from lrs.stores.mongo.cluster import ClusterOptions

Fields: TypeAlias = dict[str, Any]
_TURNS = 400  # of the loop until everybody waits again


class Database:
    """Collections in memory, with as much of the query language as the stores declare."""

    def __init__(self) -> None:
        self.collections: dict[str, dict[str, Fields]] = {}

    def all(self, collection: str) -> dict[str, Fields]:
        return self.collections.setdefault(collection, {})

    def find(self, collection: str, wanted: Fields, sort: Sequence[tuple[str, int]], limit: int) -> list[Fields]:
        found = [one for one in self.all(collection).values() if _fits(one, wanted)]
        for name, direction in reversed(sort):
            found.sort(key=lambda one: one[name], reverse=direction < 0)
        return [dict(one) for one in found[:limit]]

    def insert(self, collection: str, document: Fields) -> bool:
        return self.all(collection).setdefault(document["_id"], dict(document)) == document

    def update(self, collection: str, wanted: Fields, change: Fields) -> Fields | None:
        for one in self.all(collection).values():
            if _fits(one, wanted):
                _change(one, change)
                return dict(one)
        return None

    def delete(self, collection: str, wanted: Fields) -> bool:
        for name, one in self.all(collection).items():
            if _fits(one, wanted):
                del self.all(collection)[name]
                return True
        return False


def _fits(document: Fields, wanted: Fields) -> bool:
    for name, value in wanted.items():
        if name == "$and":
            if not all(_fits(document, one) for one in value):
                return False
            continue
        present = document.get(name)
        values = present if isinstance(present, list) else [present]
        if not any(_satisfies(one, value) for one in values):
            return False
    return True


def _satisfies(present: Any, value: Any) -> bool:
    if not isinstance(value, dict):
        return bool(present == value)
    tests: dict[str, Callable[[Any], bool]] = {
        "$in": lambda bound: present in bound,
        "$gt": lambda bound: present is not None and present > bound,
        "$gte": lambda bound: present is not None and present >= bound,
        "$lt": lambda bound: present is not None and present < bound,
        "$lte": lambda bound: present is not None and present <= bound,
    }
    return all(tests[operator](bound) for operator, bound in value.items())


def _change(document: Fields, change: Fields) -> None:
    for name, value in change.get("$set", {}).items():
        document[name] = value
    for name in change.get("$unset", {}):
        document.pop(name, None)
    for name, value in change.get("$min", {}).items():
        document[name] = min(document[name], value)
    for name, value in change.get("$addToSet", {}).items():
        document[name] = document[name] + [one for one in value["$each"] if one not in document[name]]


@dataclass(slots=True)
class _Gate:
    node: str
    told: str
    opened: asyncio.Future[None]


class Explored:
    """Stands for `lrs.stores.mongo.cluster.Cluster` in one node."""

    def __init__(self, database: Database, run: Run, node: str, options: ClusterOptions) -> None:
        self.options = options
        self.retries = 0
        self._database = database
        self._run = run
        self._node = node

    def collection(self, name: str) -> None:
        """It is open."""

    async def find_one(self, collection: str, wanted: Fields, fields: Fields | None = None) -> Fields | None:
        found = await self.find(collection, wanted, limit=1)
        return found[0] if found else None

    async def find(
        self, collection: str, wanted: Fields, fields: Fields | None = None, *, sort: Any = (), limit: int, one_answer: bool = True
    ) -> list[Fields]:
        await self._run.gate(self._node, f"find {collection}")
        return self._database.find(collection, wanted, sort, limit)

    async def insert(self, collection: str, document: Fields) -> bool:
        await self._run.gate(self._node, f"insert {collection} {document['_id']}")
        taken = document["_id"] in self._database.all(collection)
        return not taken and self._database.insert(collection, document)

    async def keep(self, collection: str, documents: list[Fields]) -> list[str]:
        there: list[str] = []
        for document in documents:  # one by one: a node may die after the first
            await self._run.gate(self._node, f"keep {collection} {document['_id']}")
            if document["_id"] in self._database.all(collection):
                there.append(document["_id"])
            else:
                self._database.insert(collection, document)
        return there

    async def update_each(self, collection: str, changes: Sequence[tuple[Fields, Fields]]) -> None:
        for wanted, change in changes:
            await self.update(collection, wanted, change)

    async def update(self, collection: str, wanted: Fields, change: Fields) -> bool:
        return await self.change(collection, wanted, change) is not None

    async def change(self, collection: str, wanted: Fields, change: Fields) -> Fields | None:
        await self._run.gate(self._node, f"update {collection}")
        return self._database.update(collection, wanted, change)

    async def delete(self, collection: str, wanted: Fields) -> bool:
        await self._run.gate(self._node, f"delete {collection}")
        return self._database.delete(collection, wanted)


@dataclass(slots=True)
class Run:
    """One schedule. `choices`: which of the waiting nodes goes on (or dies), at each point where there was more than one."""

    choices: list[int]
    preemptions: int
    deaths: int
    widths: list[int] = field(default_factory=list)
    taken: list[int] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    free: bool = False
    _gates: dict[str, _Gate] = field(default_factory=dict)
    _last: str = ""

    async def gate(self, node: str, told: str) -> None:
        """Waits for the explorer; open for everybody once the schedule is over."""
        if self.free:
            return
        gate = _Gate(node, told, asyncio.get_running_loop().create_future())
        self._gates[node] = gate
        await gate.opened

    async def drive(self, nodes: dict[str, Awaitable[object]]) -> dict[str, object]:
        """Runs the nodes to their ends; answers what each answered or raised. A dead one answered nothing and is not among them."""
        tasks = {name: asyncio.ensure_future(node) for name, node in nodes.items()}
        while alive := [name for name, task in tasks.items() if not task.done()]:
            await self._until_all_wait(tasks)
            waiting = [name for name in alive if name in self._gates and not tasks[name].done()]
            if waiting:
                await self._one_step(waiting, tasks)
        self.free = True
        return {name: _outcome(task) for name, task in tasks.items() if not task.cancelled()}

    async def _one_step(self, waiting: list[str], tasks: Mapping[str, asyncio.Future[object]]) -> None:
        options = self._options(waiting)
        pick = self._choose(len(options))
        name, dies = options[pick]
        gate = self._gates.pop(name)
        self.told.append(f"{name}{' dies before' if dies else ''}: {gate.told}")
        if dies:
            self.deaths -= 1
            tasks[name].cancel()
            await asyncio.sleep(0)
            return
        if self._last in waiting and name != self._last:
            self.preemptions -= 1
        self._last = name
        gate.opened.set_result(None)

    def _options(self, waiting: list[str]) -> list[tuple[str, bool]]:
        """Going on comes first, so the first schedule runs node after node."""
        order = sorted(waiting, key=lambda name: (name != self._last, name))
        if self._last in waiting and self.preemptions <= 0:
            order = order[:1]
        return [(name, False) for name in order] + ([(order[0], True)] if self.deaths > 0 else [])

    def _choose(self, width: int) -> int:
        place = len(self.taken)
        pick = self.choices[place] if place < len(self.choices) else 0
        self.widths.append(width)
        self.taken.append(pick)
        return pick

    async def _until_all_wait(self, tasks: Mapping[str, asyncio.Future[object]]) -> None:
        for _ in range(_TURNS):
            if all(name in self._gates or task.done() for name, task in tasks.items()):
                return
            await asyncio.sleep(0)
        raise AssertionError(f"somebody neither waits nor ends: {self.told}")


def _outcome(task: asyncio.Future[object]) -> object:
    error = task.exception()
    return error if error is not None else task.result()


def explore(scenario: Callable[[Run], Awaitable[None]], *, preemptions: int, deaths: int) -> int:
    """Runs `scenario`, which checks what must hold, under every schedule within the bounds; how many there were."""
    choices: list[int] = []
    count = 0
    with asyncio.Runner() as runner:
        while True:
            run = Run(choices, preemptions, deaths)
            try:
                runner.run(_whole(scenario, run))
            except AssertionError as error:
                raise AssertionError("after the schedule\n  " + "\n  ".join(run.told)) from error
            count += 1
            while run.taken and run.taken[-1] + 1 >= run.widths[len(run.taken) - 1]:
                run.taken.pop()
            if not run.taken:
                return count
            choices = [*run.taken[:-1], run.taken[-1] + 1]


async def _whole(scenario: Callable[[Run], Awaitable[None]], run: Run) -> None:
    await scenario(run)
