"""Programmes, batches, providers and competences over records: four eyes, overlaps, looks, and who decided what."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from credentials.catalogue.bindings import Binding, Sought
from credentials.catalogue.competences import Competence, Field, bundled_competences, bundled_fields, check_competence, check_field
from credentials.catalogue.model import Batch
from credentials.catalogue.provider import Accreditation
from credentials.errors import CatalogueError
from credentials.ports.records import scan_all
from credentials.stores.looks import LOOKS, Look
from lrs.errors import ConflictError, ForbiddenError, InvalidRequestError, NotFoundError
from tests.support.learning import BATCH, COURSE, PROGRAMME, PROVIDER, QUIZ
from tests.support.records import ENGINES, opened_records
from tests.support.register import BY, OTHER, Desk


@pytest.fixture(params=ENGINES)
async def desk(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Desk]:
    async with opened_records(request.param, tmp_path) as records:
        yield await Desk(records).open()


async def _approved(desk: Desk) -> None:
    await desk.programmes.draft(PROGRAMME, BY)
    await desk.programmes.move("pbj", 1, "proposed", by=BY)
    await desk.programmes.move("pbj", 1, "approved", by=OTHER)


async def _looks(desk: Desk) -> set[Look]:
    return set(await scan_all(desk.records, LOOKS))


async def test_a_programme_goes_from_draft_to_approved_by_two_persons_who_are_both_recorded(desk: Desk) -> None:
    drafted = await desk.programmes.draft(replace(PROGRAMME, version=0), BY)
    assert (drafted.version, drafted.state) == (1, "draft")
    await desk.programmes.move("pbj", 1, "proposed", by=BY, reason="siap dinilai")
    with pytest.raises(ForbiddenError):
        await desk.programmes.move("pbj", 1, "approved", by=BY)
    approved = await desk.programmes.move("pbj", 1, "approved", by=OTHER)
    assert approved.state == "approved"
    decisions = await desk.log.read(0, 10)
    assert [(one.kind, one.actor) for one in decisions] == [
        ("programme.drafted", BY),
        ("programme.proposed", BY),
        ("programme.approved", OTHER),
    ]
    assert {one.subject for one in decisions} == {"programme:pbj/1"}


async def test_only_a_draft_changes_and_a_returned_one_is_a_draft_again(desk: Desk) -> None:
    await desk.programmes.draft(PROGRAMME, BY)
    assert (await desk.programmes.revise(replace(PROGRAMME, jp=9), BY)).jp == 9
    await desk.programmes.move("pbj", 1, "proposed", by=BY)
    with pytest.raises(ConflictError):
        await desk.programmes.revise(PROGRAMME, BY)
    with pytest.raises(InvalidRequestError):
        await desk.programmes.move("pbj", 1, "draft", by=OTHER)  # without saying why
    await desk.programmes.move("pbj", 1, "draft", by=OTHER, reason="kriteria belum jelas")
    assert (await desk.programmes.revise(PROGRAMME, BY)).jp == 8


async def test_a_keeper_reviews_what_is_proposed_and_decides_nothing_by_it(desk: Desk) -> None:
    await desk.programmes.draft(PROGRAMME, BY)
    with pytest.raises(ConflictError):
        await desk.programmes.review("pbj", 1, "recommended", by="person:keeper", reason="sesuai standar")
    await desk.programmes.move("pbj", 1, "proposed", by=BY)
    reviewed = await desk.programmes.review("pbj", 1, "recommended", by="person:keeper", reason="sesuai standar")
    assert (reviewed.state, reviewed.reviews[0].by) == ("proposed", "person:keeper")


async def test_versions_are_counted_and_an_id_is_one_providers(desk: Desk) -> None:
    await desk.programmes.draft(PROGRAMME, BY)
    assert (await desk.programmes.draft(replace(PROGRAMME, version=0), BY)).version == 2
    with pytest.raises(ConflictError):
        await desk.programmes.draft(PROGRAMME, BY)
    with pytest.raises(CatalogueError):
        await desk.programmes.draft(replace(PROGRAMME, version=3, provider="lain"), BY)
    with pytest.raises(NotFoundError):
        await desk.programmes.draft(replace(PROGRAMME, id="x", provider="nobody"), BY)


async def test_an_approval_a_suspension_and_its_lifting_ask_for_looks_at_the_batches(desk: Desk) -> None:
    await _approved(desk)
    await desk.batches.add(BATCH, BY)
    assert await _looks(desk) == {Look(batch="pbj-1")}
    for state, since in (("suspended", date(2026, 6, 1)), ("approved", date(2026, 7, 1))):
        moved = await desk.programmes.move("pbj", 1, state, by=BY, reason="pemeriksaan", since=since)  # type: ignore[arg-type]  # states
        assert moved.history[-1].since == since
    assert (await desk.kinds())[-2:] == ["programme.suspended", "programme.lifted"]


async def test_a_batch_has_its_programmes_rule_unless_it_names_one(desk: Desk) -> None:
    await desk.programmes.draft(replace(PROGRAMME, evidence_rule="course-completed"), BY)
    only_course = replace(BATCH, rule="", bindings=BATCH.bindings[:1])
    assert (await desk.batches.add(only_course, BY)).rule == "course-completed"
    with pytest.raises(InvalidRequestError) as caught:
        await desk.batches.add(replace(only_course, id="x", rule="nothing"), BY)
    assert caught.value.where == "rule"
    await desk.programmes.draft(replace(PROGRAMME, version=2), BY)
    with pytest.raises(CatalogueError):
        await desk.batches.add(replace(only_course, id="x", version=2), BY)


@pytest.mark.parametrize(
    ("bindings", "days", "taken"),
    [
        ((Binding("course", COURSE), Binding("quiz", "https://x.test/q")), (20, 30), True),
        ((Binding("course", "https://x.test/c"), Binding("quiz", QUIZ, "prefix")), (20, 30), True),
        ((Binding("course", "https://lms.contoh.test", "prefix"), Binding("quiz", "https://x.test/q")), (20, 30), True),
        ((Binding("course", COURSE + "0"), Binding("quiz", QUIZ + "1", "prefix")), (20, 30), False),
        ((Binding("course", COURSE, "external"), Binding("quiz", QUIZ, "external")), (20, 30), False),
        ((Binding("course", COURSE), Binding("quiz", QUIZ)), (31, 40), False),
    ],
)
async def test_two_batches_never_bind_one_activity_on_one_day(
    desk: Desk, bindings: tuple[Binding, ...], days: tuple[int, int], taken: bool
) -> None:
    await desk.programmes.draft(PROGRAMME, BY)
    await desk.batches.add(BATCH, BY)
    first, last = (date.fromordinal(BATCH.starts.toordinal() + day - 1) for day in days)
    second = replace(BATCH, id="pbj-2", bindings=bindings, starts=first, ends=last)
    if taken:
        with pytest.raises(ConflictError, match="pbj-1"):
            await desk.batches.add(second, BY)
        assert await desk.catalogue.batch("pbj-2") is None
    else:
        await desk.batches.add(second, BY)


async def test_a_prefix_is_found_taken_by_what_lies_under_it_and_by_what_it_lies_under(desk: Desk) -> None:
    await desk.programmes.draft(PROGRAMME, BY)
    wide = (Binding("course", "https://lms.contoh.test/course", "prefix"), Binding("quiz", QUIZ))
    await desk.batches.add(replace(BATCH, bindings=wide), BY)
    for prefix in ("https://lms.contoh.test", "https://lms.contoh.test/course/view.php"):
        other = (Binding("course", prefix, "prefix"), Binding("quiz", "https://x.test/q"))
        with pytest.raises(ConflictError):
            await desk.batches.add(replace(BATCH, id="pbj-2", bindings=other), BY)
    free = (Binding("course", "https://lms.contoh.test/courses", "prefix"), Binding("quiz", "https://x.test/q"))
    await desk.batches.add(replace(BATCH, id="pbj-2", bindings=free), BY)


async def test_a_changed_batch_frees_what_it_no_longer_binds(desk: Desk) -> None:
    await desk.programmes.draft(PROGRAMME, BY)
    await desk.batches.add(BATCH, BY)
    moved = replace(BATCH, bindings=(Binding("course", "https://x.test/c"), Binding("quiz", QUIZ)))
    await desk.batches.change(moved, BY, "alamat LMS berubah")
    assert Sought(PROVIDER, COURSE) not in await desk.catalogue.bound([Sought(PROVIDER, COURSE)])
    found = await desk.catalogue.bound([Sought(PROVIDER, "https://x.test/c")])
    assert [one.batch for one in found[Sought(PROVIDER, "https://x.test/c")]] == ["pbj-1"]
    await desk.batches.add(replace(BATCH, id="pbj-2", bindings=(Binding("course", COURSE), Binding("quiz", "https://x.test/q"))), BY)
    with pytest.raises(ConflictError):
        await desk.batches.change(BATCH, BY)
    with pytest.raises(CatalogueError):
        await desk.batches.change(replace(BATCH, version=2), BY)


async def test_shorter_dates_of_a_batch_free_the_days_after(desk: Desk) -> None:
    await desk.programmes.draft(PROGRAMME, BY)
    await desk.batches.add(BATCH, BY)
    await desk.batches.change(replace(BATCH, ends=date(2026, 11, 15)), BY)
    await desk.batches.add(replace(BATCH, id="pbj-2", starts=date(2026, 11, 16)), BY)


async def test_many_who_bind_one_activity_at_once_get_it_once(desk: Desk) -> None:
    await desk.programmes.draft(PROGRAMME, BY)
    outcomes = await asyncio.gather(
        *(desk.batches.add(replace(BATCH, id=f"pbj-{number}"), BY) for number in range(8)), return_exceptions=True
    )
    assert [isinstance(one, Batch) for one in outcomes].count(True) == 1
    assert all(isinstance(one, Batch | ConflictError) for one in outcomes)
    assert len((await desk.catalogue.batches(provider=PROVIDER)).values) == 1


async def test_many_batches_that_do_not_touch_are_all_entered_at_once(desk: Desk) -> None:
    await desk.programmes.draft(PROGRAMME, BY)

    def batch(number: int) -> Batch:
        bindings = (Binding("course", f"https://x.test/c/{number}"), Binding("quiz", f"https://x.test/q/{number}"))
        return replace(BATCH, id=f"pbj-{number}", bindings=bindings)

    await asyncio.gather(*(desk.batches.add(batch(number), BY) for number in range(8)))
    assert len((await desk.catalogue.batches(provider=PROVIDER)).values) == 8


async def test_a_batch_is_suspended_closed_and_opened_with_effective_dates(desk: Desk) -> None:
    await desk.programmes.draft(PROGRAMME, BY)
    await desk.batches.add(BATCH, BY)
    await desk.batches.move("pbj-1", "suspended", by=BY, reason="diperiksa", since=date(2026, 11, 10))
    await desk.batches.move("pbj-1", "open", by=BY, reason="selesai", since=date(2026, 11, 10))
    assert (await desk.batches.move("pbj-1", "closed", by=BY, reason="selesai")).state == "closed"
    assert await desk.kinds() == ["programme.drafted", "batch.added", "batch.suspended", "batch.open", "batch.closed"]
    with pytest.raises(NotFoundError):
        await desk.batches.move("nothing", "closed", by=BY, reason="x")


async def test_a_provider_is_accredited_suspended_and_lifted_with_dates_also_in_the_past(desk: Desk) -> None:
    window = Accreditation(date(2024, 1, 1), date(2026, 12, 31), "LAN", "12/2024")
    profile = await desk.standings.accredit(PROVIDER, (window,), by=BY)
    assert profile.accredited_on(date(2025, 1, 1))
    await desk.standings.suspend(PROVIDER, date(2025, 6, 1), by=BY, reason="temuan audit")
    lifted = await desk.standings.lift(PROVIDER, date(2025, 7, 1), by=OTHER, reason="sudah diperbaiki")
    assert [lifted.suspended_on(date(2025, month, 15)) for month in (5, 6, 7)] == [False, True, False]
    assert await desk.standings.profile(PROVIDER) == lifted
    assert await _looks(desk) == {Look(provider=PROVIDER)}
    assert await desk.kinds() == ["provider.accredited", "provider.suspended", "provider.lifted"]
    with pytest.raises(ConflictError):
        await desk.standings.lift(PROVIDER, date(2025, 7, 1), by=OTHER, reason="lagi")
    with pytest.raises(NotFoundError):
        await desk.standings.suspend("nobody", date(2025, 7, 1), by=OTHER, reason="x")


async def test_the_code_list_is_bundled_extended_and_required(desk: Desk) -> None:
    assert len({one.keeper_agency for one in bundled_fields().values()}) >= 5
    for field in bundled_fields().values():
        check_field(field)
    for one in bundled_competences().values():
        check_competence(one)
        assert one.field in bundled_fields()
    with pytest.raises(CatalogueError):
        await desk.programmes.draft(replace(PROGRAMME, competences=("T.KUA.1",)), BY)
    await desk.competences.put_field(Field("keuangan", "Keuangan", "Finance", "Kementerian Contoh", "3099"), BY)
    new = Competence("T.KUA.1", "technical", "keuangan", "Anggaran", "Budgeting", "Menyusun anggaran.", "Prepares budgets.")
    await desk.competences.put_competence(new, BY)
    await desk.programmes.draft(replace(PROGRAMME, competences=("T.KUA.1", "T.PBJ.1")), BY)
    assert await desk.competences.keepers(("T.KUA.1", "T.PBJ.1")) == {"3099", "4054"}
    await desk.competences.put_competence(replace(new, retired=True), BY)
    with pytest.raises(CatalogueError, match="retired"):
        await desk.programmes.draft(replace(PROGRAMME, version=2, competences=("T.KUA.1",)), BY)
    with pytest.raises(CatalogueError):
        await desk.competences.put_competence(replace(new, field="nothing"), BY)
