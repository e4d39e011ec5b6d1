"""Completions that are not there, of events that have lines in the ledger or a certificate: after a loss, and in a rebuild.

What was written or reserved once is found again by its id, so nothing is written, counted or reserved anew.
"""

from __future__ import annotations

from collections.abc import Mapping

from credentials.evidence.judgement import Case
from credentials.ports.records import Parts, Records, get_all, scan_all
from credentials.services.projection.applying import line_id, line_stem
from credentials.services.projection.cases import PersonBatch
from credentials.services.reserving import Reserving
from credentials.stores.completions import Completion
from credentials.stores.ledger import HOURS, LedgerRecords


class Recovering:
    """Reads only."""

    def __init__(self, records: Records, reserving: Reserving) -> None:
        self._records = records
        self._reserving = reserving

    async def recovered(self, cases: Mapping[PersonBatch, Case]) -> dict[PersonBatch, Completion]:
        """Of these, those that there once were. Nearly always none."""
        first: dict[Parts, PersonBatch] = {(pair[0], line_id(pair[0], case, 1)): pair for pair, case in cases.items()}
        written = await get_all(self._records, HOURS, list(first)) if first else {}
        return {first[key]: await self._of(*first[key], cases[first[key]]) for key in written}

    async def _of(self, person: str, batch: str, case: Case) -> Completion:
        stem = line_stem(person, case)
        lines = await scan_all(self._records, HOURS, prefix=(person,), low=(stem,), high=(f"{stem}-~",))
        credits = {line.id: line for line in lines if line.kind == "credit"}
        gone = {line.reverses for line in lines if line.kind == "reversal"}
        standing = next((line for line in credits.values() if line.id not in gone), None)
        latest = standing or max(credits.values(), key=lambda line: (line.recorded_at, line.id))
        issue = await self._reserving.latest(batch, person)
        told = await LedgerRecords(self._records).line(person, standing.id) if standing is not None else None
        without = told is not None and told.certificate is None  # its certificate is not made yet; the latest was another line's
        return Completion(
            person=person,
            batch=batch,
            provider=latest.provider,
            programme=latest.programme,
            version=latest.version,
            state="open" if standing is not None else "closed",
            at=latest.completed_at,
            learned_on=latest.completed_on,
            statements=(),
            days=latest.days,
            flags=latest.flags,
            claimed=latest.claimed,
            number=latest.certificate_number,
            entry=standing.id if standing is not None else "",
            lines=len(credits),
            certificate=issue.reservation.id if issue is not None and not without else "",
            issue=issue.reservation.draft.number if issue is not None else 0,
        )
