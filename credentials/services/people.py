"""Entering persons and what is known of them. The log of decisions holds ids only; names and numbers lie where they can be erased."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from credentials.decisions import Content
from credentials.errors import PeopleError
from credentials.people.checks import check_person, checked_identifier
from credentials.people.person import (
    Contract,
    D,
    Identifier,
    IdentifierKind,
    Name,
    Person,
    Posting,
    Profile,
    Status,
    number_space,
    with_fact,
)
from credentials.ports.records import Insert, Remove, Replace, Write
from credentials.stores.decisions import DecisionLog
from credentials.stores.ledger import figures_due
from credentials.stores.links import LinkRecords
from credentials.stores.looks import ask_for
from credentials.stores.people import NUMBERS, PERSONS, PROFILES, UNIQUE_KINDS, PeopleRecords, numbered
from credentials.stores.waiting import WaitingRecords
from lrs.errors import ConflictError, NotFoundError

TAKEN = "this number is another person's already"
Fact = Status | Posting | Contract | Name


@dataclass(frozen=True, slots=True)
class NewPerson:
    """What is told of somebody who is entered. One name at least."""

    names: tuple[Name, ...]
    identifiers: tuple[Identifier, ...] = ()
    statuses: tuple[Status, ...] = ()
    postings: tuple[Posting, ...] = ()
    contracts: tuple[Contract, ...] = ()


@dataclass(frozen=True, slots=True)
class Drafted:
    """A person who is not entered yet, and the writes that do it."""

    person: Person
    profile: Profile
    writes: list[Write]


@dataclass(frozen=True, slots=True)
class _Whole:
    """Both halves as they lie in the store."""

    person: Person
    profile: Profile
    revision: int
    profile_revision: int


@dataclass(frozen=True, slots=True)
class People:
    """Each method raises InvalidRequestError (with `where`), NotFoundError or ConflictError; then nothing is stored."""

    people: PeopleRecords
    links: LinkRecords
    waiting: WaitingRecords
    log: DecisionLog
    new_id: Callable[[], str]

    async def register(self, told: NewPerson, by: str) -> Person:
        """A new person, under a random id. Evidence that waited for one of the numbers counts."""
        drafted = self.drafted(told)
        await self._append(drafted.person.id, by, "person.registered", drafted.writes)
        await self.settle(drafted.profile.identifiers)
        return drafted.person

    def drafted(self, told: NewPerson) -> Drafted:
        """A new person that makes sense, and what enters them. Raises InvalidRequestError."""
        identifiers = tuple(checked_identifier(one) for one in told.identifiers)
        now = self.log.clock.now_us()
        person = Person(self.new_id(), now, _ordered(told.statuses), _ordered(told.postings), _by_start(told.contracts))
        profile = Profile(person.id, _ordered(told.names), identifiers)
        check_person(person, profile)
        rows = [Insert(NUMBERS, row, taken=TAKEN, where="identifiers") for row in numbered(person.id, identifiers)]
        return Drafted(person, profile, [*rows, Insert(PERSONS, person), Insert(PROFILES, profile), figures_due(person.id, "status:0")])

    async def add_fact(self, person: str, fact: Fact, by: str, reason: str = "") -> None:
        """From its date on, in place of one of the same date. A contract: in place of one that begins on the same day."""
        whole = await self._found(person)
        changed, profile = whole.person, whole.profile
        match fact:
            case Status():
                changed, part = replace(changed, statuses=with_fact(changed.statuses, fact)), "status"
            case Posting():
                changed, part = replace(changed, postings=with_fact(changed.postings, fact)), "posting"
            case Contract():
                others = tuple(one for one in changed.contracts if one.starts != fact.starts)
                changed, part = replace(changed, contracts=_by_start((*others, fact))), "contract"
            case Name():
                profile, part = replace(profile, names=with_fact(profile.names, fact)), "name"
        check_person(changed, profile)
        writes: list[Write] = []
        if changed != whole.person:
            writes += [Replace(PERSONS, changed, whole.revision), figures_due(person, f"status:{whole.revision}")]
        if profile != whole.profile:
            writes.append(Replace(PROFILES, profile, whole.profile_revision))
            if not whole.profile.names:  # a certificate that could not be made out can be now
                writes.append(ask_for(person=person))
        if writes:
            await self._append(person, by, f"{part}.told", writes, reason)

    async def identify(self, person: str, given: Identifier, by: str, reason: str = "") -> Identifier:
        """One more identifier of a person; with another `since` or `until`, the same one dated anew."""
        identifier = checked_identifier(given)
        whole = await self._found(person)
        known = next((one for one in whole.profile.identifiers if _same(one, identifier)), None)
        if known is not None:
            identifier = replace(identifier, held=known.held)
        await self._with_identifier(whole, identifier, by, "identifier.added" if known is None else "identifier.dated", reason)
        return identifier

    async def confirm(self, person: str, kind: IdentifierKind, value: str, by: str, reason: str) -> Identifier:
        """A number that was held names its person from now on."""
        whole = await self._found(person)
        confirmed = replace(self._named(whole, kind, value), held="")
        await self._with_identifier(whole, confirmed, by, "identifier.confirmed", reason)
        return confirmed

    async def withdraw(self, person: str, kind: IdentifierKind, value: str, by: str, reason: str) -> None:
        """Takes an identifier away that was never the person's; what counted by it counts no more."""
        whole = await self._found(person)
        gone = self._named(whole, kind, value)
        left = tuple(one for one in whole.profile.identifiers if not _same(one, gone))
        writes: list[Write] = [Replace(PROFILES, replace(whole.profile, identifiers=left), whole.profile_revision), ask_for(person=person)]
        writes += [Remove(NUMBERS, (row.space, row.value)) for row in numbered(person, [gone])]
        await self._append(person, by, "identifier.withdrawn", writes, reason, kind)

    async def find(self, kind: IdentifierKind, value: str) -> str | None:
        """The person with this number."""
        if kind not in UNIQUE_KINDS:
            raise PeopleError("persons are found by a number: an address may be several people's", where="kind")
        wanted = (number_space(kind), checked_identifier(Identifier(kind, value)).value)
        found = (await self.people.numbers([wanted])).get(wanted)
        return found.person if found else None

    async def _with_identifier(self, whole: _Whole, identifier: Identifier, by: str, kind: str, reason: str) -> None:
        others = tuple(one for one in whole.profile.identifiers if not _same(one, identifier))
        profile = replace(whole.profile, identifiers=(*others, identifier))
        check_person(whole.person, profile)
        rows = await self._claims(whole.person.id, identifier)
        writes: list[Write] = [*rows, Replace(PROFILES, profile, whole.profile_revision), ask_for(person=whole.person.id)]
        await self._append(whole.person.id, by, kind, writes, reason, identifier.kind)
        await self.settle((identifier,))

    async def _claims(self, person: str, identifier: Identifier) -> list[Write]:
        """What makes the number the person's own. Raises ConflictError when it is somebody else's."""
        writes: list[Write] = []
        for row in numbered(person, [identifier]):
            found = await self.people.records.get(NUMBERS, row.space, row.value)
            if found is not None and found.value.person != person:
                raise ConflictError(TAKEN, where="identifiers")
            writes.append(Replace(NUMBERS, row, found.revision) if found else Insert(NUMBERS, row, taken=TAKEN, where="identifiers"))
        return writes

    @staticmethod
    def _named(whole: _Whole, kind: IdentifierKind, value: str) -> Identifier:
        wanted = checked_identifier(Identifier(kind, value))
        found = next((one for one in whole.profile.identifiers if _same(one, wanted)), None)
        if found is None:
            raise NotFoundError("the person has no such identifier", where="value")
        return found

    async def _found(self, person: str) -> _Whole:
        kept, profile = await self.people.person(person), await self.people.profile(person)
        if kept is None or profile is None:
            raise NotFoundError("there is no person with this id", where="person")
        return _Whole(kept.value, profile.value, kept.revision, profile.revision)

    async def settle(self, identifiers: tuple[Identifier, ...]) -> None:
        """Asks for a look where evidence waits for one of these numbers."""
        numbers = [one.value for one in identifiers if one.kind in UNIQUE_KINDS and not one.held]
        if self.links.asn_home_page and numbers:
            await self.waiting.settle([self.links.asserted_ifi(number) for number in numbers])

    async def _append(self, person: str, by: str, kind: str, writes: list[Write], reason: str = "", which: str = "") -> None:
        content: Content = {"kind": which} if which else {}
        await self.log.append(*writes, actor=by, kind=kind, subject=f"person:{person}", reason=reason, content=content)


def _same(one: Identifier, other: Identifier) -> bool:
    """A number is one, whichever of the three kinds it was entered as."""
    return (number_space(one.kind), one.value) == (number_space(other.kind), other.value)


def _ordered(facts: tuple[D, ...]) -> tuple[D, ...]:
    found: tuple[D, ...] = ()
    for fact in facts:
        found = with_fact(found, fact)
    return found


def _by_start(contracts: tuple[Contract, ...]) -> tuple[Contract, ...]:
    return tuple(sorted(contracts, key=lambda one: one.starts))
