"""Importing persons from a file, over records: good rows go in, a bad one is told with its number and the fix, a repeat changes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from credentials.people.person import Identifier, Name, Person, Profile, Status
from credentials.ports.records import Insert, Write, scan_all
from credentials.services.import_orders import ImportOrder
from credentials.services.people import NewPerson
from credentials.services.people_chunk import ChunkWriter
from credentials.services.people_import import Outcome, PeopleImport
from credentials.services.people_plan import Plan
from credentials.stores.ledger import DUE
from credentials.stores.looks import LOOKS
from credentials.stores.people import NUMBERS, PERSONS, PROFILES, Numbered
from credentials.stores.waiting import Sighted
from credentials.tabular.reading import Trouble
from lrs.errors import InvalidRequestError, StoreUnavailableError
from lrs.ports import account_term
from tests.support.learning import PROVIDER
from tests.support.records import ENGINES, opened_records
from tests.support.register import BY, Desk

_HEADER = "nip,nama,gelar_depan,gelar_belakang,jenis,instansi,unit_kerja,jabatan,jenis_jabatan,tmt,zona_waktu\n"
_AS_OF = date(2026, 11, 24)


def _nip(number: int) -> str:
    return f"20310417205601{number % 2 + 1}{number + 1:03d}"


def _row(number: int, name: str = "Sekar", unit: str = "biro-1", agency: str = "4012") -> str:
    return f'{_nip(number)},{name},Dr.,"S.Kom., M.M.",PNS,{agency},{unit},Analis,fungsional,,WITA\n'


@pytest.fixture(params=ENGINES)
async def desk(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Desk]:
    async with opened_records(request.param, tmp_path) as records:
        yield await Desk(records).open()


class _Imported:
    """What came of a file."""

    def __init__(self, outcome: Outcome, troubles: list[Trouble]) -> None:
        self.outcome = outcome
        self.troubles = troubles

    def errors(self) -> list[tuple[int, str]]:
        return [(one.row, one.column) for one in self.troubles if one.severity == "error"]

    def warnings(self) -> list[tuple[int, str]]:
        return [(one.row, one.column) for one in self.troubles if one.severity == "warning"]

    def counts(self) -> tuple[int, int, int]:
        return self.outcome.added, self.outcome.changed, self.outcome.same


def _writer(desk: Desk) -> ChunkWriter:
    return ChunkWriter(desk.people_records, desk.link_records, desk.waiting, desk.log, desk.providers, desk.new_id)


async def _import(desk: Desk, text: str | bytes, *, step: int = 100_000, **order: object) -> _Imported:
    wanted = ImportOrder(**{"id": "i1", "by": BY, "as_of": _AS_OF, "rows": 3, **order})  # type: ignore[arg-type]  # members of an order
    importing = PeopleImport(_writer(desk), wanted)
    content = text.encode() if isinstance(text, str) else text
    troubles: list[Trouble] = []
    for start in range(0, len(content), step):
        troubles += await importing.feed(content[start : start + step])
    return _Imported(importing.outcome, troubles + await importing.finish())


async def _all(desk: Desk) -> tuple[list[Person], list[Profile]]:
    return await scan_all(desk.records, PERSONS), await scan_all(desk.records, PROFILES)


async def _one(desk: Desk, number: int) -> tuple[Person, Profile]:
    person = await desk.people.find("nip", _nip(number))
    assert person is not None
    kept, profile = await desk.people_records.person(person), await desk.people_records.profile(person)
    assert kept is not None
    assert profile is not None
    return kept.value, profile.value


@pytest.mark.parametrize("step", [1, 100, 100_000])
async def test_rows_become_persons_and_a_repeat_changes_nothing(desk: Desk, step: int) -> None:
    text = _HEADER + "".join(_row(number, unit=f"biro-{number % 2}") for number in range(8))
    found = await _import(desk, text, step=step)
    assert (found.counts(), found.troubles) == ((8, 0, 0), [])
    before, decisions = await _all(desk), await desk.kinds()
    person, profile = await _one(desk, 3)
    assert profile.names[0].printed == "Dr. Sekar, S.Kom., M.M."
    assert person.statuses[0].kind == "pns"
    assert (person.postings[0].unit, person.postings[0].time_zone, person.postings[0].position_kind) == (
        "biro-1",
        "Asia/Makassar",
        "functional",
    )
    assert decisions == ["people.imported"] * 3
    again = await _import(desk, text, as_of=date(2027, 3, 1))
    assert (again.counts(), again.troubles) == ((0, 0, 8), [])
    assert await _all(desk) == before
    assert await desk.kinds() == decisions


async def test_who_is_imported_has_hours_to_be_counted_and_a_repeat_asks_for_nothing(desk: Desk) -> None:
    text = _HEADER + "".join(_row(number) for number in range(8))
    await _import(desk, text)
    people, _ = await _all(desk)
    marks = await scan_all(desk.records, DUE)
    assert sorted(person for mark in marks for person in mark.many) == sorted(one.id for one in people)
    await _import(desk, text, as_of=date(2027, 3, 1))
    assert await scan_all(desk.records, DUE) == marks


async def test_a_dry_run_tells_the_same_and_writes_nothing(desk: Desk) -> None:
    text = _HEADER + _row(1) + _row(2) + "x,Budi\n" + _row(1)
    dry = await _import(desk, text, dry_run=True)
    assert await _all(desk) == ([], [])
    wet = await _import(desk, text)
    assert (
        (dry.counts(), dry.outcome.repeated, dry.errors())
        == (wet.counts(), wet.outcome.repeated, wet.errors())
        == ((2, 0, 0), 1, [(4, "nip")])
    )


async def test_what_a_file_tells_otherwise_holds_from_the_day_it_speaks_of(desk: Desk) -> None:
    await _import(desk, _HEADER + _row(1))
    later = await _import(desk, _HEADER + _row(1, name="Sekar Ayu", unit="biro-9"), as_of=date(2027, 1, 1))
    assert later.counts() == (0, 1, 0)
    person, profile = await _one(desk, 1)
    assert [(one.unit, str(one.since)) for one in person.postings] == [("biro-1", "1900-01-01"), ("biro-9", "2027-01-01")]
    assert [(one.name, str(one.since)) for one in profile.names] == [("Sekar", "1900-01-01"), ("Sekar Ayu", "2027-01-01")]
    assert len(person.statuses) == 1


async def test_dates_of_the_row_itself_win(desk: Desk) -> None:
    header = "nip,nama,jenis,tmt_status,instansi,tmt_jabatan,mulai_kontrak,akhir_kontrak\n"
    row = "203104172056212003,Budi,PPPK,01-03-2056,4012,01/03/2056,2056-03-01,2057-02-28\n"
    await _import(desk, header + row)
    person = (await _all(desk))[0][0]
    assert [(one.kind, str(one.since)) for one in person.statuses] == [("pppk", "2056-03-01")]
    assert str(person.postings[0].since) == "2056-03-01"
    assert [(str(one.starts), str(one.ends), one.agency) for one in person.contracts] == [("2056-03-01", "2057-02-28", "4012")]
    again = row.replace("2056-03-01,2057-02-28", "2057-03-01,2058-02-28")
    assert (await _import(desk, header + again)).counts() == (0, 1, 0)
    assert len((await _all(desk))[0][0].contracts) == 2


async def test_a_new_number_is_added_and_the_old_one_ends(desk: Desk) -> None:
    header = "siasn_id,ni_pppk,nip,nama,instansi\n"
    siasn = "0123456789abcdef0123456789abcdef"
    await _import(desk, f"{header}{siasn},203104172056212003,,Budi,4012\n")
    found = await _import(desk, f"{header}{siasn},,{_nip(1)},Budi,4012\n")
    assert found.counts() == (0, 1, 0)
    (profile,) = (await _all(desk))[1]
    assert [(one.kind, str(one.since), str(one.until)) for one in profile.identifiers] == [
        ("ni-pppk", "None", "2026-11-23"),
        ("siasn", "None", "None"),
        ("nip", "2026-11-24", "None"),
    ]
    await _import(desk, f"{header}{siasn},203104172056212003,,Budi,4012\n")  # an old file again
    assert (await _all(desk))[1] == [profile]


@pytest.mark.parametrize(
    ("row", "column", "fix"),
    [
        ("1.98503E+17,Sekar,,,PNS,4012,,,,,", "nip", "format the column as text"),
        ("=1+1,Sekar,,,PNS,4012,,,,,", "nip", "digits only"),
        (",Sekar,,,PNS,4012,,,,,", "nip", "needs a NIP"),
        (f"{_nip(5)},,,,PNS,4012,,,,,", "name", "must not be empty"),
        (f'{_nip(5)},"=HYPERLINK(""x"")",,,PNS,4012,,,,,', "name", "formula"),
        (f"{_nip(5)},{_nip(5)},,,PNS,4012,,,,,", "name", "no number"),
        (f"{_nip(5)},Sekar,=x,,PNS,4012,,,,,", "front_title", "begin"),
        (f"{_nip(5)},Sekar,,,TNI,4012,,,,,", "kind", "PNS, CPNS"),
        (f"{_nip(5)},Sekar,,,PNS,,biro-1,,,,", "agency", "agency"),
        (f"{_nip(5)},Sekar,,,PNS,Kementerian Contoh,,,,,", "agency", "by its code"),
        (f"{_nip(5)},Sekar,,,PNS,4012,,,kepala,,", "position_kind", "fungsional"),
        (f"{_nip(5)},Sekar,,,PNS,4012,,,,45292,", "posting_since", "format the column as a date"),
        (f"{_nip(5)},Sekar,,,PNS,4012,,,,31-02-2026,", "posting_since", "no such day"),
        (f"{_nip(5)},Sekar,,,PNS,4012,,,,1492-01-01,", "since", "1900"),
        (f"{_nip(5)},Sekar,,,PNS,4012,,,,,Asia/Atlantis", "time_zone", "Asia/Jakarta"),
        (f"{_nip(5)},Sekar,,,PNS,4012,,,,,,,extra", "", "quotes"),
        (f'{_nip(5)},"Sekar\nAyu",,,PNS,4012,,,,,', "", "take it out"),
        ("x" * 70_000, "", "several rows"),
    ],
)
async def test_a_bad_row_is_told_with_its_number_and_its_fix_and_the_others_go_in(desk: Desk, row: str, column: str, fix: str) -> None:
    found = await _import(desk, _HEADER + _row(1) + row + "\n" + _row(2))
    assert found.counts() == (2, 0, 0)
    (trouble,) = [one for one in found.troubles if one.severity == "error"]
    assert (trouble.row, trouble.column) == (3, column)
    assert fix in f"{trouble.message} {trouble.fix}"
    assert _nip(5) not in f"{trouble.message} {trouble.fix}"


async def test_an_odd_number_goes_in_held_with_a_warning(desk: Desk) -> None:
    found = await _import(desk, _HEADER + "20310417205601200,Sekar,,,PNS,4012,,,,,\n203104172056012000,Budi,,,PNS,4012,,,,,\n")
    assert (found.counts(), found.errors(), found.warnings()) == ((2, 0, 0), [], [(2, "nip"), (3, "nip")])
    assert found.outcome.held == 2
    assert all(profile.identifiers[0].held for profile in (await _all(desk))[1])


async def test_a_pppk_in_the_column_of_nips_is_taken_for_one_and_asked_for_its_contract(desk: Desk) -> None:
    found = await _import(desk, "nip,nama,instansi\n203104172056212003,Budi,4012\n")
    assert (found.counts(), found.warnings()) == ((1, 0, 0), [(2, "contract_starts")])
    person, profile = (await _all(desk))[0][0], (await _all(desk))[1][0]
    assert (person.statuses[0].kind, profile.identifiers[0].kind) == ("pppk", "ni-pppk")


async def test_repeated_rows_are_counted_and_contradictions_told(desk: Desk) -> None:
    found = await _import(desk, _HEADER + _row(1) + _row(1) + _row(2) + _row(1, name="Lain") + _row(3))
    assert (found.counts(), found.outcome.repeated, found.errors()) == ((3, 0, 0), 1, [(5, "")])
    assert "row 2" in found.troubles[0].message
    assert (await _one(desk, 1))[1].names[0].name == "Sekar"


async def test_the_numbers_of_two_persons_in_one_row_are_told(desk: Desk) -> None:
    await desk.people.register(NewPerson((Name(date(2026, 1, 1), "A"),), (Identifier("nip", _nip(1)),)), BY)
    await desk.people.register(NewPerson((Name(date(2026, 1, 1), "B"),), (Identifier("nip-old", "130123456"),)), BY)
    found = await _import(desk, f"nip,nip_lama,nama,instansi\n{_nip(1)},130123456,A,4012\n")
    assert (found.counts(), found.errors()) == ((0, 0, 0), [(2, "nip")])


async def test_rows_outside_the_reach_and_the_own_row_are_told(desk: Desk) -> None:
    await _import(desk, _HEADER + _row(1) + _row(2, agency="3011"))
    own = (await _one(desk, 1))[0].id
    text = _HEADER + _row(1, unit="x") + _row(2) + _row(3, agency="3011") + _row(4)
    found = await _import(desk, text, own=own, may_enter=lambda agency: agency == "4012")
    assert (found.counts(), found.errors()) == ((1, 0, 0), [(2, ""), (3, "agency"), (4, "agency")])


async def test_accounts_are_linked_once_and_a_taken_one_is_told(desk: Desk) -> None:
    header = "nip,nama,instansi,penyelenggara,account_home_page,akun\n"
    text = header + f"{_nip(1)},A,4012,{PROVIDER},https://lms.test,7\n{_nip(2)},B,4012,{PROVIDER},https://lms.test,7\n"
    text += f"{_nip(3)},C,4012,nobody,https://lms.test,8\n{_nip(4)},D,4012,{PROVIDER},no-iri,9\n{_nip(5)},E,4012,,,\n"
    found = await _import(desk, text)
    assert found.counts() == (2, 0, 0)
    assert found.errors() == [(5, "account_home_page"), (3, "account_name"), (4, "provider")]
    assert found.outcome.links == 1
    person = (await _one(desk, 1))[0].id
    assert await desk.link_records.persons_of([(PROVIDER, account_term("https://lms.test", "7"))]) == {
        (PROVIDER, account_term("https://lms.test", "7")): (person,)
    }
    assert {one.person for one in await scan_all(desk.records, LOOKS)} == {person}
    assert (await _import(desk, text)).outcome.links == 0
    more = await _import(desk, header + f"{_nip(1)},A,4012,lain,https://lms.test,7\n")
    assert (more.counts(), more.outcome.links) == ((0, 1, 0), 1)


async def test_superiors_are_named_by_their_number_in_any_order_after_a_second_import(desk: Desk) -> None:
    text = f"nip,nama,instansi,nip_atasan\n{_nip(1)},A,4012,{_nip(9)}\n{_nip(9)},B,4012,\n{_nip(3)},C,4012,{_nip(9)}\n"
    found = await _import(desk, text)
    assert found.warnings() == [(2, "superior")]
    superior = (await _one(desk, 9))[0].id
    assert (await _one(desk, 3))[0].postings[0].superior == superior
    again = await _import(desk, text)
    assert (again.counts(), again.warnings()) == ((0, 1, 2), [])
    assert (await _one(desk, 1))[0].postings[-1].superior == superior


async def test_evidence_that_waits_for_a_number_is_looked_at_also_when_the_repeat_changes_nothing(desk: Desk) -> None:
    ifi = desk.link_records.asserted_ifi(_nip(1))
    await desk.waiting.note([Sighted(PROVIDER, ifi, 1)])
    await _import(desk, _HEADER + _row(1))
    person = (await _one(desk, 1))[0].id
    assert {one.person for one in await scan_all(desk.records, LOOKS)} == {person}
    assert (await desk.waiting.of_provider(PROVIDER)).values == []


async def test_two_imports_of_one_file_at_once_enter_everybody_once(desk: Desk) -> None:
    text = _HEADER + "".join(_row(number) for number in range(12))
    one, two = await asyncio.gather(_import(desk, text), _import(desk, text, id="i2"))
    persons, profiles = await _all(desk)
    assert len(persons) == len(profiles) == 12
    assert one.outcome.added + two.outcome.added == 12
    assert one.errors() == two.errors() == []


async def test_a_person_whose_half_was_left_by_a_process_that_died_is_finished(desk: Desk) -> None:
    await desk.records.commit(Insert(NUMBERS, Numbered("asn", _nip(1), "half-1")))
    assert (await _import(desk, _HEADER + _row(1))).counts() == (1, 0, 0)
    assert (await _one(desk, 1))[0].id == "half-1"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "empty"),
        ("nip;nip;nama\n", "twice"),
        ("nomor,alamat\n", "no column name"),
        ("nama,alamat\n", "needs one of"),
        ("nip,nama" + ",x" * 600 + "\n", "columns"),
        ("x," * 1_000_000 + "\n", "characters"),
        (b"PK\x03\x04", "workbook"),
    ],
)
async def test_a_file_that_is_of_no_use_is_refused_as_a_whole(desk: Desk, text: str | bytes, told: str) -> None:
    with pytest.raises(InvalidRequestError, match=told):
        await _import(desk, text, step=10_000)
    assert await _all(desk) == ([], [])


async def test_columns_that_are_not_read_are_told_with_the_nearest_name(desk: Desk) -> None:
    found = await _import(desk, "nip,nama,instansi,jabatn,catatan\n" + f"{_nip(1)},A,4012,x,y\n")
    assert found.warnings() == [(1, "jabatn"), (1, "catatan")]
    assert "position" in found.troubles[0].fix


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16"])
async def test_files_of_spreadsheets_with_semicolons_go_in_as_they_are(desk: Desk, codec: str) -> None:
    text = ("sep=;\r\n" + _HEADER.replace(",", ";") + f"{_nip(1)};Añil;;S.Kom., M.M.;PNS;4012;;;;;WIT\r\n").encode(codec)
    assert (await _import(desk, text)).counts() == (1, 0, 0)
    assert (await _one(desk, 1))[1].names[0].printed == "Añil, S.Kom., M.M."


async def test_a_file_that_is_cut_off_leaves_its_last_row_out(desk: Desk) -> None:
    text = _HEADER + _row(1) + _row(2)
    found = await _import(desk, text[:-40])
    assert (found.counts(), found.errors()) == ((1, 0, 0), [(3, "")])
    assert (await _import(desk, text)).counts() == (1, 0, 1)


async def test_a_status_that_ended_is_kept_with_its_date(desk: Desk) -> None:
    header = "nip,nama,jenis,kedudukan,tmt_status,instansi\n"
    await _import(desk, header + f"{_nip(1)},A,PNS,aktif,,4012\n")
    await _import(desk, header + f"{_nip(1)},A,PNS,Pensiun,2026-05-01,4012\n")
    assert (await _one(desk, 1))[0].statuses == (
        Status(date(1900, 1, 1), "pns", "active", "import:i1"),
        Status(date(2026, 5, 1), "pns", "ended", "import:i1"),
    )


async def test_what_is_held_of_a_file_is_bounded_however_long_it_is(tmp_path: Path) -> None:
    async with opened_records("sqlite", tmp_path) as records:
        desk = await Desk(records).open()
        importing = PeopleImport(_writer(desk), ImportOrder("i1", BY, _AS_OF, rows=100))
        most = 0
        await importing.feed(_HEADER.encode())
        for place in range(40):
            numbers = range(place * 50, place * 50 + 50)
            await importing.feed(
                "".join(_row(number % 900).replace("20310417", f"2031{number // 900 + 1:02d}17") for number in numbers).encode()
            )
            most = max(most, importing.waiting_rows)
        await importing.finish()
        assert most < 400  # of two thousand: what is not yet in a commit
        assert importing.outcome.added + importing.outcome.repeated + importing.outcome.refused == 2_000


async def test_a_superior_of_the_chunk_before_is_known_also_while_that_is_being_written(desk: Desk) -> None:
    header = _HEADER.replace("zona_waktu", "zona_waktu,atasan")
    rows = [_row(number).rstrip("\n") + (f",{_nip(number - 3)}\n" if number > 2 else ",\n") for number in range(15)]
    found = await _import(desk, header + "".join(rows))
    assert (found.counts(), found.troubles) == ((15, 0, 0), [])
    for number in range(3, 15):
        assert (await _one(desk, number))[0].postings[0].superior == (await _one(desk, number - 3))[0].id


async def test_a_chunk_that_is_written_otherwise_than_planned_names_the_superiors_that_there_are(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody enters one of its persons at that moment: what was planned after it is planned anew."""
    header, taken = _HEADER.replace("zona_waktu", "zona_waktu,atasan"), NewPerson((Name(date(2020, 1, 1), "Sekar"),))
    commit, first = ChunkWriter._commit, True

    async def late(self: ChunkWriter, writes: list[Write], plan: Plan, order: ImportOrder) -> None:
        nonlocal first
        if first:
            first = False
            taken_with_number = replace(taken, identifiers=(Identifier("nip", _nip(1)),))
            await desk.people.register(taken_with_number, by=BY)
        await commit(self, writes, plan, order)

    monkeypatch.setattr(ChunkWriter, "_commit", late)
    rows = [_row(number).rstrip("\n") + (f",{_nip(number % 3)}\n" if number > 2 else ",\n") for number in range(9)]
    found = await _import(desk, header + "".join(rows))
    assert found.outcome.added + found.outcome.changed == 9
    there = {person.id for person in (await _all(desk))[0]}
    assert len(there) == 9
    for number in range(3, 9):
        superior = (await _one(desk, number))[0].postings[-1].superior
        assert superior == (await _one(desk, number % 3))[0].id
        assert superior in there


async def test_when_a_chunk_cannot_be_written_those_after_it_are_not(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    commit, count = ChunkWriter._commit, 0

    async def fails(self: ChunkWriter, writes: list[Write], plan: Plan, order: ImportOrder) -> None:
        nonlocal count
        count += 1
        if count == 2:
            raise StoreUnavailableError("the disk is full")
        await commit(self, writes, plan, order)

    monkeypatch.setattr(ChunkWriter, "_commit", fails)
    text = _HEADER + "".join(_row(number) for number in range(15))
    with pytest.raises(StoreUnavailableError):
        await _import(desk, text)
    assert len((await _all(desk))[0]) == 3
    monkeypatch.undo()
    assert (await _import(desk, text)).counts() == (12, 0, 3)
