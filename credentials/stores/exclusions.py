"""Learning events that are not the person's, whatever the statements say: an objection was upheld. The projector counts none of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from credentials.decisions import Decision
from credentials.ports.records import Parts, Records, Table, get_all

EXCLUDED = "objection.approved"  # the kind of decision that makes one, with its batch in the content


@dataclass(frozen=True, slots=True)
class Exclusion:
    """`case`: of the objection."""

    person: str
    batch: str
    case: str


EXCLUSIONS: Table[Exclusion] = Table("exclusion", Exclusion, key=lambda one: (one.person, one.batch))
EXCLUSION_TABLES: tuple[Table[Any], ...] = (EXCLUSIONS,)


@dataclass(frozen=True, slots=True)
class ExclusionRecords:
    """Reads, for the projector."""

    records: Records

    async def among(self, pairs: Sequence[tuple[str, str]]) -> frozenset[tuple[str, str]]:
        """Those of these (person, batch) that are excluded."""
        keys: list[Parts] = list(dict.fromkeys(pairs))
        return frozenset((one.person, one.batch) for one in (await get_all(self.records, EXCLUSIONS, keys)).values())


def excluded(decisions: Iterable[Decision]) -> frozenset[tuple[str, str]]:
    """Every (person, batch) that the log excludes: for a rebuild."""
    found = [one for one in decisions if one.kind == EXCLUDED and one.content.get("excluded")]
    return frozenset((one.subject.removeprefix("person:"), str(one.content["excluded"])) for one in found)
