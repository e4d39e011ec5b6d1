"""Certificates that are to be corrected: a new one that names the old one, which is revoked in the same commit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from credentials.ports.records import Parts, Records, get_all
from credentials.services.projection.applying import Change, Discrepancy
from credentials.services.reserving import Reserving
from credentials.stores.certificates import RESERVATIONS


class CertificateCorrections:
    """Reads only."""

    def __init__(self, records: Records, reserving: Reserving) -> None:
        self._records = records
        self._reserving = reserving

    async def checked(self, found: Sequence[Discrepancy]) -> list[Discrepancy]:
        """Without corrections of certificates that somebody revoked: what was taken away for a reason is not given back by a new date."""
        return [replace(one, change=await self._checked(one)) if one.change.corrects else one for one in found]

    async def _checked(self, due: Discrepancy) -> Change:
        issue, change = await self._reserving.issue(due.change.revoked), due.change
        if issue is not None and not issue.revoked:
            return change
        before = due.standing.completion
        assert before is not None  # the certificate is its own
        completion = replace(change.completion, certificate=before.certificate, issue=before.issue)
        lines = tuple(replace(one, certificate=before.certificate) if one.id == completion.entry else one for one in change.lines)
        return replace(change, completion=completion, lines=lines, due=False, revoked="", corrects=False)

    async def printed_names(self, certificates: Sequence[str]) -> dict[str, str]:
        """The names on these certificates."""
        keys: list[Parts] = [(one,) for one in certificates]
        found = await get_all(self._records, RESERVATIONS, keys) if keys else {}
        return {one.id: one.draft.holder for one in found.values()}
