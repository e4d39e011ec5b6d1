"""The Open Badges 3.0 credential on VC 2.0, without proof. Arrays everywhere, no nulls, nothing that the contexts do not define.

No `credentialStatus` stands in it: status lists are not part of this version, and an entry that nothing serves would be a promise broken.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from credentials.catalogue.model import Batch, Programme
from credentials.evidence.rule import EvidenceRule

CONTEXTS = (
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
)
_SCHEMA = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who grants it: the provider's did:web and name."""

    did: str
    name: str


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds it: a pseudonym (a URI) and the printed name."""

    pseudonym: str
    name: str


@dataclass(frozen=True, slots=True)
class Grant:
    """Everything that the document says. `url`: the public address under which certificates lie, without a slash; `id`: the
    certificate's id.
    """

    url: str
    id: str
    issuer: Issuer
    holder: Holder
    programme: Programme
    batch: Batch
    rule: EvidenceRule
    statements: tuple[str, ...]
    issued: datetime
    completed: datetime
    learned_on: date


def credential(grant: Grant) -> dict[str, Any]:
    """The document (Open Badges 3.0, AchievementCredential)."""
    return {
        "@context": list(CONTEXTS),
        "id": f"{grant.url}/c/{grant.id}",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": grant.programme.title,
        "issuer": {"id": grant.issuer.did, "type": ["Profile"], "name": grant.issuer.name},
        "validFrom": _moment(grant.issued),
        "awardedDate": _moment(grant.completed),
        "credentialSubject": _subject(grant),
        "evidence": [_evidence(grant, statement_id) for statement_id in grant.statements],
        "credentialSchema": [{"id": _SCHEMA, "type": "1EdTechJsonSchemaValidator2019"}],
    }


def _subject(grant: Grant) -> dict[str, Any]:
    """`creditsEarned` counts JP; the Result of type `ext:JP` says so."""
    result = f"{_achievement_id(grant)}#jp"
    return {
        "id": grant.holder.pseudonym,
        "type": ["AchievementSubject"],
        "identifier": [{"type": "IdentityObject", "hashed": False, "identityHash": grant.holder.name, "identityType": "name"}],
        "creditsEarned": grant.programme.jp,
        "result": [{"type": ["Result"], "resultDescription": result, "status": "Completed", "value": str(grant.programme.jp)}],
        "achievement": _achievement(grant, result),
    }


def _achievement(grant: Grant, result: str) -> dict[str, Any]:
    programme = grant.programme
    return {
        "id": _achievement_id(grant),
        "type": ["Achievement"],
        "achievementType": "CertificateOfCompletion",
        "name": programme.title,
        "description": programme.description,
        "criteria": {"narrative": f"{programme.criteria} ({grant.rule.title_id}; {grant.rule.title_en})"},
        "creditsAvailable": programme.jp,
        "humanCode": grant.batch.id,
        "version": str(programme.version),
        "inLanguage": "id",
        "resultDescription": [
            {"id": result, "type": ["ResultDescription"], "name": "Jam pelajaran (JP, 45 menit)", "resultType": "ext:JP"},
        ],
    }


def _achievement_id(grant: Grant) -> str:
    return f"{grant.url}/programmes/{grant.programme.id}/{grant.programme.version}"


def _evidence(grant: Grant, statement_id: str) -> dict[str, Any]:
    return {"id": f"urn:uuid:{statement_id}", "type": ["Evidence"], "name": "xAPI statement", "genre": "xAPI"}


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
