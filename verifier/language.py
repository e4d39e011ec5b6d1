"""Indonesian and English. The English text is the key; `locale/id.po` holds the Indonesian. A test finds what is missing there.

Words of the law stay Indonesian (JP: jam pelajaran, hours of 45 minutes). Times are told in WIB, and say so.
"""

from __future__ import annotations

import io
import string
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

from verifier.messages import Message, marked
from verifier.report import Outcome, Step
from verifier.verdict import Verdict

LANGUAGES = ("id", "en")
_ZONE = ZoneInfo("Asia/Jakarta")
_CATALOGUES = Path(__file__).parent / "locale"

VERDICTS = {
    Verdict.VALID: marked("Valid"),
    Verdict.REVOKED: marked("Revoked"),
    Verdict.SUSPENDED: marked("Suspended"),
    Verdict.EXPIRED: marked("Expired"),
    Verdict.ALTERED: marked("Altered"),
    Verdict.UNKNOWN_ISSUER: marked("Unknown issuer"),
    Verdict.CANNOT_CHECK: marked("Cannot be checked"),
}
ADVICE = {
    Verdict.VALID: marked("Genuine, from an accredited provider, and in force."),
    Verdict.REVOKED: marked("The provider issued this certificate and has withdrawn it. It no longer counts."),
    Verdict.SUSPENDED: marked("The provider has suspended this certificate for the time being. Ask the provider."),
    Verdict.EXPIRED: marked("Genuine, but its time is over."),
    Verdict.ALTERED: marked("This is not what the provider signed. Do not use it; ask for the original file."),
    Verdict.UNKNOWN_ISSUER: marked("Whoever signed this is not an accredited provider for it. It is no proof of JP."),
    Verdict.CANNOT_CHECK: marked("It could not be checked whole. It need not be a forgery; do not count it until it can be."),
}
STEPS = {
    Step.FORMAT: marked("Format"),
    Step.SIGNATURE: marked("Signature"),
    Step.KEY: marked("The issuer's key"),
    Step.TRUST: marked("Accreditation"),
    Step.STATUS: marked("Status"),
    Step.DATES: marked("Dates"),
    Step.QR: marked("QR code"),
    Step.PDF_SIGNATURE: marked("PDF signature"),
    Step.PDF_UNCHANGED: marked("PDF unchanged"),
    Step.LOG: marked("Issuance log"),
}
PASSING = {
    Step.FORMAT: marked("a complete certificate in a known format"),
    Step.SIGNATURE: marked("not one letter has been changed since it was signed"),
    Step.KEY: marked("the key is the issuer's, and was in force"),
    Step.TRUST: marked("on the trust list, for this kind of programme on the day of learning"),
    Step.STATUS: marked("neither revoked nor suspended"),
    Step.DATES: marked("within its dates"),
    Step.QR: marked("the QR code belongs to this certificate"),
    Step.PDF_SIGNATURE: marked("signed by the issuer's signer"),
    Step.PDF_UNCHANGED: marked("not changed since it was signed"),
    Step.LOG: marked("it stands in the issuer's public log"),
}
OUTCOMES = {Outcome.PASSED: marked("passed"), Outcome.FAILED: marked("failed"), Outcome.SKIPPED: marked("not checked")}


class Language:
    """One of the two. `catalogues`: the folder that has `id.po`."""

    def __init__(self, code: str, catalogues: Path = _CATALOGUES) -> None:
        self.code = code
        self._translations = _translations(code, catalogues)
        self._formatter = _Formatter(self)

    @property
    def other(self) -> str:
        return "en" if self.code == "id" else "id"

    def text(self, text: str, **values: object) -> str:
        """A text of ours, with what stands in it."""
        told = self._translations.gettext(text) if text else ""
        return self._formatter.vformat(told, (), values) if values else told

    def say(self, message: Message) -> str:
        """A message, as a sentence."""
        told = self._translations.gettext(message.text) if message.text else ""
        return self._formatter.vformat(told, (), message.values)

    def moment(self, moment: datetime) -> str:
        """25 November 2026 14.05 WIB."""
        pattern = "d MMMM y HH.mm 'WIB'" if self.code == "id" else "d MMMM y HH:mm 'WIB'"
        return format_datetime(moment.astimezone(_ZONE), pattern, locale=self.code)

    def day(self, moment: date | datetime) -> str:
        """25 November 2026."""
        local = moment.astimezone(_ZONE).date() if isinstance(moment, datetime) else moment
        return format_date(local, "d MMMM y", locale=self.code)

    def number(self, value: float) -> str:
        """8 or 7,5."""
        return f"{value:g}".replace(".", "," if self.code == "id" else ".")


class _Formatter(string.Formatter):
    """Knows `{at:moment}` and `{on:date}`: ISO 8601, told in the language."""

    def __init__(self, language: Language) -> None:
        self._readings: dict[str, Callable[[str], str]] = {
            "moment": lambda value: language.moment(datetime.fromisoformat(value)),
            "date": lambda value: language.day(date.fromisoformat(value)),
        }

    def format_field(self, value: object, format_spec: str) -> str:
        reading = self._readings.get(format_spec)
        return str(value) if reading is None else reading(str(value))


@cache
def _translations(code: str, catalogues: Path) -> Translations:
    if code == "en":
        return Translations()
    with (catalogues / f"{code}.po").open("rb") as file:
        catalogue = read_po(file, locale=code)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)


@cache
def language(code: str) -> Language:
    return Language(code)


def choose_language(asked: str | None, accepted: str | None) -> Language:
    """`asked` (a parameter) wins; else the first of ours that the Accept-Language header names; else Indonesian."""
    return language(choose_code(asked, accepted))


def choose_code(asked: str | None, accepted: str | None) -> str:
    """See `choose_language`."""
    for part in (asked or "", *(accepted or "").split(",")):
        code = part.split(";")[0].strip().lower().split("-")[0]
        if code in LANGUAGES:
            return code
    return LANGUAGES[0]
