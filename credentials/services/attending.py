"""Attendance lists: sent by a signed-in officer of the provider with the scan of the signed sheet; each row becomes a statement.

The same list again is the same list. A wrong one is withdrawn, which voids its statements, and the right one is sent.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import date, datetime

from credentials.access.actions import Action
from credentials.access.principal import Principal
from credentials.access.rules import Subject, permit
from credentials.catalogue.model import Batch
from credentials.ports.people import Persons
from credentials.ports.records import Insert, Keep, Page, Put, Replace, Write
from credentials.queues.attendance import Attendance, Meeting, check_meeting, read_attendance
from credentials.queues.statements import session_activity
from credentials.services.casefile import Casefile
from credentials.services.doorkeeping import Doorkeeper
from credentials.services.sign_in import day_of
from credentials.stores.attendance import LISTS, AttendanceList, AttendanceRecords
from credentials.stores.catalogue import CatalogueRecords
from credentials.stores.decisions import DecisionLog
from credentials.stores.door import DOOR_DUE, DoorDue
from credentials.stores.files import CONTENTS, UPLOADS, FileContent, Upload
from credentials.tabular.reading import Trouble
from lrs.clock import Clock, to_datetime, to_us
from lrs.errors import ConflictError, NotFoundError, TooLargeError

_OWN = "nobody reports their own presence: another officer sends this row"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What an officer says of a list. `sheet`: digest of the scan that was brought before."""

    batch: str
    title: str
    starts: datetime
    ends: datetime
    sheet: str
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """`kept`: None for a dry run."""

    kept: AttendanceList | None
    found: Attendance


@dataclass(frozen=True, slots=True)
class Attending:
    """`most_bytes`: of one CSV file."""

    lists: AttendanceRecords
    casefile: Casefile
    catalogue: CatalogueRecords
    persons: Persons
    doorkeeper: Doorkeeper
    log: DecisionLog
    clock: Clock
    most_bytes: int

    async def send(self, principal: Principal, told: Told, content: bytes) -> Result:
        """Raises NotAllowedError, NotFoundError (batch, sheet), CaseError, InvalidRequestError (the file), TooLargeError."""
        if len(content) > self.most_bytes:
            raise TooLargeError(f"a list has at most {self.most_bytes:,} bytes (JEJAK_LIMIT_EVIDENCE)", where="body")
        batch = await self._batch(told.batch)
        permit(principal, Action.ATTENDANCE_SEND, Subject(provider=batch.provider))
        meeting = Meeting(told.starts, told.ends, batch.time_zone)
        check_meeting(meeting, to_datetime(self.clock.now_us()))
        session_activity(batch, "")
        await self.casefile.check_files(principal, [told.sheet])
        found = read_attendance(content, meeting)
        skip = await self._own_rows(principal, found, day_of(to_us(told.starts)))
        if told.dry_run or not found.rows:
            return Result(None, found)
        return Result(await self._keep(principal, told, batch, content, skip, len(found.rows)), found)

    async def withdraw(self, principal: Principal, list_id: str, reason: str) -> AttendanceList:
        """Voids every statement of the list. Raises NotFoundError, NotAllowedError, ConflictError."""
        kept = await self.lists.list(list_id)
        if kept is None:
            raise NotFoundError("there is no attendance list with this id", where="list")
        permit(principal, Action.ATTENDANCE_SEND, Subject(provider=kept.value.provider))
        if kept.value.state == "withdrawn":
            raise ConflictError("this list is withdrawn already", where="list")
        gone = replace(kept.value, state="withdrawn")
        due = Put(DOOR_DUE, DoorDue(self.clock.now_us(), "withdrawal", list_id))
        await self._decide(principal, "withdrawn", gone, reason, Replace(LISTS, gone, kept.revision), due)
        await self.doorkeeper.settle()
        return gone

    async def of_provider(self, principal: Principal, provider: str, after: str | None, limit: int) -> Page[AttendanceList]:
        """Newest first. Raises NotAllowedError."""
        permit(principal, Action.ATTENDANCE_READ, Subject(provider=provider))
        return await self.lists.of_provider(provider, after, limit)

    async def sheet(self, principal: Principal, list_id: str, digest: str) -> tuple[str, bytes]:
        """Media type and bytes of the scan. Raises NotFoundError, NotAllowedError."""
        kept = await self.lists.list(list_id)
        files = self.casefile.files
        upload = await files.any_upload(digest) if kept is not None and kept.value.sheet == digest else None
        content = await files.content(digest) if upload is not None else None
        if kept is None or upload is None or content is None:
            raise NotFoundError("there is no such sheet", where="list")
        permit(principal, Action.ATTENDANCE_READ, Subject(provider=kept.value.provider))
        return upload.media_type, content

    async def _own_rows(self, principal: Principal, found: Attendance, day: date) -> tuple[int, ...]:
        """Takes the officer's own rows out, and says so."""
        own = [row for row in found.rows if principal.person and await self.persons.holder_of(row.number, day) == principal.person]
        found.troubles += [Trouble(row.row, "nip", _OWN) for row in own]
        found.rows = [row for row in found.rows if row not in own]
        return tuple(row.row for row in own)

    async def _keep(
        self, principal: Principal, told: Told, batch: Batch, content: bytes, skip: tuple[int, ...], rows: int
    ) -> AttendanceList:
        now, digest = self.clock.now_us(), hashlib.sha256(content).hexdigest()
        parts = (batch.provider, batch.id, told.starts.isoformat(), told.ends.isoformat(), digest, told.sheet)
        one = AttendanceList(
            id="list-" + hashlib.sha256("\x00".join(parts).encode()).hexdigest()[:32],
            provider=batch.provider,
            batch=batch.id,
            title=told.title,
            starts=told.starts,
            ends=told.ends,
            file=digest,
            sheet=told.sheet,
            by=principal.actor,
            at=now,
            rows=rows,
            skip=skip,
        )
        there = await self.lists.list(one.id)
        if there is None:
            keep = (
                Keep(CONTENTS, FileContent(digest, content)),
                Keep(UPLOADS, Upload(digest, principal.actor, now, "text/csv", len(content))),
                Put(DOOR_DUE, DoorDue(now, "list", one.id)),
            )
            await self._decide(principal, "accepted", one, "", Insert(LISTS, one, taken="this list was sent already", where="body"), *keep)
        await self.doorkeeper.settle()
        return there.value if there else one

    async def _decide(self, principal: Principal, step: str, one: AttendanceList, reason: str, *writes: Write) -> None:
        await self.log.append(
            *writes,
            actor=principal.actor,
            kind=f"attendance.{step}",
            subject=f"batch:{one.batch}",
            reason=reason,
            content={"list": one.id, "provider": one.provider, "rows": one.rows, "sheet": one.sheet},
        )

    async def _batch(self, batch_id: str) -> Batch:
        kept = await self.catalogue.batch(batch_id)
        if kept is None:
            raise NotFoundError("there is no batch with this id in the catalogue", where="batch")
        return kept.value
