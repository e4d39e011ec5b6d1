"""What every store of the credential module does."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date

import pytest

from credentials.catalogue.model import Binding
from credentials.model import Award, Candidate, Sighting
from credentials.ports import CredentialStore
from lrs.errors import ConflictError
from tests.support.learning import BATCH, COURSE, HOME, PROGRAMME, PROVIDER, QUIZ, award, person


def _sighting(number: int, activity: str = COURSE, provider: str = PROVIDER) -> Sighting:
    return Sighting(provider, HOME, f"user-{number}", activity)


class CatalogueContract:
    """See `credentials.ports.CatalogueStore`."""

    async def test_a_programme_comes_back_as_it_went_in(self, credentials: CredentialStore) -> None:
        await credentials.add_programme(PROGRAMME)
        assert await credentials.programme("pbj", 1) == PROGRAMME
        assert await credentials.programme("pbj", 2) is None

    async def test_a_version_is_entered_once_and_the_next_one_beside_it(self, credentials: CredentialStore) -> None:
        await credentials.add_programme(PROGRAMME)
        with pytest.raises(ConflictError):
            await credentials.add_programme(replace(PROGRAMME, jp=80))
        await credentials.add_programme(replace(PROGRAMME, version=2, jp=10))
        assert [one.jp for one in await credentials.programmes()] == [8, 10]

    async def test_a_batch_comes_back_as_it_went_in_and_only_from_its_provider(self, credentials: CredentialStore) -> None:
        await credentials.add_batch(BATCH)
        assert await credentials.batch(BATCH.id) == BATCH
        assert await credentials.batches(PROVIDER) == [BATCH]
        assert await credentials.batches("lain") == []
        assert await credentials.batch("nothing") is None

    async def test_a_batch_id_is_taken_once(self, credentials: CredentialStore) -> None:
        await credentials.add_batch(BATCH)
        with pytest.raises(ConflictError):
            await credentials.add_batch(replace(BATCH, bindings=(Binding("course", "https://other.test/"),)))

    async def test_batches_that_could_take_each_others_evidence_are_refused_and_leave_nothing(self, credentials: CredentialStore) -> None:
        await credentials.add_batch(BATCH)
        second = replace(BATCH, id="pbj-2", starts=date(2026, 11, 30), ends=date(2026, 12, 31))
        with pytest.raises(ConflictError):
            await credentials.add_batch(second)
        assert await credentials.batches(PROVIDER) == [BATCH]
        assert Candidate("", "pbj-2") not in await credentials.asked()
        await credentials.add_batch(replace(second, starts=date(2026, 12, 1)))

    async def test_another_provider_may_bind_the_same_activity(self, credentials: CredentialStore) -> None:
        await credentials.add_batch(BATCH)
        await credentials.add_batch(replace(BATCH, id="lain-1", provider="lain"))
        assert len(await credentials.batches("lain")) == 1

    async def test_a_new_batch_asks_for_a_look_at_everybody_until_it_is_settled(self, credentials: CredentialStore) -> None:
        await credentials.add_batch(BATCH)
        assert await credentials.asked() == [Candidate("", BATCH.id)]
        await credentials.settle(Candidate("", BATCH.id))
        assert await credentials.asked() == []


class PeopleContract:
    """See `credentials.ports.PeopleStore`."""

    async def test_a_person_is_found_by_id_and_by_account_within_the_provider(self, credentials: CredentialStore) -> None:
        await credentials.add_person(person(1))
        assert await credentials.person("person-1") == person(1)
        assert await credentials.person_of(PROVIDER, HOME, "user-1") == person(1)
        assert await credentials.person_of("lain", HOME, "user-1") is None
        assert await credentials.person("nobody") is None

    async def test_an_account_is_one_persons_and_a_refused_person_leaves_nothing(self, credentials: CredentialStore) -> None:
        await credentials.add_person(person(1))
        with pytest.raises(ConflictError):
            await credentials.add_person(replace(person(1), id="person-2"))
        assert await credentials.person("person-2") is None
        with pytest.raises(ConflictError):
            await credentials.add_person(replace(person(3), id="person-1"))
        assert await credentials.asked() == [Candidate("person-1", "")]

    async def test_sightings_give_each_concerned_pair_once(self, credentials: CredentialStore) -> None:
        await credentials.add_batch(BATCH)
        await credentials.add_person(person(1))
        await credentials.add_person(person(2))
        seen = [
            _sighting(1),
            _sighting(1, QUIZ),
            _sighting(2),
            _sighting(3),
            _sighting(1, "https://x.test/"),
            _sighting(1, provider="lain"),
        ]
        found = await credentials.candidates(seen)
        assert sorted(found, key=lambda one: one.person) == [Candidate("person-1", BATCH.id), Candidate("person-2", BATCH.id)]


class AwardContract:
    """See `credentials.ports.AwardStore`."""

    async def test_an_award_is_stored_whole(self, credentials: CredentialStore) -> None:
        given = award(1)
        assert await credentials.record(given) is True
        assert await credentials.entries("person-1") == [given.entry]

    async def test_the_same_award_twice_is_stored_once_and_the_first_stays(self, credentials: CredentialStore) -> None:
        given = award(1)
        await credentials.record(given)
        later = Award(given.statements, 0, given.certificate, replace(given.entry, approved=9))
        assert await credentials.record(later) is False
        assert await credentials.entries("person-1") == [given.entry]

    async def test_many_at_once_record_one(self, credentials: CredentialStore) -> None:
        assert sorted(await asyncio.gather(*(credentials.record(award(1)) for _ in range(8)))) == [False] * 7 + [True]

    async def test_what_is_not_there_is_nothing(self, credentials: CredentialStore) -> None:
        assert await credentials.entries("nobody") == []

    async def test_a_look_can_be_asked_for_again(self, credentials: CredentialStore) -> None:
        one = Candidate("person-1", BATCH.id)
        await credentials.ask(one)
        await credentials.ask(one)
        assert await credentials.asked() == [one]
        await credentials.settle(one)
        await credentials.settle(one)
        assert await credentials.asked() == []
