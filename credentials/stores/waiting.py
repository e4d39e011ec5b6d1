"""Identifiers that named nobody when evidence came ("belum terhubung"), so that whoever links them later asks for a look.

Who notes one reads the links again after the note is durable; who makes a link reads the notes after the link is durable. Whichever comes
second sees the other, so no evidence is lost between them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from credentials.ports.records import MOST_WRITES, Keep, Page, Parts, Put, Records, Remove, Table, Write, get_all, scan_all
from credentials.stores.links import LinkRecords, Pair
from credentials.stores.looks import ask_for


@dataclass(frozen=True, slots=True)
class Sighted:
    """A provider's statement names this identifier; `at`: when it was stored, microseconds."""

    provider: str
    ifi: str
    at: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """`reference`: what stands for the identifier in lists (a keyed hash). `statements` counts those that were read while it waited; a
    statement that was read again counts again.
    """

    provider: str
    ifi: str
    reference: str
    first: int
    last: int
    statements: int = 1


@dataclass(frozen=True, slots=True)
class WaitsSomewhere:
    """That some provider's statements wait, or have waited, for an identifier: `mark` is its stand-in, a keyed hash."""

    mark: str


WAITING: Table[Waiting] = Table(
    "waiting",
    Waiting,
    key=lambda one: (one.provider, one.reference),  # so that no cursor of a list tells an identifier
    indexes={
        "reference": lambda one: [(one.reference,)],
        "ifi": lambda one: [(one.ifi, one.provider)],
        "last": lambda one: [(one.last,)],
    },
)
WAITS_SOMEWHERE: Table[WaitsSomewhere] = Table("waits_marked", WaitsSomewhere, key=lambda one: (one.mark,))
WAITING_TABLES: tuple[Table[Any], ...] = (WAITING, WAITS_SOMEWHERE)


@dataclass(frozen=True, slots=True)
class WaitingRecords:
    """`reference(provider, ifi)` gives the stand-in of an identifier; nobody can compute it without the server's key. `own_page`: how
    identifiers on our own home page begin; what was reduced has such, and nobody can ever be linked to them.
    """

    records: Records
    links: LinkRecords
    reference: Callable[[str, str], str]
    own_page: str = ""

    async def note(self, sightings: Iterable[Sighted]) -> dict[Pair, tuple[str, ...]]:
        """Notes identifiers that named nobody. Answers those that name somebody by now: they must be looked at after all."""
        seen = _gathered(one for one in sightings if not self.own_page or not one.ifi.startswith(self.own_page))
        if not seen:
            return {}
        references = {pair: self.reference(*pair) for pair in seen}
        keys = [(pair[0], reference) for pair, reference in references.items()]
        before = {(one.provider, one.ifi): one for one in (await get_all(self.records, WAITING, keys)).values()}
        writes: list[Write] = []
        for pair, (first, last, count) in seen.items():
            old = before.get(pair)
            if old is None:
                row = Waiting(*pair, references[pair], first, last, count)
            else:
                row = replace(old, first=min(first, old.first), last=max(last, old.last), statements=old.statements + count)
            writes += [Put(WAITING, row), Keep(WAITS_SOMEWHERE, WaitsSomewhere(self._mark(pair[1])))]
        for start in range(0, len(writes), MOST_WRITES):
            await self.records.commit(*writes[start : start + MOST_WRITES])
        return await self.links.persons_of(list(seen))

    async def settle(self, ifis: Sequence[str]) -> int:
        """Asks for a look at everybody who is named by now by one of these identifiers that wait. How many waited.

        To be called after the link, or the number, is durable.
        """
        rows = await self._waiting_for(ifis)
        named = await self.links.persons_of([(row.provider, row.ifi) for row in rows])
        for row in rows:
            persons = named.get((row.provider, row.ifi), ())
            if persons:
                await self.records.commit(*(ask_for(person=one) for one in persons), Remove(WAITING, (row.provider, row.reference)))
        return len(named)

    async def forget(self, ifis: Sequence[str]) -> None:
        """Of somebody whose identifiers are erased: nobody can be linked by them any more."""
        for row in await self._waiting_for(ifis):
            await self.records.commit(Remove(WAITING, (row.provider, row.reference)))

    async def _waiting_for(self, ifis: Sequence[str]) -> list[Waiting]:
        marks: dict[Parts, str] = {(self._mark(ifi),): ifi for ifi in ifis}
        rows: list[Waiting] = []
        for mark in await get_all(self.records, WAITS_SOMEWHERE, list(marks)):
            rows += await scan_all(self.records, WAITING, "ifi", (marks[mark],))
        return rows

    def _mark(self, ifi: str) -> str:
        return self.reference("", ifi)

    async def anything(self) -> bool:
        """Whether any identifier waits, or has ever waited."""
        return bool((await self.records.scan(WAITS_SOMEWHERE, limit=1)).values)

    async def of_provider(self, provider: str, *, after: str | None = None, limit: int = 100) -> Page[Waiting]:
        """By reference."""
        return await self.records.scan(WAITING, None, (provider,), after=after, limit=limit)

    async def waits(self, provider: str, ifi: str) -> Waiting | None:
        """The row of this identifier, if it waits."""
        kept = await self.records.get(WAITING, provider, self.reference(provider, ifi))
        return kept.value if kept else None

    async def referred(self, reference: str) -> Waiting | None:
        """The one that the reference stands for."""
        return next(iter((await self.records.scan(WAITING, "reference", (reference,), limit=1)).values), None)


def _gathered(sightings: Iterable[Sighted]) -> dict[Pair, tuple[int, int, int]]:
    """(first, last, how many) of each."""
    found: dict[Pair, tuple[int, int, int]] = {}
    for one in sightings:
        pair = (one.provider, one.ifi)
        first, last, count = found.get(pair, (one.at, one.at, 0))
        found[pair] = (min(first, one.at), max(last, one.at), count + 1)
    return found
