"""From a completion to an award: certificate id, document, both proofs, hours entry. Nothing is stored here."""

from __future__ import annotations

import asyncio
import base64
import json
import uuid
from dataclasses import dataclass
from datetime import datetime

from credentials.catalogue.model import Batch, Programme
from credentials.certificate.document import Grant, Holder, Issuer, credential
from credentials.completion import Completed
from credentials.errors import CredentialError
from credentials.evidence.presets import evidence_rule
from credentials.hours.entry import HoursEntry, event_key
from credentials.keys import Derived, IssuerKeys, Signers
from credentials.model import Award, Certificate
from credentials.people.model import Person
from credentials.suites.eddsa_rdfc_2022 import add_proof
from credentials.suites.vc_jwt import sign_token
from lrs.clock import Clock, to_datetime, to_us
from lrs.ports import ClientStore

_TECHNICAL = 3  # jalur of a programme for which the catalogue says nothing else
_FIRST = 1  # issue number; it rises when a revoked certificate is issued anew


@dataclass(frozen=True, slots=True)
class Issuing:
    """`url`: the server's public address."""

    providers: ClientStore
    keys: IssuerKeys
    derived: Derived
    clock: Clock
    url: str

    def certificate_id(self, batch: Batch, person: str, number: int = _FIRST) -> str:
        """128 bits of a keyed hash as 26 letters and digits: the same for the same completion, and nobody can guess it."""
        parts = (batch.programme, batch.version, batch.id, person, number)
        return base64.b32encode(self.derived.mac("certificate-id/1", *parts)[:16]).rstrip(b"=").decode("ascii").lower()

    async def award(self, person: Person, programme: Programme, batch: Batch, done: Completed) -> Award:
        """Raises CredentialError."""
        provider = await self.providers.provider(batch.provider)
        if provider is None:
            raise CredentialError(f"the provider {batch.provider} is not there")
        issued = to_datetime(self.clock.now_us()).replace(microsecond=0)
        certificate_id = self.certificate_id(batch, person.id)
        did = self.keys.did(batch.provider)
        grant = Grant(
            url=self.url,
            id=certificate_id,
            issuer=Issuer(did, provider.name),
            holder=Holder(self._pseudonym(did, person.id), person.name),
            programme=programme,
            batch=batch,
            rule=evidence_rule(batch.rule),
            statements=done.statements,
            issued=issued,
            completed=done.at,
            learned_on=done.learned_on,
        )
        signers = await self.keys.signers(batch.provider)
        document, token = await asyncio.to_thread(_signed, grant, signers, issued)
        certificate = Certificate(
            id=certificate_id,
            provider=batch.provider,
            person=person.id,
            batch=batch.id,
            programme=programme.id,
            version=programme.version,
            number=_FIRST,
            title=programme.title,
            issued=to_us(issued),
            document=document,
            token=token,
        )
        return Award(done.statements, to_us(done.at), certificate, self._entry(certificate, programme, done))

    def _pseudonym(self, did: str, person: str) -> str:
        """One per issuer, so that two issuers' certificates do not tell that the holder is one."""
        return uuid.UUID(bytes=self.derived.mac("subject/1", did, person)[:16], version=4).urn

    def _entry(self, certificate: Certificate, programme: Programme, done: Completed) -> HoursEntry:
        """Its id follows from the certificate's, so the same completion can never give two."""
        return HoursEntry(
            id=f"jp-{certificate.id}",
            person=certificate.person,
            source="lms",
            provider=certificate.provider,
            programme=programme.id,
            version=programme.version,
            batch=certificate.batch,
            title=programme.title,
            channel=_TECHNICAL,
            approved=programme.jp,
            completed_at=to_us(done.at),
            completed_on=done.learned_on,
            event_key=event_key(certificate.person, programme.id, programme.version, certificate.batch),
            recorded_at=certificate.issued,
            certificate=certificate.id,
        )


def _signed(grant: Grant, signers: Signers, issued: datetime) -> tuple[bytes, str]:
    document = credential(grant)
    proven = add_proof(document, signers.data_integrity, issued)
    return json.dumps(proven, ensure_ascii=False, indent=2).encode("utf-8"), sign_token(document, signers.token)
