"""Privacy: everything about me as one download; retention that leaves hours whole; erasure; breaches with their clock."""

from __future__ import annotations

import asyncio
import io
import json
import zipfile
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from credentials.access.roles import Role
from credentials.ports.records import Put, scan_all
from credentials.services.projection.rebuilding import Rebuild
from credentials.services.retention import Periods, Retention
from credentials.stores.cases import CASES
from credentials.stores.links import IDENTITIES
from credentials.stores.waiting import WAITING, WAITS_SOMEWHERE, Sighted
from lrs.clock import SystemClock
from lrs.ports import StatementQuery, Wall, account_term
from tests.support.clock import SettableClock
from tests.support.office import WHY, Office, credits, offered, open_office, placed
from tests.web.test_queues import CLAIM, PDF

NIP = "197203152005011007"
_YEARS = 3 * 366 * 86_400_000_000


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """Budi, with a NIP that statements assert; Siti is HR; the provider's LMS has a key."""
    async with open_office(tmp_path) as opened:
        made = await opened.admin.post(
            "/api/people", json={"name": {"name": "Budi Rahasia"}, "identifiers": [{"kind": "nip", "value": NIP}]}
        )
        assert made.status_code == 201, made.text
        opened.ids["Budi"] = made.json()["id"]
        user = await opened.admin.post("/api/users", json={"person": opened.ids["Budi"], "reason": WHY})
        opened.clients["Budi"] = opened.client(user.json()["key"], user.json()["secret"])
        await placed(opened, "Budi", "a1", "u1")
        await opened.holder("Siti", Role.HR, agency="a1")
        yield opened


async def _lms(office: Office) -> httpx.AsyncClient:
    answer = await office.admin.post("/admin/clients", json={"provider": "balai", "label": "LMS", "scopes": ["all"]})
    client = office.client(answer.json()["api-key"], answer.json()["secret-key"])
    client.headers["X-Experience-API-Version"] = "1.0.3"
    office.clients["lms"] = client
    return client


def _id(number: int) -> str:
    return f"0192a000-0000-7000-8000-{number:012x}"


def _void(number: int) -> dict[str, Any]:
    return {
        "actor": {"mbox": "mailto:lms@contoh.test"},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/voided"},
        "object": {"objectType": "StatementRef", "id": _id(number)},
    }


def _statement(office: Office, iri: str, number: int = 1) -> dict[str, Any]:
    return {
        "id": _id(number),
        "actor": {"name": "Budi Rahasia", "account": {"homePage": office.product.settings.asn_page, "name": NIP}},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/attended", "display": {"id": "hadir"}},
        "object": {"id": iri, "definition": {"name": {"id": "Seminar"}}},
        "result": {"duration": "PT2H", "response": "catatan Budi Rahasia"},
        "timestamp": (datetime.now(UTC) - timedelta(days=2)).isoformat(),
    }


def _later(office: Office, **periods: int) -> Retention:
    """Retention as it will work in three years."""
    clock = SettableClock(SystemClock().now_us() + _YEARS)
    return replace(office.product.casework.privacy.retention, clock=clock, periods=Periods(**periods))


async def _admin(office: Office) -> Any:
    """The first administrator, as a principal."""
    return await office.product.casework.sign_in.administrator(
        next(one for one in await office.product.stores.administrators.all() if one.name == "admin")
    )


async def _bodies(office: Office) -> str:
    page = await office.product.stores.statements.query(StatementQuery(limit=500), Wall())
    return b"\n".join(page.bodies).decode()


async def test_the_download_holds_everything_and_no_secret(office: Office) -> None:
    iri = await offered(office, "seminar")
    lms, budi, siti = await _lms(office), office.clients["Budi"], office.clients["Siti"]
    await lms.post("/xapi/statements", json=[_statement(office, iri), _statement(office, iri, 2)])
    await lms.post("/xapi/statements", json=_void(2))
    await credits(office, "Budi", 1)
    digest = (await budi.post("/api/files", content=PDF)).json()["digest"]
    claim = (await budi.post("/api/claims", json=CLAIM | {"evidence": [digest], "note": "tolong"})).json()["id"]
    await siti.get(f"/api/cases/{claim}")
    answer = await budi.get(f"/api/people/{office.ids['Budi']}/export")
    assert answer.headers["content-type"] == "application/zip"
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert archive.testzip() is None
    told = {name: json.loads(archive.read(name)) for name in archive.namelist() if name.endswith(".json") and "/" not in name}
    assert told["person.json"]["profile"]["identifiers"][0]["value"] == NIP
    assert [line["batch"] for line in told["hours.json"]] == ["seminar"]
    assert [one["batch"] for one in told["completions.json"]] == ["seminar"]
    assert [one["case"]["id"] for one in told["cases.json"]] == [claim]
    assert told["cases.json"][0]["notes"][0]["text"] == "tolong"
    assert [one["what"] for one in told["views.json"]] == ["case"]
    assert {one["kind"] for one in told["decisions.json"]} >= {"person.registered", "claim.opened", "user.made"}
    assert archive.read(f"files/{digest}.pdf") == PDF
    lines = archive.read("statements.jsonl").decode().splitlines()
    assert [NIP in line for line in lines] == [True, True, False]  # the void names the LMS
    everything = b"".join(archive.read(name) for name in archive.namelist())
    assert b"secret" not in everything
    assert len(told["certificates.json"]) == 1


async def test_the_download_is_the_persons_own_or_an_overseers_with_a_reason(office: Office) -> None:
    path = f"/api/people/{office.ids['Budi']}/export"
    assert (await office.clients["Siti"].get(path)).status_code == 404
    assert (await office.admin.get(path)).status_code == 400
    assert (await office.admin.get(path, headers={"Jejak-Reason": "permintaan tertulis"})).status_code == 200
    views = (await office.clients["Budi"].get(f"/api/people/{office.ids['Budi']}/views")).json()["items"]
    assert [(one["what"], one["reason"]) for one in views] == [("export", "permintaan tertulis")]


async def test_a_dry_run_says_what_is_due_and_changes_nothing(office: Office) -> None:
    iri = await offered(office, "seminar")
    await (await _lms(office)).post("/xapi/statements", json=_statement(office, iri))
    await credits(office, "Budi", 1)
    assert [one["due"] for one in (await office.admin.get("/api/retention")).json()["items"]] == [0, 0, 0, 0, 0]
    before = await _bodies(office)
    reports = {one.what: one for one in await _later(office, statements=730, views=30).look(await _admin(office))}
    assert (reports["statements"].due, reports["statements"].days) == (1, 730)
    assert reports["documents"].before is None
    assert await _bodies(office) == before
    assert (await office.clients["Siti"].get("/api/retention")).status_code == 403
    assert (await office.clients["Siti"].post("/api/retention/run", json={"what": ["views"], "reason": WHY})).status_code == 403


async def test_statements_past_their_time_name_nobody_and_the_hours_stay(office: Office) -> None:
    iri = await offered(office, "seminar")
    lms = await _lms(office)
    stranger = _statement(office, iri, 9) | {"actor": {"account": {"homePage": "https://lms.contoh.test", "name": "akun-asing-77"}}}
    await lms.post("/xapi/statements", json=[_statement(office, iri), stranger])
    (line,) = await credits(office, "Budi", 1)
    reports = await _later(office, statements=730).run(await _admin(office), ["statements"], 100, WHY)
    assert [(one.done, one.due, one.waiting) for one in reports] == [(2, 0, 0)]
    bodies = await _bodies(office)
    assert not [secret for secret in (NIP, "Rahasia", "akun-asing-77") if secret in bodies]
    assert office.ids["Budi"] in bodies
    assert await credits(office, "Budi", 1) == [line]
    again = await _later(office, statements=730).run(await _admin(office), ["statements"], 100, WHY)
    assert again[0].done == 0


async def test_a_rebuild_from_reduced_statements_finds_the_same(office: Office) -> None:
    iri = await offered(office, "seminar")
    await (await _lms(office)).post("/xapi/statements", json=_statement(office, iri))
    await credits(office, "Budi", 1)
    await _later(office, statements=730).run(await _admin(office), ["statements"], 100, WHY)
    rebuild = Rebuild(office.product.credentials.equipment)
    await rebuild.read()
    assert [one async for one in rebuild.differences()] == []
    await rebuild.abandon()


async def test_what_is_voided_after_it_was_reduced_is_taken_back(office: Office) -> None:
    iri = await offered(office, "seminar")
    lms = await _lms(office)
    await lms.post("/xapi/statements", json=_statement(office, iri))
    await credits(office, "Budi", 1)
    await _later(office, statements=730).run(await _admin(office), ["statements"], 100, WHY)
    assert (await lms.post("/xapi/statements", json=_void(1))).status_code == 200
    assert await credits(office, "Budi", 0) == []


async def test_a_reduced_statement_that_is_sent_again_counts_once(office: Office) -> None:
    iri = await offered(office, "seminar")
    lms = await _lms(office)
    told = _statement(office, iri)
    await lms.post("/xapi/statements", json=told)
    await credits(office, "Budi", 1)
    await _later(office, statements=730).run(await _admin(office), ["statements"], 100, WHY)
    assert (await lms.post("/xapi/statements", json=told)).status_code == 200
    assert (await lms.post("/xapi/statements", json=told | {"id": _id(5)})).status_code == 200
    await credits(office, "Budi", 1)


async def test_identifiers_that_wait_go_once_their_statements_are_reduced(office: Office) -> None:
    iri = await offered(office, "seminar")
    lms, admin, records = await _lms(office), await _admin(office), office.product.credentials.records
    stranger = _statement(office, iri, 9) | {"actor": {"account": {"homePage": "https://lms.contoh.test", "name": "akun-asing-77"}}}
    await lms.post("/xapi/statements", json=[stranger, _statement(office, iri)])
    await credits(office, "Budi", 1)
    link = {"person": office.ids["Budi"], "provider": "balai", "identifier": {"mbox": "mailto:salah@contoh.test"}, "reason": WHY}
    wrong = (await office.admin.post("/api/links", json=link)).json()["id"]
    assert (await office.admin.post(f"/api/links/{wrong}/undo", json={"reason": WHY})).status_code == 200
    (waits,) = await scan_all(records, WAITING)
    later = _later(office, statements=730)
    early = await later.run(admin, ["identifiers"], 100, WHY)
    assert [(one.done, one.due) for one in early] == [(0, 2)]  # the statement could still be linked
    done = await later.run(admin, ["statements", "identifiers"], 100, WHY)
    assert [(one.what, one.done, one.due) for one in done] == [("statements", 2, 0), ("identifiers", 2, 0)]
    assert await scan_all(records, WAITING) == []
    kept = [identity.ifi for identity in await scan_all(records, IDENTITIES)]
    assert kept == [f"aaccount:{office.product.settings.url}/people|{office.ids['Budi']}"]
    whole = b"".join(msgspec.msgpack.encode(one) for one in await scan_all(records, WAITS_SOMEWHERE))
    assert whole
    assert b"akun-asing" not in whole
    await lms.post("/xapi/statements", json=stranger | {"id": _id(10)})
    for _ in range(200):
        if again := await scan_all(records, WAITING):
            break
        await asyncio.sleep(0.02)
    assert [(one.reference, one.statements) for one in again] == [(waits.reference, 1)]


async def test_a_stand_in_of_a_reduced_statement_never_waits_to_be_linked(office: Office) -> None:
    waiting = office.product.credentials.register.links.waiting
    stand_in = account_term(f"{office.product.settings.url}/people", "x-abcdefgh")
    assert await waiting.note([Sighted("balai", stand_in, 1)]) == {}
    assert await scan_all(waiting.records, WAITING) == []


async def test_statements_that_wait_for_a_held_number_are_reduced_when_its_person_is_erased(office: Office) -> None:
    iri = await offered(office, "seminar")
    lms, odd = await _lms(office), "197203152005019007"  # of no pattern that is known: held until HR confirms it
    told = {"kind": "nip", "value": odd, "reason": WHY}
    assert (await office.clients["Siti"].post(f"/api/people/{office.ids['Budi']}/identifiers", json=told)).json()["held"]
    account = {"homePage": office.product.settings.asn_page, "name": odd}
    await lms.post("/xapi/statements", json=_statement(office, iri) | {"actor": {"account": account}})
    records = office.product.credentials.records
    for _ in range(200):
        if await scan_all(records, WAITING):
            break
        await asyncio.sleep(0.02)
    case = (await office.clients["Budi"].post("/api/erasures", json={})).json()["id"]
    overseer = await office.holder("Pak Lan", Role.OVERSEER)
    decide = {"cases": [case], "verdict": "approved", "reason": WHY}
    assert (await overseer.post("/api/queue/decisions", json=decide)).json()["items"][0]["state"] == "approved"
    assert odd not in await _bodies(office)
    assert await scan_all(records, WAITING) == []


async def test_old_files_notes_and_views_go_and_newer_ones_stay(office: Office) -> None:
    budi, siti = office.clients["Budi"], office.clients["Siti"]
    digest = (await budi.post("/api/files", content=PDF)).json()["digest"]
    claims = [CLAIM | {"title": title, "evidence": [digest], "note": "lihat"} for title in ("Satu", "Dua")]
    ids = [(await budi.post("/api/claims", json=claim)).json()["id"] for claim in claims]
    decide = {"verdict": "rejected", "reason": "bukan pelatihan"}
    await siti.get(f"/api/cases/{ids[0]}")
    await siti.post("/api/queue/decisions", json=decide | {"cases": ids[:1]})
    later, admin = _later(office, files=365, views=365), await _admin(office)
    reports = {one.what: one for one in await later.look(admin)}
    assert (reports["files"].due, reports["views"].due) == (1, 1)
    done = {one.what: one.done for one in await later.run(admin, ["files", "views"], 100, WHY)}
    assert done == {"files": 1, "views": 1}
    assert (await budi.get(f"/api/cases/{ids[0]}")).json()["notes"] == []
    assert (await budi.get(f"/api/cases/{ids[1]}")).json()["notes"][0]["text"] == "lihat"
    assert (await budi.get(f"/api/cases/{ids[1]}/files/{digest}")).status_code == 200
    await siti.post("/api/queue/decisions", json=decide | {"cases": ids[1:]})
    await later.run(admin, ["files"], 100, WHY)
    assert (await budi.get(f"/api/cases/{ids[1]}/files/{digest}")).status_code == 404
    assert (await budi.get(f"/api/people/{office.ids['Budi']}/views")).json()["items"] == []


async def test_erasure_takes_names_and_numbers_and_leaves_hours_and_certificates(office: Office) -> None:
    iri = await offered(office, "seminar")
    lms, budi = await _lms(office), office.clients["Budi"]
    await lms.post("/xapi/statements", json=_statement(office, iri))
    (line,) = await credits(office, "Budi", 1)
    digest = (await budi.post("/api/files", content=PDF)).json()["digest"]
    await budi.post("/api/claims", json=CLAIM | {"evidence": [digest], "note": "Budi Rahasia"})
    case = (await budi.post("/api/erasures", json={"note": "mohon dihapus"})).json()
    decide = {"cases": [case["id"]], "verdict": "approved", "reason": "sudah pensiun"}
    assert "known who they are" in (await office.admin.post("/api/queue/decisions", json=decide)).json()["items"][0]["error"]
    overseer = await office.holder("Pak Lan", Role.OVERSEER)
    assert (await overseer.post("/api/queue/decisions", json=decide)).json()["items"][0]["state"] == "approved"
    records = office.product.casework.privacy.erasing
    assert await records.people.profile(office.ids["Budi"]) is None
    assert await records.people.numbers([("asn", NIP)]) == {}
    assert (await budi.get("/api/me")).status_code == 401
    assert NIP not in await _bodies(office)
    assert await records.files.content(digest) is None
    assert await credits(office, "Budi", 1) == [line]
    rebuild = Rebuild(office.product.credentials.equipment)
    await rebuild.read()
    assert [one async for one in rebuild.differences()] == []
    await rebuild.abandon()
    assert [one.ifi for one in await records.links.of_person(office.ids["Budi"])] == [
        f"aaccount:{office.product.settings.url}/people|{office.ids['Budi']}"
    ]
    await records.settle()


async def test_an_erasure_is_asked_for_by_the_person_or_hr_and_decided_by_neither(office: Office) -> None:
    body = {"person": office.ids["Budi"]}
    await office.holder("Tono", Role.HR, agency="a2")
    assert (await office.clients["Tono"].post("/api/erasures", json=body)).status_code == 403
    case = (await office.clients["Siti"].post("/api/erasures", json=body)).json()["id"]
    decide = {"cases": [case], "verdict": "approved", "reason": WHY}
    assert (await office.clients["Siti"].post("/api/queue/decisions", json=decide)).json()["items"][0]["error"]
    assert (await office.clients["Budi"].post("/api/queue/decisions", json=decide)).json()["items"][0]["error"]


def _moment(**ago: float) -> str:
    return (datetime.now(UTC) - timedelta(**ago)).isoformat()


async def _breach(office: Office, **change: Any) -> dict[str, Any]:
    when = {"discovered": _moment(hours=2), "happened": _moment(days=2)}
    body = when | {"what": "akun operator dipakai orang lain", "data": ["names", "hours"]}
    answer = await office.admin.post("/api/breaches", json=body | change)
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def test_a_breach_has_three_days_and_says_who_is_still_to_be_told(office: Office) -> None:
    breach = await _breach(office)
    assert (breach["owed"], breach["late"]) == (["authority"], [])
    assert 69.5 < breach["hours_left"] < 70.5
    path = f"/api/breaches/{breach['id']}"
    added = (await office.admin.post(f"{path}/affected", json={"persons": [office.ids["Budi"]]})).json()
    assert (added["affected"], added["owed"]) == (1, ["authority", "subjects"])
    assert (await office.admin.post(f"{path}/close", json={"reason": WHY})).status_code == 409
    notice = {"at": _moment(minutes=1), "proof": "surat 14/2026"}
    for whom in ("authority", "subjects"):
        assert (await office.admin.post(f"{path}/notices", json=notice | {"whom": whom})).status_code == 200
    more = (await office.admin.post(f"{path}/affected", json={"agency": "a1"})).json()
    assert (more["affected"], more["owed"]) == (1, [])
    assert (await office.admin.post(f"{path}/close", json={"reason": WHY})).status_code == 409
    await office.admin.post(f"{path}/containment", json={"at": _moment(hours=1), "measures": "rahasia diganti"})
    assert (await office.admin.post(f"{path}/close", json={"reason": WHY})).json()["closed"] is not None
    assert (await office.admin.post(f"{path}/notices", json=notice | {"whom": "public"})).status_code == 409
    mine = (await office.clients["Budi"].get("/api/me/breaches")).json()["items"]
    assert [one["what"] for one in mine] == ["akun operator dipakai orang lain"]
    assert (await office.clients["Siti"].get("/api/me/breaches")).json()["items"] == []


async def test_the_clock_that_ran_out_is_shown_as_late(office: Office) -> None:
    breach = await _breach(office, discovered=_moment(hours=80), happened=_moment(days=9))
    assert breach["late"] == ["authority"]
    assert breach["hours_left"] < -7


async def _metrics(office: Office) -> dict[str, float]:
    lines = [line.rpartition(" ") for line in (await office.admin.get("/metrics")).text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in lines}


async def test_clocks_that_ran_out_are_metrics(tmp_path: Path) -> None:
    async with open_office(tmp_path) as office:
        budi = await office.person("Budi")
        before = await _metrics(office)
        assert (before["jejak_breaches_late"], before["jejak_breaches_hours_left"]) == (0, float("inf"))
        await _breach(office)
        soon = await _metrics(office)
        assert (soon["jejak_breaches_late"], round(soon["jejak_breaches_hours_left"])) == (0, 70)
        await _breach(office, discovered=_moment(hours=80), happened=_moment(days=9))
        told = {"ground": "other", "about": "person", "target": office.ids["Budi"]}
        case = (await budi.post("/api/objections", json=told)).json()["id"]
        assert (await _metrics(office))['jejak_cases_overdue{kind="objection"}'] == 0
        records = office.product.credentials.records
        kept = await records.get(CASES, case)
        assert kept is not None
        await records.commit(Put(CASES, replace(kept.value, due_at=1)))
        after = await _metrics(office)
        assert (after["jejak_breaches_late"], round(after["jejak_breaches_hours_left"])) == (1, -8)
        assert after['jejak_cases_overdue{kind="objection"}'] == 1


async def test_whom_a_stolen_sign_in_saw_is_found_by_the_log_of_views(office: Office) -> None:
    claim = (await office.clients["Budi"].post("/api/claims", json=CLAIM)).json()["id"]
    await office.clients["Siti"].get(f"/api/cases/{claim}")
    path = f"/api/breaches/{(await _breach(office))['id']}/affected"
    viewer = f"person:{office.ids['Siti']}"
    assert (await office.admin.post(path, json={"viewer": viewer, "until": _moment(hours=1)})).json()["affected"] == 0
    assert (await office.admin.post(path, json={"viewer": viewer, "since": _moment(hours=1)})).json()["affected"] == 1
    listed = (await office.admin.get(path)).json()["items"]
    assert [(one["person"], one["how"]) for one in listed] == [(office.ids["Budi"], f"viewer:{viewer}")]


@pytest.mark.parametrize("body", [{}, {"agency": "a1", "provider": "balai"}, {"persons": ["nobody"]}])
async def test_a_list_is_made_by_one_rule(office: Office, body: dict[str, Any]) -> None:
    path = f"/api/breaches/{(await _breach(office))['id']}/affected"
    assert (await office.admin.post(path, json=body)).status_code in (400, 404)


async def test_only_overseers_record_a_breach_and_auditors_read(office: Office) -> None:
    assert (await office.clients["Siti"].get("/api/breaches")).status_code == 403
    auditor = await office.holder("Odi", Role.AUDITOR)
    await _breach(office)
    assert len((await auditor.get("/api/breaches")).json()["items"]) == 1
    body = {"discovered": _moment(hours=2), "happened": _moment(days=2), "what": "uji coba", "data": ["names"]}
    assert (await auditor.post("/api/breaches", json=body)).status_code == 403
