"""Checks 7, 8 and 9: what an Open Badges 3.0 certificate of ours must say; its time; its status."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from verifier.errors import CheckError
from verifier.readers.presented import Json
from verifier.report import Facts
from verifier.trust import KnownIssuer

_CLOCKS_APART = timedelta(minutes=5)
_CONTEXT = "https://www.w3.org/ns/credentials/v2"


def read_facts(document: Json, issuer: KnownIssuer) -> Facts:
    """Check 7 (Open Badges 3.0 §B.1; VC 2.0 §4). Raises CheckError."""
    if document["@context"][0] != _CONTEXT:
        raise CheckError("its first context is not that of verifiable credentials")
    types = document.get("type")
    if not isinstance(types, list) or not {"VerifiableCredential", "OpenBadgeCredential"} <= set(map(str, types)):
        raise CheckError("it is no Open Badge")
    subject = _object(document, "credentialSubject")
    achievement = _object(subject, "achievement")
    awarded = document.get("awardedDate")
    return Facts(
        id=_text(document, "id"),
        title=_text(achievement, "name"),
        provider=issuer.name,
        claimed_provider=str(_object(document, "issuer").get("name", "")),
        holder=_holder(subject),
        jp=_hours(subject),
        issued=_moment(document.get("validFrom")),
        completed=None if awarded is None else _moment(awarded),
        criteria=_text(_object(achievement, "criteria"), "narrative"),
    )


def check_time(document: Json, now: datetime) -> None:
    """Check 8 (VC 2.0 §4.9). `now` is aware. Raises CheckError."""
    if _moment(document.get("validFrom")) > now + _CLOCKS_APART:
        raise CheckError("it is not valid yet")
    until = document.get("validUntil")
    if until is not None and _moment(until) < now - _CLOCKS_APART:
        raise CheckError("it is no longer valid")


def check_status(document: Json) -> str:
    """Check 9: why there is nothing to look up. Raises CheckError when there would be something."""
    if "credentialStatus" in document:
        raise CheckError("it names a status list, which this version cannot read")
    return "it names no status list"


def _holder(subject: Json) -> str:
    identifiers = subject.get("identifier")
    for one in identifiers if isinstance(identifiers, list) else []:
        if isinstance(one, dict) and one.get("identityType") == "name" and one.get("hashed") is False:
            return _text(one, "identityHash")
    raise CheckError("it does not name its holder")


def _hours(subject: Json) -> float:
    hours = subject.get("creditsEarned")
    if isinstance(hours, bool) or not isinstance(hours, int | float):
        raise CheckError("it does not tell its hours")
    return hours


def _moment(value: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except (ValueError, TypeError) as error:
        raise CheckError("a time in the certificate is none") from error
    if moment.tzinfo is None:
        raise CheckError("a time in the certificate has no zone")
    return moment


def _object(value: Json, member: str) -> Json:
    inner = value.get(member)
    if not isinstance(inner, dict):
        raise CheckError(f"it has no {member}")
    return inner


def _text(value: Json, member: str) -> str:
    inner = value.get(member)
    if not isinstance(inner, str) or not inner:
        raise CheckError(f"it has no {member}")
    return inner
