"""Persons and links on records: whom an identifier names, and by what a person is named."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest

from credentials.people.links import Held, Holder, Identity, Link
from credentials.people.person import Identifier, IdentifierKind, Name, Person, Posting, Profile, Status
from credentials.ports.records import Insert, Put, Records, Write
from credentials.stores.links import IDENTITIES, LinkRecords
from credentials.stores.people import NUMBERS, PERSONS, PROFILES, PeopleRecords, numbered
from lrs.ports import account_term, mbox_term
from tests.support.records import ENGINES, opened_records

ASN = "https://asn.test"
NIP, PPPK = "203104172056012003", "203104172056212003"
_SEVEN = account_term("https://lms.test", "7")


@pytest.fixture(params=ENGINES)
async def records(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Records]:
    async with opened_records(request.param, tmp_path) as opened:
        yield opened


def _person(person: str, *identifiers: Identifier, agency: str = "lan") -> list[Write]:
    day = date(2026, 1, 1)
    value = Person(person, 5, (Status(day, "pns"),), (Posting(day, agency, "biro-1", superior="boss"),))
    profile = Profile(person, (Name(day, "Sekar", "Dr.", "S.Kom."),), identifiers)
    return [
        Insert(PERSONS, value),
        Insert(PROFILES, profile),
        *(Insert(NUMBERS, row, taken="taken") for row in numbered(person, identifiers)),
    ]


def _number(value: str, kind: IdentifierKind = "nip", until: date | None = None, held: str = "") -> Identifier:
    return Identifier(kind, value, until=until, held=held)


def _link(person: str, ifi: str = _SEVEN, provider: str = "balai", refused: bool = False) -> Put[Identity]:
    return Put(IDENTITIES, Identity(provider, ifi, (Link(f"l-{person}", person, "hr", "t", "system", 1, refused=refused),)))


async def test_a_person_comes_back_as_it_went_in(records: Records) -> None:
    people = PeopleRecords(records)
    await records.commit(*_person("p1", _number(NIP)))
    kept, profile = await people.person("p1"), await people.profile("p1")
    assert kept is not None
    assert profile is not None
    assert kept.value.postings[0].unit == "biro-1"
    assert profile.value.names[0].printed == "Dr. Sekar, S.Kom."
    assert list(await people.persons(["p1", "p2"])) == ["p1"]
    assert list(await people.profiles(["p1", "p2"])) == ["p1"]
    assert (await people.numbers([("asn", NIP), ("asn", PPPK)]))["asn", NIP].person == "p1"


async def test_persons_are_found_by_agency_and_unit(records: Records) -> None:
    people = PeopleRecords(records)
    await records.commit(*_person("p1"), *_person("p2", agency="bkn"))
    assert [one.id for one in (await people.of_agency("lan")).values] == ["p1"]
    assert [one.id for one in (await people.of_agency("lan", "biro-1")).values] == ["p1"]
    assert (await people.of_agency("lan", "biro-2")).values == []


async def test_a_link_holds_within_its_provider(records: Records) -> None:
    links = LinkRecords(records)
    await records.commit(_link("p1"))
    pairs = [("balai", _SEVEN), ("lain", _SEVEN), ("balai", "amailto:x@y.test")]
    assert await links.persons_of(pairs) == {("balai", _SEVEN): ("p1",)}
    assert await links.identifiers_of("p1", "balai") == [Held(_SEVEN, "hr")]
    assert await links.identifiers_of("p1", "lain") == []


async def test_an_asserted_number_names_its_person_at_every_provider(records: Records) -> None:
    links = LinkRecords(records, ASN)
    expired = date(2025, 12, 31)
    await records.commit(*_person("p1", _number(PPPK, "ni-pppk", until=expired), _number(NIP)))
    old, new = account_term(ASN, PPPK), account_term(ASN, NIP)
    assert await links.holders_of([("balai", old), ("lain", new), ("lain", account_term("https://other.test", NIP))]) == {
        ("balai", old): (Holder("p1", "nip-asserted", expired=expired),),
        ("lain", new): (Holder("p1", "nip-asserted"),),
    }
    assert await links.identifiers_of("p1", "lain") == [Held(old, "nip-asserted", expired=expired), Held(new, "nip-asserted")]
    assert await LinkRecords(records).persons_of([("lain", new)]) == {}


async def test_a_held_number_names_nobody(records: Records) -> None:
    links = LinkRecords(records, ASN)
    await records.commit(*_person("p1", _number("12345", held="length")))
    assert await links.persons_of([("balai", links.asserted_ifi("12345"))]) == {}
    assert await links.identifiers_of("p1", "balai") == []


async def test_a_link_is_stronger_than_an_asserted_number(records: Records) -> None:
    links = LinkRecords(records, ASN)
    ifi = links.asserted_ifi(NIP)
    await records.commit(*_person("p1", _number(NIP)), _link("p2", ifi))
    assert await links.persons_of([("balai", ifi), ("lain", ifi)]) == {("balai", ifi): ("p2",), ("lain", ifi): ("p1",)}
    assert await links.identifiers_of("p1", "balai") == []
    assert [one.level for one in await links.identifiers_of("p2", "balai")] == ["hr"]


async def test_a_refusal_undoes_what_a_number_asserts_at_that_provider_only(records: Records) -> None:
    links = LinkRecords(records, ASN)
    ifi = links.asserted_ifi(NIP)
    await records.commit(*_person("p1", _number(NIP)), _link("p1", ifi, refused=True))
    assert await links.persons_of([("balai", ifi), ("lain", ifi)]) == {("lain", ifi): ("p1",)}
    assert await links.identifiers_of("p1", "balai") == []
    assert len(await links.identifiers_of("p1", "lain")) == 1


async def test_other_kinds_of_identifiers_are_linked_too(records: Records) -> None:
    links = LinkRecords(records)
    ifi = mbox_term("mailto:sekar@contoh.test")
    await records.commit(_link("p1", ifi))
    assert await links.persons_of([("balai", ifi)]) == {("balai", ifi): ("p1",)}
    found = await links.with_link("l-p1")
    assert found is not None
    assert found.ifi == ifi
    assert await links.with_link("nothing") is None
