"""Places in status lists: random, so that neighbours tell nothing; once each; a new list when one is half full.

Which place a certificate tries first, second, … follows from its id by a keyed hash, so that a commit that is repeated tries the same.
That nobody else has the place is decided by its key in the store.
"""

from __future__ import annotations

from dataclasses import dataclass

from credentials.certificate.reservation import StatusPlace
from credentials.certificate.status import ENTRIES, MOST_TAKEN
from credentials.keys import Derived
from credentials.ports.records import Records
from credentials.stores.certificates import PLACES, STATUS_LISTS

_RECOUNT = 2_048  # places taken here until those that other processes took are counted in


@dataclass(slots=True)
class _Open:
    """The list that is being filled. `taken` as counted last, with ours since then."""

    number: int
    taken: int
    since: int = 0


class StatusPlaces:
    """Chooses places. Several processes may: each passes the half by what it takes between two counts at most."""

    def __init__(self, records: Records, derived: Derived) -> None:
        self._records = records
        self._derived = derived
        self._open: dict[str, _Open] = {}

    async def choose(self, provider: str, certificate: str, attempt: int) -> StatusPlace:
        """The certificate's place at this attempt, counted from 0."""
        number = await self._number(provider)
        drawn = int.from_bytes(self._derived.mac("status-index/1", certificate, number, attempt)[:8], "big")
        return StatusPlace(number, drawn % ENTRIES)

    def took(self, provider: str) -> None:
        """The place that was chosen last has been taken."""
        opened = self._open[provider]
        opened.taken += 1
        opened.since += 1

    async def _number(self, provider: str) -> int:
        opened = self._open.get(provider)
        if opened is None:
            newest = await self._records.scan(STATUS_LISTS, prefix=(provider,), limit=1, descending=True)
            number = newest.values[0].number if newest.values else 1
            opened = self._open[provider] = _Open(number, await self._records.count(PLACES, (provider, number)))
        elif opened.since >= _RECOUNT:
            opened.taken, opened.since = await self._records.count(PLACES, (provider, opened.number)), 0
        if opened.taken >= MOST_TAKEN:
            number = opened.number + 1
            self._open[provider] = _Open(number, await self._records.count(PLACES, (provider, number)))
        return self._open[provider].number
