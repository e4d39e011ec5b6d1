"""The Open Badges 3.0 credential on VC 2.0, without proof. Arrays everywhere, no nulls, nothing that the contexts do not define.

The six fields that an HR record wants (kind, organiser, subject, time, JP, evidence) all stand in it, where docs/credentials.md says.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from credentials.catalogue.model import Batch, Programme
from credentials.certificate.number import printed_number
from credentials.certificate.reservation import StatusPlace
from credentials.certificate.status import status_entry

CONTEXTS = (
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
)
_SCHEMA = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
KIND = "ext:jalur"  # targetType of the alignment that names the channel
_KINDS = "SIASN jenisDiklat"


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who grants it: the provider's did:web and name, and the address under which its lists lie (without a slash)."""

    did: str
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds it: a pseudonym (a URI) and the printed name."""

    pseudonym: str
    name: str


@dataclass(frozen=True, slots=True)
class Competence:
    """What the programme teaches, in a framework of others. `address` says what it is; `code` is its code there."""

    name: str
    address: str
    code: str = ""
    framework: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A statement's id and salted digest (`credentials.certificate.digest`)."""

    statement: str
    digest: str


@dataclass(frozen=True, slots=True)
class Replaced:
    """The certificate that this one corrects, and the SHA-256 of its JSON in Base64 (Subresource Integrity)."""

    id: str
    digest: str


@dataclass(frozen=True, slots=True)
class Grant:
    """Everything that the document says.

    `url`: the public address under which certificates lie, without a slash; `id`: the certificate's id; `criteria`: what had to be done, in
    words; `kind`: name of the channel (jalur), whose code the programme has; `provider_number`: the provider's own, "" for none.
    `started_on`: the first day of learning; `completed`: the moment of the last evidence.
    """

    url: str
    id: str
    issuer: Issuer
    holder: Holder
    programme: Programme
    batch: Batch
    criteria: str
    jp: int
    kind: str
    competences: tuple[Competence, ...]
    evidence: tuple[Evidence, ...]
    issued: datetime
    started_on: date
    completed: datetime
    place: StatusPlace
    provider_number: str = ""
    replaces: Replaced | None = None


def credential(grant: Grant) -> dict[str, Any]:
    """The document (Open Badges 3.0, AchievementCredential)."""
    document = {
        "@context": list(CONTEXTS),
        "id": certificate_address(grant.url, grant.id),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": grant.programme.title,
        "issuer": {"id": grant.issuer.did, "type": ["Profile"], "name": grant.issuer.name},
        "validFrom": _moment(grant.issued),
        "awardedDate": _moment(grant.completed),
        "credentialSubject": _subject(grant),
        "evidence": [_evidence(one) for one in grant.evidence],
        "credentialStatus": status_entry(grant.issuer.url, grant.place.list, grant.place.index),
        "credentialSchema": [{"id": _SCHEMA, "type": "1EdTechJsonSchemaValidator2019"}],
    }
    if grant.replaces is not None:
        address = certificate_address(grant.url, grant.replaces.id)
        document["relatedResource"] = [{"id": address, "digestSRI": f"sha256-{grant.replaces.digest}", "mediaType": "application/vc"}]
    return document


def certificate_address(url: str, certificate: str) -> str:
    """A certificate's own `id`, which is also where it is."""
    return f"{url}/c/{certificate}"


def _subject(grant: Grant) -> dict[str, Any]:
    """`creditsEarned` counts JP; the Result of type `ext:JP` says so."""
    zone = ZoneInfo(grant.batch.time_zone)
    result = f"{_achievement_id(grant)}#jp"
    subject: dict[str, Any] = {
        "id": grant.holder.pseudonym,
        "type": ["AchievementSubject"],
        "identifier": [{"type": "IdentityObject", "hashed": False, "identityHash": grant.holder.name, "identityType": "name"}],
        "activityStartDate": datetime.combine(grant.started_on, time(), zone).isoformat(timespec="seconds"),
        "activityEndDate": grant.completed.astimezone(zone).isoformat(timespec="seconds"),
        "term": grant.batch.name,
        "creditsEarned": grant.jp,
        "result": [{"type": ["Result"], "resultDescription": result, "status": "Completed", "value": str(grant.jp)}],
        "achievement": _achievement(grant, result),
    }
    if grant.provider_number:
        subject["licenseNumber"] = grant.provider_number
    if grant.replaces is not None:
        subject["narrative"] = f"Menggantikan sertifikat nomor {printed_number(grant.replaces.id)}."
    return subject


def _achievement(grant: Grant, result: str) -> dict[str, Any]:
    programme = grant.programme
    return {
        "id": _achievement_id(grant),
        "type": ["Achievement"],
        "achievementType": "CertificateOfCompletion",
        "name": programme.title,
        "description": programme.description,
        "criteria": {"narrative": grant.criteria},
        "creditsAvailable": programme.jp,
        "humanCode": grant.batch.id,
        "version": str(programme.version),
        "inLanguage": "id",
        "alignment": [_kind(grant), *(_alignment(one) for one in grant.competences)],
        "resultDescription": [
            {"id": result, "type": ["ResultDescription"], "name": "Jam pelajaran (JP, 45 menit)", "resultType": "ext:JP"},
        ],
    }


def _achievement_id(grant: Grant) -> str:
    return f"{grant.url}/programmes/{grant.programme.id}/{grant.programme.version}"


def _kind(grant: Grant) -> dict[str, Any]:
    code = str(grant.programme.channel)
    return {
        "type": ["Alignment"],
        "targetType": KIND,
        "targetCode": code,
        "targetName": grant.kind,
        "targetFramework": _KINDS,
        "targetUrl": f"{grant.url}/reference/channels#{code}",
    }


def _alignment(one: Competence) -> dict[str, Any]:
    told = {"type": ["Alignment"], "targetType": "ceasn:Competency", "targetName": one.name, "targetUrl": one.address}
    return told | {name: value for name, value in (("targetCode", one.code), ("targetFramework", one.framework)) if value}


def _evidence(one: Evidence) -> dict[str, Any]:
    return {
        "id": f"urn:uuid:{one.statement}",
        "type": ["Evidence"],
        "name": "Pernyataan xAPI",
        "description": one.digest,
        "genre": "xAPI",
    }


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
