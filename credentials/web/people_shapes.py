"""The JSON of persons."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from credentials.people.checks import EVER
from credentials.people.person import Contract, Identifier, IdentifierKind, Kind, Name, PositionKind, Posting, Standing, Status
from credentials.services.people import NewPerson
from credentials.web.identifiers import AccountIn
from credentials.web.shapes import Code, Day, Identity, Shape, Text, Why

Optional = Annotated[str, Field(max_length=300, pattern=r"^[^\x00-\x1f\x7f]*$")]


class NameIn(Shape):
    """As HR writes it, titles apart. Without `since`: as far back as is known."""

    name: Text
    front: Optional = ""
    back: Optional = ""
    since: Day | None = None

    def fact(self, source: str) -> Name:
        """As it is kept."""
        return Name(self.since or EVER, self.name, self.front, self.back, source)


class IdentifierValue(Shape):
    """Which identifier."""

    kind: IdentifierKind
    value: Text


class IdentifierNew(IdentifierValue):
    """A number or address, and the days on which it is in use."""

    since: Day | None = None
    until: Day | None = None

    def fact(self, source: str) -> Identifier:
        """As it is kept."""
        return Identifier(self.kind, self.value, self.since, self.until, source)


class StatusIn(Shape):
    """What somebody is, from `since` on."""

    kind: Kind
    standing: Standing = "active"
    since: Day | None = None

    def fact(self, source: str) -> Status:
        """As it is kept."""
        return Status(self.since or EVER, self.kind, self.standing, source)


class PostingIn(Shape):
    """Where somebody works, from `since` on. `superior`: the id of a person."""

    agency: Code
    unit: Code | None = None
    position: Optional = ""
    position_kind: PositionKind = ""
    superior: Identity | None = None
    time_zone: Annotated[str, Field(max_length=60, pattern=r"^[A-Za-z0-9_+/-]+$")] = "Asia/Jakarta"
    since: Day | None = None

    def fact(self, source: str) -> Posting:
        """As it is kept."""
        since, superior = self.since or EVER, self.superior or ""
        return Posting(since, self.agency, self.unit or "", self.position, self.position_kind, superior, self.time_zone, source)


class ContractIn(Shape):
    """A contract of a PPPK, both days included."""

    starts: Day
    ends: Day
    agency: Code | None = None

    def fact(self, source: str) -> Contract:
        """As it is kept."""
        return Contract(self.starts, self.ends, self.agency or "")


class PersonIn(Shape):
    """A new person. `accounts`: by what providers' statements name them, as HR knows it."""

    name: NameIn
    identifiers: Annotated[list[IdentifierNew], Field(max_length=20)] = Field(default_factory=list)
    statuses: Annotated[list[StatusIn], Field(max_length=50)] = Field(default_factory=list)
    postings: Annotated[list[PostingIn], Field(max_length=50)] = Field(default_factory=list)
    contracts: Annotated[list[ContractIn], Field(max_length=50)] = Field(default_factory=list)
    accounts: Annotated[list[AccountIn], Field(max_length=50)] = Field(default_factory=list)

    def told(self, source: str) -> NewPerson:
        """As the service takes it."""
        return NewPerson(
            (self.name.fact(source),),
            tuple(one.fact(source) for one in self.identifiers),
            tuple(one.fact(source) for one in self.statuses),
            tuple(one.fact(source) for one in self.postings),
            tuple(one.fact(source) for one in self.contracts),
        )


class NameFact(NameIn):
    """A name, and why."""

    reason: Why


class StatusFact(StatusIn):
    """A status, and why."""

    reason: Why


class PostingFact(PostingIn):
    """A posting, and why."""

    reason: Why


class ContractFact(ContractIn):
    """A contract, and why."""

    reason: Why


class IdentifierFact(IdentifierNew):
    """An identifier, and why."""

    reason: Why


class IdentifierNamed(IdentifierValue):
    """Which identifier, and why."""

    reason: Why
