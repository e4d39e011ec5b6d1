"""Everybody whom evidence or completions concern, person by person, for a rebuild: what is kept of one person lies together, so that all
of it is read in a few ranges.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from typing import TypeAlias

from credentials.ports.records import Parts, Records, scan_all
from credentials.services.projection.bindings import Bindings
from credentials.services.projection.cases import AtHand, PersonBatch, Register
from credentials.stores.completions import COMPLETIONS, Completion
from credentials.stores.dossiers import DOSSIERS, KeptDossier, dossier_key
from credentials.stores.links import Names
from credentials.stores.people import PERSONS

Tell: TypeAlias = Callable[[str, int, int], None]  # (what is being done, done, of)
_PERSONS = 1_000  # that are read at once
_JUDGED = 4_000  # persons and batches that are judged at once: they share what is read of the catalogue
_MOST_DOSSIERS = 200  # of one identifier that are read together with those of others


class Everybody:
    """For one generation of dossiers. Reads only."""

    def __init__(self, records: Records, register: Register, bindings: Bindings) -> None:
        self._records = records
        self._register = register
        self._bindings = bindings

    async def pages(self, tell: Tell) -> AsyncIterator[tuple[list[PersonBatch], AtHand]]:
        """Every person and batch of which there is evidence or a completion, once, with what was read on the way."""
        done, of = 0, await self._records.count(PERSONS)
        last, after = "", None
        while True:
            tell("judging", done, of)
            page = await self._records.scan(PERSONS, after=after, limit=_PERSONS)
            persons = {one.id: one for one in page.values}
            upto = page.values[-1].id if page.more is not None else None
            completions = {(one.person, one.batch): one for one in await self._completions(last, upto)}
            everyone = list(dict.fromkeys([*persons, *(person for person, _ in completions)]))
            names = await self._register.links.names_of(everyone)
            dossiers = await self._dossiers(sorted({ifi for person in everyone for ifi in names.ifis(person)}))
            pairs = list(dict.fromkeys([*await self._concerned(everyone, names, dossiers), *completions]))
            known = {dossier_key(one.generation, one.dossier): one.dossier for some in dossiers.values() for one in some}
            for start in range(0, len(pairs), _JUDGED):
                yield pairs[start : start + _JUDGED], AtHand(known, persons, names, completions)
            done += len(persons)
            if upto is None:
                break
            last, after = upto, page.more
        tell("judging", of, of)

    async def _completions(self, last: str, upto: str | None) -> list[Completion]:
        """Of everybody after `last`, up to and with `upto`; also of those who are in no register."""
        low: Parts = (last,) if last else ()
        found = await scan_all(self._records, COMPLETIONS, low=low, high=(upto,) if upto is not None else ())
        return [one for one in found if one.person != last]

    async def _dossiers(self, ifis: Sequence[str]) -> dict[str, list[KeptDossier]]:
        """By identifier."""
        prefixes: list[Parts] = [(self._bindings.generation, ifi) for ifi in ifis]
        found = dict(zip(ifis, await self._records.scan_many(DOSSIERS, None, prefixes, _MOST_DOSSIERS), strict=True))
        for ifi, prefix in zip(ifis, prefixes, strict=True):
            if len(found[ifi]) == _MOST_DOSSIERS:
                found[ifi] = await scan_all(self._records, DOSSIERS, prefix=prefix)
        return found

    async def _concerned(self, persons: Sequence[str], names: Names, dossiers: dict[str, list[KeptDossier]]) -> list[PersonBatch]:
        """The batches that bind what each person's dossiers are about."""
        keys = dict.fromkeys((one.dossier.provider, one.dossier.match, one.dossier.value) for some in dossiers.values() for one in some)
        patterns = await self._bindings.patterns(list(keys))
        return [
            (person, window.batch)
            for person in persons
            for ifi in sorted(names.ifis(person))
            for one in dossiers[ifi]
            if (pattern := patterns.get((one.dossier.provider, one.dossier.match, one.dossier.value))) is not None
            for window in pattern.windows
        ]
