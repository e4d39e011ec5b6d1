"""Definitions of activities, merged segment after segment: one question for all of a segment, none for those that are known already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from bson import Binary

from lrs.stores.mongo.cluster import Cluster, Fields
from lrs.stores.mongo.log import Head
from lrs.stores.mongo.rows import Row
from lrs.stores.mongo.schema import ACTIVITIES
from lrs.xapi.activity import merge_definitions

_MOST_KNOWN = 10_000  # definitions kept in memory
_IDS = 1_000  # looked up at once


@dataclass(frozen=True, slots=True)
class _Told:
    """What a segment says of an activity with a provider; `at`: sequence number of the first statement that says it."""

    provider: str
    iri: str
    at: int
    definition: bytes


class Definitions:
    """What this process knows is true as long as it applied every segment since: then nobody else can have changed it."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._number = 0
        self._known: dict[str, tuple[int, bytes]] = {}

    async def merge(self, rows: Sequence[Row], head: Head) -> None:
        """Safe to repeat: a definition names the statement that it is of, and only a later one changes it."""
        if self._number != head.number - 1 or len(self._known) > _MOST_KNOWN:
            self._known.clear()
        ahead = _told(rows, head.last - len(rows) + 1)
        while ahead:
            await self._look_up([name for name in ahead if name not in self._known])
            new = [_document(name, told) for name, told in ahead.items() if name not in self._known]
            there = set(await self._cluster.keep(ACTIVITIES, new))
            self._known |= {one["_id"]: (one["at"], bytes(one["d"])) for one in new if one["_id"] not in there}
            ahead = {name: told for name, told in ahead.items() if name in there or not await self._merged(name, told)}
        self._number = head.number

    async def _merged(self, name: str, told: _Told) -> bool:
        """False when somebody else changed it meanwhile."""
        at, present = self._known[name]
        if at >= told.at or (definition := merge_definitions(present, told.definition)) == present:
            return True
        change = {"$set": {"d": Binary(definition), "at": told.at}}
        if await self._cluster.update(ACTIVITIES, {"_id": name, "at": at}, change):
            self._known[name] = (told.at, definition)
            return True
        del self._known[name]
        return False

    async def _look_up(self, names: list[str]) -> None:
        for start in range(0, len(names), _IDS):
            part = names[start : start + _IDS]
            found = await self._cluster.find(ACTIVITIES, {"_id": {"$in": part}}, {"at": 1, "d": 1}, limit=len(part), one_answer=False)
            self._known |= {one["_id"]: (one["at"], bytes(one["d"])) for one in found}


def activity_id(provider: str, iri: str) -> str:
    return sha256(f"{provider}\n{iri}".encode()).hexdigest()


def _told(rows: Sequence[Row], first: int) -> dict[str, _Told]:
    told: dict[str, _Told] = {}
    for place, row in enumerate(rows, first):
        for iri, definition in row.activities:
            name = activity_id(row.provider, iri)
            old = told.get(name)
            told[name] = _Told(row.provider, iri, old.at if old else place, merge_definitions(old.definition if old else None, definition))
    return told


def _document(name: str, told: _Told) -> Fields:
    return {"_id": name, "iri": told.iri, "p": told.provider, "first": told.at, "at": told.at, "d": Binary(told.definition)}
