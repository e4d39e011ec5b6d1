"""Completions: what stands of a person and a batch. The lines of hours are in the ledger; this says which of them is open, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from credentials.hours.entry import DayOfLearning
from credentials.ports.records import Kept, Page, Parts, Records, Table, get_all, scan_all


@dataclass(frozen=True, slots=True)
class Completion:
    """`state`: "open" while the evidence stands; "closed" after it fell away; "held" while a person has to look at it.

    `at`, `learned_on`, `statements`, `days`, `flags`, `claimed`, `number`, `door`: as in `credentials.evidence.judgement.Judgement`.
    `lines` counts the credits that were written for it, `entry` is the open one's id. `certificate`: the latest that was reserved, `issue`
    its number, 0 for none. `changed`: microseconds. `certificate_due`: the moment from which a certificate of sessions is made or
    corrected, 0 when nothing waits for it.
    """

    person: str
    batch: str
    provider: str
    programme: str
    version: int
    state: Literal["open", "closed", "held"]
    at: int
    learned_on: date
    statements: tuple[str, ...]
    days: tuple[DayOfLearning, ...]
    flags: tuple[str, ...] = ()
    claimed: int | None = None
    number: str = ""
    door: str = ""
    entry: str = ""
    lines: int = 0
    certificate: str = ""
    issue: int = 0
    changed: int = 0
    certificate_due: int = 0


COMPLETIONS: Table[Completion] = Table(
    "completion",
    Completion,
    key=lambda one: (one.person, one.batch),
    indexes={
        "batch": lambda one: [(one.batch, one.state, one.person)],
        "certificate_due": lambda one: [(one.certificate_due,)] if one.certificate_due else [],
    },
)
COMPLETION_TABLES: tuple[Table[Any], ...] = (COMPLETIONS,)


@dataclass(frozen=True, slots=True)
class CompletionRecords:
    """Reads; only the projector writes."""

    records: Records

    async def completion(self, person: str, batch: str) -> Kept[Completion] | None:
        return await self.records.get(COMPLETIONS, person, batch)

    async def completions_many(self, pairs: list[tuple[str, str]]) -> dict[tuple[str, str], Completion]:
        """Those that are there, by person and batch."""
        keys: list[Parts] = [(person, batch) for person, batch in pairs]
        return {(one.person, one.batch): one for one in (await get_all(self.records, COMPLETIONS, keys)).values()}

    async def of_person(self, person: str) -> list[Completion]:
        """All of a person, by batch."""
        return await scan_all(self.records, COMPLETIONS, prefix=(person,))

    async def with_certificate_due(self, now: int, *, after: str | None = None, limit: int = 1_000) -> Page[Completion]:
        """Those of which a certificate is due by now, the longest ago first."""
        return await self.records.scan(COMPLETIONS, "certificate_due", high=(now,), after=after, limit=limit)

    async def of_batch(self, batch: str, state: str = "", *, after: str | None = None, limit: int = 1_000) -> Page[Completion]:
        """All of a batch (in a state), by person."""
        return await self.records.scan(COMPLETIONS, "batch", (batch, state) if state else (batch,), after=after, limit=limit)
