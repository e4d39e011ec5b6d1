"""The outbox for SIASN: which rows an agency's connector has to send, in the words of `kursus/save`, and what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from credentials.access.actions import Action
from credentials.access.principal import Principal
from credentials.access.rules import Subject, permit
from credentials.decisions import Content
from credentials.hours.balance import Balance
from credentials.hours.entry import HoursEntry
from credentials.hours.siasn import SendState, SiasnRow, next_row, settled_row, wanted_rows
from credentials.people.person import Profile
from credentials.ports.records import Page, Put, Remove, Replace, Write
from credentials.services.looking import Looking
from credentials.stores.decisions import DecisionLog
from credentials.stores.figures import sweep
from credentials.stores.ledger import LedgerRecords
from credentials.stores.people import PeopleRecords
from credentials.stores.siasn import SIASN_AGENCIES, SIASN_ROWS, SiasnAgency, SiasnRecords
from lrs.errors import ConflictError, NotFoundError
from lrs.ports import ClientStore

_KNOWN_DEFAULTS = ("jenisKursus", "jenisKursusSertipikat", "lokasiId")
_TRIES = 5  # against figures that are made anew at the same moment


@dataclass(frozen=True, slots=True)
class Sendable:
    """A row with its body in SIASN's field names; `lacking`: fields without which it cannot be sent."""

    row: SiasnRow
    body: dict[str, object]
    lacking: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the connector says of a row: `history` is SIASN's `rwKursusId`."""

    key: str
    state: SendState
    history: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Outbox:
    """For the agency's HR, as which its connector signs in. Methods that take a principal raise NotAllowedError.

    Somebody who works elsewhere now, where nothing is sent, keeps the rows that the old agency has: corrections still reach SIASN.
    """

    siasn: SiasnRecords
    people: PeopleRecords
    providers: ClientStore
    log: DecisionLog

    async def register(self, principal: Principal, told: SiasnAgency, reason: str) -> SiasnAgency:
        """From now on the agency's lines are rows."""
        self._permit(principal, told.agency)
        content: Content = {"instansi": told.instansi, "since": told.since.isoformat(), "active": told.active}
        decision = f"siasn-{told.agency}-{self.log.clock.now_us()}"
        await self.log.append(
            Put(SIASN_AGENCIES, told),
            sweep(decision, told.agency),
            actor=principal.actor,
            kind="siasn.registered",
            subject=f"agency:{told.agency}",
            reason=reason,
            content=content,
        )
        return told

    async def writes(self, person: str, agency: str, balances: Sequence[Balance]) -> list[Write]:
        """For the commit that makes the person's figures anew: each row over the one that was read, so that no outcome is overwritten."""
        kept = await self.siasn.agency(agency)
        known = {row.line: row for row in await self.siasn.rows_of(person)}
        sends = kept is not None and kept.value.active
        if not known and not sends:
            return []
        since = kept.value.since if kept and sends else date.max
        wanted, now, made = wanted_rows(balances, agency, since, known), self.log.clock.now_us(), list[Write]()
        for line in known.keys() | wanted.keys():
            if next_row(known.get(line), wanted.get(line), now) != known.get(line):
                made.append(await self._write(person, line, wanted.get(line), now))
        return made

    async def rows(
        self, principal: Principal, looking: Looking, agency: str, state: SendState, after: str | None, limit: int
    ) -> Page[Sendable]:
        """That a person's rows are handed out is written down. Raises NotFoundError when the agency is not registered."""
        self._permit(principal, agency)
        kept = await self.siasn.agency(agency)
        if kept is None:
            raise NotFoundError("the agency is not registered for sending", where="agency")
        page = await self.siasn.queue(agency, state, after, limit)
        made = await self._sendable(kept.value, page.values)
        warrant = permit(principal, Action.HOURS_EXPORT, Subject(agency=agency))
        await looking.note(principal, warrant, (one.person for one in page.values), "siasn export")
        return Page(made, page.more)

    async def settle(self, principal: Principal, agency: str, outcomes: Sequence[Outcome]) -> list[str]:
        """What became of rows; keys that name none, because the line has changed since, come back."""
        self._permit(principal, agency)
        unknown = []
        for one in outcomes:
            if not await self._settle(agency, one):
                unknown.append(one.key)
        return unknown

    async def _settle(self, agency: str, told: Outcome) -> bool:
        for _ in range(_TRIES):
            found = await self.siasn.by_key(agency, told.key)
            kept = await self.siasn.row(found.person, found.line) if found else None
            if kept is None or kept.value.key != told.key:
                return False
            settled = settled_row(kept.value, told.state, told.history, told.message, self.log.clock.now_us())
            try:
                await self.siasn.records.commit(Replace(SIASN_ROWS, settled, kept.revision))
            except ConflictError:
                continue
            return True
        raise ConflictError("these rows change at this moment; try again", where="items")

    async def _write(self, person: str, line: str, wanted: SiasnRow | None, now: int) -> Write:
        kept = await self.siasn.row(person, line)
        row = next_row(kept.value if kept else None, wanted, now)
        if row is None:
            return Remove(SIASN_ROWS, (person, line))
        return Replace(SIASN_ROWS, row, kept.revision if kept else 0)

    async def _sendable(self, agency: SiasnAgency, rows: Sequence[SiasnRow]) -> list[Sendable]:
        lines = await LedgerRecords(self.siasn.records).lines_named([(row.person, row.line) for row in rows])
        profiles = await self.people.profiles(list(dict.fromkeys(row.person for row in rows)))
        names = {one: await self._organiser(one) for one in {line.provider for line in lines.values()}}
        made = []
        for row in rows:
            line = lines[row.person, row.line]
            body = _body(agency, row, line, profiles.get(row.person), names[line.provider])
            made.append(Sendable(row, body, tuple(name for name in ("pnsOrangId", "institusiPenyelenggara") if not body[name])))
        return made

    async def _organiser(self, provider: str) -> str:
        found = await self.providers.provider(provider) if provider else None
        return found.name if found else provider

    @staticmethod
    def _permit(principal: Principal, agency: str) -> None:
        permit(principal, Action.HOURS_EXPORT, Subject(agency=agency))


def _body(agency: SiasnAgency, row: SiasnRow, line: HoursEntry, profile: Profile | None, organiser: str) -> dict[str, object]:
    """The fields of `kursus/save`. `path` is empty: the file goes to `upload-dok-rw` with the id that is answered."""
    siasn_id = next((one.value for one in profile.identifiers if one.kind == "siasn"), "") if profile else ""
    started = line.started_on or (line.days[0].on if line.days else line.completed_on)
    return {
        "id": row.history or None,
        "pnsOrangId": siasn_id or None,
        "instansiId": agency.instansi,
        "institusiPenyelenggara": organiser or None,
        "jenisDiklatId": str(line.channel),
        **{name: agency.defaults.get(name) for name in _KNOWN_DEFAULTS},
        "jumlahJam": row.hours,
        "namaKursus": line.title,
        "nomorSertipikat": line.certificate_number or line.certificate or "-",
        "tahunKursus": line.completed_on.year,
        "tanggalKursus": _day(started),
        "tanggalSelesaiKursus": _day(line.completed_on),
        "path": [],
    }


def _day(day: date) -> str:
    return day.strftime("%d-%m-%Y")
