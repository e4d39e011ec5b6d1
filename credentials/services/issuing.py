"""The worker that turns reservations into signed and logged certificates, and keeps the status lists fresh.

Every step may be repeated, by whatever process: a reservation is done when its certificate and its place in the log are there, which one
commit brings. One that cannot be made is logged without a name and tried again each minute; everybody else's goes on.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

from credentials.certificate.issued import Certificate
from credentials.certificate.reservation import Reservation
from credentials.errors import CredentialError, NotYetError
from credentials.ports.records import Keep, Put, Records, Remove, Write
from credentials.services.log import Entry, IssuanceLog
from credentials.services.making import Maker
from credentials.services.status_lists import StatusLists
from credentials.stores.certificates import CERTIFICATES, EVENTS, PENDING, RESERVATIONS, CertificateEvent, Pending
from credentials.stores.leases import Lease
from credentials.stores.log import LOG_LEAVES
from lrs.clock import Clock
from lrs.errors import ConflictError, StoreUnavailableError

_STEP = 100  # certificates of one commit: a second's worth at the rate that is asked for
_PAGE = 500
_IDLE_SECONDS = 0.5  # until what another process reserved is seen
_RETRY_SECONDS = 60.0
_PAUSE_SECONDS = 2.0  # while the store cannot be reached
_log = logging.getLogger("jejak.issuing")


@dataclass(slots=True)
class Issuing:
    """One in each process; the lease lets one of them work. `wake` is set by whoever reserves in this process."""

    records: Records
    maker: Maker
    log: IssuanceLog
    lists: StatusLists
    lease: Lease
    clock: Clock
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    _later: dict[str, float] = field(default_factory=dict)

    async def run(self) -> None:
        """Until it is cancelled."""
        try:
            while True:
                try:
                    if not await self._worked():
                        await self._wait()
                except ConflictError:
                    await asyncio.sleep(0)  # another process has been as far: go on from where it is
                except StoreUnavailableError as error:
                    _log.warning("the store is out of reach: %s", error.message)
                    await asyncio.sleep(_PAUSE_SECONDS)
        finally:
            with contextlib.suppress(Exception):
                await self.lease.release()

    async def step(self) -> int:
        """Issues what waits, at most a commit's worth; how many. Raises ConflictError when another process was at it too."""
        head = await self.log.begin()
        waiting = await self._waiting()
        if not waiting:
            return 0
        found = await self.records.get_many(RESERVATIONS, [(one.certificate,) for one in waiting])
        reservations = {one.id: one for one in found.values()}
        there = await self.records.get_many(CERTIFICATES, [(one.certificate,) for one in waiting])
        logged = await self.records.get_many(LOG_LEAVES, [(one.certificate,) for one in waiting])
        fresh_ones = await self._made([reservations[one.certificate] for one in waiting if (one.certificate,) not in there])
        certificates = {one.id: one for one in (*there.values(), *fresh_ones)}
        made = [(one, certificates[one.certificate]) for one in waiting if one.certificate in certificates]
        if made:
            fresh = [Entry(certificate.id, certificate.digest) for _, certificate in made if (certificate.id,) not in logged]
            writes = self._writes(made)
            await (self.log.append(head, fresh, writes) if fresh else self.records.commit(*writes))
        return len(made)

    async def _worked(self) -> bool:
        """Whether there was something to do."""
        if not await self.lease.held():
            return False
        issued = await self.step()
        return bool(issued) | bool(await self.lists.publish_due(_told))

    async def _wait(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_IDLE_SECONDS):  # not wait_for: woken and cancelled at once, it forgets the latter (bpo-37658)
                await self.wake.wait()
        self.wake.clear()

    async def _waiting(self) -> list[Pending]:
        """The oldest, without those that failed a moment ago."""
        now, found, after = asyncio.get_running_loop().time(), list[Pending](), None
        while len(found) < _STEP:
            page = await self.records.scan(PENDING, after=after, limit=_PAGE)
            found += [one for one in page.values if self._later.get(one.certificate, 0) <= now]
            if page.more is None:
                break
            after = page.more
        return found[:_STEP]

    async def _made(self, reservations: Sequence[Reservation]) -> list[Certificate]:
        """Those that can be made."""
        listed = [one for one in reservations if await self._listed(one)]
        made: list[Certificate] = []
        for reservation, certificate in zip(listed, await self.maker.make_all(listed), strict=True):
            if isinstance(certificate, CredentialError):
                self._failed(reservation, certificate)
            else:
                self._later.pop(reservation.id, None)
                made.append(certificate)
        return made

    async def _listed(self, reservation: Reservation) -> bool:
        """Whether its status lists are there, before it names them."""
        try:
            await self.lists.ensure(reservation.draft.provider, reservation.place.list)
        except CredentialError as error:
            self._failed(reservation, error)
            return False
        return True

    def _failed(self, reservation: Reservation, error: CredentialError) -> None:
        if isinstance(error, NotYetError):
            return  # it comes with the next step
        _log.error("no certificate in batch %s: %s", reservation.draft.batch, error.message)
        self._later[reservation.id] = asyncio.get_running_loop().time() + _RETRY_SECONDS

    def _writes(self, made: Sequence[tuple[Pending, Certificate]]) -> list[Write]:
        now = self.clock.now_us()
        writes: list[Write] = []
        for waiting, certificate in made:
            writes += [
                Keep(CERTIFICATES, certificate),
                Put(EVENTS, CertificateEvent(certificate.id, now, "issued", "", "")),
                Remove(PENDING, (waiting.reserved, waiting.certificate)),
            ]
        return writes


def _told(what: str, error: CredentialError) -> None:
    _log.error("%s: %s", what, error.message)
