"""A person: what survives (dated status, contracts, positions), and apart from it what can be erased (names and identifiers).

Dates read "from this day on": a fact holds until the next one of its list begins. Lists are in the order of their dates, each date once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol, TypeVar

Kind = Literal["pns", "cpns", "pppk", "pppk-part-time"]
Standing = Literal["active", "leave", "study", "seconded", "suspended", "ended"]
PositionKind = Literal["", "jpt-utama", "jpt-madya", "structural", "functional", "executing"]  # of the JPT: exempt from the PPPK ceiling
IdentifierKind = Literal["nip", "nip-old", "ni-pppk", "siasn", "email"]

WIB = "Asia/Jakarta"


@dataclass(frozen=True, slots=True)
class Status:
    """What somebody is, from `since` on. `standing` "ended": left the service (retired, dismissed, contract over, died)."""

    since: date
    kind: Kind
    standing: Standing = "active"
    source: str = ""


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract of a PPPK, both dates included. A new one with another agency brings a new NI PPPK."""

    starts: date
    ends: date
    agency: str = ""


@dataclass(frozen=True, slots=True)
class Posting:
    """Where somebody works, from `since` on. `agency`, `unit`: opaque codes; `position`: the jabatan's name; `superior`: id of the person
    who confirms (atasan langsung), "" when it is not known. The time zone is the place's: it decides which day an act belongs to.
    """

    since: date
    agency: str
    unit: str = ""
    position: str = ""
    position_kind: PositionKind = ""
    superior: str = ""
    time_zone: str = WIB
    source: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """`id`: a random UUID that means nothing, the only thing that ledger, log, certificates and addresses hold. No name, no number."""

    id: str
    created: int = 0
    statuses: tuple[Status, ...] = ()
    postings: tuple[Posting, ...] = ()
    contracts: tuple[Contract, ...] = ()


@dataclass(frozen=True, slots=True)
class Name:
    """As HR writes it, from `since` on; titles apart. What a statement calls its actor is never printed."""

    since: date
    name: str
    front: str = ""
    back: str = ""
    source: str = ""

    @property
    def printed(self) -> str:
        """With titles: `Dr. Ni Luh Sekar, S.Kom., M.M.`"""
        before = f"{self.front} {self.name}" if self.front else self.name
        return f"{before}, {self.back}" if self.back else before


@dataclass(frozen=True, slots=True)
class Identifier:
    """A number or address of a person. `until`: the last day on which it was in use; it names its person afterwards too, with a flag.

    `held`: why it names nobody until somebody has confirmed it ("" when it does): codes of `credentials.people.numbers`, comma between.
    """

    kind: IdentifierKind
    value: str
    since: date | None = None
    until: date | None = None
    source: str = ""
    held: str = ""


def number_space(kind: str) -> str:
    """NIP, old NIP and NI PPPK are numbers of one space: whoever has one of them has it alone."""
    return kind if kind in ("siasn", "email") else "asn"


@dataclass(frozen=True, slots=True)
class Profile:
    """The part that the law lets be erased. `person`: the id."""

    person: str
    names: tuple[Name, ...] = ()
    identifiers: tuple[Identifier, ...] = ()

    def name_on(self, day: date) -> Name | None:
        """The name of that day; the first one for a day before it."""
        return at(self.names, day) or (self.names[0] if self.names else None)


class Dated(Protocol):
    """Anything that holds from a day on."""

    @property
    def since(self) -> date: ...


D = TypeVar("D", bound=Dated)


def at(facts: Sequence[D], day: date) -> D | None:
    """The one that holds on `day`; None before the first."""
    found = None
    for fact in facts:
        if fact.since > day:
            break
        found = fact
    return found


def with_fact(facts: tuple[D, ...], new: D) -> tuple[D, ...]:
    """With `new` from its date on, in place of one that begins on the same day; the others stay."""
    return tuple(sorted([fact for fact in facts if fact.since != new.since] + [new], key=lambda fact: fact.since))
