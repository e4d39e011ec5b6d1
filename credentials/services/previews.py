"""What a suspension would do, before anybody decides it: which open hours it would take back, of how many persons, batch by batch.

A suspension works from its date on and does not undo what was completed before. Hours that a person decided on (claims, say) stay.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from credentials.access.actions import Action
from credentials.access.principal import Principal
from credentials.access.rules import Subject, permit
from credentials.hours.entry import HoursEntry
from credentials.ports.people import Persons
from credentials.services.looking import Looking
from credentials.stores.catalogue import CatalogueRecords
from credentials.stores.ledger import HOURS, LedgerRecords
from lrs.errors import NotFoundError
from lrs.ports import ClientStore

LISTED = 500  # persons whose ids are told
_FROM_STATEMENTS = frozenset({"lms", "attendance", "coaching"})
_PAGE = 2_000


@dataclass(frozen=True, slots=True)
class Preview:
    """`lines`, `jp`, `certificates`: open ones that would be taken back; `before`: open lines of before, which stay.

    `agencies`: persons by their agency on the day of learning. `listed`: ids of the first 500 persons.
    """

    lines: int
    persons: int
    jp: int
    certificates: int
    before: int
    batches: dict[str, int]
    agencies: dict[str, int]
    listed: tuple[str, ...]


@dataclass(slots=True)
class _Sum:
    since: date
    lines: int = 0
    jp: int = 0
    certificates: int = 0
    before: int = 0
    batches: Counter[str] = field(default_factory=Counter)
    persons: dict[str, date] = field(default_factory=dict)

    def add(self, line: HoursEntry) -> None:
        if line.completed_on < self.since:
            self.before += 1
            return
        self.lines += 1
        self.jp += line.approved
        self.certificates += line.certificate is not None
        self.batches[line.batch] += 1
        self.persons.setdefault(line.person, line.completed_on)


@dataclass(frozen=True, slots=True)
class Previews:
    """Reads only. A preview is a look at the persons whose ids it tells."""

    ledger: LedgerRecords
    catalogue: CatalogueRecords
    clients: ClientStore
    persons: Persons
    looking: Looking

    async def of_provider(self, principal: Principal, provider: str, since: date, reason: str) -> Preview:
        """Raises NotAllowedError, NotFoundError."""
        warrant = permit(principal, Action.SUSPEND, Subject(provider=provider))
        if await self.clients.provider(provider) is None:
            raise NotFoundError("there is no provider with this id", where="provider")
        preview = await self._summed("provider", [provider], since)
        await self.looking.note(principal, warrant, preview.listed, "suspension preview", reason)
        return preview

    async def of_programme(self, principal: Principal, programme: str, version: int, since: date, reason: str) -> Preview:
        """Raises NotAllowedError, NotFoundError."""
        found = await self.catalogue.programme(programme, version)
        if found is None:
            raise NotFoundError("there is no such version of such a programme", where="programme")
        warrant = permit(principal, Action.SUSPEND, Subject(provider=found.value.provider))
        preview = await self._summed("batch", await self._batches(programme, version), since)
        await self.looking.note(principal, warrant, preview.listed, "suspension preview", reason)
        return preview

    async def _batches(self, programme: str, version: int) -> list[str]:
        found: list[str] = []
        after: str | None = None
        while True:
            page = await self.catalogue.batches(programme=programme, version=version, after=after, limit=1_000)
            found += [one.id for one in page.values]
            after = page.more
            if after is None:
                return found

    async def _summed(self, index: str, values: Sequence[str], since: date) -> Preview:
        summed = _Sum(since)
        for value in values:
            async for line in self._open(index, value):
                summed.add(line)
        agencies: Counter[str] = Counter()
        for person, day in summed.persons.items():
            agencies[(await self.persons.place(person, day)).agency] += 1
        return Preview(
            summed.lines,
            len(summed.persons),
            summed.jp,
            summed.certificates,
            summed.before,
            dict(summed.batches),
            dict(agencies),
            tuple(summed.persons)[:LISTED],
        )

    async def _open(self, index: str, value: str) -> AsyncIterator[HoursEntry]:
        """Open credits that came from statements. Lines of one person lie together in the index, so a reversal is near its credit."""
        person, lines = "", list[HoursEntry]()
        after: str | None = None
        while True:
            page = await self.ledger.records.scan(HOURS, index, (value,), after=after, limit=_PAGE)
            for line in page.values:
                if line.person != person:
                    for one in _still_open(lines):
                        yield one
                    person, lines = line.person, []
                lines.append(line)
            after = page.more
            if after is None:
                break
        for one in _still_open(lines):
            yield one


def _still_open(lines: Sequence[HoursEntry]) -> list[HoursEntry]:
    gone = {line.reverses for line in lines if line.kind == "reversal"}
    return [line for line in lines if line.kind == "credit" and line.id not in gone and line.source in _FROM_STATEMENTS]
