"""What is printed, taken from the credential itself: nothing on paper that is not signed."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from babel.dates import format_date

from credentials.certificate.document import KIND
from credentials.certificate.issued import Certificate
from credentials.certificate.number import printed_number
from credentials.certificate.qr import qr_svg

_WIB = ZoneInfo("Asia/Jakarta")


def printed_words(certificate: Certificate, url: str) -> dict[str, Any]:
    """For the template. `url`: the verifier's address, whose host is printed beside the QR against look-alikes."""
    document = json.loads(certificate.document)
    subject = document["credentialSubject"]
    achievement = subject["achievement"]
    issued = datetime.fromisoformat(document["validFrom"]).astimezone(_WIB)
    kind = next(one["targetName"] for one in achievement["alignment"] if one.get("targetType") == KIND)
    count = len(document["evidence"])
    return {
        "title": achievement["name"],
        "description": achievement["description"],
        "provider": document["issuer"]["name"],
        "holder": subject["identifier"][0]["identityHash"],
        "kind": kind,
        "time": f"{_day(subject['activityStartDate'])} – {_day(subject['activityEndDate'])} ({subject['term']})",
        "jp": f"{subject['creditsEarned']:g}",
        "evidence": f"{count} pernyataan xAPI, tercantum dengan sidiknya dalam kredensial terlampir",
        "number": printed_number(certificate.id),
        "provider_number": subject.get("licenseNumber", ""),
        "issued": format_date(issued, "d MMMM y", locale="id"),
        "year": issued.year,
        "month": issued.month,
        "day": issued.day,
        "token": certificate.token,
        "qr": qr_svg(f"{url}/v/{certificate.id}#{certificate.qr}"),
        "host": urlsplit(url).netloc,
    }


def _day(moment: str) -> str:
    return format_date(datetime.fromisoformat(moment), "d MMMM y", locale="id")
