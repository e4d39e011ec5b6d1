"""Telling the LRS what was decided here: at once, or later when it could not be; told twice it is there once."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field

from credentials.ports.door import StatementDoor
from credentials.ports.records import Remove
from credentials.queues.attendance import Attended, Meeting, read_attendance
from credentials.queues.statements import Account, Presence, Sheet, presence_statement, session_activity, void_statement
from credentials.services.again import again_and_again
from credentials.services.own_accounts import OwnAccounts
from credentials.stores.attendance import AttendanceList, AttendanceRecords
from credentials.stores.cases import CaseRecords
from credentials.stores.catalogue import CatalogueRecords
from credentials.stores.door import DOOR_DUE, DoorDue, DoorRecords
from credentials.stores.files import FileRecords
from lrs.errors import LrsError

_AGAIN_SECONDS = 60.0
_log = logging.getLogger("jejak.door")


@dataclass(slots=True)
class Doorkeeper:
    """`url`: the server's public address; `asn_page`: the agreed home page of accounts whose name is a NIP."""

    door: StatementDoor
    due: DoorRecords
    cases: CaseRecords
    files: FileRecords
    catalogue: CatalogueRecords
    lists: AttendanceRecords
    accounts: OwnAccounts
    url: str
    asn_page: str
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def run(self) -> None:
        """Until it is cancelled: whatever a failure or a crash left."""
        await again_and_again(self.settle, _AGAIN_SECONDS, _log)

    async def settle(self) -> None:
        """Tells what is due. One that cannot be told is logged, stays due, and holds up no other."""
        async with self._turn:
            after: str | None = None
            while True:
                page = await self.due.due(after)
                for one in page.values:
                    await self._settle(one)
                after = page.more
                if after is None:
                    return

    async def _settle(self, one: DoorDue) -> None:
        try:
            if one.what == "session":
                await self._tell_session(one.source)
            else:
                await self._tell_list(one.source, withdrawn=one.what == "withdrawal")
            await self.due.records.commit(Remove(DOOR_DUE, (one.since, one.source)))
        except LrsError as error:
            _log.error("the LRS was not told of %s %s: %s", one.what, one.source, error.message)

    async def _tell_session(self, case_id: str) -> None:
        kept = await self.cases.case(case_id)
        session = kept.value.session if kept else None
        batch = await self.catalogue.batch(session.batch) if session else None
        if kept is None or session is None or batch is None:
            return
        case = kept.value
        await self.accounts.link(case.person, case.provider)
        told = Presence(
            door="coaching",
            source=case.id,
            row=0,
            batch=session.batch,
            activity=session_activity(batch.value, case.id),
            title="Sesi coaching" if session.kind == "coaching" else "Sesi mentoring",
            learner=self.accounts.account(case.person),
            starts=session.starts,
            ends=session.ends,
            guide=self.accounts.account(session.coach),
            sheet=await self._sheet(case.evidence[0], f"{self.url}/api/cases/{case.id}/files") if case.evidence else None,
        )
        await self.door.post(case.provider, [presence_statement(told)])

    async def _tell_list(self, list_id: str, *, withdrawn: bool) -> None:
        kept = await self.lists.list(list_id)
        content = await self.files.content(kept.value.file) if kept else None
        batch = await self.catalogue.batch(kept.value.batch) if kept else None
        if kept is None or content is None or batch is None:
            return
        one = kept.value
        rows = read_attendance(content, Meeting(one.starts, one.ends, batch.value.time_zone)).rows
        rows = [row for row in rows if row.row not in one.skip]
        if withdrawn:
            door = self.accounts.account(f"door-{one.provider}")
            await self.door.post(one.provider, [void_statement(one.id, row.row, door) for row in rows])
            return
        sheet = await self._sheet(one.sheet, f"{self.url}/api/attendance-lists/{one.id}/sheet")
        activity = session_activity(batch.value, one.id)
        await self.door.post(one.provider, [presence_statement(self._presence(one, row, activity, sheet)) for row in rows])

    def _presence(self, one: AttendanceList, row: Attended, activity: str, sheet: Sheet | None) -> Presence:
        return Presence(
            door="attendance",
            source=one.id,
            row=row.row,
            batch=one.batch,
            activity=activity,
            title=one.title,
            learner=Account(self.asn_page, row.number),
            starts=row.starts,
            ends=row.ends,
            sheet=sheet,
        )

    async def _sheet(self, digest: str, folder: str) -> Sheet | None:
        upload = await self.files.any_upload(digest)
        return Sheet(digest, upload.size, upload.media_type, f"{folder}/{digest}") if upload else None
