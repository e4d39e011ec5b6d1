"""The rules in force: what is bundled and what was published, made into a rule book once for each change, in every server."""

from __future__ import annotations

from dataclasses import dataclass, field

from credentials.hours.rulebook import RuleBook, bundled_tables
from credentials.hours.rules import Rules
from credentials.stores.rules import RuleRecords


@dataclass(slots=True)
class RuleBooks:
    """One in each process."""

    rules: RuleRecords
    _kept: tuple[int, RuleBook] | None = field(default=None, init=False)

    async def current(self) -> RuleBook:
        """As of this moment, whichever server published last."""
        return (await self.stamped())[1]

    async def stamped(self) -> tuple[int, RuleBook]:
        """With the number of the change after which it was made."""
        number = (await self.rules.stamp()).value.number
        if self._kept is None or self._kept[0] != number:
            self._kept = number, RuleBook(await self.all())
        return self._kept

    async def all(self) -> Rules:
        """Every table that holds on some day, and every target."""
        published = [one.table for one in await self.rules.tables() if not one.withdrawn]
        return Rules(
            national=(*bundled_tables(), *(table for table in published if not table.agency)),
            agencies=tuple(table for table in published if table.agency),
            targets=tuple(one.target for one in await self.rules.targets()),
        )
