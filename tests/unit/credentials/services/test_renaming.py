"""What dossiers hold of statements that are reduced goes along to their new account, in every generation, and nothing else moves."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.evidence.dossier import QUARTER, TAIL, Dossier, TakenBack
from credentials.evidence.facts import Fact
from credentials.ports.records import Put, Records, scan_all
from credentials.services.projection.renaming import Moved, Renaming
from credentials.stores.dossiers import DOSSIERS, PROGRESS, KeptDossier, Progress
from credentials.stores.memory import MemoryRecords

_BOUND = ("exact", "https://lms.contoh.test/1")


def _id(number: int) -> bytes:
    return UUID(int=number, version=4).bytes


def _dossier(ifi: str, *numbers: int, generation: int = 1, provider: str = "balai") -> KeptDossier:
    """Statement `number` is of quarter `number`; every third is of a weak source, every fourth takes something back."""
    told = sorted(numbers)
    facts = tuple(Fact(_id(one), one * QUARTER, one, "v", "a") for one in told if one % 4)
    backs = tuple(TakenBack(_id(one), one * QUARTER, "a") for one in told if not one % 4)
    acts = {one: _id(one)[-TAIL:] for one in told if one % 3}
    weak = {one: _id(one)[-TAIL:] for one in told if not one % 3}
    return KeptDossier(generation, Dossier(provider, ifi, "exact", _BOUND[1], facts, backs, acts, weak))


def _moved(*numbers: int, old: str = "lama", new: str = "baru", provider: str = "balai") -> list[Moved]:
    return [Moved(provider, old, new, _id(number), number * QUARTER) for number in numbers]


async def _records(*dossiers: KeptDossier) -> Records:
    records = MemoryRecords()
    progress = [Put(PROGRESS, Progress("projector", 1, 9)), Put(PROGRESS, Progress("rebuild", 2, 3))]
    await records.commit(*progress, *(Put(DOSSIERS, one) for one in dossiers))
    return records


async def _left(records: Records) -> list[KeptDossier]:
    return await scan_all(records, DOSSIERS)


async def test_a_whole_dossier_moves_and_the_old_one_is_gone() -> None:
    records = await _records(_dossier("lama", 1, 2, 3, 4))
    for _ in range(2):
        await Renaming(records).move(_moved(1, 2, 3, 4))
        assert await _left(records) == [_dossier("baru", 1, 2, 3, 4)]


async def test_a_part_joins_what_is_there_and_the_rest_stays() -> None:
    records = await _records(_dossier("lama", 1, 2, 5), _dossier("baru", 7))
    await Renaming(records).move(_moved(1, 5))
    assert sorted(await _left(records), key=lambda one: one.dossier.ifi) == [_dossier("baru", 1, 5, 7), _dossier("lama", 2)]


async def test_every_generation_and_no_other_provider_is_moved_and_the_projector_notices() -> None:
    other = _dossier("lama", 1, provider="lain")
    records = await _records(_dossier("lama", 1), _dossier("lama", 1, generation=2), other)
    await Renaming(records).move(_moved(1))
    assert await _left(records) == [_dossier("baru", 1), other, _dossier("baru", 1, generation=2)]
    assert [one.turns for one in await scan_all(records, PROGRESS)] == [1, 1]


@pytest.mark.parametrize("moved", [[], _moved(8), _moved(1, old="baru", new="baru"), _moved(1, old="tidak-ada")])
async def test_nothing_is_written_where_nothing_moves(moved: list[Moved]) -> None:
    records = await _records(_dossier("lama", 1))
    await Renaming(records).move(moved)
    assert await _left(records) == [_dossier("lama", 1)]
    assert [one.turns for one in await scan_all(records, PROGRESS)] == [0, 0]


@given(st.sets(st.integers(1, 12), min_size=1), st.sets(st.integers(1, 12)), st.sets(st.integers(13, 20)))
async def test_whatever_moves_both_together_hold_what_they_held(old: set[int], moved: set[int], new: set[int]) -> None:
    before = [_dossier("lama", *sorted(old))] + ([_dossier("baru", *sorted(new))] if new else [])
    records = await _records(*before)
    await Renaming(records).move(_moved(*sorted(moved)))
    left = {one.dossier.ifi: one for one in await _left(records)}
    stay, go = sorted(old - moved), sorted((old & moved) | new)
    assert left.get("lama") == (_dossier("lama", *stay) if stay else None)
    assert left.get("baru") == (_dossier("baru", *go) if go else None)
