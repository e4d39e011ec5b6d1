"""Whether what is said of a person makes sense, whichever door it came through. No message repeats a name, number or address."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import get_args

from credentials.checks import check_choice, check_order, check_text, check_zone
from credentials.errors import PeopleError
from credentials.people.numbers import NUMBER_KINDS, as_entered, parse_number
from credentials.people.person import Contract, Identifier, Name, Person, PositionKind, Posting, Profile, Status

KINDS = ("pns", "cpns", "pppk", "pppk-part-time")
STANDINGS = ("active", "leave", "study", "seconded", "suspended", "ended")
POSITION_KINDS = get_args(PositionKind)
IDENTIFIER_KINDS = (*NUMBER_KINDS, "siasn", "email")

EVER = date(1900, 1, 1)  # "as far back as is known": the first facts of a person of whom no dates are told
_LAST = date(2199, 12, 31)
_LONGEST_NAME, _LONGEST_TITLE, _LONGEST_CODE = 120, 80, 80
_MOST_FACTS = 200  # of one list of one person
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}")
_SIASN = re.compile(r"[0-9a-f]{32}")
_EMAIL = re.compile(r"[^\s@<>\",;]{1,64}@[^\s@<>\",;]{1,190}\.[^\s@<>\",;.]{2,}")
_PLAIN_NAME = re.compile(r"[^\W\d_][A-Za-z '.,()’-]{0,110}")  # nearly all: one look, and nothing else to ask
_NO_NAME = re.compile(r"[=+@<>{}|\\]|^[-\d]|\d{5}")  # formulas, markup, and numbers in the wrong column


def check_name(name: Name) -> None:
    """Raises InvalidRequestError for what cannot be printed as somebody's name."""
    if _PLAIN_NAME.fullmatch(name.name) is None:
        _check_odd_name(name.name)
    if name.front or name.back:
        _check_titles(name.front, name.back)
    if name.since is not EVER:
        _check_since(name.since)


def _check_odd_name(name: str) -> None:
    check_text(name, "name", most=_LONGEST_NAME)
    if _NO_NAME.search(name) is not None:
        raise PeopleError("a name is no number, and has nothing of a formula or of markup", where="name")


@lru_cache(maxsize=65_536)  # titles repeat
def _check_titles(front: str, back: str) -> None:
    for where, title in (("front_title", front), ("back_title", back)):
        check_text(title, where, most=_LONGEST_TITLE, empty=True)
        if title and _NO_NAME.match(title) is not None:
            raise PeopleError("a title does not begin like this", where=where)


def check_status(status: Status) -> None:
    """Raises InvalidRequestError."""
    check_choice(status.kind, KINDS, "kind")
    check_choice(status.standing, STANDINGS, "standing")
    _check_since(status.since)


@lru_cache(maxsize=65_536)  # an agency's people share their postings
def check_posting(posting: Posting) -> None:
    """Raises InvalidRequestError."""
    if _CODE.fullmatch(posting.agency) is None:  # grants and addresses name it
        raise PeopleError("an agency is told by its code: letters, digits and . _ : / -, at most 64", where="agency")
    check_text(posting.unit, "unit", most=_LONGEST_CODE, empty=True)
    check_text(posting.position, "position", empty=True)
    check_choice(posting.position_kind, POSITION_KINDS, "position_kind")
    check_zone(posting.time_zone, "time_zone")
    _check_since(posting.since)


def check_contracts(contracts: tuple[Contract, ...]) -> None:
    """In the order of their start. Raises InvalidRequestError for one that ends before it starts; contracts may overlap for some days
    where an agency takes somebody over, but no two begin on one day.
    """
    for one in contracts:
        _check_since(one.starts, "contract_starts")
        check_order(one.starts, one.ends, "contract_ends")
        if one.ends > _LAST:
            raise PeopleError(f"this is after {_LAST}", where="contract_ends")
    if len({one.starts for one in contracts}) != len(contracts):
        raise PeopleError("two contracts begin on one day", where="contract_starts")


def checked_identifier(given: Identifier) -> Identifier:
    """As it is kept: digits only, small letters; held when a number's pattern is unknown. Raises InvalidRequestError."""
    check_order(given.since, given.until, "until")
    value, held = given.value, ""
    if given.kind == "siasn":
        value = value.strip().replace("-", "").lower()
        if _SIASN.fullmatch(value) is None:
            raise PeopleError("SIASN's id of a person is 32 hexadecimal digits, or a UUID", where="siasn")
    elif given.kind == "email":
        value = value.strip()
        if len(value) > 254 or _EMAIL.fullmatch(value) is None:
            raise PeopleError("this is no e-mail address", where="email")
    elif given.kind in NUMBER_KINDS:
        number = as_entered(parse_number(value, given.kind), given.kind)
        value, held = number.digits, ",".join(number.warnings) if number.held else ""
    else:
        check_choice(given.kind, IDENTIFIER_KINDS, "kind")
    return Identifier(given.kind, value, given.since, given.until, given.source, held)


def check_person(person: Person, profile: Profile) -> None:
    """All of it. Raises InvalidRequestError."""
    for name in profile.names:
        check_name(name)
    for status in person.statuses:
        check_status(status)
    for posting in person.postings:
        check_posting(posting)
    check_contracts(person.contracts)
    for facts in (person.statuses, person.postings, person.contracts, profile.names, profile.identifiers):
        if len(facts) > _MOST_FACTS:
            raise PeopleError(f"one person has at most {_MOST_FACTS} of each kind of facts")
    if not profile.names:
        raise PeopleError("a person needs a name", where="name")


def _check_since(day: date, where: str = "since") -> None:
    if not EVER <= day <= _LAST:
        raise PeopleError(f"this is not from {EVER} to {_LAST}", where=where)
