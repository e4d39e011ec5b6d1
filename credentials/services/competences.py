"""Extending the code list, and naming the keepers of its fields."""

from __future__ import annotations

from dataclasses import dataclass

from credentials.catalogue.competences import Competence, Field, check_competence, check_field
from credentials.errors import CatalogueError
from credentials.ports.records import Put
from credentials.stores.competences import COMPETENCES, FIELDS, CompetenceRecords
from credentials.stores.decisions import DecisionLog


@dataclass(frozen=True, slots=True)
class Competences:
    """Each method raises CatalogueError (`where` names the member), and then nothing is stored."""

    list: CompetenceRecords
    log: DecisionLog

    async def put_field(self, field: Field, by: str, reason: str = "") -> Field:
        """A new field, or another keeper or name for one."""
        check_field(field)
        await self.log.append(
            Put(FIELDS, field),
            actor=by,
            kind="field.kept",
            subject=f"field:{field.id}",
            reason=reason,
            content={"keeper": field.keeper_agency},
        )
        return field

    async def put_competence(self, competence: Competence, by: str, reason: str = "") -> Competence:
        """A new competence, or better words for one; retiring one leaves the programmes that name it as they are."""
        check_competence(competence)
        if competence.field not in await self.list.fields():
            raise CatalogueError("there is no field of competence with this id", where="field")
        await self.log.append(
            Put(COMPETENCES, competence),
            actor=by,
            kind="competence.defined",
            subject=f"competence:{competence.code}",
            reason=reason,
            content={"field": competence.field, "retired": competence.retired},
        )
        return competence

    async def require(self, codes: tuple[str, ...]) -> None:
        """Raises CatalogueError when one of the codes is not in the list, or retired."""
        found = await self.list.named(codes)
        for code in codes:
            if code not in found or found[code].retired:
                told = "is retired" if code in found else "is not in the code list"
                raise CatalogueError(f"the competence {code[:40]} {told}", where="competences")

    async def keepers(self, codes: tuple[str, ...]) -> set[str]:
        """The agencies that keep the fields of these competences."""
        fields = await self.list.fields()
        return {fields[one.field].keeper_agency for one in (await self.list.named(codes)).values() if one.field in fields}
