"""What a printed certificate says, read from the credential itself, so that paper and credential cannot differ. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from credentials.certificate.document import KIND
from credentials.certificate.number import printed_number

# The six fields of an HR record (kind, organiser, subject, time, JP, evidence), and what makes it this certificate.
REQUIRED = ("holder", "kind", "organiser", "title", "period", "jp", "evidence", "number", "host")
_MONTHS = ["Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember"]


def facts_of(document: dict[str, Any], certificate: str, url: str) -> dict[str, str]:
    """Texts for a template: those of `REQUIRED`, and what may be "": `batch`, `competences`, `provider_number`, `replaces` …"""
    subject = document["credentialSubject"]
    achievement = subject["achievement"]
    alignments = achievement.get("alignment", [])
    return {
        "holder": subject["identifier"][0]["identityHash"],
        "kind": next((one["targetName"] for one in alignments if one.get("targetType") == KIND), ""),
        "organiser": document["issuer"]["name"],
        "title": achievement["name"],
        "period": period(subject["activityStartDate"], subject["activityEndDate"]),
        "jp": f"{subject['creditsEarned']:g}",
        "evidence": _evidence(len(document.get("evidence", []))),
        "number": printed_number(certificate),
        "host": urlsplit(url).netloc,
        "batch": subject.get("term", ""),
        "issued": day(document["validFrom"]),
        "competences": ", ".join(one["targetName"] for one in alignments if one.get("targetType") != KIND),
        "criteria": achievement["criteria"]["narrative"],
        "provider_number": subject.get("licenseNumber", ""),
        "replaces": subject.get("narrative", ""),
        "link": f"{url}/v/{certificate}",
    }


def period(first: str, last: str) -> str:
    """Two moments as Indonesian dates; one where both are of one day."""
    return day(first) if first[:10] == last[:10] else f"{day(first)} sampai {day(last)}"


def day(moment: str) -> str:
    """`2026-11-24T…` as `24 November 2026`, the date as it is written there."""
    date = datetime.fromisoformat(moment[:10])
    return f"{date.day} {_MONTHS[date.month - 1]} {date.year}"


def _evidence(count: int) -> str:
    return f"{count} pernyataan xAPI, disebut dalam sertifikat digital"
