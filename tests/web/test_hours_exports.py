"""Exports and the outbox for SIASN through the API."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from credentials.access.roles import Role
from credentials.hours import reversal
from credentials.people.person import Identifier, Name, Profile
from credentials.ports.records import Put
from credentials.stores.people import PROFILES
from tests.support.hours import line
from tests.support.hours_office import AGENCY, credit, enrol
from tests.support.office import WHY, Office, open_office

_NIP = "203104172056012003"  # invented: born in 2031
_SIASN = f"/api/hours/agencies/{AGENCY}/siasn"
_INSTANSI = "a5eb03e23bf2f6a0e040640a040252ad"
_COURSE = line(16, 8, "2026-05-03", "2026-05-04", id="kursus", title="=Kursus", certificate_number="12/BALAI/2026", claimed=8)


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with open_office(tmp_path) as opened:
        await opened.admin.post("/admin/providers", json={"id": "balai", "name": "Balai Pelatihan"})
        await enrol(opened, "Budi")
        person = opened.ids["Budi"]
        identifiers = (Identifier("nip", _NIP), Identifier("siasn", "0F1E2D3C4B5A69788796A5B4C3D2E1F0"))
        profile = Profile(person, (Name(_COURSE.completed_on, "Budi", "Dr.", "S.Kom."),), identifiers)
        await opened.product.credentials.records.commit(Put(PROFILES, profile))
        await credit(opened, "Budi", _COURSE, line(24, 3, "2026-06-02", id="tunggu"))
        await opened.product.hours.refreshing.settle()
        yield opened


def _table(answer: httpx.Response, delimiter: str = ",") -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""), delimiter=delimiter))


async def test_a_learner_takes_the_own_lines_along(office: Office) -> None:
    budi = office.clients["Budi"]
    path = f"/api/people/{office.ids['Budi']}/hours"
    rows = _table(await budi.get(path + ".csv?year=2026&separator=semicolon"), ";")
    assert [(row["title"], row["claimed"], row["approved"], row["counted"], row["state"]) for row in rows] == [
        ("'=Kursus", "8", "8", "6", "counted"),
        ("Pelatihan tunggu", "", "3", "0", "waiting"),
    ]
    assert "Lampiran Surat Sestama BPS" in rows[0]["reason_id"]
    sheet = await budi.get(path + ".xlsx?year=2026")
    assert (sheet.status_code, sheet.content[:2]) == (200, b"PK")
    assert "attachment" in sheet.headers["content-disposition"]


async def test_hr_exports_everybody_and_each_can_read_that(office: Office) -> None:
    hr = await office.holder("Siti", Role.HR, agency=AGENCY)
    (row,) = _table(await hr.get(f"/api/hours/agencies/{AGENCY}/people.csv?year=2026"))
    assert (row["number"], row["name"], row["counted"], row["short_of_floor"], row["lines_waiting"]) == (
        _NIP,
        "Dr. Budi, S.Kom.",
        "6",
        "14",
        "1",
    )
    lines = _table(await hr.get(f"/api/hours/agencies/{AGENCY}/lines.csv?year=2026"))
    assert [(one["number"], one["line"], one["counted"]) for one in lines] == [(_NIP, "kursus", "6"), (_NIP, "tunggu", "0")]
    for kind in ("people", "lines"):
        assert (await hr.get(f"/api/hours/agencies/{AGENCY}/{kind}.xlsx?year=2026")).content[:2] == b"PK"
    views = (await office.clients["Budi"].get(f"/api/people/{office.ids['Budi']}/views")).json()["items"]
    assert {one["what"] for one in views} == {"hours export"}


async def test_nobody_else_exports_an_agency(office: Office) -> None:
    operator = await office.holder("Oki", Role.UNIT_OPERATOR, agency=AGENCY, unit="bidang-1")
    for client in (operator, office.clients["Budi"], office.admin):
        assert (await client.get(f"/api/hours/agencies/{AGENCY}/people.csv?year=2026")).status_code == 403
        assert (await client.get(_SIASN + "/rows")).status_code == 403
    assert (await operator.get(f"/api/people/{office.ids['Budi']}/hours.csv?year=2026")).status_code == 200


async def _registered(office: Office) -> httpx.AsyncClient:
    hr = await office.holder("Siti", Role.HR, agency=AGENCY)
    assert (await hr.get(_SIASN + "/rows")).status_code == 404
    body = {"instansi": _INSTANSI, "since": "2026-01-01", "defaults": {"jenisKursusSertipikat": "P"}, "reason": WHY}
    assert (await hr.post(_SIASN, json=body)).status_code == 201
    await office.product.hours.refreshing.settle()
    return hr


async def _rows(client: httpx.AsyncClient, state: str = "not-sent") -> list[dict[str, Any]]:
    told = await client.get(f"{_SIASN}/rows?state={state}")
    assert told.status_code == 200, told.text
    return list(told.json()["items"])


async def test_a_row_speaks_in_the_field_names_of_siasn(office: Office) -> None:
    (row,) = await _rows(await _registered(office))
    assert row["body"] == {
        "id": None,
        "pnsOrangId": "0F1E2D3C4B5A69788796A5B4C3D2E1F0",
        "instansiId": _INSTANSI,
        "institusiPenyelenggara": "Balai Pelatihan",
        "jenisDiklatId": "16",
        "jenisKursus": None,
        "jenisKursusSertipikat": "P",
        "lokasiId": None,
        "jumlahJam": 6,
        "namaKursus": "=Kursus",
        "nomorSertipikat": "12/BALAI/2026",
        "tahunKursus": 2026,
        "tanggalKursus": "03-05-2026",
        "tanggalSelesaiKursus": "04-05-2026",
        "path": [],
    }
    assert (row["state"], row["action"], row["lacking"], len(row["key"])) == ("not-sent", "save", [], 32)


async def test_what_was_sent_leaves_the_queue_and_a_correction_comes_back_to_it(office: Office) -> None:
    hr = await _registered(office)
    (row,) = await _rows(hr)
    told = {"items": [{"key": row["key"], "state": "sent", "history": "riwayat-1"}, {"key": "0" * 32, "state": "sent"}]}
    assert (await hr.post(_SIASN + "/outcomes", json=told)).json() == {"unknown": ["0" * 32]}
    assert await _rows(hr) == []
    assert [one["history"] for one in await _rows(hr, "sent")] == ["riwayat-1"]
    own = line(16, 8, "2026-05-03", "2026-05-04", id="kursus")
    await credit(office, "Budi", reversal(own, id="r", recorded_at=9, reason="void"))
    await office.product.hours.refreshing.settle()
    (gone,) = await _rows(hr)
    assert (gone["action"], gone["body"]["id"]) == ("delete", "riwayat-1")
    assert gone["key"] != row["key"]


async def test_a_refused_row_is_kept_with_its_message_and_can_be_put_back(office: Office) -> None:
    hr = await _registered(office)
    (row,) = await _rows(hr)
    await hr.post(_SIASN + "/outcomes", json={"items": [{"key": row["key"], "state": "refused", "message": "nomor sudah ada"}]})
    (refused,) = await _rows(hr, "refused")
    assert refused["message"] == "nomor sudah ada"
    await hr.post(_SIASN + "/outcomes", json={"items": [{"key": row["key"], "state": "not-sent"}]})
    assert [one["key"] for one in await _rows(hr)] == [row["key"]]


async def test_a_person_without_an_id_at_siasn_is_told_of(office: Office) -> None:
    await enrol(office, "Ani")
    await credit(office, "Ani", line(3, 8, "2026-05-05", id="ani"))
    hr = await _registered(office)
    assert {row["line"]: row["lacking"] for row in await _rows(hr)} == {"kursus": [], "ani": ["pnsOrangId"]}
