"""Figures follow ledger, status and rules, whoever makes them anew; roll-ups are the sums of balances."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random

import pytest

from credentials.access.principal import Principal
from credentials.access.roles import Grant, Role, Scope
from credentials.errors import NotAllowedError
from credentials.hours import AgencyTarget, HoursEntry, balances_of, reversal
from credentials.hours.figures import CellSums, YearFigure, figure_of
from credentials.people.person import Contract, Person, Posting, Status
from credentials.ports.records import Put, Records, Replace, scan_all
from credentials.services.hours.status import status_of
from credentials.stores.decisions import DecisionLog
from credentials.stores.figures import FIGURES, UNIT_SUMS
from credentials.stores.ledger import DUE, LedgerRecords, figures_due, figures_due_of
from credentials.stores.people import PERSONS
from jejak.hours import Hours, make_hours
from lrs.ports import Provider
from lrs.stores.memory import memory_stores
from tests.support.clock import SettableClock
from tests.support.hours import agency_table, line, row
from tests.support.records import ENGINES, opened_records

OVERSEER = Principal("", administrator="rini", everywhere=Role.OVERSEER)
_TODAY = datetime(2026, 11, 25, tzinfo=UTC)


@dataclass
class World:
    """Records with the services of two servers over them."""

    records: Records
    clock: SettableClock
    hours: Hours
    other: Hours

    async def person(self, person: Person) -> None:
        """Told anew, as the register does it."""
        kept = await self.records.get(PERSONS, person.id)
        revision = kept.revision if kept else 0
        await self.records.commit(Replace(PERSONS, person, revision), figures_due(person.id, f"status:{revision}"))

    async def learn(self, *lines: HoursEntry) -> None:
        for one in lines:
            await self.records.commit(*LedgerRecords.writes(one))

    async def figures(self) -> list[YearFigure]:
        await self.hours.refreshing.settle()
        return await scan_all(self.records, FIGURES)

    async def truth(self, years: range = range(2026, 2028)) -> set[YearFigure]:
        """By folding everybody."""
        book, found = await self.hours.books.current(), set()
        today = date(2026, 11, 25)
        for person in await scan_all(self.records, PERSONS):
            lines = await LedgerRecords(self.records).lines(person.id)
            for year in years:
                balances = balances_of(status_of(person), book, lines, year, today=today)
                found |= {figure_of(one) for one in balances if one.kind and (one.lines or one.taken_back or year == 2026)}
        return found


@pytest.fixture(params=ENGINES)
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    async with opened_records(request.param, tmp_path) as records:
        clock = SettableClock(int(_TODAY.timestamp() * 1_000_000))
        providers = memory_stores(clock).clients
        await providers.add_provider(Provider("balai", "Balai Pelatihan"))
        first, second = (make_hours(records, providers, DecisionLog(records, clock), clock) for _ in range(2))
        yield World(records, clock, first, second)


def somebody(person: str, kind: str = "pns", agency: str = "dinas-a", unit: str = "u-1", since: date = date(2020, 1, 1)) -> Person:
    contracts = (Contract(date(2026, 3, 1), date(2028, 2, 29)),) if kind == "pppk" else ()
    return Person(person, 1, (Status(since, kind),), (Posting(since, agency, unit, position_kind="executing"),), contracts)  # type: ignore[arg-type]


async def test_a_person_without_a_line_has_a_figure_of_this_year(world: World) -> None:
    await world.person(somebody("a"))
    (figure,) = await world.figures()
    assert (figure.person, figure.year, figure.counted, figure.floor, figure.agency) == ("a", 2026, 0, 20, "dinas-a")


async def test_many_who_come_at_once_have_one_mark_and_a_figure_each(world: World) -> None:
    people = [somebody(f"p-{number}") for number in range(7)]
    await world.records.commit(*(Put(PERSONS, one) for one in people), figures_due_of([one.id for one in people], "import:1"))
    assert len(await scan_all(world.records, DUE)) == 1
    assert [one.person for one in await world.figures()] == [one.id for one in people]
    assert await scan_all(world.records, DUE) == []


async def test_a_line_and_its_reversal_move_the_figure_and_the_sums(world: World) -> None:
    await world.person(somebody("a"))
    await world.learn(course := line(3, 24, "2026-05-04", person="a"))
    assert [one.counted for one in await world.figures()] == [24]
    sums = await world.hours.rollups.agency(OVERSEER, "dinas-a", 2026)
    assert (sums.total.persons, sums.total.met, sums.total.counted_jp) == (1, 1, 24)
    await world.learn(reversal(course, id="r", recorded_at=1, reason="void"))
    assert [one.counted for one in await world.figures()] == [0]
    sums = await world.hours.rollups.agency(OVERSEER, "dinas-a", 2026)
    assert (sums.total.met, sums.total.counted_jp, sums.pending) == (0, 0, False)


async def test_sums_are_fresh_though_nothing_was_summed_in_between(world: World) -> None:
    await world.person(somebody("a"))
    await world.figures()
    await world.learn(line(3, 24, "2026-05-04", person="a"))
    assert (await world.hours.rollups.agency(OVERSEER, "dinas-a", 2026)).pending
    while await world.hours.refreshing.step():
        pass
    assert (await world.hours.rollups.agency(OVERSEER, "dinas-a", 2026)).total.counted_jp == 24


async def test_who_moves_is_reported_where_they_work_now_and_leaves_no_figure_behind(world: World) -> None:
    moving = somebody("a")
    await world.person(moving)
    await world.figures()
    await world.person(replace(moving, postings=(*moving.postings, Posting(date(2026, 6, 1), "dinas-b", "u-9"))))
    assert [(one.agency, one.unit) for one in await world.figures()] == [("dinas-b", "u-9")]
    assert (await world.hours.rollups.agency(OVERSEER, "dinas-a", 2026)).units == ()
    assert [one.unit for one in (await world.hours.rollups.agency(OVERSEER, "dinas-b", 2026)).units] == ["u-9"]


async def test_a_posting_that_lies_ahead_holds_from_its_day_on(world: World) -> None:
    moving = somebody("a")
    await world.person(replace(moving, postings=(*moving.postings, Posting(date(2026, 12, 1), "dinas-b"))))
    assert [one.agency for one in await world.figures()] == ["dinas-a"]
    world.clock.set(int(datetime(2026, 12, 1, tzinfo=UTC).timestamp() * 1_000_000))
    assert [one.agency for one in await world.figures()] == ["dinas-b"]


async def test_a_new_year_begins_with_a_figure_for_everybody_and_keeps_the_old_one(world: World) -> None:
    for name in ("a", "b"):
        await world.person(somebody(name))
    await world.figures()
    world.clock.set(int(datetime(2027, 1, 2, tzinfo=UTC).timestamp() * 1_000_000))
    await world.learn(line(3, 8, "2027-01-01", person="a"))
    assert [(one.person, one.year, one.counted) for one in await world.figures()] == [
        ("a", 2026, 0),
        ("b", 2026, 0),
        ("a", 2027, 8),
        ("b", 2027, 0),
    ]


async def test_a_rule_that_is_published_moves_every_figure_that_it_touches(world: World) -> None:
    for name, agency in (("a", "dinas-a"), ("b", "dinas-b")):
        await world.person(somebody(name, agency=agency))
        await world.learn(line(24, 8, "2026-05-04", "2026-05-05", person=name, id=f"l-{name}"))
    assert [(one.counted, one.waiting) for one in await world.figures()] == [(0, 1), (0, 1)]
    await world.hours.publishing.publish(OVERSEER, agency_table(row(24, "day", jp=3)), "alasan", past=True)
    assert [(one.person, one.counted, one.waiting) for one in await world.figures()] == [("a", 6, 0), ("b", 0, 1)]
    target = AgencyTarget(agency="dinas-b", kind="pns", jp=30, effective_from=date(2026, 1, 1))
    await world.other.publishing.set_target(OVERSEER, target, "alasan")
    assert [(one.person, one.target) for one in await world.figures()] == [("a", None), ("b", 30)]


async def test_a_day_can_be_looked_back_at(world: World) -> None:
    await world.person(somebody("a"))
    await world.person(somebody("b", unit="u-2"))
    await world.learn(line(3, 12, "2026-05-04", person="a", id="1"), line(3, 12, "2026-07-04", person="a", id="2"))
    await world.figures()
    june = await world.hours.rollups.agency(OVERSEER, "dinas-a", 2026, date(2026, 6, 30))
    assert [(one.unit, one.cells[0].sums.counted_jp) for one in june.units] == [("u-1", 12), ("u-2", 0)]
    assert (june.total.met, (await world.hours.rollups.agency(OVERSEER, "dinas-a", 2026)).total.met) == (0, 1)


async def test_who_may_see_one_unit_sees_one_unit(world: World) -> None:
    for name, unit in (("a", "u-1"), ("b", "u-2")):
        await world.person(somebody(name, unit=unit))
    await world.figures()
    grant = Grant("g", "x", Role.UNIT_OPERATOR, Scope("dinas-a", "u-2"), date(2020, 1, 1), None, "system", 1)
    operator = Principal("x", grants=(grant,))
    assert [one.unit for one in (await world.hours.rollups.agency(operator, "dinas-a", 2026)).units] == ["u-2"]
    with pytest.raises(NotAllowedError):
        await world.hours.rollups.agency(operator, "dinas-b", 2026)
    with pytest.raises(NotAllowedError):
        await world.hours.rollups.agency(Principal("y"), "dinas-a", 2026)
    with pytest.raises(NotAllowedError):
        await world.hours.rollups.nation(operator, 2026, "agency")


async def test_the_nation_is_broken_down_and_small_groups_are_held_back(world: World) -> None:
    for number in range(45):
        agency = "besar" if number < 30 else "sedang" if number < 42 else "kecil"
        await world.person(somebody(f"p-{number:02}", agency=agency, kind="pns" if number % 2 else "pppk"))
    await world.figures()
    found = await world.hours.rollups.nation(OVERSEER, 2026, "agency")
    assert [(one.shown.name, one.shown.persons) for one in found.rows] == [("besar", 30), ("kecil", None), ("sedang", None)]
    assert found.total.persons == 45
    kinds = await world.hours.rollups.nation(OVERSEER, 2026, "kind")
    assert [(one.shown.name, one.shown.persons) for one in kinds.rows] == [("pns", 22), ("pppk", 23)]


async def test_one_whose_data_is_wrong_keeps_nobody_else_waiting(world: World, caplog: pytest.LogCaptureFixture) -> None:
    await world.person(somebody("a"))
    await world.learn(line(3, 8, "2026-05-04", person="a", source="rumour"), line(3, 8, "2026-05-04", person="b"))
    await world.person(somebody("b"))
    assert [(one.person, one.counted) for one in await world.figures()] == [("b", 8)]
    assert "the hours of person a cannot be counted" in caplog.text
    assert (await world.hours.rollups.agency(OVERSEER, "dinas-a", 2026)).pending


@pytest.mark.parametrize("seed", range(4))
async def test_figures_and_sums_are_those_of_the_balances_whatever_happened(world: World, seed: int) -> None:
    random = Random(seed)
    known: dict[str, Person] = {}
    lines: list[HoursEntry] = []
    for number in range(60):
        match random.randrange(6):
            case 0 | 1:
                person = somebody(
                    f"p-{random.randrange(8)}", random.choice(("pns", "pppk")), f"d-{random.randrange(3)}", f"u-{random.randrange(3)}"
                )
                known[person.id] = person
                await world.person(person)
            case 2 | 3 | 4:
                day = f"2026-{random.randrange(1, 12):02}-{random.randrange(1, 28):02}"
                owner = f"p-{random.randrange(8)}"
                lines.append(line(random.choice((3, 9, 16, 24)), random.randrange(30), day, person=owner, id=f"l-{number}"))
                await world.learn(lines[-1])
            case _ if lines:
                await world.learn(reversal(gone := random.choice(lines), id=f"r-{gone.id}", recorded_at=1, reason="void"))
        if random.randrange(4) == 0:
            await asyncio.gather(world.hours.refreshing.step(), world.other.refreshing.step())
    await asyncio.gather(world.hours.refreshing.settle(), world.other.refreshing.settle())
    assert set(await world.figures()) == await world.truth()
    assert not await scan_all(world.records, DUE)
    for sums in await scan_all(world.records, UNIT_SUMS):
        own = CellSums()
        own.add(one for one in await world.truth() if (one.agency, one.year, one.unit) == (sums.agency, sums.year, sums.unit))
        assert own.cells() == sums.cells
    assert sum(one.cells[0].sums.persons for one in await scan_all(world.records, UNIT_SUMS) if one.cells) > 0
    assert known
