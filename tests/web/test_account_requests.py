"""A learner says which account at a provider is theirs; HR decides; then what the provider's statements tell of it counts."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from credentials.access.roles import Role
from credentials.ports.records import Put
from credentials.queues.account import DAY, MOST_A_DAY
from credentials.stores.account_requests import ASKED_LATELY
from credentials.stores.cases import CASES
from tests.support.office import LMS, WHY, Office, attend, credits, offered, open_office, placed, say_attended
from tests.web.test_queues import PDF

Json = dict[str, Any]


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """Agency 1: Budi, Ani and their HR Siti; agency 2: Eko and his HR Tono. Providers: balai, klinik, each with a seminar."""
    async with open_office(tmp_path) as opened:
        await opened.holder("Siti", Role.HR, agency="a1")
        await opened.holder("Tono", Role.HR, agency="a2")
        for name, agency in (("Budi", "a1"), ("Ani", "a1"), ("Eko", "a2"), ("Siti", "a1")):
            await placed(opened, name, agency, "u1")
        for provider in ("balai", "klinik"):
            await offered(opened, f"seminar-{provider}", provider=provider)
        yield opened


def _iri(provider: str) -> str:
    return f"{LMS}/seminar-{provider}"


def _body(**change: Any) -> Json:
    return {"provider": "balai", "home_page": LMS, "name": "u-17"} | change


async def _ask(office: Office, who: str, **change: Any) -> Json:
    answer = await office.clients[who].post("/api/account-requests", json=_body(**change))
    assert answer.status_code == 201, answer.text
    told: Json = answer.json()
    return told


async def _decide(client: httpx.AsyncClient, case: str, verdict: str = "approved") -> Json:
    answer = await client.post("/api/queue/decisions", json={"cases": [case], "verdict": verdict, "reason": "tidak cocok dengan daftar"})
    told: Json = answer.json()["items"][0]
    return told


async def _queued(office: Office, hr: str) -> list[Json]:
    items: list[Json] = (await office.clients[hr].get("/api/queue", params={"kind": "account"})).json()["items"]
    return items


async def _waits(office: Office, provider: str, expected: int = 1) -> None:
    """Until the projector has noted that many accounts that name nobody."""
    for _ in range(500):
        if len((await office.admin.get(f"/api/providers/{provider}/waiting")).json()["items"]) == expected:
            return
        await asyncio.sleep(0.02)
    raise AssertionError("nothing waits")


async def _known(client: httpx.AsyncClient, case: str) -> httpx.Response:
    return await client.get(f"/api/account-requests/{case}/known")


def _told(answer: Json) -> Json:
    """Without what differs in any two requests."""
    return {name: value for name, value in answer.items() if name not in ("id", "sent", "due", "person", "sent_by", "account")}


async def test_an_account_that_hr_accepts_counts_at_that_provider_and_the_link_says_how_it_is_known(office: Office) -> None:
    for provider in ("balai", "klinik"):
        await say_attended(office, "u-17", _iri(provider), provider=provider)
        await _waits(office, provider)
    asked = await _ask(office, "Budi", note="akun kantor lama")
    assert (asked["kind"], asked["state"], asked["account"]["name"]) == ("account", "open", "u-17")
    (waiting,) = await _queued(office, "Siti")
    assert waiting["account"] == {"provider": "balai", "home_page": LMS, "name": "u-17", "since": None, "until": None}
    known = (await _known(office.clients["Siti"], asked["id"])).json()
    assert (known["waiting"]["statements"], known["linked"], known["refused"]) == (1, [], False)
    assert (await _decide(office.clients["Siti"], asked["id"]))["state"] == "approved"
    (line,) = await credits(office, "Budi", 1)
    assert line.provider == "balai"  # the other provider's account of that name may be somebody else's
    (identity,) = await office.product.credentials.register.links.links.of_person(office.ids["Budi"])
    (link,) = identity.held()
    assert (identity.provider, link.level, link.source, link.by) == ("balai", "hr", f"case:{asked['id']}", f"person:{office.ids['Siti']}")
    assert link.made_at > 0
    (mine,) = (await office.clients["Budi"].get("/api/me/cases")).json()["items"]
    assert (mine["id"], mine["state"]) == (asked["id"], "approved")
    views = (await office.clients["Budi"].get(f"/api/people/{office.ids['Budi']}/views")).json()["items"]
    assert {"account", "queue"} <= {one["what"] for one in views}
    await _waits(office, "balai", 0)


async def test_a_refusal_is_told_with_its_reason_and_counts_nothing(office: Office) -> None:
    await say_attended(office, "u-17", _iri("balai"))
    await _waits(office, "balai")
    asked = await _ask(office, "Budi")
    blunt = {"cases": [asked["id"]], "verdict": "rejected"}
    assert (await office.clients["Siti"].post("/api/queue/decisions", json=blunt)).json()["items"][0]["error"]
    assert (await _decide(office.clients["Siti"], asked["id"], "rejected"))["state"] == "rejected"
    told = (await office.clients["Budi"].get(f"/api/cases/{asked['id']}")).json()
    assert (told["state"], told["why"]) == ("rejected", "tidak cocok dengan daftar")
    await credits(office, "Budi", 0)
    await _waits(office, "balai")


async def test_a_request_is_taken_back_while_it_waits(office: Office) -> None:
    asked = await _ask(office, "Budi")
    gone = await office.clients["Budi"].post(f"/api/cases/{asked['id']}/withdraw", json={"reason": "salah akun"})
    assert gone.json()["state"] == "withdrawn"
    assert "faster" in (await _decide(office.clients["Siti"], asked["id"]))["error"]
    assert await _queued(office, "Siti") == []
    assert (await _ask(office, "Budi"))["id"] != asked["id"]


async def test_the_answer_tells_nothing_of_whether_an_account_exists_or_whose_it_is(office: Office) -> None:
    await attend(office, "Ani", _iri("balai"))  # linked to Ani, as "ani"
    await credits(office, "Ani", 1)
    await say_attended(office, "u-17", _iri("balai"))  # waits for somebody
    await _waits(office, "balai")
    answers = [await _ask(office, "Budi", name=name) for name in ("ani", "u-17", "nobody-has-this")]
    assert len({str(_told(one)) for one in answers}) == 1
    for one in answers:
        mine = (await office.clients["Budi"].get(f"/api/cases/{one['id']}")).json()
        assert _told(mine) == _told(one) | {"notes": [], "why": None}
        own = await _known(office.clients["Budi"], one["id"])
        assert (own.status_code, own.json()["error"]["message"]) == (403, "nobody decides on their own record")


async def test_an_account_that_is_somebody_elses_cannot_be_given_away_and_who_has_it_is_not_told(office: Office) -> None:
    await attend(office, "Ani", _iri("balai"))
    asked = await _ask(office, "Budi", name="ani")
    known = await _known(office.clients["Siti"], asked["id"])
    assert known.json()["linked"] == ["another-person"]
    assert office.ids["Ani"] not in known.text
    outcome = await _decide(office.clients["Siti"], asked["id"])
    assert "undo that link first" in outcome["error"]
    assert office.ids["Ani"] not in outcome["error"]
    await credits(office, "Ani", 1)
    await credits(office, "Budi", 0)
    assert [one["state"] for one in await _queued(office, "Siti")] == ["open"]


async def test_two_who_ask_for_one_account_are_told_the_same_and_the_first_that_is_accepted_has_it(office: Office) -> None:
    await say_attended(office, "u-17", _iri("balai"))
    budi, ani = await _ask(office, "Budi"), await _ask(office, "Ani")
    assert (await _decide(office.clients["Siti"], budi["id"]))["state"] == "approved"
    assert (await _decide(office.clients["Siti"], ani["id"]))["error"]
    await credits(office, "Budi", 1)
    await credits(office, "Ani", 0)


async def test_an_account_that_was_handed_on_counts_for_each_on_their_days(office: Office) -> None:
    await say_attended(office, "meja-1", _iri("balai"), days_ago=2)
    await say_attended(office, "meja-1", _iri("balai"), days_ago=40)
    border = datetime.now(UTC).date() - timedelta(days=20)
    first = await _ask(office, "Budi", name="meja-1", until=str(border))
    second = await _ask(office, "Ani", name="meja-1", since=str(border + timedelta(days=1)))
    for one in (first, second):
        assert (await _decide(office.clients["Siti"], one["id"]))["state"] == "approved"
    await credits(office, "Budi", 1)
    await credits(office, "Ani", 1)


async def test_nobody_decides_on_their_own_and_hr_of_another_agency_finds_nothing(office: Office) -> None:
    own = await _ask(office, "Siti")
    assert (await _decide(office.clients["Siti"], own["id"]))["error"] == "nobody decides on their own record"
    asked = await _ask(office, "Eko")
    assert [one["id"] for one in await _queued(office, "Siti")] == [own["id"]]
    assert "within your reach" in (await _decide(office.clients["Siti"], asked["id"]))["error"]
    assert (await _known(office.clients["Siti"], asked["id"])).status_code == 404
    assert (await office.clients["Budi"].get("/api/queue", params={"kind": "account"})).status_code == 403
    assert "within your reach" in (await _decide(office.clients["Budi"], asked["id"]))["error"]
    assert (await _known(office.clients["Budi"], asked["id"])).status_code == 404
    assert (await _decide(office.clients["Tono"], asked["id"]))["state"] == "approved"


async def test_a_providers_officer_neither_sees_nor_decides(office: Office) -> None:
    await office.holder("Wati", Role.PROVIDER, provider="balai")
    asked = await _ask(office, "Budi")
    assert (await office.clients["Wati"].get("/api/queue", params={"kind": "account"})).status_code == 403
    assert (await _decide(office.clients["Wati"], asked["id"]))["error"]
    assert (await _known(office.clients["Wati"], asked["id"])).status_code == 404


async def test_what_was_said_not_to_be_the_persons_is_not_linked_before_that_is_lifted(office: Office) -> None:
    identifier = {"home_page": LMS, "name": "u-17"}
    refusal = {"person": office.ids["Budi"], "provider": "balai", "identifier": identifier, "reason": WHY}
    assert (await office.admin.post("/api/links/refusals", json=refusal)).status_code == 201
    asked = await _ask(office, "Budi")
    assert (await _known(office.clients["Siti"], asked["id"])).json()["refused"] is True
    assert "lift that first" in (await _decide(office.clients["Siti"], asked["id"]))["error"]


async def test_the_same_account_is_asked_for_once_and_not_when_it_is_ones_own(office: Office) -> None:
    asked = await _ask(office, "Budi")
    again = await office.clients["Budi"].post("/api/account-requests", json=_body())
    assert (again.status_code, again.json()["error"]["where"]) == (409, "name")
    await _decide(office.clients["Siti"], asked["id"])
    linked = await office.clients["Budi"].post("/api/account-requests", json=_body())
    assert (linked.status_code, linked.json()["error"]["message"]) == (409, "this account is linked to you already")
    assert (await office.clients["Budi"].post("/api/account-requests", json=_body(provider="klinik"))).status_code == 201


async def test_requests_at_one_moment_are_counted_one_by_one(office: Office) -> None:
    asked = [office.clients["Budi"].post("/api/account-requests", json=_body(name=f"u-{n}")) for n in range(MOST_A_DAY + 4)]
    states = sorted([one.status_code for one in await asyncio.gather(*asked)])
    assert states.count(201) <= MOST_A_DAY
    assert set(states) <= {201, 400, 409, 429}
    refused = await office.clients["Budi"].post("/api/account-requests", json=_body(name="u-last"))
    while refused.status_code == 201:
        refused = await office.clients["Budi"].post("/api/account-requests", json=_body(name=f"u-{refused.json()['id']}"))
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "3600")
    mine = (await office.clients["Budi"].get("/api/me/cases", params={"limit": 100})).json()["items"]
    assert len(mine) == MOST_A_DAY
    assert (await _ask(office, "Ani"))["state"] == "open"


async def test_a_day_later_one_may_ask_again(office: Office) -> None:
    for number in range(MOST_A_DAY):
        case = (await _ask(office, "Budi", name=f"u-{number}"))["id"]
        await office.clients["Budi"].post(f"/api/cases/{case}/withdraw", json={"reason": "salah"})
    records = office.product.credentials.records
    kept = await records.get(ASKED_LATELY, office.ids["Budi"])
    assert kept is not None
    await records.commit(Put(ASKED_LATELY, replace(kept.value, moments=tuple(one - DAY for one in kept.value.moments))))
    await _ask(office, "Budi", name="u-next")


@pytest.mark.parametrize(
    ("change", "status", "where"),
    [
        ({"provider": "nobody"}, 404, "provider"),
        ({"home_page": "no address"}, 400, "body.home_page"),
        ({"home_page": "https://" + "a" * 2_000}, 400, "body.home_page"),
        ({"home_page": None}, 400, "body.home_page"),
        ({"name": ""}, 400, "body.name"),
        ({"name": "u" * 301}, 400, "body.name"),
        ({"name": "u\n17"}, 400, "body.name"),
        ({"reference": "abc"}, 400, "body.reference"),
        ({"person": "x"}, 400, "body.person"),
        ({"since": "2900-01-01"}, 400, "since"),
        ({"since": "2026-03-02", "until": "2026-03-01"}, 400, "until"),
        ({"evidence": ["0" * 64]}, 404, "evidence"),
        ({"note": "x" * 2_001}, 400, "body.note"),
    ],
)
async def test_a_request_that_makes_no_sense_is_refused(office: Office, change: Json, status: int, where: str) -> None:
    answer = await office.clients["Budi"].post("/api/account-requests", json=_body(**change))
    assert (answer.status_code, answer.json()["error"]["where"]) == (status, where)


async def test_numbers_of_civil_servants_and_persons_of_this_server_are_not_asked_for(office: Office) -> None:
    """Whoever could ask for the account that another's NIP is would take their hours."""
    settings = office.product.settings
    for page, name in ((settings.asn_page, "197203152005011007"), (f"{settings.url}/people", office.ids["Ani"])):
        for shape in (page, f"{page}/"):
            answer = await office.clients["Budi"].post("/api/account-requests", json=_body(home_page=shape, name=name))
            assert (answer.status_code, answer.json()["error"]["where"]) == (400, "home_page")
            assert name not in answer.text


async def test_who_is_not_signed_in_or_no_person_asks_for_nothing(office: Office) -> None:
    assert (await office.bearing("").post("/api/account-requests", json=_body())).status_code == 401
    assert (await office.admin.post("/api/account-requests", json=_body())).status_code in (403, 404)


async def test_evidence_goes_with_it_and_lowers_the_risk(office: Office) -> None:
    bare = await _ask(office, "Ani")
    digest = (await office.clients["Budi"].post("/api/files", content=PDF)).json()["digest"]
    shown = await _ask(office, "Budi", evidence=[digest])
    assert [one["code"] for one in bare["reasons"]] == ["no-evidence"]
    assert (shown["reasons"], shown["risk"]) == ([], 0)
    assert [one["id"] for one in await _queued(office, "Siti")] == [bare["id"], shown["id"]]
    assert (await office.clients["Siti"].get(f"/api/cases/{shown['id']}/files/{digest}")).content == PDF


async def test_the_account_stands_in_no_log_and_goes_when_the_person_is_erased(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    name = "197203152005011007"  # a provider whose accounts are numbers
    with caplog.at_level(logging.DEBUG, logger="jejak"):
        asked = await _ask(office, "Budi", name=name)
        kept = await _ask(office, "Budi", name="u-18")
        await _decide(office.clients["Siti"], asked["id"])
    assert name not in caplog.text
    decisions = await office.product.credentials.decisions.read(0, 1_000)
    assert [one.kind for one in decisions[-3:]] == ["account.opened", "account.opened", "account.approved"]
    assert not any(name in str(one) or "u-18" in str(one) for one in decisions)
    erasure = (await office.clients["Budi"].post("/api/erasures", json={"person": office.ids["Budi"]})).json()
    dewi = await office.holder("Dewi", Role.OVERSEER)
    assert (await _decide(dewi, erasure["id"]))["error"] is None
    for case in (asked, kept):
        left = await office.product.credentials.records.get(CASES, case["id"])
        assert left is not None
        assert left.value.account is None
    assert "erased" in (await _decide(office.clients["Siti"], kept["id"]))["error"]


async def test_the_account_goes_with_notes_and_files_when_their_time_is_over(office: Office) -> None:
    decided, waiting = await _ask(office, "Budi", note="akun lama"), await _ask(office, "Budi", name="u-18")
    await _decide(office.clients["Siti"], decided["id"], "rejected")
    now = office.product.casework.accounts.clock.now_us()
    assert await office.product.casework.privacy.erasing.forgetting.clear_cases(now + 1, 10) == 1
    told = (await office.clients["Budi"].get(f"/api/cases/{decided['id']}")).json()
    assert (told["state"], told["account"], told["notes"], told["why"]) == ("rejected", None, [], "tidak cocok dengan daftar")
    assert (await office.clients["Budi"].get(f"/api/cases/{waiting['id']}")).json()["account"]["name"] == "u-18"
    assert (await _known(office.clients["Siti"], decided["id"])).status_code == 404
