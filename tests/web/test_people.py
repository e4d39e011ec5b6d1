"""Persons and links over HTTP: who may enter and see whom, and that no list or error tells a number."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from credentials.access.roles import Role
from credentials.stores.waiting import Sighted
from lrs.ports import account_term, mbox_term
from tests.support.office import WHY, Office, open_office

Json = dict[str, Any]
NIP, PPPK = "203104172056012003", "203104172056212003"
HOME = "https://lms.test"


def _person(agency: str = "lan", nip: str = NIP, **more: object) -> Json:
    name = {"name": "Ni Luh Sekar", "front": "Dr.", "back": "S.Kom."}
    return {"name": name, "identifiers": [{"kind": "nip", "value": nip}], "postings": [{"agency": agency, "unit": "biro-1"}]} | more


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with open_office(tmp_path, asn_home_page="https://asn.test") as opened:
        for provider in ("balai", "lain"):
            assert (await opened.admin.post("/admin/providers", json={"id": provider, "name": f"Balai {provider}"})).status_code == 201
        yield opened


async def _made(client: httpx.AsyncClient, path: str, body: Json) -> Json:
    answer = await client.post(path, json=body)
    assert answer.status_code in (200, 201), answer.text
    return dict(answer.json())


async def test_hr_enters_persons_of_its_own_agency_and_finds_them_by_a_number_in_the_body(office: Office) -> None:
    hr = await office.holder("Siti", Role.HR, agency="lan")
    made = await _made(hr, "/api/people", _person())
    assert made["name"] == "Dr. Ni Luh Sekar, S.Kom."
    assert (await _made(hr, "/api/people/find", {"kind": "nip", "value": "20310417 205601 2 003"}))["person"] == made["id"]
    assert (await hr.post("/api/people", json=_person("bkn", PPPK))).status_code == 403
    other = await office.holder("Budi", Role.HR, agency="bkn")
    found = await other.post("/api/people/find", json={"kind": "nip", "value": NIP})
    unknown = await other.post("/api/people/find", json={"kind": "nip", "value": PPPK})
    assert (found.status_code, found.json()["error"]["message"]) == (404, unknown.json()["error"]["message"])


async def test_a_person_is_shown_whole_to_who_may_look_and_each_look_is_noted(office: Office) -> None:
    hr = await office.holder("Siti", Role.HR, agency="lan")
    person = (await _made(hr, "/api/people", _person(accounts=[{"provider": "balai", "home_page": HOME, "name": "7"}])))["id"]
    told = (await hr.get(f"/api/people/{person}")).json()
    assert told["identifiers"][0]["value"] == NIP
    assert told["links"][0]["ifi"] == f"account:{HOME}|7"
    stranger = await office.person("Tono")
    assert (await stranger.get(f"/api/people/{person}")).status_code == 404
    own = (await stranger.get(f"/api/people/{office.ids['Tono']}")).json()
    assert own["names"][0]["name"] == "Tono"
    overseer = await office.holder("Budi", Role.OVERSEER)
    assert (await overseer.get(f"/api/people/{person}")).status_code == 400  # without saying why
    assert (await overseer.get(f"/api/people/{person}", headers={"Jejak-Reason": WHY})).status_code == 200
    views = (await overseer.get(f"/api/people/{person}/views", headers={"Jejak-Reason": WHY})).json()["items"]
    assert {"person"} <= {one["what"] for one in views}


async def test_facts_are_added_with_their_day_and_a_reason(office: Office) -> None:
    hr = await office.holder("Siti", Role.HR, agency="lan")
    person = (await _made(hr, "/api/people", _person()))["id"]
    for path, body in (
        ("names", {"name": "Ni Luh Sekar", "back": "S.Kom., M.M.", "since": "2026-07-01"}),
        ("statuses", {"kind": "pns", "standing": "study", "since": "2026-07-01"}),
        ("postings", {"agency": "lan", "unit": "biro-2", "time_zone": "Asia/Jayapura", "since": "2026-07-01"}),
        ("contracts", {"starts": "2026-07-01", "ends": "2027-06-30"}),
        ("identifiers", {"kind": "email", "value": "sekar@contoh.test"}),
    ):
        assert (await hr.post(f"/api/people/{person}/{path}", json=body)).status_code == 400  # without a reason
        await _made(hr, f"/api/people/{person}/{path}", {**body, "reason": WHY})
    told = (await hr.get(f"/api/people/{person}")).json()
    assert [one["unit"] for one in told["postings"]] == ["biro-1", "biro-2"]
    assert told["names"][-1]["back"] == "S.Kom., M.M."
    assert [one["kind"] for one in told["identifiers"]] == ["nip", "email"]
    assert (await hr.post(f"/api/people/{person}/postings", json={"agency": "bkn", "reason": WHY})).status_code == 403


async def test_nobody_enters_facts_of_their_own_record(office: Office) -> None:
    siti = await office.holder("Siti", Role.HR, agency="lan")
    own = office.ids["Siti"]
    await _made(office.admin, f"/api/people/{own}/postings", {"agency": "lan", "reason": WHY})
    answer = await siti.post(f"/api/people/{own}/statuses", json={"kind": "pns", "reason": WHY})
    assert (answer.status_code, answer.json()["error"]["message"]) == (403, "nobody decides on their own record")


async def test_an_odd_number_is_held_told_confirmed_and_withdrawn(office: Office) -> None:
    odd = "203113172056012003"
    made = await _made(office.admin, "/api/people", _person(nip=odd))
    assert made["held"] == [{"kind": "nip", "why": ["the first eight digits are no birth date"]}]
    body = {"kind": "nip", "value": odd, "reason": WHY}
    await _made(office.admin, f"/api/people/{made['id']}/identifiers/confirm", body)
    await _made(office.admin, f"/api/people/{made['id']}/identifiers/withdraw", body)
    assert (await office.admin.post(f"/api/people/{made['id']}/identifiers/withdraw", json=body)).status_code == 404


async def test_waiting_identifiers_are_listed_to_their_provider_and_the_list_tells_nothing_personal(office: Office) -> None:
    waiting = office.product.credentials.register.links.waiting
    names = ("4711", NIP, "sekar.contoh")
    seen = [Sighted("balai", account_term(HOME, name), 1_795_500_000_000_000) for name in names]
    seen += [Sighted("balai", account_term("https://asn.test", PPPK), 1), Sighted("balai", mbox_term("mailto:sekar@contoh.test"), 1)]
    await waiting.note(seen)
    officer = await office.holder("Sari", Role.PROVIDER, provider="balai")
    pages, after = [], None
    while True:
        answer = await officer.get("/api/providers/balai/waiting", params={"limit": 2} | ({"after": after} if after else {}))
        pages.append(answer)
        if (after := answer.json()["more"]) is None:
            break
    items = [one for answer in pages for one in answer.json()["items"]]
    assert sorted(one["hint"] for one in items) == ["address", "internal-id", "other-home-page", "unknown-number", "user-name"]
    leaked = "".join(answer.text for answer in pages)
    leaked += "".join(base64.urlsafe_b64decode(answer.json()["more"] + "===").decode() for answer in pages if answer.json()["more"])
    assert not any(secret in leaked for secret in (*names, PPPK, "sekar"))
    other = await office.holder("Tono", Role.PROVIDER, provider="lain")
    assert (await other.get("/api/providers/balai/waiting")).status_code == 403


async def test_a_waiting_identifier_is_linked_by_its_reference_refused_and_the_refusal_lifted(office: Office) -> None:
    waiting = office.product.credentials.register.links.waiting
    await waiting.note([Sighted("balai", account_term(HOME, "7"), 1)])
    hr = await office.holder("Siti", Role.HR, agency="lan")
    person = (await _made(hr, "/api/people", _person()))["id"]
    officer = await office.holder("Sari", Role.PROVIDER, provider="balai")
    (row,) = (await officer.get("/api/providers/balai/waiting")).json()["items"]
    assert await _made(officer, "/api/waiting/reference", {"provider": "balai", "home_page": HOME, "name": "7"}) == row
    body = {"person": person, "provider": "balai", "identifier": {"reference": row["reference"]}, "reason": WHY}
    assert (await officer.post("/api/links", json=body)).status_code in (403, 404)
    link = await _made(hr, "/api/links", body)
    assert (await officer.get("/api/providers/balai/waiting")).json()["items"] == []
    assert (await hr.post("/api/links", json={**body, "provider": "lain"})).status_code == 404
    assert (await _made(hr, f"/api/links/{link['id']}/undo", {"reason": WHY}))["open"] is False
    account = {"home_page": HOME, "name": "7"}
    refusal = await _made(hr, "/api/links/refusals", {**body, "identifier": account})
    assert (await hr.post("/api/links", json={**body, "identifier": account})).status_code == 409
    await _made(hr, f"/api/links/{refusal['id']}/undo", {"reason": WHY})
    await _made(hr, "/api/links", {**body, "identifier": account})


async def test_a_learner_undoes_a_wrong_link_and_cannot_make_one(office: Office) -> None:
    tono = await office.person("Tono")
    body = {"person": office.ids["Tono"], "provider": "balai", "identifier": {"home_page": HOME, "name": "7"}, "reason": WHY}
    assert (await tono.post("/api/links", json=body)).status_code == 403
    link = await _made(office.admin, "/api/links", body)
    assert (await _made(tono, f"/api/links/{link['id']}/undo", {"reason": "bukan akun saya"}))["open"] is False
    assert (await tono.post("/api/links/nothing/undo", json={"reason": WHY})).status_code == 404


async def test_persons_of_an_agency_are_listed_to_its_hr(office: Office) -> None:
    hr = await office.holder("Siti", Role.HR, agency="lan")
    await _made(hr, "/api/people", _person())
    listed = (await hr.get("/api/people?agency=lan")).json()["items"]
    assert [one["name"] for one in listed] == ["Dr. Ni Luh Sekar, S.Kom."]
    assert (await hr.get("/api/people?agency=lan&unit=biro-2")).json()["items"] == []
    assert (await hr.get("/api/people?agency=bkn")).status_code == 403


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        (_person(nip="2.03104E+17"), 400, "nip"),
        (_person(nip="no number"), 400, "nip"),
        (_person(name={"name": "=cmd()"}), 400, "name"),
        (_person(name={"name": ""}), 400, "name"),
        (_person(identifiers=[{"kind": "siasn", "value": "x"}]), 400, "siasn"),
        (_person(identifiers=[{"kind": "email", "value": "x"}]), 400, "email"),
        (_person(identifiers=[{"kind": "nik", "value": "1"}]), 400, "kind"),
        (_person(postings=[{"agency": "lan", "time_zone": "Asia/Atlantis"}]), 400, "time_zone"),
        (_person(contracts=[{"starts": "2026-07-01", "ends": "2026-06-30"}]), 400, "contract_ends"),
        (_person(accounts=[{"provider": "nobody", "home_page": HOME, "name": "1"}]), 404, "provider"),
        (_person(accounts=[{"provider": "balai", "home_page": HOME}]), 400, "accounts"),
        (_person(accounts=[{"provider": "balai", "home_page": HOME, "name": "1", "mbox": "mailto:a@b.test"}]), 400, "accounts"),
        (_person(), 409, "identifiers"),
        (_person(extra=1), 400, "extra"),
    ],
)
async def test_what_makes_no_sense_is_refused_with_the_member_named_and_no_number_told(
    office: Office, body: Json, status: int, told: str
) -> None:
    await _made(office.admin, "/api/people", _person())
    answer = await office.admin.post("/api/people", json=body)
    assert answer.status_code == status, answer.text
    assert told in answer.json()["error"]["where"]
    assert NIP not in answer.text


_FILE = f"nip;nama;gelar_belakang;jenis;instansi\n{NIP};Sekar;S.Kom.;PNS;lan\n{PPPK};Budi;;PNS;bkn\n2.03E+17;Rusak;;PNS;lan\n"


async def test_a_file_of_persons_is_imported_row_by_row_within_the_reach(office: Office) -> None:
    hr = await office.holder("Siti", Role.HR, agency="lan")
    answer = await hr.post("/api/people/import", content=_FILE, headers={"Content-Type": "text/csv"})
    told = answer.json()
    assert (answer.status_code, told["rows"]["added"], told["rows"]["refused"]) == (200, 1, 2)
    assert sorted((one["row"], one["column"]) for one in told["troubles"] if one["severity"] == "error") == [(3, "agency"), (4, "nip")]
    assert NIP not in answer.text
    again = (await hr.post("/api/people/import", content=_FILE)).json()
    assert (again["rows"]["added"], again["rows"]["same"]) == (0, 1)
    overseer = (await office.admin.post("/api/people/import?dry_run=true&as_of=2026-01-01", content=_FILE)).json()
    assert (overseer["rows"]["added"], overseer["dry_run"], overseer["as_of"]) == (1, True, "2026-01-01")
    assert (await office.admin.post("/api/people/find", json={"kind": "ni-pppk", "value": PPPK})).status_code == 404


@pytest.mark.parametrize(
    ("query", "content", "status", "where"),
    [
        ("", b"PK\x03\x04", 400, "file"),
        ("", b"", 400, "file"),
        ("", b"alamat\n", 400, "file"),
        ("?encoding=klingon", _FILE.encode(), 400, "encoding"),
        ("?delimiter=x", _FILE.encode(), 400, "delimiter"),
        ("?surprise=1", _FILE.encode(), 400, "query"),
        ("", b"nip,nama\n" + b"1,x\n" * 600, 413, "body"),
    ],
)
async def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, query: str, content: bytes, status: int, where: str) -> None:
    async with open_office(tmp_path, limit_import=2_000) as office:
        answer = await office.admin.post(f"/api/people/import{query}", content=content)
        assert (answer.status_code, answer.json()["error"]["where"]) == (status, where)


async def test_who_enters_nobody_imports_nobody(office: Office) -> None:
    learner = await office.person("Tono")
    assert (await learner.post("/api/people/import", content=_FILE)).status_code == 403
    async with office.bearing("") as nobody:
        assert (await nobody.post("/api/people/import", content=_FILE)).status_code == 401


async def test_an_answer_tells_a_thousand_troubles_and_how_many_more_there_are(office: Office) -> None:
    told = (await office.admin.post("/api/people/import", content="nip,nama\n" + "x,y\n" * 1_234)).json()
    assert (len(told["troubles"]), told["left_off"], told["rows"]["refused"]) == (1_000, 234, 1_234)
