"""What a chunk of HR's file asks to be written, row by row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from credentials.people.links import Identity, Link, linked
from credentials.people.merging import merged, new_person
from credentials.people.person import Identifier, Person, Profile, at
from credentials.people.rows import PersonRow
from credentials.ports.records import Insert, Keep, Put, Replace, Write
from credentials.services.people import TAKEN
from credentials.stores.ledger import figures_due_of
from credentials.stores.links import IDENTITIES, LinkRecords, Pair
from credentials.stores.looks import ask_for
from credentials.stores.people import NUMBERS, PERSONS, PROFILES, Numbered, PeopleRecords, numbered
from lrs.errors import ConflictError
from lrs.ports import account_term


class RowError(Exception):
    """What stands against one row."""

    def __init__(self, column: str, message: str, fix: str) -> None:
        super().__init__(message)
        self.column, self.message, self.fix = column, message, fix


@dataclass(slots=True)
class Known:
    """What is there of a chunk's persons; numbers and identities follow what the chunk adds."""

    numbers: dict[tuple[str, str], Numbered]
    persons: dict[str, Person] = field(default_factory=dict)
    profiles: dict[str, Profile] = field(default_factory=dict)
    identities: dict[Pair, Identity] = field(default_factory=dict)
    providers: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Seat:
    """From where an import writes: stores, ids, and what is the same for every row."""

    people: PeopleRecords
    links: LinkRecords
    new_id: Callable[[], str]
    now: int
    by: str
    source: str
    as_of: date
    may_enter: Callable[[str], bool]
    own: str


class Plan:
    """Rows in, `writes` out: what can conflict first. A row that is refused leaves nothing."""

    def __init__(self, known: Known, seat: Seat) -> None:
        self.added = self.changed = self.same = 0
        self.links: list[str] = []
        self._known, self._seat = known, seat
        self._numbers: list[Write] = []
        self._persons: list[Write] = []
        self._profiles: list[Write] = []
        self._rest: list[Write] = []
        self._counted: list[str] = []  # whose hours are to be counted anew

    @property
    def numbers(self) -> Mapping[tuple[str, str], Numbered]:
        """Whose they are, with those that are added."""
        return self._known.numbers

    def writes(self) -> list[Write]:
        """Those of one table together."""
        due = [figures_due_of(self._counted, f"import:{self._seat.now}:{self._counted[0]}")] if self._counted else []
        return [*self._numbers, *self._persons, *self._profiles, *self._rest, *due]

    def add(self, row: PersonRow) -> bool:
        """False for a row that changes a person or links an account: `change` must be asked. Raises RowError."""
        known = self._known
        owner = self._owner(row) if known.numbers else ""
        self._check_reach(row, owner)
        if row.account is not None:
            return False
        person, profile = known.persons.get(owner), known.profiles.get(owner)
        if person is None or profile is None:
            self._enter(row, owner or self._seat.new_id())
            return True
        if self._merged(person, profile, row) != (person, profile):
            return False
        self.same += 1
        return True

    async def change(self, row: PersonRow) -> None:
        """What needs another look at the store. Raises RowError, SenderError."""
        owner = self._owner(row)
        person, profile = self._known.persons.get(owner), self._known.profiles.get(owner)
        owner = owner or self._seat.new_id()
        linking = await self._linking(row, owner)
        if person is None or profile is None:
            self._enter(row, owner)
        elif await self._change(row, person, profile) or linking is not None:
            self.changed += 1
        else:
            self.same += 1
        if linking is not None:
            self._link(*linking)

    def superior_of(self, row: PersonRow) -> str:
        """The id of the superior whom the row names; "" when nobody has the number."""
        found = self._known.numbers.get(("asn", row.superior)) if row.superior else None
        return found.person if found else ""

    def _owner(self, row: PersonRow) -> str:
        owner = ""
        for key in row.keys:
            found = self._known.numbers.get(key)
            if found is None or found.person == owner:
                continue
            if owner:
                raise RowError(
                    "nip", "the numbers of this row are two persons'", "withdraw the number from the person who does not have it"
                )
            owner = found.person
        return owner

    def _check_reach(self, row: PersonRow, owner: str) -> None:
        seat = self._seat
        agency = row.posting.agency if row.posting else ""
        if not seat.may_enter(agency):
            raise RowError("agency", "this agency is outside your reach", "leave the row to the HR of that agency")
        if not owner:
            return
        if owner == seat.own:
            raise RowError("", "nobody decides on their own record", "let somebody else import this row")
        person = self._known.persons.get(owner)
        post = at(person.postings, seat.as_of) if person else None
        if post is not None and post.agency != agency and not seat.may_enter(post.agency):
            raise RowError(
                "agency", "the person works in another agency, by the register", "let that agency, or an overseer, import the move"
            )

    def _enter(self, row: PersonRow, owner: str) -> None:
        known = self._known.numbers
        person, profile = new_person(row, owner, self._seat.now, self.superior_of(row) if row.superior else "")
        for one in row.identifiers:
            if one.kind == "email":
                continue
            claim = Numbered("siasn" if one.kind == "siasn" else "asn", one.value, owner, one.held != "")
            key = (claim.space, claim.value)
            if key not in known:  # else it was left by a commit that was not finished
                known[key] = claim
                self._numbers.append(Insert(NUMBERS, claim, TAKEN, "nip"))
        self._persons.append(Keep(PERSONS, person))
        self._counted.append(owner)
        self._profiles.append(Insert(PROFILES, profile, TAKEN, "nip"))
        self.added += 1

    def _merged(self, person: Person, profile: Profile, row: PersonRow) -> tuple[Person, Profile]:
        return merged(person, profile, row, self._seat.as_of, self.superior_of(row))

    async def _change(self, row: PersonRow, person: Person, profile: Profile) -> bool:
        """Whether the row tells anything new. Most rows of most files do not."""
        if self._merged(person, profile, row) == (person, profile):
            return False
        people = self._seat.people
        kept, kept_profile = await people.person(person.id), await people.profile(person.id)
        if kept is None or kept_profile is None:
            raise ConflictError("this person was erased at this moment")
        changed, told = self._merged(kept.value, kept_profile.value, row)
        self._claim(person.id, told.identifiers, kept_profile.value.identifiers)
        if changed != kept.value:
            self._persons.append(Replace(PERSONS, changed, kept.revision))
            self._counted.append(person.id)
        if told != kept_profile.value:
            self._profiles.append(Replace(PROFILES, told, kept_profile.revision))
        return True

    def _claim(self, owner: str, told: tuple[Identifier, ...], before: tuple[Identifier, ...]) -> None:
        there = {(claim.space, claim.value) for claim in numbered(owner, before)}
        for claim in numbered(owner, [one for one in told if one not in before]):
            key = (claim.space, claim.value)
            if key in there or key in self._known.numbers:
                self._rest.append(Put(NUMBERS, claim))
            else:
                self._numbers.append(Insert(NUMBERS, claim, TAKEN, "nip"))
            self._known.numbers[key] = claim

    async def _linking(self, row: PersonRow, owner: str) -> tuple[Identity, Link, int] | None:
        """The identity with the new link, and the revision of what was there; None when there is nothing to link."""
        if row.account is None:
            return None
        provider, ifi = row.account[0], account_term(row.account[1], row.account[2])
        if provider not in self._known.providers:
            raise RowError("provider", "there is no provider with this id", "make the provider first, or correct its id")
        before = self._known.identities.get((provider, ifi), Identity(provider, ifi))
        if any(link.person == owner for link in before.held()):
            return None
        seat = self._seat
        link = Link(seat.new_id(), owner, "hr", seat.source, seat.by, seat.now)
        try:
            changed = linked(before, link)
        except ConflictError as error:
            raise RowError("account_name", error.message, "undo the other link, or correct the account") from error
        kept = await seat.links.identity(provider, ifi) if before.links else None
        return changed, link, kept.revision if kept else 0

    def _link(self, changed: Identity, link: Link, revision: int) -> None:
        self._known.identities[changed.provider, changed.ifi] = changed
        self._persons.insert(0, Replace(IDENTITIES, changed, revision))
        self._rest.append(ask_for(person=link.person))
        self.links.append(link.id)
