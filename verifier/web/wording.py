"""What scripts say: the texts of the offline page and of the page that a QR opens, handed over as data."""

from __future__ import annotations

from typing import Any

from verifier.language import ADVICE, VERDICTS, Language
from verifier.messages import marked
from verifier.verdict import Verdict

_GENUINE = marked("Genuine; status as of {at}")
_GENUINE_UNKNOWN = marked("Genuine; status unknown")
_REASONS = {
    "no-trust": marked("This device has no trust list yet: open this page once with a network."),
    "trust-expired": marked("The trust list on this device has expired: open this page with a network."),
    "host": marked("The QR code leads to a host that is no verifier on the trust list. Do not open it."),
    "no-payload": marked("Only the number is known, and a number alone can be checked with a network only. Scan the QR code."),
    "damaged": marked("What the QR code carries is damaged."),
    "another": marked("The QR code belongs to another certificate."),
    "key": marked("Nobody on the trust list has the key of this QR code."),
    "signature": marked("The signature is not that of the issuer's key over this text."),
    "key-dates": marked("The issuer did not sign with this key then."),
    "key-revoked": marked("The issuer has revoked this key. With a network the log tells whether this was signed before."),
    "grant": marked("The provider was not accredited for this kind of programme on the day of learning."),
    "early": marked("It is not valid yet."),
    "no-list": marked("The status list of this provider is not on this device."),
}


def offline_texts(told: Language) -> dict[str, Any]:
    """For `static/offline.js`."""
    verdicts = {verdict.value: told.text(VERDICTS[verdict]) for verdict in Verdict if verdict is not Verdict.VALID}
    advice = {verdict.value: told.text(ADVICE[verdict]) for verdict in Verdict if verdict is not Verdict.VALID}
    return {
        "verdicts": verdicts | {"genuine": told.text(_GENUINE), "genuine-unknown": told.text(_GENUINE_UNKNOWN)},
        "advice": advice
        | {
            "genuine": told.text("Genuine, and from an accredited provider. Whether it was revoked since then is not known here."),
            "genuine-unknown": told.text("Genuine, and from an accredited provider. Whether it was revoked is not known here."),
        },
        "reasons": {name: told.text(text) for name, text in _REASONS.items()},
        "asOf": told.text("Status as of {at}."),
        "age": told.text("Trust list {version}, fetched {at}, good until {until}."),
        "nothing": told.text("Nothing yet: this page must be opened once with a network."),
        "size": told.text("{kb} KB are kept here."),
        "noList": told.text("no status list here"),
    }


def fragment_texts(told: Language) -> dict[str, str]:
    """For `static/fragment.js`."""
    return {
        "passed": told.text("passed"),
        "failed": told.text("failed"),
        "same": told.text("the QR code belongs to this certificate"),
        "other": told.text("the QR code that led here does not belong to this certificate"),
        "altered": told.text(VERDICTS[Verdict.ALTERED]),
        "alteredAdvice": told.text("The paper carries the QR code of another certificate, or a forged one. Do not use it."),
    }
