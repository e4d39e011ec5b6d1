"""Persons, identifiers, links and waiting evidence over records: what is refused, what is looked at anew, what the log tells."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import asdict
from datetime import date
from pathlib import Path

import pytest

from credentials.errors import PeopleError
from credentials.people.person import Contract, Identifier, Name, Posting, Status
from credentials.ports.records import Remove, scan_all
from credentials.services.links import Evidence
from credentials.services.people import NewPerson
from credentials.services.persons import RegisteredPersons
from credentials.stores.looks import LOOKS
from credentials.stores.waiting import WAITING, Sighted
from lrs.errors import ConflictError, InvalidRequestError, NotFoundError
from lrs.ports import account_term
from tests.support.learning import PROVIDER
from tests.support.records import ENGINES, opened_records
from tests.support.register import ASN, BY, Desk

NIP, OTHER_NIP, PPPK = "203104172056012003", "203305122058032001", "203104172056212003"
_DAY = date(2026, 1, 1)
_HR = Evidence("hr", "test", BY, "daftar HR")
_SEVEN = account_term("https://lms.test", "7")


@pytest.fixture(params=ENGINES)
async def desk(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Desk]:
    async with opened_records(request.param, tmp_path) as records:
        yield await Desk(records).open()


def _told(*identifiers: Identifier, name: str = "Sekar") -> NewPerson:
    return NewPerson((Name(_DAY, name),), identifiers, (Status(_DAY, "pns"),), (Posting(_DAY, "lan", "biro-1"),))


async def _looked(desk: Desk) -> set[str]:
    """Whom somebody asked to look at; the queue is emptied."""
    found = await scan_all(desk.records, LOOKS)
    await desk.records.commit(*(Remove(LOOKS, (one.person, one.batch, one.provider)) for one in found))
    return {one.person for one in found}


async def test_a_person_is_registered_under_an_id_that_means_nothing_and_the_log_holds_ids_only(desk: Desk) -> None:
    person = await desk.people.register(_told(Identifier("nip", "20310417 205601 2 003")), BY)
    profile = await desk.people_records.profile(person.id)
    assert profile is not None
    assert profile.value.identifiers[0].value == NIP
    assert await desk.people.find("nip", NIP) == person.id
    await desk.links.link(person.id, PROVIDER, _SEVEN, _HR)
    log = json.dumps([asdict(one) for one in await desk.log.read(0, 10)])
    assert not any(secret in log for secret in (NIP, "Sekar", "lms.test"))


async def test_a_number_is_one_persons_and_a_refused_person_leaves_nothing(desk: Desk) -> None:
    await desk.people.register(_told(Identifier("nip", NIP)), BY)
    with pytest.raises(ConflictError):
        await desk.people.register(_told(Identifier("email", "a@b.test"), Identifier("nip", NIP)), BY)
    assert await desk.people_records.person("id-2") is None
    await desk.people.register(_told(Identifier("email", "a@b.test")), BY)
    await desk.people.register(_told(Identifier("email", "a@b.test")), BY)  # an address may be shared


async def test_a_number_of_an_unknown_pattern_is_held_until_it_is_confirmed(desk: Desk) -> None:
    person = await desk.people.register(_told(Identifier("nip", "20310417205601200")), BY)
    asserted = ("lain", desk.link_records.asserted_ifi("20310417205601200"))
    await desk.waiting.note([Sighted(*asserted, 5)])
    assert await desk.link_records.persons_of([asserted]) == {}
    await desk.people.confirm(person.id, "nip", "20310417205601200", BY, "sesuai SK")
    assert await desk.link_records.persons_of([asserted]) == {asserted: (person.id,)}
    assert await _looked(desk) == {person.id}


async def test_a_new_contract_brings_a_new_number_and_the_old_one_still_names_its_person(desk: Desk) -> None:
    person = await desk.people.register(_told(Identifier("ni-pppk", PPPK)), BY)
    await desk.people.identify(person.id, Identifier("ni-pppk", PPPK, until=date(2026, 6, 30)), BY)
    await desk.people.identify(person.id, Identifier("nip", NIP, since=date(2026, 7, 1)), BY)
    old, new = (desk.link_records.asserted_ifi(number) for number in (PPPK, NIP))
    found = await desk.link_records.holders_of([("lain", old), ("lain", new)])
    assert [(one[0].person, one[0].expired) for one in found.values()] == [(person.id, date(2026, 6, 30)), (person.id, None)]
    persons = RegisteredPersons(desk.people_records, desk.clock)
    assert await persons.holder_of(PPPK, date(2026, 6, 30)) == person.id
    assert await persons.holder_of(PPPK, date(2026, 7, 1)) == ""
    assert await persons.holder_of(NIP, date(2026, 7, 1)) == person.id


async def test_somebody_elses_number_is_not_taken_and_a_withdrawn_one_is_free(desk: Desk) -> None:
    one = await desk.people.register(_told(Identifier("nip", NIP)), BY)
    two = await desk.people.register(_told(Identifier("nip", OTHER_NIP), name="Budi"), BY)
    with pytest.raises(ConflictError):
        await desk.people.identify(two.id, Identifier("nip", NIP), BY)
    await _looked(desk)
    await desk.people.withdraw(one.id, "nip", NIP, BY, "salah ketik")
    assert await _looked(desk) == {one.id}
    await desk.people.identify(two.id, Identifier("nip", NIP), BY)
    assert await desk.people.find("nip", NIP) == two.id
    with pytest.raises(NotFoundError):
        await desk.people.withdraw(one.id, "nip", NIP, BY, "lagi")


async def test_facts_are_added_from_their_day_on_and_the_same_again_changes_nothing(desk: Desk) -> None:
    person = await desk.people.register(_told(), BY)
    later = date(2026, 7, 1)
    for fact in (
        Name(later, "Sekar", "Dr."),
        Status(later, "pns", "study"),
        Posting(later, "bkn", superior="boss", time_zone="Asia/Jayapura"),
        Contract(later, date(2027, 6, 30)),
    ):
        await desk.people.add_fact(person.id, fact, BY, "SK baru")
        before = await desk.kinds()
        await desk.people.add_fact(person.id, fact, BY, "SK baru")
        assert await desk.kinds() == before
    persons = RegisteredPersons(desk.people_records, desk.clock)
    assert (await persons.place(person.id, date(2026, 6, 30))).agency == "lan"
    assert (await persons.place(person.id, later)).superior == "boss"
    assert await persons.names([person.id]) == {person.id: "Dr. Sekar"}
    assert await persons.known(person.id)
    assert not await persons.known("nobody")


@pytest.mark.parametrize(
    ("fact", "where"),
    [
        (Name(_DAY, '=HYPERLINK("x")'), "name"),
        (Name(_DAY, "203104172056012003"), "name"),
        (Name(_DAY, "A\nB"), "name"),
        (Posting(_DAY, "", "x"), "agency"),
        (Posting(_DAY, "lan", time_zone="Asia/Atlantis"), "time_zone"),
        (Contract(_DAY, date(2025, 1, 1)), "contract_ends"),
        (Status(date(1, 1, 1), "pns"), "since"),
    ],
)
async def test_what_makes_no_sense_of_a_person_is_refused_with_the_member_named(
    desk: Desk, fact: Name | Posting | Contract | Status, where: str
) -> None:
    person = await desk.people.register(_told(), BY)
    with pytest.raises(InvalidRequestError) as caught:
        await desk.people.add_fact(person.id, fact, BY)
    assert caught.value.where == where


async def test_a_link_and_its_undoing_ask_for_a_look_and_are_decisions(desk: Desk) -> None:
    person = await desk.people.register(_told(), BY)
    made = await desk.links.link(person.id, PROVIDER, _SEVEN, _HR)
    assert await _looked(desk) == {person.id}
    assert await desk.links.link(person.id, PROVIDER, _SEVEN, _HR) == made
    await desk.links.undo(made.id, by=BY, reason="bukan dia")
    assert await _looked(desk) == {person.id}
    assert await desk.kinds() == ["person.registered", "link.made", "link.undone"]
    with pytest.raises(ConflictError):
        await desk.links.undo(made.id, by=BY, reason="lagi")
    with pytest.raises(NotFoundError):
        await desk.links.undo("nothing", by=BY, reason="x")
    with pytest.raises(NotFoundError):
        await desk.links.link("nobody", PROVIDER, _SEVEN, _HR)
    with pytest.raises(NotFoundError):
        await desk.links.link(person.id, "nobody", _SEVEN, _HR)


async def test_a_link_takes_an_asserted_number_from_its_owner_and_its_undoing_gives_it_back(desk: Desk) -> None:
    owner = await desk.people.register(_told(Identifier("nip", NIP)), BY)
    other = await desk.people.register(_told(name="Budi"), BY)
    ifi = desk.link_records.asserted_ifi(NIP)
    await _looked(desk)
    made = await desk.links.link(other.id, PROVIDER, ifi, _HR)
    assert await _looked(desk) == {owner.id, other.id}
    await desk.links.undo(made.id, by=BY, reason="salah")
    assert await _looked(desk) == {owner.id, other.id}
    assert (await desk.link_records.persons_of([(PROVIDER, ifi)]))[PROVIDER, ifi] == (owner.id,)


async def test_a_person_can_be_registered_with_accounts_in_one_commit_or_not_at_all(desk: Desk) -> None:
    person = await desk.links.register(desk.people, _told(), [(PROVIDER, _SEVEN), (PROVIDER, _SEVEN)], _HR)
    assert await desk.link_records.persons_of([(PROVIDER, _SEVEN)]) == {(PROVIDER, _SEVEN): (person.id,)}
    assert (await desk.log.read(0, 1))[0].content == {"links": ["id-2"]}
    with pytest.raises(ConflictError):
        await desk.links.register(desk.people, _told(name="Budi"), [("lain", _SEVEN), (PROVIDER, _SEVEN)], _HR)
    assert await desk.link_records.persons_of([("lain", _SEVEN)]) == {}


async def test_evidence_that_waits_is_noted_listed_and_looked_at_once_it_is_linked(desk: Desk) -> None:
    person = await desk.people.register(_told(), BY)
    seen = [Sighted(PROVIDER, _SEVEN, at) for at in (7, 5, 9)] + [Sighted("lain", _SEVEN, 1)]
    assert await desk.waiting.note(seen) == {}
    await desk.waiting.note(seen[:1])
    (row,) = (await desk.waiting.of_provider(PROVIDER)).values
    assert (row.first, row.last, row.statements) == (5, 9, 4)
    assert await desk.waiting.referred(row.reference) == row
    assert await desk.waiting.waits(PROVIDER, _SEVEN) == row
    await _looked(desk)
    await desk.links.link(person.id, PROVIDER, _SEVEN, _HR)
    assert await _looked(desk) == {person.id}
    assert [one.provider for one in await scan_all(desk.records, WAITING)] == ["lain"]
    assert await desk.waiting.note(seen) == {(PROVIDER, _SEVEN): (person.id,)}  # noted again between two readings: told at once


async def test_a_new_number_finds_the_evidence_that_waits_for_it_at_every_provider(desk: Desk) -> None:
    ifi = account_term(ASN, NIP)
    await desk.waiting.note([Sighted(PROVIDER, ifi, 1), Sighted("lain", ifi, 2)])
    person = await desk.people.register(_told(Identifier("nip", NIP)), BY)
    assert await _looked(desk) == {person.id}
    assert await scan_all(desk.records, WAITING) == []


async def test_persons_are_not_found_by_an_address(desk: Desk) -> None:
    await desk.people.register(_told(Identifier("email", "a@b.test")), BY)
    with pytest.raises(PeopleError):
        await desk.people.find("email", "a@b.test")
    assert await RegisteredPersons(desk.people_records, desk.clock).holder_of("a@b.test", _DAY) == ""
