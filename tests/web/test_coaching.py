"""Coaching: logged by the coach, confirmed by the learner, or by a form that HR accepts; then it is a statement of the provider's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from credentials.access.roles import Role
from credentials.hours.entry import HoursEntry
from credentials.ports.records import scan_all
from credentials.stores.certificates import RESERVATIONS
from tests.support.office import WHY, Office, catalogued, offered, open_office, placed, statements_of
from tests.web.test_queues import PDF

_WIB = timezone(timedelta(hours=7))
_STARTS = (datetime.now(UTC) - timedelta(days=3)).astimezone(_WIB).replace(hour=9, minute=0, second=0, microsecond=0)


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """Citra is a coach; Budi a learner of agency 1 with HR Siti; the batch `ncn` is of the coaching channel."""
    async with open_office(tmp_path) as opened:
        await opened.holder("Siti", Role.HR, agency="a1")
        await placed(opened, "Budi", "a1", "u1")
        await opened.person("Citra")
        line = {"qualification": "national-leadership-training", "since": "2020-01-01", "reason": WHY}
        made = await opened.admin.post("/api/coaches", json=line | {"person": opened.ids["Citra"]})
        assert made.status_code == 201
        await catalogued(opened, "ncn", 14)
        yield opened


def _session(office: Office, **change: Any) -> dict[str, Any]:
    body = {"kind": "coaching", "batch": "ncn", "starts": _STARTS.isoformat(), "minutes": 60, "topic": "Memimpin perubahan"}
    return {key: value for key, value in ({"learner": office.ids["Budi"]} | body | change).items() if value is not None}


async def test_a_session_becomes_a_statement_of_the_provider_once_the_learner_confirms_it(office: Office) -> None:
    citra, budi = office.clients["Citra"], office.clients["Budi"]
    logged = await citra.post("/api/sessions", json=_session(office))
    assert logged.status_code == 201, logged.text
    assert await statements_of(office) == []
    (mine,) = (await budi.get("/api/me/cases")).json()["items"]
    decision = {"cases": [mine["id"]], "verdict": "approved"}
    assert (await budi.post("/api/queue/decisions", json=decision)).json()["items"][0]["state"] == "approved"
    (statement,) = await statements_of(office)
    assert statement["actor"]["account"] == {"homePage": office.product.settings.url + "/people", "name": office.ids["Budi"]}
    assert statement["verb"]["id"].endswith("/attended")
    assert statement["object"]["id"] == f"https://lms.contoh.test/ncn/{mine['id']}"
    assert statement["result"]["duration"] == "PT60M"
    assert datetime.fromisoformat(statement["timestamp"]) == _STARTS + timedelta(minutes=60)
    assert statement["authority"]["account"]["name"] == "door-balai"
    assert statement["context"]["instructor"]["account"]["name"] == office.ids["Citra"]
    links = await office.product.casework.reports.objections.links.of_person(office.ids["Budi"])
    assert [(one.provider, one.held()[0].level) for one in links] == [("balai", "sign-in")]


async def test_only_the_learner_confirms_and_what_is_refused_or_silent_does_not_count(office: Office) -> None:
    citra, siti, budi = office.clients["Citra"], office.clients["Siti"], office.clients["Budi"]
    case = (await citra.post("/api/sessions", json=_session(office))).json()["id"]
    for other in (citra, siti):
        answer = await other.post("/api/queue/decisions", json={"cases": [case], "verdict": "approved", "reason": WHY})
        assert answer.json()["items"][0]["error"], other
    refused = {"cases": [case], "verdict": "rejected", "reason": "tidak pernah bertemu"}
    assert (await budi.post("/api/queue/decisions", json=refused)).json()["items"][0]["state"] == "rejected"
    await office.product.casework.reports.coaching.doorkeeper.settle()
    assert await statements_of(office) == []


async def test_a_form_with_the_coachs_signature_counts_once_hr_accepts_it(office: Office) -> None:
    budi, siti = office.clients["Budi"], office.clients["Siti"]
    body = _session(office, learner=None, coach=office.ids["Citra"], kind="coaching")
    bare = await budi.post("/api/session-forms", json=body | {"evidence": []})
    assert bare.json()["error"]["where"] == "evidence"
    digest = (await budi.post("/api/files", content=PDF)).json()["digest"]
    sent = await budi.post("/api/session-forms", json=body | {"evidence": [digest]})
    assert sent.status_code == 201, sent.text
    (waiting,) = (await siti.get("/api/queue", params={"kind": "form"})).json()["items"]
    own = await budi.post("/api/queue/decisions", json={"cases": [waiting["id"]], "verdict": "approved"})
    assert own.json()["items"][0]["error"] == "nobody decides on their own record"
    done = await siti.post("/api/queue/decisions", json={"cases": [waiting["id"]], "verdict": "approved", "reason": "sah"})
    assert done.json()["items"][0]["state"] == "approved"
    (statement,) = await statements_of(office)
    (attachment,) = statement["attachments"]
    assert (attachment["sha2"], attachment["length"]) == (digest, len(PDF))
    assert (await siti.get(attachment["fileUrl"].removeprefix(office.product.settings.url))).content == PDF


async def test_who_is_no_coach_logs_nothing_and_a_coach_not_before_their_line_nor_after_it(office: Office) -> None:
    citra = office.clients["Citra"]
    assert (await office.clients["Siti"].post("/api/sessions", json=_session(office))).status_code == 403
    early = datetime(2019, 6, 1, 9, tzinfo=_WIB).isoformat()
    assert (await citra.post("/api/sessions", json=_session(office, starts=early))).status_code == 400
    own = await citra.post("/api/sessions", json=_session(office, learner=office.ids["Citra"]))
    assert own.json()["error"]["message"] == "nobody decides on their own record"
    line = (await citra.get("/api/coaches")).json()["items"][0]["id"]
    await office.admin.post(f"/api/coaches/{line}/end", json={"reason": "mundur"})
    assert (await citra.post("/api/sessions", json=_session(office))).status_code == 403


@pytest.mark.parametrize(
    ("change", "status", "where"),
    [
        ({"starts": "2026-11-24T09:00:00"}, 400, "body.starts"),
        ({"starts": (datetime.now(UTC) + timedelta(hours=1)).isoformat()}, 400, "starts"),
        ({"starts": (datetime.now(UTC) - timedelta(days=400)).isoformat()}, 400, "starts"),
        ({"minutes": 5}, 400, "minutes"),
        ({"kind": "mentoring"}, 400, "batch"),
        ({"batch": "nothing"}, 404, "batch"),
        ({"learner": "nobody"}, 404, "person"),
        ({"learner": None}, 400, "learner"),
        ({"learner": None, "number": "000000000000000000"}, 404, "number"),
    ],
)
async def test_a_session_that_makes_no_sense_is_refused(office: Office, change: dict[str, Any], status: int, where: str) -> None:
    answer = await office.clients["Citra"].post("/api/sessions", json=_session(office, **change))
    assert (answer.status_code, answer.json()["error"]["where"]) == (status, where)


async def test_two_sessions_at_one_time_are_refused(office: Office) -> None:
    citra = office.clients["Citra"]
    await citra.post("/api/sessions", json=_session(office))
    again = await citra.post("/api/sessions", json=_session(office, starts=(_STARTS + timedelta(minutes=30)).isoformat()))
    assert (again.status_code, again.json()["error"]["where"]) == (409, "starts")
    await placed(office, "Eko", "a1", "u1")
    other = await citra.post("/api/sessions", json=_session(office, learner=office.ids["Eko"]))
    assert "the coach has another session" in other.json()["error"]["message"]
    later = await citra.post("/api/sessions", json=_session(office, starts=(_STARTS + timedelta(minutes=60)).isoformat()))
    assert later.status_code == 201


async def test_what_could_not_be_told_to_the_lrs_is_told_later_and_only_once(office: Office) -> None:
    citra, budi = office.clients["Citra"], office.clients["Budi"]
    case = (await citra.post("/api/sessions", json=_session(office))).json()["id"]
    await office.admin.patch("/admin/providers/balai", json={"active": False})
    await budi.post("/api/queue/decisions", json={"cases": [case], "verdict": "approved"})
    assert await statements_of(office) == []
    await office.admin.patch("/admin/providers/balai", json={"active": True})
    keeper = office.product.casework.reports.coaching.doorkeeper
    for _ in range(2):
        await keeper.settle()
    assert len(await statements_of(office)) == 1
    assert (await keeper.due.due()).values == []


async def test_sessions_confirmed_one_after_the_other_count_at_once_and_issue_nothing_while_the_coaching_goes_on(office: Office) -> None:
    await offered(office, "coaching", channel=14, rule="coaching-session", match="prefix")
    citra, budi = office.clients["Citra"], office.clients["Budi"]
    for number in range(4):
        starts = (_STARTS - timedelta(days=7 * number)).isoformat()
        case = (await citra.post("/api/sessions", json=_session(office, batch="coaching", starts=starts))).json()["id"]
        await budi.post("/api/queue/decisions", json={"cases": [case], "verdict": "approved"})
        (line,) = await _with_sessions(office, number + 1)
        assert (line.channel, line.certificate) == (14, None)
    told = (await budi.get(f"/api/people/{office.ids['Budi']}/evidence/explain", params={"batch": "coaching"})).json()
    assert (told["standing"]["certificate"], told["standing"]["certificate_due"][:10]) == ("", "2031-01-14")  # it ends with 2030, in WIB
    assert await scan_all(office.product.credentials.records, RESERVATIONS) == []


async def _with_sessions(office: Office, expected: int) -> list[HoursEntry]:
    """The learner's open lines, once there are as many sessions in them."""
    ledger = office.product.casework.cases.deciding.ledger
    for _ in range(500):
        found = await ledger.open_credits(office.ids["Budi"])
        if sum(day.sessions for line in found for day in line.days) == expected:
            return found
        await asyncio.sleep(0.02)
    raise AssertionError(f"no {expected} sessions were counted")
