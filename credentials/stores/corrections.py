"""What an upheld objection says of a completion: another date, or a certificate that must be issued anew with the person's right name.

No name lies here: it is the register's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from credentials.decisions import Decision
from credentials.ports.records import Parts, Records, Replace, Table, get_all


@dataclass(frozen=True, slots=True)
class Correction:
    """`right_date`: of completion, whatever statements say. `renewed`: the highest issue number that may stand no longer, 0 for none."""

    person: str
    batch: str
    right_date: date | None = None
    renewed: int = 0


CORRECTIONS: Table[Correction] = Table("correction", Correction, key=lambda one: (one.person, one.batch))
CORRECTION_TABLES: tuple[Table[Any], ...] = (CORRECTIONS,)


@dataclass(frozen=True, slots=True)
class CorrectionRecords:
    """Reads, and the writes for the commit of a decision."""

    records: Records

    async def among(self, pairs: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Correction]:
        """Those of these (person, batch)."""
        keys: list[Parts] = list(dict.fromkeys(pairs))
        return {(one.person, one.batch): one for one in (await get_all(self.records, CORRECTIONS, keys)).values()}

    async def redating(self, person: str, batch: str, day: date) -> Replace[Correction]:
        """The date that is right."""
        kept = await self.records.get(CORRECTIONS, person, batch)
        before = kept.value if kept is not None else Correction(person, batch)
        return Replace(CORRECTIONS, replace(before, right_date=day), kept.revision if kept is not None else 0)

    async def renewing(self, person: str, batch: str, number: int) -> Replace[Correction]:
        """The certificate of that issue number is to be issued anew."""
        kept = await self.records.get(CORRECTIONS, person, batch)
        before = kept.value if kept is not None else Correction(person, batch)
        return Replace(CORRECTIONS, replace(before, renewed=max(number, before.renewed)), kept.revision if kept is not None else 0)


def corrections(decisions: Iterable[Decision]) -> dict[tuple[str, str], Correction]:
    """Every correction that the log tells: what a loss of the table is mended from."""
    found: dict[tuple[str, str], Correction] = {}
    for one in decisions:
        person = one.subject.removeprefix("person:")
        if one.kind != "objection.approved":
            continue
        if batch := str(one.content.get("redated", "")):
            before = found.get((person, batch), Correction(person, batch))
            found[person, batch] = replace(before, right_date=date.fromisoformat(str(one.content["right_date"])))
        renewed = one.content.get("renewed", ())
        for told in renewed if isinstance(renewed, list) else ():
            batch, _, number = str(told).rpartition("/")
            before = found.get((person, batch), Correction(person, batch))
            found[person, batch] = replace(before, renewed=max(int(number), before.renewed))
    return found
