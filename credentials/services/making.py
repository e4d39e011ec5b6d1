"""From a reservation to a certificate in both proofs. Nothing is stored here; the same reservation always gives the same credential."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from credentials.catalogue.model import Batch, Programme
from credentials.certificate.digest import SALT_BYTES, credential_digest, statement_digest
from credentials.certificate.document import Competence, Evidence, Grant, Holder, Issuer, Replaced, credential
from credentials.certificate.issued import Certificate
from credentials.certificate.qr_payload import QrClaims, qr_link
from credentials.certificate.reservation import Reservation
from credentials.errors import CredentialError, NotYetError
from credentials.keys import Derived, IssuerKeys, Signers
from credentials.ports.records import Records
from credentials.stores.catalogue import CatalogueRecords
from credentials.stores.certificates import CERTIFICATES
from credentials.stores.competences import CompetenceRecords
from credentials.stores.evidence_rules import EvidenceRuleRecords
from credentials.suites.eddsa_rdfc_2022 import add_proof
from credentials.suites.vc_jwt import sign_token
from lrs.clock import to_datetime
from lrs.ports import ClientStore, StatementStore, Wall
from schemas.loader import jp_channels


@dataclass(frozen=True, slots=True)
class _Course:
    """What is the same for everybody of a batch. `provider`: its name."""

    programme: Programme
    batch: Batch
    provider: str
    criteria: str
    competences: tuple[Competence, ...]


@dataclass(frozen=True, slots=True)
class _Ready:
    """What is left is signing."""

    reservation: Reservation
    grant: Grant
    signers: Signers


@dataclass(frozen=True, slots=True)
class Maker:
    """`url`: the server's public address."""

    records: Records
    catalogue: CatalogueRecords
    rules: EvidenceRuleRecords
    providers: ClientStore
    statements: StatementStore
    keys: IssuerKeys
    derived: Derived
    url: str

    async def make(self, reservation: Reservation) -> Certificate:
        """Raises CredentialError; NotYetError when the certificate that it corrects is not issued yet."""
        (made,) = await self.make_all([reservation])
        if isinstance(made, CredentialError):
            raise made
        return made

    async def make_all(self, reservations: Sequence[Reservation]) -> list[Certificate | CredentialError]:
        """In their order; one that cannot be made keeps no other from it. What is the same for many is read once."""
        courses = {_course_of(one): await self._course(one) for one in {_course_of(one): one for one in reservations}.values()}
        ready = await asyncio.gather(*(self._ready(one, courses[_course_of(one)]) for one in reservations))
        return await asyncio.to_thread(_signed_all, ready)

    async def _ready(self, reservation: Reservation, course: _Course | CredentialError) -> _Ready | CredentialError:
        try:
            if isinstance(course, CredentialError):
                return course
            return _Ready(reservation, await self._grant(reservation, course), await self.keys.signers(reservation.draft.provider))
        except CredentialError as error:
            return error

    async def _course(self, reservation: Reservation) -> _Course | CredentialError:
        draft = reservation.draft
        kept, there = await self.catalogue.programme(draft.programme, draft.version), await self.catalogue.batch(draft.batch)
        provider = await self.providers.provider(draft.provider)
        if kept is None or there is None or provider is None:
            return CredentialError(f"the batch {draft.batch}, its programme or its provider is not there")
        programme, rule = kept.value, await self.rules.rule(there.value.rule)
        criteria = f"{programme.criteria} ({rule.title_id}; {rule.title_en})"
        return _Course(programme, there.value, provider.name, criteria, await self._competences(programme.competences))

    async def _grant(self, reservation: Reservation, course: _Course) -> Grant:
        """Everything that the credential says. Raises CredentialError, NotYetError."""
        draft, programme = reservation.draft, course.programme
        did = self.keys.did(draft.provider)
        return Grant(
            url=self.url,
            id=reservation.id,
            issuer=Issuer(did, course.provider, f"{self.url}/issuers/{draft.provider}"),
            holder=Holder(self.pseudonym(did, draft.person), draft.holder),
            programme=programme,
            batch=course.batch,
            criteria=course.criteria,
            jp=draft.jp,
            kind=jp_channels()[programme.channel]["id"],
            competences=course.competences,
            evidence=tuple([await self._evidence(reservation, one) for one in draft.statements]),
            issued=to_datetime(reservation.reserved),
            started_on=draft.started_on,
            completed=to_datetime(draft.completed).replace(microsecond=0),
            place=reservation.place,
            provider_number=draft.provider_number,
            replaces=await self._replaced(draft.replaces) if draft.replaces else None,
        )

    def pseudonym(self, did: str, person: str) -> str:
        """One per issuer, so that two issuers' certificates do not tell that the holder is one."""
        return uuid.UUID(bytes=self.derived.mac("subject/1", did, person)[:16], version=4).urn

    def salt(self, certificate: str, statement: str) -> bytes:
        """Of a statement's digest in a certificate: for auditors only."""
        return self.derived.mac("evidence-salt/1", certificate, statement)[:SALT_BYTES]

    async def statement(self, provider: str, statement: str) -> bytes | None:
        """A statement as the LRS returns it, voided or not; None when it is not there (any more)."""
        wall = Wall(provider)
        found = await self.statements.get(statement, wall) or await self.statements.get(statement, wall, voided=True)
        return None if found is None else found.body

    async def _competences(self, codes: tuple[str, ...]) -> tuple[Competence, ...]:
        found = await CompetenceRecords(self.records).named(codes)
        address = f"{self.url}/reference/competences"
        known = [found[code] for code in codes if code in found]
        return tuple(Competence(one.name_id, f"{address}#{one.code}", one.code, one.field) for one in known)

    async def _evidence(self, reservation: Reservation, statement: str) -> Evidence:
        body = await self.statement(reservation.draft.provider, statement)
        if body is None:
            raise CredentialError(f"the statement {statement}, which is evidence, is not there")
        return Evidence(statement, statement_digest(body, self.salt(reservation.id, statement)))

    async def _replaced(self, certificate: str) -> Replaced:
        kept = await self.records.get(CERTIFICATES, certificate)
        if kept is None:
            raise NotYetError("the certificate that it corrects is not issued yet")
        return Replaced(certificate, base64.b64encode(hashlib.sha256(kept.value.document).digest()).decode("ascii"))


def _course_of(reservation: Reservation) -> tuple[str, str, int, str]:
    draft = reservation.draft
    return draft.provider, draft.programme, draft.version, draft.batch


def _signed_all(ready: Sequence[_Ready | CredentialError]) -> list[Certificate | CredentialError]:
    """In one thread: a hop for each would take as long as the signing."""
    done: list[Certificate | CredentialError] = []
    for one in ready:
        try:
            done.append(one if isinstance(one, CredentialError) else _signed(one.reservation, one.grant, one.signers))
        except CredentialError as error:
            done.append(error)
    return done


def _signed(reservation: Reservation, grant: Grant, signers: Signers) -> Certificate:
    draft, document = reservation.draft, credential(grant)
    digest = credential_digest(document)
    proven = add_proof(document, signers.data_integrity, grant.issued)
    link = qr_link(grant.url, _claims(reservation, grant, digest), signers.key_id, signers.token)
    return Certificate(
        id=reservation.id,
        provider=draft.provider,
        person=draft.person,
        batch=draft.batch,
        programme=draft.programme,
        version=draft.version,
        number=draft.number,
        title=grant.programme.title,
        issued=reservation.reserved,
        document=orjson.dumps(proven, option=orjson.OPT_INDENT_2),
        token=sign_token(document, signers.token),
        qr=link.partition("#")[2],
        digest=digest,
        methods=tuple(signer.method.partition("#")[2] for signer in (signers.data_integrity, signers.token)),
    )


def _claims(reservation: Reservation, grant: Grant, digest: bytes) -> QrClaims:
    return QrClaims(
        id=grant.id,
        holder=grant.holder.name,
        title=grant.programme.title,
        provider=grant.issuer.name,
        jp=grant.jp,
        valid_from=int(grant.issued.timestamp()),
        awarded=int(grant.completed.timestamp()),
        valid_until=0,
        list=reservation.place.list,
        index=reservation.place.index,
        digest=digest,
        kind=grant.programme.channel,
    )
