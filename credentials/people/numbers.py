"""NIP, old NIP and NI PPPK: what a number says, and what is odd about it. There is no check digit, so a typo can look right.

NIP (Perka BKN 22/2007): birth date YYYYMMDD, appointment YYYYMM, sex 1 or 2, serial 001 to 999. NI PPPK: birth date, year of the first
contract YYYY, 2 and the count of contracts 1 to 9, sex, serial. Digits 13 and 14 tell them apart: a month, or 21 to 29. The old NIP has
nine digits. A number of any other pattern is held, not refused: it stays with its person, and names nobody until somebody has looked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

from credentials.errors import PeopleError

NumberKind = Literal["nip", "nip-old", "ni-pppk"]
NUMBER_KINDS: tuple[NumberKind, ...] = ("nip", "nip-old", "ni-pppk")

_LENGTH, _OLD_LENGTH, _LONGEST = 18, 9, 30
_SCIENTIFIC = re.compile(r"\d([.,]\d+)?[eE]\+?\d+")
_YOUNGEST, _OLDEST = 16, 60  # at appointment; outside it a person looks, and the number still holds
_SCIENTIFIC_FIX = (
    "a spreadsheet turned this number into scientific notation, and its last digits are lost: "
    "format the column as text, put the number in again, and save anew"
)

# Days that every month has, sex and serial; ASCII digits only.
_PLAIN = re.compile(r"[12][0-9]{3}(?:0[1-9]|1[0-2])(?:0[1-9]|1[0-9]|2[0-8])[12][0-9]{3}(?:0[1-9]|1[0-2]|2[1-9])[12](?!000)[0-9]{3}")

_TOLD = {
    "length": "a NIP or NI PPPK has 18 digits, an old NIP 9",
    "birth-date": "the first eight digits are no birth date",
    "pattern": "digits 13 and 14 are neither a month (NIP) nor 21 to 29 (NI PPPK)",
    "appointment": "the year of appointment is before the birth",
    "age": f"at appointment the person was under {_YOUNGEST} or over {_OLDEST}",
    "sex": "digit 15 is neither 1 nor 2",
    "serial": "the serial is 000; spreadsheets that keep fifteen digits put zeros there: compare with the source",
    "kind": "the number has the pattern of another kind than it is entered as",
}
_ONLY_TOLD = frozenset({"age"})


@dataclass(frozen=True, slots=True)
class Number:
    """`kind`: by its pattern; None when it has none. `warnings`: codes of `told`. `held`: somebody must look before it names a person."""

    digits: str
    kind: NumberKind | None
    warnings: tuple[str, ...] = ()

    @property
    def held(self) -> bool:
        return self.kind is None or any(code not in _ONLY_TOLD for code in self.warnings)


def told(code: str) -> str:
    """A warning as a sentence; it never repeats the number."""
    return _TOLD[code]


def parse_number(text: str, where: str = "number") -> Number:
    """Spaces, dots, hyphens and a spreadsheet's text marks around it are dropped.

    Raises PeopleError for what is no number at all, and for one that a spreadsheet has already damaged (scientific notation).
    """
    digits = text
    if not (len(digits) == _LENGTH and digits.isascii() and digits.isdigit()):
        digits = _bare(text, where)
    if len(digits) == _OLD_LENGTH:
        return Number(digits, "nip-old")
    if len(digits) != _LENGTH:
        return Number(digits, None, ("length",))
    return _judged(digits)


def plain_kind(text: str) -> NumberKind | None:
    """The kind of a number of which there is nothing to say at all, which nearly every one is; None for any other text."""
    if _PLAIN.fullmatch(text) is None or not _YOUNGEST < int(text[8:12]) - int(text[:4]) < _OLDEST:
        return None
    return "ni-pppk" if text[12] == "2" else "nip"


def as_entered(number: Number, kind: NumberKind) -> Number:
    """The number as one of `kind`: with a warning when its pattern is another's."""
    if number.kind is None or number.kind == kind:
        return number
    return Number(number.digits, number.kind, (*number.warnings, "kind"))


def _bare(text: str, where: str) -> str:
    cell = text.strip()
    if cell.startswith('="') and cell.endswith('"'):
        cell = cell[2:-1]
    cell = cell.lstrip("'’")
    if _SCIENTIFIC.fullmatch(cell.replace(" ", "")) is not None:
        raise PeopleError(_SCIENTIFIC_FIX, where=where)
    digits = re.sub(r"[\s.\-\u00a0\u200b\ufeff]", "", cell)
    if not digits or not (digits.isascii() and digits.isdigit()):
        raise PeopleError("this is not a number: digits only, spaces and dots may stand between them", where=where)
    if len(digits) > _LONGEST:
        raise PeopleError(f"this has more than {_LONGEST} digits", where=where)
    return digits


def _judged(digits: str) -> Number:
    warnings: list[str] = []
    born = _date_of(digits[:8])
    if born is None:
        warnings.append("birth-date")
    kind: NumberKind | None = None
    month = int(digits[12:14])
    if 1 <= month <= 12:
        kind = "nip"
    elif 21 <= month <= 29:
        kind, month = "ni-pppk", 12
    else:
        warnings.append("pattern")
    if kind is not None and born is not None:
        warnings += _age(born, int(digits[8:12]), month)
    if digits[14] not in "12":
        warnings.append("sex")
    if digits[15:] == "000":
        warnings.append("serial")
    return Number(digits, kind, tuple(warnings))


def _age(born: date, year: int, month: int) -> list[str]:
    """`month`: the last that is possible."""
    years = (year * 12 + month - born.year * 12 - born.month) // 12
    if years < 0:
        return ["appointment"]
    return [] if _YOUNGEST <= years <= _OLDEST else ["age"]


@lru_cache(maxsize=32_768)  # the birth dates of everybody alive
def _date_of(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
