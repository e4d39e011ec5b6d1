"""Reserving, revoking, suspending: what is decided at once, in the commit of whoever decides it. Signing and publishing follow."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from credentials.certificate.number import id_text
from credentials.certificate.reservation import Draft, Reservation, StatusPlace
from credentials.certificate.status import Purpose
from credentials.keys import Derived
from credentials.ports.records import Insert, Keep, Kept, Parts, Put, Records, Replace, Write, get_all
from credentials.services.places import StatusPlaces
from credentials.stores.certificates import (
    EVENTS,
    LISTS_DUE,
    PENDING,
    PLACES,
    RESERVATIONS,
    STATUS_LISTS,
    CertificateEvent,
    ListDue,
    Pending,
    PlaceTaken,
    StatusList,
)
from lrs.clock import Clock
from lrs.errors import ConflictError, NotFoundError

_ATTEMPTS = 64  # of a place; in a list that is half full, one in 2**64 certificates needs more
_SECOND = 1_000_000


@dataclass(frozen=True, slots=True)
class Issue:
    """A reservation and what became of it: since when it is revoked or suspended, 0 for not."""

    reservation: Reservation
    revoked: int
    suspended: int


@dataclass(frozen=True, slots=True)
class Prepared:
    """A certificate that is about to be reserved: its id, and what a commit needs for it, conditions apart. Nothing when it is reserved."""

    certificate: str
    provider: str
    conditions: tuple[Write, ...] = ()
    writes: tuple[Write, ...] = ()


class Reserving:
    """The decisions about certificates. Every method may be called again, and from several processes."""

    def __init__(self, records: Records, derived: Derived, clock: Clock, wake: asyncio.Event | None = None) -> None:
        """`wake` is set when there is something to sign."""
        self._wake = wake or asyncio.Event()
        self.records = records
        self._derived = derived
        self._clock = clock
        self._places = StatusPlaces(records, derived)

    def certificate_id(self, draft: Draft) -> str:
        """128 bits of a keyed hash as 26 letters and digits: the same for the same issue, and nobody can guess it."""
        return self.id_of(draft.programme, draft.version, draft.batch, draft.person, draft.number)

    def id_of(self, programme: str, version: int, batch: str, person: str, number: int) -> str:
        """As `certificate_id`, before there is a draft."""
        return id_text(self._derived.mac("certificate-id/1", programme, version, batch, person, number)[:16])

    async def latest(self, batch: str, person: str) -> Issue | None:
        """The newest issue for this person and batch."""
        page = await self.records.scan(RESERVATIONS, "holder", (batch, person), limit=1, descending=True)
        return await self._issue(page.values[0]) if page.values else None

    async def issue(self, certificate: str) -> Issue | None:
        """By the certificate's id."""
        kept = await self.records.get(RESERVATIONS, certificate)
        return None if kept is None else await self._issue(kept.value)

    async def issues(self, certificates: Sequence[str]) -> dict[str, Issue]:
        """Those that are there, by the certificate's id."""
        reserved = {one.id: one for one in (await get_all(self.records, RESERVATIONS, [(one,) for one in certificates])).values()}
        keys: dict[str, Parts] = {one.id: (one.draft.provider, one.place.list, one.place.index) for one in reserved.values()}
        places = await get_all(self.records, PLACES, list(keys.values()))
        return {one: Issue(reserved[one], places[key].revoked, places[key].suspended) for one, key in keys.items()}

    async def reserve(self, draft: Draft, also: Sequence[Write] = ()) -> Reservation | None:
        """Reserves the certificate and writes `also`, in one commit; None, and nothing written, when it is reserved already.

        Raises ConflictError when a condition of `also` does not hold.
        """
        certificate = self.certificate_id(draft)
        if await self.records.get(RESERVATIONS, certificate) is not None:
            return None
        now = self._clock.now_us()
        for attempt in range(_ATTEMPTS):
            place = await self._places.choose(draft.provider, certificate, attempt)
            reservation = Reservation(certificate, draft, place, now - now % _SECOND)
            try:
                await self.records.commit(*self._writes(reservation, also))
            except ConflictError:
                if await self.records.get(RESERVATIONS, certificate) is not None:
                    return None
                if not await self._is_taken(reservation):
                    raise
                continue
            self._places.took(draft.provider)
            self._wake.set()
            return reservation
        raise ConflictError("no free place was found in the status list; try again")

    async def prepare(self, drafts: Sequence[Draft]) -> list[Prepared]:
        """For a commit that reserves many, in their order. Call `took` when it has been made; make it anew when it was in conflict."""
        ids = [self.certificate_id(draft) for draft in drafts]
        there = await get_all(self.records, RESERVATIONS, [(one,) for one in ids])
        places = await self._free([(draft, one) for draft, one in zip(drafts, ids, strict=True) if (one,) not in there])
        now = self._clock.now_us()
        prepared = []
        for draft, certificate in zip(drafts, ids, strict=True):
            if certificate not in places:
                prepared.append(Prepared(certificate, draft.provider))
                continue
            writes = self._writes(Reservation(certificate, draft, places[certificate], now - now % _SECOND), ())
            prepared.append(Prepared(certificate, draft.provider, tuple(writes[:2]), tuple(writes[2:])))
        return prepared

    def took(self, prepared: Sequence[Prepared]) -> None:
        """The commit has been made."""
        for one in prepared:
            if one.writes:
                self._places.took(one.provider)

    async def _free(self, wanted: Sequence[tuple[Draft, str]]) -> dict[str, StatusPlace]:
        """A place for each, that nobody has, and no two of them the same."""
        found: dict[str, StatusPlace] = {}
        taken: set[Parts] = set()
        waiting = list(wanted)
        for attempt in range(_ATTEMPTS):
            drawn = {one: await self._places.choose(draft.provider, one, attempt) for draft, one in waiting}
            keys: dict[str, Parts] = {one: (draft.provider, drawn[one].list, drawn[one].index) for draft, one in waiting}
            taken |= (await get_all(self.records, PLACES, list(keys.values()))).keys()
            later = []
            for draft, one in waiting:
                if keys[one] in taken:
                    later.append((draft, one))
                else:
                    taken.add(keys[one])
                    found[one] = drawn[one]
            if not (waiting := later):
                return found
        raise ConflictError("no free place was found in the status list; try again")

    def _writes(self, reservation: Reservation, also: Sequence[Write]) -> list[Write]:
        """Conditions first, and the reservation last of them: it decides."""
        provider, place = reservation.draft.provider, reservation.place
        conditions = [write for write in also if isinstance(write, Insert | Replace)]
        return [
            Insert(PLACES, PlaceTaken(provider, place.list, place.index, reservation.id)),
            *conditions,
            Insert(RESERVATIONS, reservation),
            *(write for write in also if not isinstance(write, Insert | Replace)),
            Keep(STATUS_LISTS, StatusList(provider, place.list, reservation.reserved)),
            Put(PENDING, Pending(reservation.reserved, reservation.id)),
        ]

    async def revoke(self, certificate: str, reason: str, *, by: str = "") -> bool:
        """For good. False when it is revoked already. Raises NotFoundError."""
        return await self._change(lambda: self.revocation(certificate, reason, by=by))

    async def suspend(self, certificate: str, reason: str, *, by: str = "") -> bool:
        """Until `reinstate`. False when it is suspended already. Raises NotFoundError."""
        return await self._change(lambda: self.suspension(certificate, reason, by, suspended=True))

    async def reinstate(self, certificate: str, reason: str, *, by: str = "") -> bool:
        """False when it is not suspended. Raises NotFoundError."""
        return await self._change(lambda: self.suspension(certificate, reason, by, suspended=False))

    async def revocation(self, certificate: str, reason: str, *, by: str = "") -> list[Write]:
        """The writes that revoke it, for the commit of whoever decides it; none when it is revoked already. Raises NotFoundError."""
        kept, now = await self._place(certificate), self._clock.now_us()
        if kept.value.revoked:
            return []
        event = CertificateEvent(certificate, now, "revoked", reason, by)
        return _changed(kept, replace(kept.value, revoked=now), Purpose.REVOCATION, event)

    async def suspension(self, certificate: str, reason: str, by: str, *, suspended: bool) -> list[Write]:
        """The writes that suspend it, or take that back; none when it is so already. Raises NotFoundError."""
        kept, now = await self._place(certificate), self._clock.now_us()
        if bool(kept.value.suspended) == suspended:
            return []
        event = CertificateEvent(certificate, now, "suspended" if suspended else "reinstated", reason, by)
        return _changed(kept, replace(kept.value, suspended=now if suspended else 0), Purpose.SUSPENSION, event)

    def nudge(self) -> None:
        """There is something to sign: for whoever commits the writes that were given."""
        self._wake.set()

    async def _change(self, writes: Callable[[], Awaitable[list[Write]]]) -> bool:
        """Once more when somebody else changed the place meanwhile."""
        while True:
            wanted = await writes()
            if not wanted:
                return False
            with contextlib.suppress(ConflictError):
                await self.records.commit(*wanted)
                self._wake.set()
                return True

    async def _place(self, certificate: str) -> Kept[PlaceTaken]:
        reserved = await self.records.get(RESERVATIONS, certificate)
        if reserved is None:
            raise NotFoundError("there is no certificate with this id", where="certificate")
        one = reserved.value
        place = await self.records.get(PLACES, one.draft.provider, one.place.list, one.place.index)
        assert place is not None  # written in the commit of the reservation
        return place

    async def _issue(self, reservation: Reservation) -> Issue:
        place = (await self._place(reservation.id)).value
        return Issue(reservation, place.revoked, place.suspended)

    async def _is_taken(self, reservation: Reservation) -> bool:
        place = await self.records.get(PLACES, reservation.draft.provider, reservation.place.list, reservation.place.index)
        return place is not None


def _changed(kept: Kept[PlaceTaken], after: PlaceTaken, purpose: Purpose, event: CertificateEvent) -> list[Write]:
    return [
        Replace(PLACES, after, kept.revision),
        Put(EVENTS, event),
        Put(LISTS_DUE, ListDue(after.provider, after.list, str(purpose), event.at)),
    ]
