"""What a certificate says: the rest of check 1; and its dates: check 6."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from verifier.checks.consistent import read_moment
from verifier.errors import CheckError
from verifier.readers.presented import Json, Presented, Token
from verifier.report import Facts
from verifier.trust import KnownIssuer
from verifier.verdict import Verdict

CLOCKS_APART = timedelta(minutes=5)
_CONTEXT = "https://www.w3.org/ns/credentials/v2"
_BADGES = frozenset({"OpenBadgeCredential", "AchievementCredential"})


def check_shape(document: Json) -> None:
    """It is a VC 2.0 (VC Data Model 2.0 §4.3, §4.5). Raises CheckError."""
    urls, types = document.get("@context"), document.get("type")
    if not isinstance(urls, list) or not urls or urls[0] != _CONTEXT:
        raise CheckError("its first context is not that of verifiable credentials 2.0")
    if "VerifiableCredential" not in _strings(types):
        raise CheckError("it is no verifiable credential")
    if "BitstringStatusListCredential" in _strings(types):
        raise CheckError("this is a status list, and no certificate")
    if not isinstance(document.get("credentialSubject"), dict):
        raise CheckError("it is not about one subject")


def read_facts(document: Json, issuer: KnownIssuer | None, did: str) -> Facts:
    """`issuer`: its entry on the trust list; for one that has none, what is missing is left empty. Raises CheckError."""
    subject, claimed = document["credentialSubject"], document.get("issuer")
    achievement = subject.get("achievement")
    achievement = achievement if isinstance(achievement, dict) else {}
    awarded = document.get("awardedDate")
    facts = Facts(
        id=_text(document, "id"),
        title=_text(achievement, "name") or _text(document, "name"),
        provider=issuer.name if issuer else "",
        claimed_provider=_text(claimed, "name") if isinstance(claimed, dict) else "",
        issuer=did,
        holder=_holder(subject),
        jp=_hours(subject),
        issued=_moment(document, "validFrom"),
        completed=None if awarded is None else read_moment(awarded),
        expires=_moment(document, "validUntil"),
        kind=_kind(achievement)[0],
        kind_name=_kind(achievement)[1],
        batch=_text(subject, "term"),
        learned_from=_text(subject, "activityStartDate"),
        learned_until=_text(subject, "activityEndDate"),
        criteria=_criteria(achievement),
        number=_text(subject, "licenseNumber"),
        replaces=_replaced(document),
    )
    if issuer is not None:
        _check_complete(document, facts)
    return facts


def _check_complete(document: Json, facts: Facts) -> None:
    """What a certificate of an issuer on the list must say (Open Badges 3.0 §B.1)."""
    if not _BADGES & set(_strings(document["type"])):
        raise CheckError("it is no Open Badge")
    told = {"id": facts.id, "name": facts.title, "identityHash": facts.holder, "narrative": facts.criteria, "validFrom": facts.issued}
    for name, value in told.items():
        if not value:
            raise CheckError("it does not say its {member}", member=name)
    if facts.jp is None:
        raise CheckError("it does not tell its hours")


def check_dates(presented: Presented, now: datetime) -> None:
    """Check 6 (VC Data Model 2.0 §4.9). `now` is aware. Raises CheckError."""
    document = presented.document
    since, until = _moment(document, "validFrom"), _moment(document, "validUntil")
    if isinstance(presented, Token) and until is None and "exp" in presented.claims:
        until = _from_seconds(presented.claims["exp"])
    check_window(since, until, now)


def check_window(since: datetime | None, until: datetime | None, now: datetime) -> None:
    """Raises CheckError."""
    if since is not None and since > now + CLOCKS_APART:
        raise CheckError("it is not valid before {since:moment}", Verdict.CANNOT_CHECK, since=since.isoformat())
    if until is not None and until < now - CLOCKS_APART:
        raise CheckError("it was valid until {until:moment}", until=until.isoformat())


def _from_seconds(value: Any) -> datetime:
    try:
        return datetime.fromtimestamp(float(value), UTC)
    except (ValueError, TypeError, OverflowError, OSError) as error:
        raise CheckError("a time in the certificate is none: {value}", value=value) from error


def _holder(subject: Json) -> str:
    """The printed name (Open Badges 3.0 §B.6, IdentityObject), or what VC 2.0 calls it."""
    identifiers = subject.get("identifier")
    for one in identifiers if isinstance(identifiers, list) else [identifiers]:
        if isinstance(one, dict) and one.get("identityType") == "name" and one.get("hashed") is False:
            return _text(one, "identityHash")
    return _text(subject, "name")


def _hours(subject: Json) -> float | None:
    hours = subject.get("creditsEarned")
    return None if isinstance(hours, bool) or not isinstance(hours, int | float) else hours


def _kind(achievement: Json) -> tuple[int, str]:
    """Code and name of the channel, jalur (docs/formats.md, "Credential")."""
    alignment = achievement.get("alignment")
    for one in alignment if isinstance(alignment, list) else []:
        if isinstance(one, dict) and one.get("targetType") == "ext:jalur":
            code = _text(one, "targetCode")
            return (int(code) if code.isascii() and code.isdecimal() and len(code) < 4 else 0), _text(one, "targetName")
    return 0, ""


def _replaced(document: Json) -> str:
    """The certificate that this one corrects."""
    related = document.get("relatedResource")
    first = related[0] if isinstance(related, list) and related else related
    return _text(first, "id") if isinstance(first, dict) else ""


def _criteria(achievement: Json) -> str:
    criteria = achievement.get("criteria")
    return _text(criteria, "narrative") if isinstance(criteria, dict) else ""


def _moment(document: Json, member: str) -> datetime | None:
    return None if document.get(member) is None else read_moment(document[member])


def _strings(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [one for one in values if isinstance(one, str)]


def _text(value: Json, member: str) -> str:
    """A text, or the first one of a list, or what is inside a value with its language."""
    inner = value.get(member)
    if isinstance(inner, list) and inner:
        inner = inner[0]
    if isinstance(inner, dict):
        inner = inner.get("@value")
    return inner if isinstance(inner, str) else ""
