"""The catalogue on records: to which batches an activity belongs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from credentials.catalogue.bindings import Sought
from credentials.catalogue.provider import Accreditation, ProviderProfile
from credentials.catalogue.states import StateChange
from credentials.ports.records import Insert, Put, Records
from credentials.stores.catalogue import BATCHES, BINDING_COUNTS, BOUND, PROGRAMMES, BindingCount, Bound, CatalogueRecords, Use
from credentials.stores.providers import PROVIDER_PROFILES, ProviderRecords
from tests.support.learning import BATCH, COURSE, PROGRAMME, PROVIDER
from tests.support.records import ENGINES, opened_records


@pytest.fixture(params=ENGINES)
async def records(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Records]:
    async with opened_records(request.param, tmp_path) as opened:
        yield opened


def _use(batch: str) -> Use:
    return Use(batch, "course", BATCH.starts, BATCH.ends)


async def test_programmes_are_found_by_version_provider_state_and_competence(records: Records) -> None:
    catalogue = CatalogueRecords(records)
    first = replace(PROGRAMME, competences=("T1",), history=(StateChange("draft", None, 1, "person:a"),))
    await records.commit(Insert(PROGRAMMES, first), Insert(PROGRAMMES, replace(first, version=2, valid_from=date(2026, 1, 1))))
    kept = await catalogue.programme("pbj", 1)
    assert kept is not None
    assert kept.value == first
    assert [one.version for one in await catalogue.versions("pbj")] == [1, 2]
    for found in (
        await catalogue.programmes(),
        await catalogue.programmes(provider=PROVIDER),
        await catalogue.programmes(state="draft"),
        await catalogue.programmes(competence="T1"),
    ):
        assert [one.version for one in found.values] == [1, 2]
    assert (await catalogue.programmes(state="approved")).values == []
    assert list(await catalogue.programmes_many([("pbj", 2), ("pbj", 3)])) == [("pbj", 2)]


async def test_an_activity_is_found_by_exact_prefix_and_external_bindings(records: Records) -> None:
    catalogue = CatalogueRecords(records)
    ids = ("exact", "prefix", "external")
    await records.commit(
        *(Insert(BATCHES, replace(BATCH, id=one)) for one in ids),
        Put(BOUND, Bound(PROVIDER, "exact", COURSE, (_use("exact"),))),
        Put(BOUND, Bound(PROVIDER, "prefix", COURSE, (_use("prefix"),))),
        Put(BOUND, Bound(PROVIDER, "external", "PBJ-01", (_use("external"),))),
    )
    sought = [
        Sought(PROVIDER, COURSE),
        Sought(PROVIDER, COURSE + "&section=2"),
        Sought(PROVIDER, COURSE + "9"),
        Sought("lain", COURSE),
        Sought(PROVIDER, "PBJ-01", external=True),
        Sought(PROVIDER, "PBJ-01"),
    ]
    found = await catalogue.bound(sought)
    assert {one: [use.batch for use in uses] for one, uses in found.items()} == {
        sought[0]: ["exact", "prefix"],
        sought[1]: ["prefix"],
        sought[4]: ["external"],
    }


async def test_batches_are_listed_of_a_provider_of_a_programme_or_all(records: Records) -> None:
    catalogue = CatalogueRecords(records)
    await records.commit(Insert(BATCHES, BATCH), Insert(BATCHES, replace(BATCH, id="pbj-2", version=2)))
    for found, ids in (
        (await catalogue.batches(), ["pbj-1", "pbj-2"]),
        (await catalogue.batches(provider=PROVIDER), ["pbj-1", "pbj-2"]),
        (await catalogue.batches(programme="pbj", version=2), ["pbj-2"]),
        (await catalogue.batches(programme="pbj"), ["pbj-1", "pbj-2"]),
        (await catalogue.batches(provider="lain"), []),
    ):
        assert [one.id for one in found.values] == ids
    kept = await catalogue.batch("pbj-1")
    assert kept is not None
    assert kept.value == BATCH


async def test_changes_of_bindings_are_counted_for_each_provider(records: Records) -> None:
    catalogue = CatalogueRecords(records)
    await records.commit(Put(BINDING_COUNTS, BindingCount(PROVIDER, 3)))
    assert await catalogue.binding_changes([PROVIDER, "lain"]) == {PROVIDER: 3, "lain": 0}


async def test_a_provider_without_a_profile_is_neither_accredited_nor_suspended(records: Records) -> None:
    providers = ProviderRecords(records)
    profile = ProviderProfile(PROVIDER, (Accreditation(date(2026, 1, 1), None, "LAN"),))
    await records.commit(Put(PROVIDER_PROFILES, profile))
    found = await providers.profiles([PROVIDER, "lain"])
    assert found == {PROVIDER: profile, "lain": ProviderProfile("lain")}
    assert (found[PROVIDER].accredited_on(date(2026, 5, 1)), found["lain"].accredited_on(date(2026, 5, 1))) == (True, False)
    assert await providers.all() == [profile]
