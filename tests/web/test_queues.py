"""Claims, self-study and manual hours through the API: who sends, who sees, who decides, and what the ledger has afterwards."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from credentials.access.roles import Role
from credentials.hours.entry import HoursEntry
from tests.support.office import WHY, Office, open_office, placed

PDF = b"%PDF-1.7\n% sertifikat contoh\n"
_TODAY = (datetime.now(UTC) + timedelta(hours=7)).date()
_DAY = _TODAY - timedelta(days=10)
CLAIM: dict[str, Any] = {
    "title": "Bimbingan teknis arsip dinamis",
    "jp": 8,
    "channel": 8,
    "started_on": str(_DAY),
    "ended_on": str(_DAY),
    "organiser": "Balai Arsip Contoh",
}


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """Budi of unit 1 with superior Ani; Siti is HR of agency 1, Rudi operator of unit 1, Tono HR of agency 2."""
    async with open_office(tmp_path) as opened:
        await opened.holder("Siti", Role.HR, agency="a1")
        await placed(opened, "Siti", "a1", "u2")
        await placed(opened, "Ani", "a1", "u1")
        await placed(opened, "Budi", "a1", "u1", superior="Ani")
        await opened.holder("Rudi", Role.UNIT_OPERATOR, agency="a1", unit="u1")
        await opened.holder("Tono", Role.HR, agency="a2")
        yield opened


async def _sent(client: httpx.AsyncClient, path: str = "/api/claims", **change: Any) -> dict[str, Any]:
    answer = await client.post(path, json=CLAIM | change)
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def _decide(client: httpx.AsyncClient, case: str, verdict: str, reason: str = "lengkap", **more: Any) -> dict[str, Any]:
    answer = await client.post("/api/queue/decisions", json={"cases": [case], "verdict": verdict, "reason": reason, **more})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()["items"][0]
    return told


async def _queue(client: httpx.AsyncClient, **params: Any) -> list[dict[str, Any]]:
    answer = await client.get("/api/queue", params=params)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def _credits(office: Office, name: str) -> list[HoursEntry]:
    return await office.product.casework.cases.deciding.ledger.open_credits(office.ids[name])


async def test_a_claim_with_evidence_becomes_hours_when_hr_approves_it(office: Office) -> None:
    budi, siti = office.clients["Budi"], office.clients["Siti"]
    digest = (await budi.post("/api/files", content=PDF)).json()["digest"]
    claim = await _sent(budi, evidence=[digest], note="sertifikat terlampir", certificate_number="7/2026")
    assert claim["state"] == "open"
    assert [one["code"] for one in claim["reasons"]] == ["unknown-organiser"]
    waiting = await _queue(siti)
    assert [one["id"] for one in waiting] == [claim["id"]]
    file = await siti.get(f"/api/cases/{claim['id']}/files/{digest}")
    assert (file.content, file.headers["content-type"]) == (PDF, "application/pdf")
    assert file.headers["content-disposition"].startswith("attachment")
    assert await _credits(office, "Budi") == []
    assert (await _decide(siti, claim["id"], "approved"))["state"] == "approved"
    (line,) = await _credits(office, "Budi")
    assert (line.source, line.approved, line.claimed, line.channel, line.completed_on, line.title) == (
        "claim",
        8,
        8,
        8,
        _DAY,
        CLAIM["title"],
    )
    seen = (await budi.get(f"/api/cases/{claim['id']}")).json()
    assert (seen["state"], seen["jp"], seen["notes"][0]["text"]) == ("approved", 8, "sertifikat terlampir")
    decision = (await office.product.credentials.decisions.read(seen["decision"] - 1, 1))[0]
    assert (decision.kind, decision.actor, decision.reason) == ("claim.approved", f"person:{office.ids['Siti']}", "lengkap")
    assert line.decided_by == str(seen["decision"])


async def test_the_person_reads_who_looked_at_their_claim(office: Office) -> None:
    budi, siti = office.clients["Budi"], office.clients["Siti"]
    claim = await _sent(budi)
    await _queue(siti)
    await siti.get(f"/api/cases/{claim['id']}")
    await budi.get(f"/api/cases/{claim['id']}")
    views = (await budi.get(f"/api/people/{office.ids['Budi']}/views")).json()["items"]
    assert [(one["viewer"], one["role"], one["what"]) for one in views] == [
        (f"person:{office.ids['Siti']}", "hr", "case"),
        (f"person:{office.ids['Siti']}", "hr", "queue"),
    ]


async def test_the_hr_of_another_agency_sees_nothing_and_decides_nothing(office: Office) -> None:
    claim = await _sent(office.clients["Budi"])
    tono = office.clients["Tono"]
    assert await _queue(tono) == []
    assert (await tono.get(f"/api/cases/{claim['id']}")).status_code == 404
    assert "no case with this id" in (await _decide(tono, claim["id"], "approved"))["error"]
    nobody = (await _decide(tono, "nothing", "approved"))["error"]
    assert nobody == (await _decide(tono, claim["id"], "approved"))["error"]
    assert (await tono.post(f"/api/cases/{claim['id']}/reverse", json={"reason": WHY})).status_code == 404
    assert await _credits(office, "Budi") == []


async def test_nobody_decides_on_their_own_claim_whatever_their_role(office: Office) -> None:
    siti = office.clients["Siti"]
    claim = await _sent(siti)
    assert (await _decide(siti, claim["id"], "approved"))["error"] == "nobody decides on their own record"


async def test_a_learner_without_a_role_has_no_queue(office: Office) -> None:
    answer = await office.clients["Budi"].get("/api/queue", params={"kind": "claim"})
    assert answer.status_code == 403


async def test_the_queue_shows_the_highest_risk_first_and_pages_join(office: Office) -> None:
    budi, siti, rudi = office.clients["Budi"], office.clients["Siti"], office.clients["Rudi"]
    digest = (await budi.post("/api/files", content=PDF)).json()["digest"]
    for number in range(5):
        await _sent(budi, title=f"Kursus {'abcde'[number] * 9}", jp=(number + 1) * 8, evidence=[digest] if number == 3 else [])
    pages: list[str] = []
    after: str | None = None
    while True:
        answer = (await siti.get("/api/queue", params={"limit": 2} | ({"after": after} if after else {}))).json()
        pages += [one["id"] for one in answer["items"]]
        after = answer["more"]
        if after is None:
            break
    whole = await _queue(siti)
    assert pages == [one["id"] for one in whole]
    risks = [one["risk"] for one in whole]
    assert len(risks) == 5
    assert risks == sorted(risks, reverse=True)
    assert [one["id"] for one in await _queue(rudi)] == pages
    assert (await siti.get("/api/queue", params={"after": "xx"})).status_code == 400


async def test_a_second_claim_of_the_same_event_says_so_and_names_the_first(office: Office) -> None:
    budi, siti = office.clients["Budi"], office.clients["Siti"]
    first = await _sent(budi, certificate_number="12/BPSDM/2026")
    again = await _sent(budi, title="Bimtek Arsip Dinamis", certificate_number="12 / bpsdm / 2026")
    assert again["similar"] == [first["id"]]
    assert "same-certificate" in [one["code"] for one in again["reasons"]]
    await _decide(siti, first["id"], "approved")
    third = await _sent(budi, title="BIMBINGAN TEKNIS: arsip dinamis!")
    assert "like-event" in [one["code"] for one in third["reasons"]]
    assert f"case-{first['id']}" in third["similar"]


async def test_a_file_of_somebody_elses_cannot_be_named_and_the_same_file_twice_is_a_reason(office: Office) -> None:
    budi, fajar = office.clients["Budi"], await office.person("Fajar")
    digest = (await budi.post("/api/files", content=PDF)).json()["digest"]
    refused = await fajar.post("/api/claims", json=CLAIM | {"evidence": [digest]})
    assert (refused.status_code, refused.json()["error"]["where"]) == (404, "evidence")
    first = await _sent(budi, evidence=[digest])
    await fajar.post("/api/files", content=PDF)
    second = await _sent(fajar, evidence=[digest])
    assert "same-file" in [one["code"] for one in second["reasons"]]
    assert second["similar"] == [first["id"]]
    assert (await fajar.get(f"/api/cases/{first['id']}/files/{digest}")).status_code == 404


@pytest.mark.parametrize(("content", "status"), [(b"", 400), (b"<html>", 415), (b"PK\x03\x04", 415), (b"%PDF-" + b"x" * 5_000_000, 413)])
async def test_only_bounded_pdf_png_and_jpeg_are_taken(office: Office, content: bytes, status: int) -> None:
    assert (await office.clients["Budi"].post("/api/files", content=content)).status_code == status


async def test_what_is_returned_is_amended_and_sent_again_by_who_sent_it(office: Office) -> None:
    budi, siti, rudi = office.clients["Budi"], office.clients["Siti"], office.clients["Rudi"]
    claim = await _sent(budi)
    assert "say why" in (await _decide(rudi, claim["id"], "returned", reason=""))["error"]
    await _decide(rudi, claim["id"], "returned", reason="lampirkan sertifikat")
    assert await _queue(siti) == []
    path = f"/api/cases/{claim['id']}/amend"
    assert (await siti.post(path, json=CLAIM)).status_code == 404
    digest = (await budi.post("/api/files", content=PDF)).json()["digest"]
    amended = await budi.post(path, json=CLAIM | {"jp": 6, "evidence": [digest]})
    assert (amended.json()["state"], amended.json()["learning"]["jp"]) == ("open", 6)
    assert (await budi.post(path, json=CLAIM)).status_code == 409
    assert (await _decide(rudi, claim["id"], "approved", jp=5))["jp"] == 5
    assert [line.approved for line in await _credits(office, "Budi")] == [5]


async def test_more_hours_than_were_asked_for_are_not_given(office: Office) -> None:
    claim = await _sent(office.clients["Budi"])
    assert "from 1 to the 8 JP" in (await _decide(office.clients["Siti"], claim["id"], "approved", jp=9))["error"]


async def test_a_decided_case_is_not_decided_again_and_rejection_gives_nothing(office: Office) -> None:
    claim = await _sent(office.clients["Budi"])
    await _decide(office.clients["Siti"], claim["id"], "rejected", reason="bukan pelatihan")
    assert "rejected" in (await _decide(office.clients["Rudi"], claim["id"], "approved"))["error"]
    assert await _credits(office, "Budi") == []


async def test_one_withdraws_ones_own_until_it_is_decided(office: Office) -> None:
    budi = office.clients["Budi"]
    claim = await _sent(budi)
    path = f"/api/cases/{claim['id']}/withdraw"
    assert (await office.clients["Ani"].post(path, json={"reason": WHY})).status_code == 404
    assert (await budi.post(path, json={"reason": "salah kirim"})).json()["state"] == "withdrawn"
    assert (await budi.post(path, json={"reason": "salah kirim"})).status_code == 409
    assert await _queue(office.clients["Siti"]) == []


async def test_an_approval_is_reversed_by_a_counter_entry_and_nothing_is_deleted(office: Office) -> None:
    siti = office.clients["Siti"]
    claim = await _sent(office.clients["Budi"])
    await _decide(siti, claim["id"], "approved")
    reversed_ = await siti.post(f"/api/cases/{claim['id']}/reverse", json={"reason": "sertifikat palsu"})
    assert reversed_.json()["state"] == "reversed"
    assert await _credits(office, "Budi") == []
    lines = await office.product.casework.cases.deciding.ledger.lines(office.ids["Budi"])
    assert sorted(line.kind for line in lines) == ["credit", "reversal"]
    assert (await siti.post(f"/api/cases/{claim['id']}/reverse", json={"reason": WHY})).status_code == 409


async def test_many_are_decided_at_once_and_one_that_cannot_be_stops_no_other(office: Office) -> None:
    budi, siti = office.clients["Budi"], office.clients["Siti"]
    ids = [(await _sent(budi, title=f"Kursus {name}"))["id"] for name in ("pajak", "anggaran")]
    own = (await _sent(siti))["id"]
    answer = await siti.post("/api/queue/decisions", json={"cases": [*ids, own, ids[0], "none"], "verdict": "approved", "reason": "sah"})
    told = {one["case"]: one["error"] for one in answer.json()["items"]}
    assert [told[one] for one in ids] == [None, None]
    assert (told[own], "no case" in told["none"]) == ("nobody decides on their own record", True)
    assert len(await _credits(office, "Budi")) == 2


async def test_manual_hours_need_two_persons_neither_of_whom_is_the_learner(office: Office) -> None:
    siti, rudi = office.clients["Siti"], office.clients["Rudi"]
    await office.holder("Dewi", Role.HR, agency="a1")
    body = CLAIM | {"person": office.ids["Budi"]}
    assert (await office.clients["Budi"].post("/api/manual-entries", json=body)).status_code == 403
    assert (await office.clients["Tono"].post("/api/manual-entries", json=body)).status_code == 403
    own = await siti.post("/api/manual-entries", json=body | {"person": office.ids["Siti"]})
    assert own.json()["error"]["message"] == "nobody decides on their own record"
    entry = (await siti.post("/api/manual-entries", json=body)).json()
    assert "two persons" in (await _decide(siti, entry["id"], "approved"))["error"]
    assert "within your reach" in (await _decide(rudi, entry["id"], "approved"))["error"]
    assert (await _decide(office.clients["Dewi"], entry["id"], "approved"))["state"] == "approved"
    assert [line.source for line in await _credits(office, "Budi")] == ["manual"]


async def test_a_delegate_with_an_expired_or_limited_grant_decides_no_further_than_it_goes(office: Office) -> None:
    siti = office.clients["Siti"]
    await office.person("Eko")
    grant = (await siti.get("/api/me")).json()["grants"][0]["id"]
    body = {"person": office.ids["Eko"], "role": "hr", "scope": {"agency": "a1"}, "reason": WHY}
    claim = await _sent(office.clients["Budi"])
    old = {"since": str(_TODAY - timedelta(days=9)), "until": str(_TODAY - timedelta(days=2))}
    await siti.post(f"/api/grants/{grant}/delegations", json=body | old)
    assert "within your reach" in (await _decide(office.clients["Eko"], claim["id"], "approved"))["error"]
    new = {"since": str(_TODAY), "until": str(_TODAY + timedelta(days=2)), "most_jp": 7}
    await siti.post(f"/api/grants/{grant}/delegations", json=body | new)
    assert "more hours than your grant allows" in (await _decide(office.clients["Eko"], claim["id"], "approved"))["error"]
    assert (await _decide(office.clients["Eko"], claim["id"], "approved", jp=7))["jp"] == 7


async def test_self_study_is_confirmed_by_the_superior_and_by_nobody_else(office: Office) -> None:
    budi, ani, siti = office.clients["Budi"], office.clients["Ani"], office.clients["Siti"]
    wrong = await budi.post("/api/studies", json=CLAIM)
    assert wrong.json()["error"]["where"] == "channel"
    study = await _sent(budi, "/api/studies", channel=22, jp=2)
    claimed = await budi.post("/api/claims", json=CLAIM | {"channel": 22})
    assert "superior" in claimed.json()["error"]["message"]
    assert "within your reach" in (await _decide(siti, study["id"], "approved"))["error"]
    assert [one["id"] for one in await _queue(ani)] == [study["id"]]
    assert (await _decide(ani, study["id"], "approved"))["state"] == "approved"
    assert [(line.source, line.channel) for line in await _credits(office, "Budi")] == [("self-study", 22)]
    lone = await office.person("Fajar")
    assert "who your superior is" in (await lone.post("/api/studies", json=CLAIM | {"channel": 22})).json()["error"]["message"]


async def test_a_case_follows_the_person_to_the_agency_where_they_work_now(office: Office) -> None:
    claim = await _sent(office.clients["Budi"])
    await placed(office, "Budi", "a2", "u9")
    assert "went to the queue there" in (await _decide(office.clients["Siti"], claim["id"], "approved"))["error"]
    assert await _queue(office.clients["Siti"]) == []
    assert [one["id"] for one in await _queue(office.clients["Tono"])] == [claim["id"]]
    assert (await _decide(office.clients["Tono"], claim["id"], "approved"))["state"] == "approved"


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"title": None}, "title"),
        ({"channel": None}, "channel"),
        ({"channel": 14}, "channel"),
        ({"organiser": None}, "organiser"),
        ({"ended_on": str(_DAY - timedelta(days=1))}, "ended_on"),
        ({"ended_on": str(_TODAY + timedelta(days=1))}, "ended_on"),
        ({"started_on": "1960-01-01"}, "started_on"),
        ({"jp": 0}, "body.jp"),
        ({"days": [{"on": str(_DAY + timedelta(days=1))}]}, "days"),
        ({"days": [{"on": str(_DAY)}, {"on": str(_DAY)}]}, "days"),
        ({"provider": "nobody", "organiser": None}, "provider"),
        ({"batch": "nothing"}, "batch"),
        ({"surplus": 1}, "body.surplus"),
    ],
)
async def test_a_claim_that_makes_no_sense_is_refused_with_its_place(office: Office, change: dict[str, Any], where: str) -> None:
    answer = await office.clients["Budi"].post(
        "/api/claims", json={key: value for key, value in (CLAIM | change).items() if value is not None}
    )
    assert answer.status_code in (400, 404)
    assert answer.json()["error"]["where"] == where


async def test_overseers_read_a_case_only_with_a_reason(office: Office) -> None:
    claim = await _sent(office.clients["Budi"])
    path = f"/api/cases/{claim['id']}"
    assert (await office.admin.get(path)).status_code == 400
    assert (await office.admin.get(path, headers={"Jejak-Reason": "pengaduan"})).status_code == 200
    assert "within your reach" in (await _decide(office.admin, claim["id"], "approved"))["error"]
