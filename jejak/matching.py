"""Comparing a NIP with the holder of a certificate: current and former ones count, attempts are counted over all visitors and servers."""

from __future__ import annotations

from dataclasses import dataclass

from credentials.people.person import number_space
from credentials.ports.records import Insert, Records, Replace, Table
from credentials.stores.people import PeopleRecords
from jejak.certificates import Certificates
from lrs.clock import Clock
from lrs.errors import ConflictError
from verifier.attempts import after_attempt
from verifier.web.site import Match

_TRIES = 20  # against other visitors of the same moment; whoever loses so often is told to come back
_SPACE = number_space("nip")


@dataclass(frozen=True, slots=True)
class MatchAttempts:
    """When a NIP was tried against this certificate: times only, neither who nor which."""

    certificate: str
    times: tuple[int, ...]


MATCH_ATTEMPTS: Table[MatchAttempts] = Table("match_attempts", MatchAttempts, key=lambda one: (one.certificate,))


@dataclass(frozen=True, slots=True)
class HolderMatching:
    """See `verifier.web.site.HolderMatch`."""

    records: Records
    certificates: Certificates
    clock: Clock

    async def compare(self, certificate_id: str, nip: str) -> Match:
        """The attempt is written down before it is answered."""
        found = await self.certificates.found(certificate_id)
        if found is None or not await self._counted(certificate_id):
            return Match.TOO_OFTEN
        numbers = await PeopleRecords(self.records).numbers([(_SPACE, nip)])
        holder = numbers.get((_SPACE, nip))
        same = holder is not None and not holder.held and holder.person == found.person
        return Match.SAME if same else Match.DIFFERENT

    async def _counted(self, certificate_id: str) -> bool:
        for _ in range(_TRIES):
            kept = await self.records.get(MATCH_ATTEMPTS, certificate_id)
            times = after_attempt(kept.value.times if kept else (), self.clock.now_us())
            if times is None:
                return False
            after = MatchAttempts(certificate_id, times)
            try:
                await self.records.commit(Insert(MATCH_ATTEMPTS, after) if kept is None else Replace(MATCH_ATTEMPTS, after, kept.revision))
            except ConflictError:
                continue
            return True
        return False
