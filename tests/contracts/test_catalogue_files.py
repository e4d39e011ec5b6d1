"""The catalogue out of files and into files, over records: without loss, row by row, and a repeat changes nothing."""

from __future__ import annotations

import csv
import json
import tempfile
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.catalogue.bindings import Binding
from credentials.catalogue.competences import Competence
from credentials.catalogue.model import Batch, Programme
from credentials.catalogue.provider import Accreditation
from credentials.catalogue.tables import TABLES
from credentials.errors import NotAllowedError
from credentials.services.catalogue_entering import Entering
from credentials.services.catalogue_export import CatalogueExport
from credentials.services.catalogue_import import CatalogueImport, CatalogueOutcome
from credentials.services.import_orders import CatalogueOrder
from credentials.tabular.reading import Trouble
from lrs.errors import InvalidRequestError
from tests.support.learning import BATCH, COURSE, PROGRAMME, PROVIDER, QUIZ
from tests.support.records import ENGINES, opened_records
from tests.support.register import BY, OTHER, Desk

_PROGRAMMES = "id,provider,title,description,criteria,jp,evidence_rule,competences\n"
_PBJ = "pbj,balai,Pengadaan,Dasar,Lulus,8,course-completed-and-quiz-passed,T.PBJ.1 T.PBJ.2\n"
_BATCHES = "id,programme,provider,name,starts,ends\n"


@pytest.fixture(params=ENGINES)
async def desk(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Desk]:
    async with opened_records(request.param, tmp_path) as records:
        yield await Desk(records).open()


async def _import(
    desk: Desk, content: str | bytes, kind: str = "", *, step: int = 100_000, **order: Any
) -> tuple[CatalogueOutcome, list[Trouble]]:
    entering = Entering(desk.programmes, desk.batches, desk.standings, desk.competences, desk.providers)
    importing = CatalogueImport(entering, CatalogueOrder(**{"by": BY, "kind": kind, **order}))
    raw = content.encode() if isinstance(content, str) else content
    troubles: list[Trouble] = []
    for start in range(0, len(raw), step):
        troubles += await importing.feed(raw[start : start + step])
    return importing.outcome, troubles + await importing.finish()


def _export(desk: Desk) -> CatalogueExport:
    return CatalogueExport(desk.catalogue, desk.competences.list, desk.standings.profiles)


async def _all(pieces: AsyncIterator[bytes]) -> bytes:
    return b"".join([piece async for piece in pieces])


def _counts(outcome: CatalogueOutcome) -> tuple[int, int, int, int]:
    return outcome.added, outcome.changed, outcome.same, outcome.refused


async def _filled(desk: Desk) -> None:
    """Something of every kind, with everything that can be said of it."""
    whole = replace(
        PROGRAMME, title="=Pengadaan, \"dasar\"; 'cepat'", description=" blanks ", minutes=375, competences=("T.PBJ.1", "T.PBJ.2"),
        valid_from=date(2026, 1, 1), valid_until=date(2026, 12, 31), evidence_rule="course-completed", scope="international", channel=16,
        approving_body="-LAN", mode="blended",
    )  # fmt: skip
    await desk.competences.put_competence(
        Competence("T.PBJ.9", "technical", "pengadaan", "+Katalog", "@Catalogue", "Isi.", "Content.", retired=True), BY
    )
    await desk.standings.accredit(PROVIDER, (Accreditation(date(2024, 1, 1), None, "LAN", "12"),), by=BY)
    await desk.standings.suspend(PROVIDER, date(2025, 1, 1), by=OTHER, reason="temuan; audit")
    await desk.programmes.draft(whole, BY)
    await desk.programmes.move("pbj", 1, "proposed", by=BY)
    await desk.programmes.review("pbj", 1, "recommended", by="person:k", reason="sesuai")
    await desk.programmes.move("pbj", 1, "approved", by=OTHER, since=date(2026, 1, 1))
    await desk.programmes.draft(replace(PROGRAMME, version=2), BY)
    await desk.batches.add(replace(BATCH, minimum_score=0.1 + 0.2), BY)
    bound = (Binding("course", "PBJ-01", "external", date(2026, 12, 2), date(2026, 12, 30)), Binding("quiz", QUIZ, "prefix"))
    await desk.batches.add(replace(BATCH, id="pbj-2", starts=date(2026, 12, 1), ends=date(2026, 12, 31), bindings=bound), BY)
    await desk.batches.move("pbj-2", "closed", by=OTHER, reason="selesai", since=date(2026, 12, 20))


async def test_json_goes_out_and_in_without_loss_with_every_state_and_a_repeat_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    await _filled(desk)
    told = await _all(_export(desk).json())
    assert isinstance(json.loads(told), list)
    async with opened_records("sqlite", tmp_path / "other") as records:
        other = await Desk(records).open()
        outcome, troubles = await _import(other, told, keep_states=True, step=1_000)
        assert (troubles, outcome.added) == ([], 6)
        assert await _all(_export(other).json()) == told
        again, _ = await _import(other, told, keep_states=True)
        assert (again.added, again.changed, again.refused) == (0, 0, 0)
        assert await _all(_export(other).json()) == told


async def test_csv_goes_out_and_in_without_loss_and_is_neutral(desk: Desk, tmp_path: Path) -> None:
    await _filled(desk)
    tables = {kind: await _all(_export(desk).csv(kind, delimiter=";")) for kind in TABLES}
    for content in tables.values():
        rows = list(csv.reader(content.decode("utf-8-sig").splitlines(), delimiter=";"))
        assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)
    async with opened_records("sqlite", tmp_path / "other") as records:
        other = await Desk(records).open()
        for kind in ("field", "competence", "provider", "programme", "batch"):
            outcome, troubles = await _import(other, tables[kind], kind, keep_states=True)
            assert troubles == []
        assert {kind: await _all(_export(other).csv(kind, delimiter=";")) for kind in TABLES} == tables
        for kind in TABLES:
            outcome, troubles = await _import(other, tables[kind], kind, keep_states=True)
            assert (troubles, outcome.added, outcome.changed) == ([], 0, 0)


async def test_without_keeping_states_what_was_approved_elsewhere_is_proposed_here(desk: Desk, tmp_path: Path) -> None:
    await _filled(desk)
    told = await _all(_export(desk).json())
    async with opened_records("memory", tmp_path) as records:
        other = await Desk(records).open()
        outcome, troubles = await _import(other, told, by=OTHER)
        assert (troubles, outcome.added) == ([], 6)
        assert [(one.version, one.state) for one in await other.catalogue.versions("pbj")] == [(1, "proposed"), (2, "draft")]
        assert (await other.standings.profile(PROVIDER)).history == ()
        before = await other.kinds()
        again, troubles = await _import(other, told, by=OTHER)
        assert (troubles, again.added, again.changed) == ([], 0, 0)
        assert await other.kinds() == before


async def test_a_history_that_broke_four_eyes_elsewhere_is_not_taken(desk: Desk) -> None:
    told = {
        "entry": "programme", "id": "pbj", "version": 1, "provider": PROVIDER, "title": "P", "description": "D", "criteria": "K", "jp": 8,
        "history": [
            {"state": state, "since": None, "at": "2026-01-01T00:00:00Z", "by": BY} for state in ("draft", "proposed", "approved")
        ],
    }  # fmt: skip
    outcome, (trouble,) = await _import(desk, json.dumps([told]), keep_states=True)
    assert (_counts(outcome), "four eyes" in trouble.message) == ((0, 0, 0, 1), True)


async def test_tables_made_by_people_enter_programmes_batches_and_their_bindings(desk: Desk) -> None:
    programmes = "Kode;Penyelenggara;Judul;Uraian;Kriteria;JP;Menit;Aturan Bukti;Kompetensi;Jalur;State\n"
    programmes += "pbj;balai;Pengadaan;Dasar;Lulus;;400;course-completed-and-quiz-passed;T.PBJ.1, T.PBJ.2;16;proposed\n"
    outcome, troubles = await _import(desk, programmes, "programme")
    assert (_counts(outcome), troubles) == ((1, 0, 0, 0), [])
    programme = await desk.programmes.found("pbj", 1)
    assert (programme.jp, programme.channel, programme.competences, programme.state) == (8, 16, ("T.PBJ.1", "T.PBJ.2"), "proposed")
    batches = 'kode,program,penyelenggara,nama,mulai,selesai,nilai minimum\npbj-1,pbj,balai,Angkatan I,01-11-2026,30/11/2026,"0,7"\n'
    assert _counts((await _import(desk, batches, "batch"))[0]) == (1, 0, 0, 0)
    assert (await desk.batches.found("pbj-1")).state == "draft"
    bindings = f"batch,role,match,activity\npbj-1,course,prefix,{COURSE}\npbj-1,quiz,,{QUIZ}\n"
    assert _counts((await _import(desk, bindings, "binding"))[0]) == (0, 1, 0, 0)
    assert _counts((await _import(desk, bindings, "binding"))[0]) == (0, 0, 1, 0)
    opened = await desk.batches.move("pbj-1", "open", by=BY)
    assert (opened.minimum_score, [one.match for one in opened.bindings]) == (0.7, ["prefix", "exact"])
    assert _counts((await _import(desk, batches, "batch"))[0]) == (0, 0, 1, 0)
    renamed = batches.replace("Angkatan I,", "Angkatan Satu,")
    assert _counts((await _import(desk, renamed, "batch"))[0]) == (0, 1, 0, 0)
    assert len((await desk.batches.found("pbj-1")).bindings) == 2


async def test_a_draft_batch_without_bindings_is_not_opened(desk: Desk) -> None:
    await _import(desk, _PROGRAMMES + _PBJ, "programme")
    await _import(desk, _BATCHES + "pbj-1,pbj,balai,I,2026-11-01,2026-11-30\n", "batch")
    with pytest.raises(InvalidRequestError) as caught:
        await desk.batches.move("pbj-1", "open", by=BY)
    assert caught.value.where == "bindings"


@pytest.mark.parametrize(
    ("kind", "header", "row", "where"),
    [
        ("programme", _PROGRAMMES, "x,balai,T,D,K,0,,\n", "jp"),
        ("programme", _PROGRAMMES, "x,balai,T,D,K,8.5,,\n", "jp"),
        ("programme", _PROGRAMMES, "x,balai,T,D,K,delapan,,\n", "jp"),
        ("programme", _PROGRAMMES, "x,balai,T,D,K,1e99,,\n", "jp"),
        ("programme", _PROGRAMMES, "X Y,balai,T,D,K,8,,\n", "id"),
        ("programme", _PROGRAMMES, "x,nobody,T,D,K,8,,\n", "provider"),
        ("programme", _PROGRAMMES, "x,balai,,D,K,8,,\n", "title"),
        ("programme", _PROGRAMMES, "x,balai,T,D,K,8,nothing,\n", "rule"),
        ("programme", _PROGRAMMES, "x,balai,T,D,K,8,,T.XX.1\n", "competences"),
        ("programme", _PROGRAMMES.replace("competences", "history"), "x,balai,T,D,K,8,,{oops\n", "history"),
        ("programme", _PROGRAMMES.replace("competences", "history"), 'x,balai,T,D,K,8,,"[{""state"":""draft""}]"\n', "history[0]"),
        ("programme", _PROGRAMMES.replace("competences", "scope"), "x,balai,T,D,K,8,,local\n", "scope"),
        ("batch", _BATCHES, "x,nothing,balai,I,2026-11-01,2026-11-30\n", "programme"),
        ("batch", _BATCHES, "x,pbj,lain,I,2026-11-01,2026-11-30\n", "programme"),
        ("batch", _BATCHES, "x,pbj,balai,I,2026-11-31,2026-11-30\n", "starts"),
        ("batch", _BATCHES, "x,pbj,balai,I,45292,2026-11-30\n", "starts"),
        ("batch", _BATCHES, "x,pbj,balai,I,2026-12-01,2026-11-30\n", "ends"),
        ("batch", _BATCHES, "x,pbj,balai,I,2026-11-01\n", "ends"),
        ("binding", "batch,role,activity\n", "nothing,course,https://x.test/\n", "batch"),
        ("binding", "batch,role,match,activity\n", "pbj-1,course,like,https://x.test/\n", "match"),
        ("binding", "batch,role,activity\n", "pbj-1,course,no iri\n", "bindings"),
        ("accreditation", "provider,starts,body\n", "nobody,2026-01-01,LAN\n", "provider"),
        ("accreditation", "provider,starts,ends,body\n", "balai,2026-01-01,2025-01-01,LAN\n", "accreditations"),
        ("field", "id,name_id,name_en,keeper,keeper_agency\n", "X,a,b,c,d\n", "id"),
        ("competence", "code,type,field,name_id,name_en,definition_id,definition_en\n", "T.X,technical,nothing,a,b,c,d\n", "field"),
        ("competence", "code,type,field,name_id,name_en,definition_id,definition_en\n", "T.X,tactical,pengadaan,a,b,c,d\n", "type"),
    ],
)  # fmt: skip
async def test_a_bad_line_is_told_with_its_number_and_column_and_the_others_go_in(
    desk: Desk, kind: str, header: str, row: str, where: str
) -> None:
    await _import(desk, _PROGRAMMES + _PBJ, "programme")
    await _import(desk, _BATCHES + "pbj-1,pbj,balai,I,2026-11-01,2026-11-30\n", "batch")
    good = {"programme": "good,balai,T,D,K,8,,\n", "batch": "good,pbj,balai,I,2026-11-01,2026-11-30\n"}.get(kind, "")
    outcome, troubles = await _import(desk, header + row + good, kind)
    assert (outcome.added, [(one.row, one.column) for one in troubles if one.severity == "error"]) == (bool(good), [(2, where)])


async def test_what_is_proposed_or_more_does_not_change_by_a_file(desk: Desk) -> None:
    await _import(desk, _PROGRAMMES + _PBJ, "programme")
    assert _counts((await _import(desk, _PROGRAMMES + _PBJ.replace(",8,", ",9,"), "programme"))[0]) == (0, 1, 0, 0)
    await desk.programmes.move("pbj", 1, "proposed", by=BY)
    outcome, (trouble,) = await _import(desk, _PROGRAMMES + _PBJ, "programme")
    assert (outcome.refused, trouble.column) == (1, "state")


async def test_bindings_that_overlap_anothers_are_told(desk: Desk) -> None:
    await desk.programmes.draft(PROGRAMME, BY)
    await desk.batches.add(BATCH, BY)
    bindings = [{"role": "course", "activity": COURSE}, {"role": "quiz", "activity": QUIZ + "0"}]
    told = {
        "entry": "batch", "id": "pbj-2", "programme": "pbj", "provider": PROVIDER, "name": "II", "starts": "2026-11-20",
        "ends": "2026-12-20",
        "rule": BATCH.rule, "bindings": bindings,
    }  # fmt: skip
    _, (trouble,) = await _import(desk, json.dumps(told))
    assert "pbj-1" in trouble.message


async def test_what_the_actor_may_not_enter_is_told(desk: Desk) -> None:
    async def allow(entry: object) -> None:
        if not isinstance(entry, Programme | Batch) or entry.provider != PROVIDER:
            raise NotAllowedError("not yours")

    rows = _PROGRAMMES + _PBJ + "x,lain,T,D,K,8,,\n"
    outcome, (trouble,) = await _import(desk, rows, "programme", allow=allow)
    assert (_counts(outcome), trouble.row, trouble.message) == ((1, 0, 0, 1), 3, "not yours")


@pytest.mark.parametrize(
    ("content", "kind", "told"),
    [
        ("", "", "empty"),
        ("{", "", "no JSON"),
        ("7", "", "array of objects"),
        ("[" * 100_000, "", "no JSON"),
        ("id\n", "programme", "no column"),
        ("", "programme", "empty"),
        ("x", "surprise", "the tables are"),
        ("[" + " " * 21_000_000 + "]", "", "at most"),
    ],
)
async def test_a_file_that_is_of_no_use_is_refused(desk: Desk, content: str, kind: str, told: str) -> None:
    with pytest.raises(InvalidRequestError, match=told):
        await _import(desk, content, kind)


@pytest.mark.parametrize("step", [1, 50, 100_000])
async def test_json_is_read_in_lines_as_one_array_and_pretty_printed(desk: Desk, step: int) -> None:
    entry = {"entry": "field", "id": "keuangan", "name_id": "K", "name_en": "F", "keeper": "X", "keeper_agency": "3099"}
    for number, text in enumerate(
        (json.dumps([entry]), json.dumps([entry], indent=2), "[\n" + json.dumps(entry) + ",\n]\n", json.dumps(entry))
    ):
        outcome, troubles = await _import(desk, text, step=step)
        assert (troubles, outcome.added, outcome.same) == ([], int(number == 0), int(number > 0))
    _, (trouble,) = await _import(desk, json.dumps([{"entry": "surprise"}]))
    assert trouble.column == "entry"


_WORDS = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp", "Cn"), exclude_characters="\ufffd\ufffe\uffff"), min_size=1, max_size=20
).filter(lambda text: bool(text.strip()))
_DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))


@st.composite
def _any_programme(draw: st.DrawFn) -> Programme:
    minutes = draw(st.none() | st.integers(45, 9_000))
    first = draw(st.none() | _DAYS)
    return Programme(
        id="pbj",
        version=draw(st.integers(1, 9)),
        provider=PROVIDER,
        title=draw(_WORDS),
        description=draw(_WORDS),
        criteria=draw(_WORDS),
        jp=minutes // 45 if minutes else draw(st.integers(1, 200)),
        minutes=minutes,
        channel=draw(st.integers(0, 25)),
        scope=draw(st.sampled_from(["national", "international"])),
        mode=draw(st.sampled_from(["online", "classroom", "blended"])),
        competence_type=draw(st.sampled_from(["technical", "managerial", "socio-cultural"])),
        competences=tuple(draw(st.sets(st.sampled_from(["T.PBJ.1", "M.1", "S.1"])))),
        approving_body=draw(st.just("") | _WORDS),
        evidence_rule=draw(st.sampled_from(["", "course-completed"])),
        template=draw(st.sampled_from(["", "standard"])),
        valid_from=first,
        valid_until=None if first is None else first + timedelta(draw(st.integers(0, 900))),
    )


@settings(max_examples=25, deadline=None)
@given(programme=_any_programme(), score=st.none() | st.floats(0, 1), name=_WORDS)
async def test_any_entry_goes_out_and_in_without_loss_as_csv_and_as_json(programme: Programme, score: float | None, name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with (
            opened_records("memory", Path(folder)) as one,
            opened_records("memory", Path(folder)) as two,
            opened_records("memory", Path(folder)) as three,
        ):
            desk, other, third = await Desk(one).open(), await Desk(two).open(), await Desk(three).open()
            await desk.programmes.draft(programme, BY)
            await desk.batches.add(replace(BATCH, name=name, version=programme.version, minimum_score=score), BY)
            told = await _all(_export(desk).json())
            assert (await _import(other, told, keep_states=True))[1] == []
            for kind in ("programme", "batch"):
                assert (await _import(third, await _all(_export(desk).csv(kind)), kind, keep_states=True))[1] == []
            assert await _all(_export(other).json()) == await _all(_export(third).json()) == told
