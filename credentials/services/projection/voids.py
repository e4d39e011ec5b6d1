"""Voids whose target has not come yet. There are hardly ever any, so they are kept in memory; when there are many, they are looked up."""

from __future__ import annotations

from collections.abc import Sequence

from credentials.ports.records import Parts, Put, Records, Table, Write, get_all
from credentials.services.projection.hearing import Heard
from credentials.stores.dossiers import EARLY_VOIDS, EarlyVoid

_MOST_KNOWN = 50_000


class Voids:
    """For one generation. What is in memory is right as long as nobody else writes: whoever loses the fence calls `forget`."""

    def __init__(self, records: Records, generation: int) -> None:
        self._records = records
        self._generation = generation
        self._known: set[tuple[str, str]] = set()
        self._read = False
        self._many = False

    def forget(self) -> None:
        """Somebody else may have noted one."""
        self._known, self._read, self._many = set(), False, False

    def note_early(self, void: Heard) -> Write:
        """The write that notes it."""
        self._known.add((void.provider, void.voids))  # also before anything was read: its target may be of the same page
        self._many = self._many or len(self._known) > _MOST_KNOWN
        return Put(EARLY_VOIDS, EarlyVoid(self._generation, void.provider, void.voids))

    async def early(self, heard: Sequence[Heard]) -> dict[str, tuple[Table[EarlyVoid], Parts]]:
        """Those that were voided before they came, by id, with the note that can go."""
        if not self._read:
            page = await self._records.scan(EARLY_VOIDS, prefix=(self._generation,), limit=_MOST_KNOWN)
            self._known |= {(one.provider, one.statement) for one in page.values}
            self._read, self._many = True, self._many or page.more is not None
        if not self._known:
            return {}
        keys: dict[str, Parts] = {one.id: (self._generation, one.provider, one.id) for one in heard}
        if self._many:
            noted = await get_all(self._records, EARLY_VOIDS, list(keys.values()))
            return {id: (EARLY_VOIDS, key) for id, key in keys.items() if key in noted or key[1:] in self._known}
        return {one.id: (EARLY_VOIDS, keys[one.id]) for one in heard if (one.provider, one.id) in self._known}
