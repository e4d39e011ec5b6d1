"""What a row of HR's file makes of a person: a new one, a changed one, or the same. Pure.

Facts of a new person hold as far back as is known unless the row dates them. What a row tells otherwise than what is known holds from the
row's own date, else from the day as of which the file was made. What a row leaves out stays as it is.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from credentials.people.person import Contract, Identifier, IdentifierKind, Name, Person, Posting, Profile, Status, at, with_fact
from credentials.people.rows import PersonRow


def new_person(row: PersonRow, person: str, now: int, superior: str) -> tuple[Person, Profile]:
    """Both halves of somebody whom nobody knew."""
    posting = row.posting
    if superior and posting is not None:
        posting = replace(posting, superior=superior)
    whole = Person(
        person,
        now,
        () if row.status is None else (row.status,),
        () if posting is None else (posting,),
        () if row.contract is None else (row.contract,),
    )
    return whole, Profile(person, (row.name,), row.identifiers)


def merged(person: Person, profile: Profile, row: PersonRow, as_of: date, superior: str) -> tuple[Person, Profile]:
    """The same two values when the row tells nothing new."""
    statuses, postings = _statuses(person.statuses, row, as_of), _postings(person.postings, row, as_of, superior)
    contracts, names = _contracts(person.contracts, row.contract), _names(profile.names, row, as_of)
    identifiers = _identifiers(profile.identifiers, row.identifiers, as_of)
    if not (statuses is person.statuses and postings is person.postings and contracts is person.contracts):
        person = replace(person, statuses=statuses, postings=postings, contracts=contracts)
    if not (names is profile.names and identifiers is profile.identifiers):
        profile = replace(profile, names=names, identifiers=identifiers)
    return person, profile


def _statuses(known: tuple[Status, ...], row: PersonRow, as_of: date) -> tuple[Status, ...]:
    if row.status is None:
        return known
    since = row.status.since if "status" in row.dated else as_of
    present = at(known, since)
    if present is not None and (present.kind, present.standing) == (row.status.kind, row.status.standing):
        return known
    return with_fact(known, replace(row.status, since=since if known else row.status.since))


def _postings(known: tuple[Posting, ...], row: PersonRow, as_of: date, superior: str) -> tuple[Posting, ...]:
    if row.posting is None:
        return known
    since = row.posting.since if "posting" in row.dated else as_of
    present = at(known, since)
    superior = superior or (present.superior if present else "")
    if present is not None and present.superior == superior and _place(present) == _place(row.posting):
        return known
    return with_fact(known, replace(row.posting, since=since if known else row.posting.since, superior=superior))


def _place(one: Posting) -> tuple[str, ...]:
    return one.agency, one.unit, one.position, one.position_kind, one.time_zone


def _names(known: tuple[Name, ...], row: PersonRow, as_of: date) -> tuple[Name, ...]:
    since = row.name.since if "name" in row.dated else as_of
    present = at(known, since)
    if present is not None and (present.name, present.front, present.back) == (row.name.name, row.name.front, row.name.back):
        return known
    return with_fact(known, replace(row.name, since=since if known else row.name.since))


def _contracts(known: tuple[Contract, ...], told: Contract | None) -> tuple[Contract, ...]:
    if told is None or any((one.starts, one.ends) == (told.starts, told.ends) for one in known):
        return known
    return tuple(sorted([one for one in known if one.starts != told.starts] + [told], key=lambda one: one.starts))


def _identifiers(known: tuple[Identifier, ...], told: tuple[Identifier, ...], as_of: date) -> tuple[Identifier, ...]:
    """A new number ends the one before it (a NIP also a NI PPPK, and the other way round); an address does not."""
    if {(one.kind, one.value) for one in told} <= {(one.kind, one.value) for one in known}:
        return known
    found = list(known)
    for one in told:
        if any(other.kind == one.kind and other.value == one.value for other in found):
            continue
        ends = _ENDS.get(one.kind, frozenset())
        before = [other for other in found if other.kind in ends and other.until is None and other not in told]
        if before:
            last = as_of - timedelta(days=1)
            found = [replace(other, until=last) if other in before else other for other in found]
        found.append(replace(one, since=as_of) if before else one)
    return tuple(found)


_IN_SERVICE: frozenset[IdentifierKind] = frozenset({"nip", "ni-pppk"})
_ENDS: dict[IdentifierKind, frozenset[IdentifierKind]] = {"nip": _IN_SERVICE, "ni-pppk": _IN_SERVICE, "siasn": frozenset({"siasn"})}
