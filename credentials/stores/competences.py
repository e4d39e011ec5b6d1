"""Competences and fields on records: what this installation adds to the bundled code list, or says otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from credentials.catalogue.competences import Competence, Field, bundled_competences, bundled_fields
from credentials.ports.records import Records, Table, scan_all

COMPETENCES: Table[Competence] = Table("competence", Competence, key=lambda one: (one.code,))
FIELDS: Table[Field] = Table("competence_field", Field, key=lambda one: (one.id,))
COMPETENCE_TABLES: tuple[Table[Any], ...] = (COMPETENCES, FIELDS)


@dataclass(frozen=True, slots=True)
class CompetenceRecords:
    """The bundled list with what was changed over it."""

    records: Records

    async def competences(self) -> dict[str, Competence]:
        """By code."""
        own = {one.code: one for one in await scan_all(self.records, COMPETENCES)}
        return dict(sorted((bundled_competences() | own).items()))

    async def fields(self) -> dict[str, Field]:
        """By id."""
        own = {one.id: one for one in await scan_all(self.records, FIELDS)}
        return dict(sorted((bundled_fields() | own).items()))

    async def named(self, codes: tuple[str, ...]) -> dict[str, Competence]:
        """Those of these codes that are there."""
        own = {one.code: one for one in (await self.records.get_many(COMPETENCES, [(code,) for code in codes])).values()}
        known = bundled_competences() | own
        return {code: known[code] for code in codes if code in known}
