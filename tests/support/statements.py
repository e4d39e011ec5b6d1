"""Statements that are ready to be stored, as services make them, with terms that can be seen in the call. Names are invented.

`sentence(3, verb="passed")` is a statement with the id `statement_id(3)`; `corpus` in `bench.corpus` makes whole, varied ones.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from lrs.ports import Batch, Condition, NewStatement, StatementQuery, StatementStore, StoredStatement, Wall

PROVIDER, CLIENT = "balai-utara", "moodle-utara"
OTHER_PROVIDER, OTHER_CLIENT = "balai-selatan", "moodle-selatan"
EVERYTHING = Wall()
MINE = Wall(provider=PROVIDER)
OTHERS = Wall(provider=OTHER_PROVIDER)
MOMENT = "2026-11-01T01:02:03.000Z"

Json = dict[str, Any]


def statement_id(number: int) -> str:
    return f"0192a000-0000-7000-8000-{number:012x}"


def verb(name: str) -> str:
    """The term of a verb."""
    return f"vhttps://kata.test/{name}"


def agent(name: str) -> str:
    """The term of a learner."""
    return f"amailto:{name}@peserta.test"


def activity(name: str) -> str:
    """The term of an activity."""
    return f"chttps://kursus.test/{name}"


def registration(number: int) -> str:
    """The term of a registration."""
    return f"r{statement_id(0xFF0000 + number)}"


def sentence(
    number: int,
    *,
    actor: str = "sari",
    verb: str = "did",
    object: str = "kursus",
    refers_to: int | None = None,
    related: Iterable[str] = (),
    registered: int | None = None,
    voids: bool = False,
    timestamp: str | None = MOMENT,
    digests: tuple[str, ...] = (),
    activities: tuple[tuple[str, bytes], ...] = (),
    padding: int = 0,
) -> NewStatement:
    """One statement. `refers_to`: the number of the statement that it is about, in place of an activity. `padding` bytes make it larger."""
    verb_iri = "http://adlnet.gov/expapi/verbs/voided" if voids else f"https://kata.test/{verb}"
    direct = ["v" + verb_iri, agent(actor)]
    members: Json = {"actor": {"mbox": f"mailto:{actor}@peserta.test"}, "verb": {"id": verb_iri}}
    if refers_to is None:
        members["object"] = {"id": f"https://kursus.test/{object}"}
        direct.append(activity(object))
    else:
        members["object"] = {"objectType": "StatementRef", "id": statement_id(refers_to)}
    context: Json = {}
    if registered is not None:
        context["registration"] = registration(registered)[1:]
        direct.append(registration(registered))
    if padding:
        context["extensions"] = {"https://kata.test/isi": "x" * padding}
    if context:
        members["context"] = context
    if timestamp is not None:
        members["timestamp"] = timestamp
    members |= {"id": statement_id(number), "version": "1.0.0", "authority": {"mbox": "mailto:lms@balai.test"}}
    return NewStatement(
        id=statement_id(number),
        head=json.dumps(members).encode()[:-1],
        timestamp_missing=timestamp is None,
        direct=tuple(direct),
        related=tuple(term for term in related if term not in direct),
        target=None if refers_to is None else statement_id(refers_to),
        voids=voids,
        digests=digests,
        activities=activities,
    )


def void(number: int, target: int, *, actor: str = "admin") -> NewStatement:
    """A statement that voids the one with the number `target`."""
    return sentence(number, actor=actor, refers_to=target, voids=True)


def batch(*statements: NewStatement, provider: str = PROVIDER, client: str = CLIENT, may_void_any: bool = False) -> Batch:
    return Batch(provider, client, statements, may_void_any)


def other_batch(*statements: NewStatement, may_void_any: bool = False) -> Batch:
    """A batch of the other provider."""
    return Batch(OTHER_PROVIDER, OTHER_CLIENT, statements, may_void_any)


def number_of(body: bytes) -> int:
    """The number that the statement was made with."""
    statement_id: str = json.loads(body)["id"]
    return int(statement_id[-12:], 16)


def stored_of(body: bytes) -> str:
    stored: str = json.loads(body)["stored"]
    return stored


async def found(store: StatementStore, *terms: str, related: bool = False, wall: Wall = EVERYTHING, **more: Any) -> list[int]:
    """The numbers of the statements that satisfy all `terms`, oldest first unless `ascending=False`; every page is read."""
    conditions = tuple(Condition(term, related) for term in terms)
    return [
        number
        for page in await pages(store, StatementQuery(conditions, **{"ascending": True, "limit": 10_000} | more), wall)
        for number in page
    ]


async def pages(store: StatementStore, query: StatementQuery, wall: Wall = EVERYTHING) -> list[list[int]]:
    """The numbers on each page, from the first to the last."""
    every: list[list[int]] = []
    cursor: str | None = query.cursor
    while True:
        page = await store.query(continued(query, cursor), wall)
        every.append([number_of(body) for body in page.bodies])
        cursor = page.more
        if cursor is None:
            return every


def continued(query: StatementQuery, cursor: str | None) -> StatementQuery:
    """The same query from `cursor` on."""
    return StatementQuery(query.conditions, query.since, query.until, query.limit, query.ascending, cursor, query.max_bytes)


async def must_get(store: StatementStore, number: int, wall: Wall = EVERYTHING, *, voided: bool = False) -> StoredStatement:
    stored = await store.get(statement_id(number), wall, voided=voided)
    assert stored is not None
    return stored
