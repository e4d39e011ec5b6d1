"""Data subject access: everything that is kept about a person, as one ZIP of JSON files, written piece by piece."""

from __future__ import annotations

import json
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import IO, Any

import msgspec

from credentials.access.actions import Action
from credentials.access.principal import Principal
from credentials.ports.records import scan_all
from credentials.services.looking import Looking
from credentials.services.own_accounts import OwnAccounts
from credentials.stores.access import AccessStore
from credentials.stores.breaches import BreachRecords
from credentials.stores.cases import CaseRecords
from credentials.stores.certificates import CERTIFICATES, RESERVATIONS
from credentials.stores.completions import CompletionRecords
from credentials.stores.decisions import DecisionLog
from credentials.stores.files import FileRecords
from credentials.stores.ledger import LedgerRecords
from credentials.stores.links import LinkRecords
from credentials.stores.people import PeopleRecords
from lrs.clock import format_us
from lrs.ports import ClientStore, DocumentStore, StatementReduction

_PAGE = 500
_LONGEST = 100_000  # rows of one list: past it the file says so
_README = """Data pribadi Anda yang disimpan di Jejak / Your personal data that Jejak keeps
Dibuat / Made: {moment}
Orang / Person: {person}

person.json         status, jabatan, unit; nama dan nomor / status, posts, units; names and numbers
links.json          akun LMS yang dikaitkan dengan Anda / LMS accounts that are linked to you
hours.json          baris JP: kredit dan pembalikan / lines of hours: credits and reversals
completions.json    penyelesaian / completions
certificates.json   sertifikat; certificates/ berisi dokumennya / certificates; certificates/ has the documents
cases.json          usulan, konfirmasi, keberatan / claims, confirmations, objections
files/              berkas yang Anda unggah / files that you uploaded
statements.jsonl    pernyataan xAPI tentang Anda, satu per baris / xAPI statements about you, one a line
documents.json      dokumen xAPI tentang Anda / xAPI documents about you
roles.json          peran, pengguna, daftar coach / roles, user, register of coaches
views.json          siapa yang melihat data Anda / who looked at your record
decisions.json      keputusan tentang Anda / decisions about you
breaches.json       kebocoran data yang mengenai Anda / breaches that affected you
"""


@dataclass(frozen=True, slots=True)
class Exporting:
    """Reads all that is kept; secrets, even as hashes, are left out."""

    looking: Looking
    people: PeopleRecords
    links: LinkRecords
    accounts: OwnAccounts
    ledger: LedgerRecords
    cases: CaseRecords
    files: FileRecords
    access: AccessStore
    breaches: BreachRecords
    log: DecisionLog
    clients: ClientStore
    documents: DocumentStore
    reduction: StatementReduction

    async def export(self, principal: Principal, person: str, out: IO[bytes], reason: str = "") -> None:
        """Writes the ZIP to `out`. One's own, or by an overseer with a reason. Raises NotFoundError, AccessError."""
        await self.looking.look(principal, person, "export", reason, Action.RECORD_EXPORT)
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            moment = format_us(self.looking.clock.now_us())
            archive.writestr("README.txt", _README.format(moment=moment, person=person))
            for name, gather in self._parts().items():
                archive.writestr(name, _json(await gather(person)))
            await self._write_certificates(archive, person)
            await self._write_files(archive, person)
            await self._write_statements(archive, person)

    def _parts(self) -> Mapping[str, Callable[[str], Awaitable[Any]]]:
        return {
            "person.json": self._person,
            "links.json": self.links.of_person,
            "hours.json": self.ledger.lines,
            "completions.json": CompletionRecords(self.people.records).of_person,
            "cases.json": self._cases,
            "documents.json": self._documents,
            "roles.json": self._roles,
            "views.json": self._views,
            "decisions.json": self._decisions,
            "breaches.json": self.breaches.of_person,
        }

    async def _person(self, person: str) -> dict[str, Any]:
        kept, profile = await self.people.person(person), await self.people.profile(person)
        return {"person": kept.value if kept else None, "profile": profile.value if profile else None}

    async def _cases(self, person: str) -> list[dict[str, Any]]:
        about = (await self.cases.of_person(person, limit=_LONGEST)).values
        sent = (await self.cases.sent_by(f"person:{person}", limit=_LONGEST)).values
        found = {case.id: case for case in (*about, *(case for case in sent if case.person == person))}
        return [{"case": case, "notes": await self.cases.notes(case.id)} for case in found.values()]

    async def _documents(self, person: str) -> list[dict[str, Any]]:
        found = []
        async for provider, ifi in self._identifiers(person):
            for key, document in await self.documents.of_agent(provider, ifi[1:]):
                told = {"provider": provider, "kind": key.kind, "activity": key.activity, "registration": key.registration, "id": key.id}
                found.append(told | {"content_type": document.content_type, "content": document.content.decode("utf-8", "replace")})
        return found

    async def _roles(self, person: str) -> dict[str, Any]:
        user = await self.access.user(person)
        told = {"key": user.value.key, "active": user.value.active, "name": user.value.name} if user else None
        return {"user": told, "grants": await self.access.grants_of(person), "coach": await self.access.register_of(person)}

    async def _views(self, person: str) -> list[Any]:
        return (await self.looking.views.of(person, limit=_LONGEST)).values

    async def _decisions(self, person: str) -> list[Any]:
        return (await self.log.about(f"person:{person}", limit=_LONGEST)).values

    async def _write_certificates(self, archive: zipfile.ZipFile, person: str) -> None:
        records = self.people.records
        reserved = await scan_all(records, RESERVATIONS, "person", (person,))
        archive.writestr("certificates.json", _json(reserved))
        for one in reserved:
            kept = await records.get(CERTIFICATES, one.id)
            if kept is not None:
                archive.writestr(f"certificates/{one.id}.json", kept.value.document)
                archive.writestr(f"certificates/{one.id}.jwt", kept.value.token)

    async def _write_files(self, archive: zipfile.ZipFile, person: str) -> None:
        for upload in await self.files.recent(f"person:{person}", 0, _LONGEST):
            content = await self.files.content(upload.digest)
            if content is not None:
                archive.writestr(f"files/{upload.digest}.{upload.media_type.rpartition('/')[2]}", content)

    async def _write_statements(self, archive: zipfile.ZipFile, person: str) -> None:
        """Of every provider, voided ones too, each once."""
        seen: set[str] = set()
        with archive.open("statements.jsonl", "w", force_zip64=True) as lines:
            async for provider, ifi in self._identifiers(person):
                after = 0
                while page := await self.reduction.everything(provider, ifi, after, _PAGE):
                    for item in page:
                        if item.id not in seen:
                            seen.add(item.id)
                            lines.write(item.body + b"\n")
                    after = page[-1].position

    async def _identifiers(self, person: str) -> AsyncIterator[tuple[str, str]]:
        """(provider, identifier) by which statements name the person: linked, or by a number of theirs, with whichever provider."""
        for provider in await self.clients.providers():
            for held in await self.links.identifiers_of(person, provider.id):
                yield provider.id, held.ifi


def _json(value: Any) -> bytes:
    return json.dumps(msgspec.to_builtins(value, str_keys=True), ensure_ascii=False, indent=2).encode("utf-8")
