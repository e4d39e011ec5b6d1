"""What an unlinked identifier looks like, told without telling it: for lists that leave the house."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from credentials.errors import PeopleError
from credentials.people.numbers import parse_number

Shape = Literal["account", "mbox", "mbox_sha1sum", "openid"]
Hint = Literal["unknown-number", "odd-number", "other-home-page", "internal-id", "user-name", "address", "not-an-account"]

HINTS: dict[Hint, str] = {
    "unknown-number": "the account is a NIP or NI PPPK on the agreed home page, and no person has it: HR imports the person",
    "odd-number": "the account on the agreed home page is no well-formed NIP or NI PPPK: correct the user's number in the LMS",
    "other-home-page": "the account's name is a NIP or NI PPPK, and its home page is not the agreed one: set the LMS's account home page",
    "internal-id": "the account's name is the LMS's internal number: let the LMS send the user name (NIP), or let HR link the account",
    "user-name": "the account's name is a user name: HR links it to a person, or the LMS sends the NIP on the agreed home page",
    "address": "the LMS sends e-mail addresses: switch that off and let it send the NIP as an account, or let HR link the address",
    "not-an-account": "the LMS sends neither an account nor an address: HR links it to a person",
}


@dataclass(frozen=True, slots=True)
class Appearance:
    """`host`: of an account's home page, "" for others."""

    shape: Shape
    host: str
    hint: Hint


def appearance(ifi: str, asn_home_page: str) -> Appearance:
    """`ifi`: the index term of an agent."""
    if ifi.startswith("aaccount:"):
        home_page, _, name = ifi.removeprefix("aaccount:").partition("|")
        return Appearance("account", _host(home_page), _account_hint(name, agreed=home_page == asn_home_page))
    if ifi.startswith("amailto:"):
        return Appearance("mbox", "", "address")
    return Appearance("mbox_sha1sum" if ifi.startswith("asha1:") else "openid", "", "not-an-account")


def _account_hint(name: str, *, agreed: bool) -> Hint:
    try:
        number = parse_number(name)
    except PeopleError:
        return "odd-number" if agreed else "user-name"
    if agreed:
        return "odd-number" if number.held or number.digits != name else "unknown-number"
    return "internal-id" if number.kind is None or number.kind == "nip-old" else "other-home-page"


def _host(home_page: str) -> str:
    try:
        return urlsplit(home_page).hostname or ""
    except ValueError:
        return ""
