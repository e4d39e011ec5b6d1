"""SQLite against the reference: whatever is written, in whatever order, both answer the same to every question."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from lrs.errors import LrsError
from lrs.ports import Batch, Condition, NewStatement, Page, StatementQuery, Stores, Wall
from lrs.stores.memory import memory_stores
from lrs.stores.sqlite import SqliteOptions, open_sqlite_stores
from lrs.stores.sqlite.check import check
from tests.support.clock import SettableClock
from tests.support.settling import settled
from tests.support.statements import (
    CLIENT,
    OTHER_CLIENT,
    OTHER_PROVIDER,
    PROVIDER,
    activity,
    agent,
    continued,
    number_of,
    registration,
    sentence,
    statement_id,
    verb,
)

T = TypeVar("T")

_NUMBERS = st.integers(0, 24)
_NAMES = ["sari", "budi"]
_VERBS = ["did", "passed", "graded"]
_OBJECTS = ["satu", "dua"]
_TERMS = [
    *map(agent, _NAMES),
    *map(verb, _VERBS),
    *map(activity, _OBJECTS),
    registration(1),
    agent("siapa"),
    "vhttp://adlnet.gov/expapi/verbs/voided",
]
_WALLS = [Wall(), Wall(PROVIDER), Wall(OTHER_PROVIDER), Wall(PROVIDER, CLIENT), Wall(PROVIDER, "moodle-cadangan"), Wall("balai-timur")]
_ORIGINS = [(PROVIDER, CLIENT), (PROVIDER, "moodle-cadangan"), (OTHER_PROVIDER, OTHER_CLIENT)]
_SEGMENT = 8


@st.composite
def _statements(draw: st.DrawFn) -> NewStatement:
    """About half of them refer to another; an id has few variants, so that equal and conflicting ones both come up."""
    number = draw(_NUMBERS)
    kind = draw(st.sampled_from(["plain", "plain", "refers", "refers", "voids"]))
    target = None if kind == "plain" else draw(_NUMBERS)
    name = f"v{draw(st.integers(0, 2))}"
    return sentence(
        number,
        actor=_NAMES[number % 2],
        verb=draw(st.sampled_from(_VERBS)),
        object=_OBJECTS[number % 3 % 2],
        refers_to=target,
        related=draw(st.lists(st.sampled_from(_TERMS[:7]), max_size=2, unique=True)),
        registered=1 if number % 4 == 0 else None,
        voids=kind == "voids",
        activities=((f"https://kursus.test/{name}", json.dumps({"name": {f"x{number % 5}": name}}).encode()),) if number % 3 == 0 else (),
    )


_QUERIES = st.tuples(
    st.lists(st.builds(Condition, st.sampled_from(_TERMS), st.booleans()), max_size=3),
    st.none() | st.integers(0, 40),
    st.none() | st.integers(0, 40),
    st.integers(1, 6),
    st.booleans(),
    st.sampled_from([10_000_000, 10_000_000, 900]),
)


class SqliteModel(RuleBasedStateMachine):
    """Two stores side by side. Their clocks differ, so what is compared is ids, order, page ends and errors."""

    def __init__(self) -> None:
        super().__init__()
        self._runner = asyncio.Runner()
        self._folder = tempfile.TemporaryDirectory()
        self._path = Path(self._folder.name) / "jejak.sqlite3"
        self._clock = SettableClock()
        self._reference = memory_stores(SettableClock())
        self._sqlite = self._run(self._open())

    def teardown(self) -> None:
        try:
            self._run(self._sqlite.engine.close())
            assert check(self._path, segment=_SEGMENT) == []
        finally:
            self._runner.close()
            self._folder.cleanup()

    @initialize(first=st.lists(_statements(), max_size=20, unique_by=lambda one: one.id))
    def begin(self, first: list[NewStatement]) -> None:
        """So that runs of postings are sealed early on."""
        self._both_put(Batch(PROVIDER, CLIENT, tuple(first)))

    @rule(
        statements=st.lists(_statements(), min_size=1, max_size=4, unique_by=lambda one: one.id),
        origin=st.sampled_from(_ORIGINS),
        may_void_any=st.sampled_from([False, False, False, True]),
    )
    def put(self, statements: list[NewStatement], origin: tuple[str, str], may_void_any: bool) -> None:
        self._both_put(Batch(*origin, tuple(statements), may_void_any))

    @rule(question=_QUERIES, wall=st.sampled_from(_WALLS))
    def query(self, question: tuple[list[Condition], int | None, int | None, int, bool, int], wall: Wall) -> None:
        self._run(settled(self._sqlite, self._clock))
        assert self._run(_ask(self._sqlite, question, wall)) == self._run(_ask(self._reference, question, wall))

    @rule(number=_NUMBERS, wall=st.sampled_from(_WALLS), voided=st.booleans())
    def get(self, number: int, wall: Wall, voided: bool) -> None:
        found = [self._run(stores.statements.get(statement_id(number), wall, voided=voided)) for stores in self._stores()]
        mine, expected = [one and (one.id, one.provider, one.client, _without_stored(one.body)) for one in found]
        assert mine == expected

    @rule(name=st.sampled_from(["v0", "v1", "v2"]), wall=st.sampled_from(_WALLS))
    def definition(self, name: str, wall: Wall) -> None:
        answers = [self._run(stores.directory.definition(f"https://kursus.test/{name}", wall)) for stores in self._stores()]
        mine, expected = [answer and json.loads(answer) for answer in answers]
        assert mine == expected

    @rule(jump=st.sampled_from([-3_600_000_000, -1, 3_600_000_000]))
    def jump(self, jump: int) -> None:
        self._clock.advance(jump)

    @rule(by_rows=st.sampled_from([0, 2, 8]))
    def reopen(self, by_rows: int) -> None:
        """`by_rows`: queries intersect the runs always, sometimes, never (a run is no longer than eight)."""
        self._run(self._sqlite.engine.close())
        self._sqlite = self._run(self._open(by_rows))

    @invariant()
    def feeds_agree(self) -> None:
        mine, expected = [self._run(stores.feed.read(0, 1_000)) for stores in self._stores()]
        assert [(one.id, one.provider, one.client) for one in mine] == [(one.id, one.provider, one.client) for one in expected]
        moments = [one.stored for one in mine]
        assert moments == sorted(set(moments))

    def _both_put(self, batch: Batch) -> None:
        mine, expected = [self._run(_outcome(stores, batch)) for stores in self._stores()]
        assert mine == expected

    def _stores(self) -> tuple[Stores, Stores]:
        return self._sqlite, self._reference

    async def _open(self, by_rows: int = 2) -> Stores:
        options = SqliteOptions(synchronous="OFF", segment=_SEGMENT, train_after=20, by_rows=by_rows)
        return await open_sqlite_stores(self._path, self._clock, options)

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(work)


async def _outcome(stores: Stores, batch: Batch) -> tuple[str, str]:
    """How a put ended: the error's class and the statement it names."""
    try:
        await stores.statements.put(batch)
    except LrsError as error:
        return type(error).__name__, getattr(error, "where", "").split(".")[0]
    return "", ""


async def _ask(
    stores: Stores, question: tuple[list[Condition], int | None, int | None, int, bool, int], wall: Wall
) -> list[tuple[list[int], bool]]:
    """Every page: the numbers on it and whether more follow. `since` and `until` are places in the feed."""
    conditions, since, until, limit, ascending, max_bytes = question
    moments = [item.stored for item in await stores.feed.read(0, 1_000)]
    bounds = [None if place is None or not moments else moments[place % len(moments)] for place in (since, until)]
    query = StatementQuery(tuple(conditions), bounds[0], bounds[1], limit, ascending, None, max_bytes)
    answers: list[tuple[list[int], bool]] = []
    page: Page | None = None
    while page is None or page.more is not None:
        page = await stores.statements.query(query if page is None else continued(query, page.more), wall)
        answers.append(([number_of(body) for body in page.bodies], page.more is not None))
    return answers


def _without_stored(body: bytes) -> bytes:
    return body[: body.rindex(b',"stored":')]


SqliteModel.TestCase.settings = settings(
    max_examples=60, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
TestSqliteAgainstTheReference = SqliteModel.TestCase
