"""The catalogue over HTTP: who may enter, propose, review, approve and suspend; what is refused, and where it says so."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from credentials.access.roles import Role
from tests.support.learning import COURSE, QUIZ
from tests.support.office import WHY, Office, open_office

Json = dict[str, Any]
PROGRAMME: Json = {
    "id": "pbj", "provider": "balai", "title": "Pengadaan", "description": "Dasar.", "criteria": "Lulus.", "jp": 8,
    "competences": ["T.PBJ.1"], "channel": 16, "valid_from": "2026-01-01",
}  # fmt: skip
BATCH: Json = {
    "id": "pbj-1", "programme": "pbj", "provider": "balai", "name": "Angkatan I", "starts": "2026-11-01", "ends": "2026-11-30",
    "rule": "course-completed-and-quiz-passed", "minimum_score": 0.7,
    "bindings": [{"role": "course", "activity": COURSE, "match": "prefix"}, {"role": "quiz", "activity": QUIZ}],
}  # fmt: skip
STATE = "/api/programmes/pbj/1/state"


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with open_office(tmp_path) as opened:
        for provider in ("balai", "lain"):
            assert (await opened.admin.post("/admin/providers", json={"id": provider, "name": f"Balai {provider}"})).status_code == 201
        yield opened


async def _made(client: httpx.AsyncClient, path: str, body: Json) -> Json:
    answer = await client.post(path, json=body)
    assert answer.status_code in (200, 201), answer.text
    return dict(answer.json())


async def test_a_provider_proposes_a_keeper_reviews_and_an_overseer_approves(office: Office) -> None:
    officer = await office.holder("Sari", Role.PROVIDER, provider="balai")
    keeper = await office.holder("Rini", Role.CENTER, field="pengadaan")
    overseer = await office.holder("Budi", Role.OVERSEER)
    drafted = await _made(officer, "/api/programmes", PROGRAMME)
    assert (drafted["version"], drafted["state"], drafted["channel"]) == (1, "draft", 16)
    await _made(officer, STATE, {"state": "proposed"})
    assert (await officer.post(STATE, json={"state": "approved"})).status_code == 403
    assert (await keeper.post(STATE, json={"state": "approved"})).status_code == 403
    await _made(keeper, "/api/programmes/pbj/1/reviews", {"verdict": "recommended", "reason": "sesuai standar"})
    approved = await _made(overseer, STATE, {"state": "approved"})
    assert approved["state"] == "approved"
    assert [step["by"] for step in approved["history"]] == [f"person:{office.ids[name]}" for name in ("Sari", "Sari", "Budi")]
    assert approved["reviews"][0]["verdict"] == "recommended"


async def test_four_eyes_are_two_persons_also_for_an_overseer_who_proposed(office: Office) -> None:
    await _made(office.admin, "/api/programmes", PROGRAMME)
    await _made(office.admin, STATE, {"state": "proposed"})
    assert (await office.admin.post(STATE, json={"state": "approved"})).status_code == 403
    overseer = await office.holder("Budi", Role.OVERSEER)
    returned = await _made(overseer, STATE, {"state": "draft", "reason": "lengkapi kriteria"})
    assert returned["state"] == "draft"
    assert (await _made(overseer, "/api/programmes", {**PROGRAMME, "version": 7}))["version"] == 7


async def test_nobody_acts_for_another_provider_or_field(office: Office) -> None:
    other = await office.holder("Sari", Role.PROVIDER, provider="lain")
    keeper = await office.holder("Rini", Role.CENTER, field="kesehatan")
    assert (await other.post("/api/programmes", json=PROGRAMME)).status_code == 403
    assert (await keeper.post("/api/programmes", json=PROGRAMME)).status_code == 403
    await _made(office.admin, "/api/programmes", PROGRAMME)
    assert (await other.post("/api/batches", json=BATCH)).status_code == 403
    await _made(office.admin, STATE, {"state": "proposed"})
    assert (await keeper.post("/api/programmes/pbj/1/reviews", json={"verdict": "recommended", "reason": WHY})).status_code == 403
    assert (await other.post("/api/providers/balai/suspend", json={"since": "2026-01-01", "reason": WHY})).status_code == 403
    assert (await other.get("/api/programmes/pbj/1")).status_code == 200  # the catalogue is for everybody who is signed in


async def test_drafts_change_and_what_is_suspended_tells_since_when(office: Office) -> None:
    await _made(office.admin, "/api/programmes", PROGRAMME)
    content = {name: value for name, value in PROGRAMME.items() if name != "id"} | {"minutes": 400, "jp": 8}
    assert (await office.admin.put("/api/programmes/pbj/1", json=content)).json()["minutes"] == 400
    await _made(office.admin, STATE, {"state": "proposed"})
    assert (await office.admin.put("/api/programmes/pbj/1", json=content)).status_code == 409
    overseer = await office.holder("Budi", Role.OVERSEER)
    await _made(overseer, STATE, {"state": "approved"})
    suspended = await _made(overseer, STATE, {"state": "suspended", "since": "2026-06-01", "reason": "temuan audit"})
    assert suspended["history"][-1]["since"] == "2026-06-01"
    assert (await overseer.post(STATE, json={"state": "proposed"})).status_code == 409


async def test_batches_are_entered_listed_changed_and_closed_by_their_provider(office: Office) -> None:
    officer = await office.holder("Sari", Role.PROVIDER, provider="balai")
    await _made(officer, "/api/programmes", PROGRAMME)
    assert (await _made(officer, "/api/batches", BATCH))["bindings"][0]["match"] == "prefix"
    for query in ("", "?provider=balai", "?programme=pbj", "?programme=pbj&version=1"):
        assert [one["id"] for one in (await officer.get(f"/api/batches{query}")).json()["items"]] == ["pbj-1"]
    change = {name: value for name, value in BATCH.items() if name != "id"} | {"name": "Angkatan Pertama", "reason": "nama baru"}
    assert (await officer.put("/api/batches/pbj-1", json=change)).json()["name"] == "Angkatan Pertama"
    assert (await _made(officer, "/api/batches/pbj-1/state", {"state": "closed", "reason": "selesai"}))["state"] == "closed"
    reopened = await _made(officer, "/api/batches/pbj-1/state", {"state": "open"})
    assert reopened["state"] == "open"
    assert (await officer.post("/api/batches/pbj-1/state", json={"state": "suspended", "reason": "x y z"})).status_code == 403


async def test_lists_are_paged_and_filtered(office: Office) -> None:
    for number in range(3):
        await _made(office.admin, "/api/programmes", {**PROGRAMME, "id": f"pbj-{number}", "competences": []})
    first = (await office.admin.get("/api/programmes?provider=balai&limit=2")).json()
    rest = (await office.admin.get("/api/programmes", params={"provider": "balai", "limit": 2, "after": first["more"]})).json()
    assert [one["id"] for one in first["items"] + rest["items"]] == ["pbj-0", "pbj-1", "pbj-2"]
    assert rest["more"] is None
    assert (await office.admin.get("/api/programmes?state=approved")).json()["items"] == []
    assert len((await office.admin.get("/api/programmes/pbj-0")).json()["items"]) == 1


async def test_accreditation_suspension_and_lifting_carry_dates(office: Office) -> None:
    overseer = await office.holder("Budi", Role.OVERSEER)
    windows = {"accreditations": [{"starts": "2024-01-01", "ends": "2026-12-31", "body": "LAN", "number": "12"}], "reason": "SK 12"}
    assert (await overseer.put("/api/providers/balai/accreditations", json=windows)).json()["accreditations"][0]["body"] == "LAN"
    await _made(overseer, "/api/providers/balai/suspend", {"since": "2025-06-01", "reason": "temuan audit"})
    lifted = await _made(overseer, "/api/providers/balai/lift", {"since": "2025-07-01", "reason": "diperbaiki"})
    assert [step["since"] for step in lifted["history"]] == ["2025-06-01", "2025-07-01"]
    assert (await overseer.get("/api/providers/balai/standing")).json() == lifted
    assert (await overseer.get("/api/providers/nobody/standing")).status_code == 404


async def test_the_code_list_is_extended_by_the_keeper_of_its_field(office: Office) -> None:
    keeper = await office.holder("Rini", Role.CENTER, field="pengadaan")
    told = (await keeper.get("/api/competences")).json()
    assert {one["keeper_agency"] for one in told["fields"]} >= {"4054", "4043", "3006", "3011", "3015"}
    assert all(one["definition_id"] and one["definition_en"] for one in told["items"])
    new = {
        "type": "technical", "field": "pengadaan", "name_id": "Katalog", "name_en": "Catalogue", "definition_id": "Mengelola katalog.",
        "definition_en": "Runs the catalogue.", "reason": WHY,
    }  # fmt: skip
    assert (await keeper.put("/api/competences/T.PBJ.9", json=new)).status_code == 200
    assert (await keeper.put("/api/competences/T.KES.9", json={**new, "field": "kesehatan"})).status_code == 403
    assert (await keeper.put("/api/competences/T.KES.1", json=new)).status_code == 403  # it would take another keeper's competence
    field = {"name_id": "Keuangan", "name_en": "Finance", "keeper": "Kementerian Contoh", "keeper_agency": "3099", "reason": WHY}
    assert (await keeper.put("/api/competences/fields/keuangan", json=field)).status_code == 403
    assert (await office.admin.put("/api/competences/fields/keuangan", json=field)).status_code == 200
    await _made(keeper, "/api/programmes", {**PROGRAMME, "competences": ["T.PBJ.9"]})


@pytest.mark.parametrize(
    ("path", "body", "status", "told"),
    [
        ("/api/programmes", {**PROGRAMME, "id": "x", "jp": 0}, 400, "jp"),
        ("/api/programmes", {**PROGRAMME, "id": "x", "jp": None}, 400, "jp"),
        ("/api/programmes", {**PROGRAMME, "id": "x", "minutes": 45}, 400, "minutes"),
        ("/api/programmes", {**PROGRAMME, "id": "x", "channel": 26}, 400, "channel"),
        ("/api/programmes", {**PROGRAMME, "id": "x", "title": "a\u0007b"}, 400, "title"),
        ("/api/programmes", {**PROGRAMME, "id": "x", "provider": "nobody"}, 404, "provider"),
        ("/api/programmes", {**PROGRAMME, "id": "x", "extra": 1}, 400, "extra"),
        ("/api/programmes", {**PROGRAMME, "id": "x", "competences": ["T.XYZ.1"]}, 400, "competences"),
        ("/api/programmes", {**PROGRAMME, "id": "x", "competences": ["T.PBJ.1", "T.PBJ.1"]}, 400, "competences"),
        ("/api/programmes", {**PROGRAMME, "id": "x", "valid_until": "2025-01-01"}, 400, "valid_until"),
        ("/api/programmes", {**PROGRAMME, "id": "x", "evidence_rule": "nothing"}, 400, "rule"),
        ("/api/programmes", {**PROGRAMME, "version": 1}, 409, "version"),
        ("/api/batches", {**BATCH, "id": "x", "programme": "nothing"}, 400, "programme"),
        ("/api/batches", {**BATCH, "id": "x", "rule": "nothing"}, 400, "rule"),
        ("/api/batches", {**BATCH, "id": "x", "time_zone": "Asia/Atlantis"}, 400, "time_zone"),
        ("/api/batches", {**BATCH, "id": "x", "ends": "2026-10-01"}, 400, "ends"),
        ("/api/batches", {**BATCH, "id": "x", "ends": "2099-10-01"}, 400, "ends"),
        ("/api/batches", {**BATCH, "id": "x", "bindings": BATCH["bindings"][:1]}, 400, "bindings"),
        ("/api/batches", {**BATCH, "id": "x", "bindings": [*BATCH["bindings"], BATCH["bindings"][1]]}, 400, "bindings"),
        ("/api/batches", {**BATCH, "id": "x", "bindings": [{"role": "course", "activity": "no iri"}]}, 400, "bindings"),
        ("/api/batches", BATCH, 409, "id"),
        ("/api/batches", {**BATCH, "id": "pbj-2"}, 409, "bindings"),
        ("/api/programmes/pbj/1/state", {"state": "draft", "since": "1492-01-01"}, 400, "since"),
        ("/api/programmes/nothing/1/state", {"state": "proposed"}, 404, "programme"),
        ("/api/providers/balai/suspend", {"since": "2026-01-01", "reason": ""}, 400, "reason"),
    ],
)
async def test_what_makes_no_sense_is_refused_with_the_member_named(office: Office, path: str, body: Json, status: int, told: str) -> None:
    await _made(office.admin, "/api/programmes", PROGRAMME)
    await _made(office.admin, "/api/batches", BATCH)
    answer = await office.admin.post(path, json=body)
    assert answer.status_code == status, answer.text
    assert told in answer.json()["error"]["where"]


@pytest.mark.parametrize("path", ["/api/programmes", "/api/batches", "/api/competences", "/api/providers/balai/standing"])
async def test_nobody_reads_the_catalogue_unrecognised_and_unknown_parameters_are_refused(office: Office, path: str) -> None:
    async with office.bearing("") as nobody:
        assert (await nobody.get(path)).status_code == 401
    assert (await office.admin.get(path)).status_code == 200
    assert (await office.admin.get(f"{path}?surprise=1")).status_code == 400


async def test_the_catalogue_goes_out_and_in_as_json_and_as_csv(office: Office) -> None:
    officer = await office.holder("Sari", Role.PROVIDER, provider="balai")
    await _made(officer, "/api/programmes", PROGRAMME)
    await _made(officer, "/api/batches", BATCH)
    told = await officer.get("/api/catalogue/export?provider=balai")
    assert {one["entry"] for one in told.json()} == {"field", "competence", "programme", "batch"}
    assert (await officer.post("/api/catalogue/import", content=told.content)).json()["rows"]["same"] == len(told.json())
    table = await officer.get("/api/catalogue/export?table=binding&delimiter=;")
    assert table.headers["content-type"].startswith("text/csv")
    assert "catalogue-binding.csv" in table.headers["content-disposition"]
    changed = table.text.replace("?id=70", "?id=71")
    answer = (await officer.post("/api/catalogue/import?table=binding", content=changed.encode())).json()
    assert (answer["rows"]["changed"], answer["troubles"]) == (1, [])
    assert (await officer.get("/api/batches/pbj-1")).json()["bindings"][1]["activity"].endswith("?id=71")


async def test_another_evidence_rule_than_the_approved_one_is_an_overseers_to_choose(office: Office) -> None:
    officer = await office.holder("Sari", Role.PROVIDER, provider="balai")
    await _made(officer, "/api/programmes", PROGRAMME | {"evidence_rule": BATCH["rule"]})
    weaker = BATCH | {"rule": "course-completed", "bindings": BATCH["bindings"][:1]}
    assert (await officer.post("/api/batches", json=weaker)).status_code == 403
    row = [{"entry": "batch", **weaker}]
    assert (await officer.post("/api/catalogue/import", json=row)).json()["rows"]["refused"] == 1
    await _made(officer, "/api/batches", BATCH)
    change = {name: value for name, value in weaker.items() if name != "id"} | {"reason": WHY}
    assert (await officer.put("/api/batches/pbj-1", json=change)).status_code == 403
    assert (await office.admin.put("/api/batches/pbj-1", json=change)).status_code == 200


async def test_a_file_changes_only_what_its_sender_may(office: Office) -> None:
    await _made(office.admin, "/api/programmes", {**PROGRAMME, "competences": []})
    other = await office.holder("Tono", Role.PROVIDER, provider="lain")
    rows = "id,provider,title,description,criteria,jp,state\npbj,balai,Lain,D,K,9,draft\nx,lain,T,D,K,8,proposed\n"
    tried = (await other.post("/api/catalogue/import?table=programme&dry_run=true", content=rows)).json()
    assert (await other.get("/api/programmes/x/1")).status_code == 404
    answer = (await other.post("/api/catalogue/import?table=programme", content=rows)).json()
    assert tried == answer | {"dry_run": True}
    assert (answer["rows"]["added"], [one["row"] for one in answer["troubles"]]) == (1, [2])
    assert (await other.get("/api/programmes/x/1")).json()["state"] == "proposed"
    for table, content in (
        ("field", "id,name_id,name_en,keeper,keeper_agency\nx,a,b,c,d\n"),
        ("competence", "code,type,field,name_id,name_en,definition_id,definition_en\nT.X,technical,pengadaan,a,b,c,d\n"),
        ("accreditation", "provider,starts,body\nlain,2026-01-01,LAN\n"),
        ("binding", "batch,role,activity\nnothing,course,https://x.test/\n"),
    ):
        told = (await other.post(f"/api/catalogue/import?table={table}", content=content)).json()
        assert (told["rows"]["added"], told["rows"]["refused"]) == (0, 1)
    assert (await other.post("/api/catalogue/import?table=surprise", content=rows)).status_code == 400
    assert (await other.get("/api/catalogue/export?table=surprise")).status_code == 400
    async with office.bearing("") as nobody:
        assert (await nobody.get("/api/catalogue/export")).status_code == 401
