"""Rules through the API: reading, publishing, overriding, ending, withdrawing, targets; who may, and what makes no sense."""

from __future__ import annotations

import copy
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from credentials.access.roles import Role
from schemas.loader import jp_tables
from tests.support.hours import line
from tests.support.hours_office import AGENCY, credit, enrol
from tests.support.office import WHY, Office, open_office

Json = dict[str, Any]
_TODAY = (datetime.now(UTC) + timedelta(hours=7)).date()
_SOON = str(_TODAY + timedelta(days=30))
_SOURCE = {"cite": {"id": "SK 7/2026 Pasal 3", "en": "decree 7/2026, article 3"}, "dated": "2026", "read_on": "2026-01-02", "where": "sk"}


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with open_office(tmp_path) as opened:
        yield opened


def _override(since: str = _SOON, **more: object) -> Json:
    row = {"channel": 24, "scope": "national", "basis": "day", "jp": 3, "source": "sk", "confidence": "H"}
    table: Json = {
        "id": "dinas-a-24",
        "version": 1,
        "level": "agency",
        "agency": AGENCY,
        "title": {"id": "Tabel", "en": "Table"},
        "issuing_body": "Dinas A",
        "effective_from": since,
        "sources": {"sk": _SOURCE},
        "rows": [row],
    }
    return table | more


def _national(since: str = _SOON, table: str = "nasional-2", version: int = 1) -> Json:
    made: Json = copy.deepcopy(jp_tables()[0])
    made |= {"id": table, "version": version, "effective_from": since}
    made["obligations"][0]["floor"] = 30
    return made


def _body(table: Json, **more: object) -> Json:
    return {"table": table, "reason": WHY, **more}


async def test_whoever_is_signed_in_reads_the_rules_that_hold(office: Office) -> None:
    budi = await enrol(office, "Budi")
    (bundled,) = (await budi.get("/api/hours/rules")).json()["items"]
    assert (bundled["table"], bundled["bundled"]) == (jp_tables()[0], True)
    told = (await budi.get("/api/hours/rules/in-force?on=2026-05-01")).json()
    assert (told["table"], len(told["rows"]), told["switches"]["repeats"]) == ("bps-2019.1", len(jp_tables()[0]["rows"]), "count-each")
    assert {one["name"]: one["row"] for one in told["rows"]}["bps-2019.1/16/national"]["jp_per_day"] == 3
    assert (await budi.get("/api/hours/rules/in-force?on=2018-01-01")).status_code == 404
    assert (await budi.get("/api/hours/rules/schema")).json()["schema"]["title"]


async def test_an_agencys_row_from_its_day_on_counts_what_waited(office: Office) -> None:
    hr, budi = await office.holder("Siti", Role.HR, agency=AGENCY), await enrol(office, "Budi")
    await credit(office, "Budi", line(24, 8, "2026-05-03", "2026-05-04"))
    path = f"/api/people/{office.ids['Budi']}/hours?year=2026"
    assert (await budi.get(path)).json()["balances"][0]["waiting"] == 1
    past = await hr.post(f"/api/hours/agencies/{AGENCY}/rules", json=_body(_override("2026-01-01")))
    assert past.status_code == 400
    assert "past" in past.json()["error"]["message"]
    made = await hr.post(f"/api/hours/agencies/{AGENCY}/rules", json=_body(_override("2026-01-01"), past=True))
    assert made.status_code == 201, made.text
    (balance,) = (await budi.get(path)).json()["balances"]
    assert (balance["waiting"], balance["counted"], balance["lines"][0]["rule"]) == (0, 6, "dinas-a-24.1/24/national")
    assert balance["lines"][0]["cite"]["id"] == "SK 7/2026 Pasal 3"


async def test_hr_overrides_only_its_own_agency_and_nobody_but_the_overseer_the_nation(office: Office) -> None:
    hr = await office.holder("Siti", Role.HR, agency=AGENCY)
    other = _override(agency="dinas-b")
    assert (await hr.post("/api/hours/agencies/dinas-b/rules", json=_body(other))).status_code == 403
    assert (await hr.post(f"/api/hours/agencies/{AGENCY}/rules", json=_body(other))).status_code == 400
    assert (await hr.post("/api/hours/rules", json=_body(_national()))).status_code == 403
    assert (await office.admin.post("/api/hours/rules", json=_body(_override()))).status_code == 400
    budi = await enrol(office, "Budi")
    assert (await budi.post(f"/api/hours/agencies/{AGENCY}/rules", json=_body(_override()))).status_code == 403


async def _publish(office: Office, table: Json, *, past: bool = False) -> int:
    """Proposed by one overseer, published by another: the status of the step that fails, or of the last."""
    proposed = await office.admin.post("/api/hours/rules", json=_body(table, past=past))
    if proposed.status_code != 201:
        return proposed.status_code
    second = await office.holder("Pak Lan", Role.OVERSEER)
    answer = await second.post(f"/api/hours/rules/{table['id']}/{table['version']}/publish", json={"reason": WHY})
    return answer.status_code


async def test_a_national_table_is_proposed_by_one_overseer_and_published_by_another(office: Office) -> None:
    first, second = await office.holder("Bu Lan", Role.OVERSEER), await office.holder("Pak Lan", Role.OVERSEER)
    path = "/api/hours/rules/nasional-2/1"
    assert (await first.post("/api/hours/rules", json=_body(_national()))).status_code == 201
    assert (await first.post("/api/hours/rules", json=_body(_national()))).status_code == 409
    own = await first.post(f"{path}/publish", json={"reason": WHY})
    assert (own.status_code, "two persons" in own.json()["error"]["message"]) == (403, True)
    for role in (Role.AUDITOR, Role.HR):
        other = await office.holder(role.value, role, **({"agency": AGENCY} if role is Role.HR else {}))
        assert (await other.post(f"{path}/publish", json={"reason": WHY})).status_code == 403
    (waiting,) = (await second.get("/api/hours/rules/proposed")).json()["items"]
    assert (waiting["by"], waiting["table"]["id"]) == (f"person:{office.ids['Bu Lan']}", "nasional-2")
    assert (await second.get(f"/api/hours/rules/in-force?on={_SOON}")).json()["table"] == "bps-2019.1"
    made = (await second.post(f"{path}/publish", json={"reason": WHY})).json()
    assert (made["by"], made["proposed_by"]) == (f"person:{office.ids['Pak Lan']}", f"person:{office.ids['Bu Lan']}")
    assert (await second.get(f"/api/hours/rules/in-force?on={_SOON}")).json()["table"] == "nasional-2.1"
    assert (await second.get("/api/hours/rules/proposed")).json()["items"] == []
    assert (await second.post(f"{path}/publish", json={"reason": WHY})).status_code == 404


async def test_a_proposal_that_is_dropped_or_comes_too_late_is_not_published(office: Office) -> None:
    second = await office.holder("Pak Lan", Role.OVERSEER)
    await office.admin.post("/api/hours/rules", json=_body(_national()))
    assert (await office.admin.post("/api/hours/rules/nasional-2/1/drop", json={"reason": WHY})).status_code == 200
    assert (await second.post("/api/hours/rules/nasional-2/1/publish", json={"reason": WHY})).status_code == 404
    assert (await office.admin.post("/api/hours/rules", json=_body(_national()))).status_code == 201
    assert await _publish(office, _national(table="nasional-3")) == 200
    assert (await second.post("/api/hours/rules/nasional-2/1/publish", json={"reason": WHY})).status_code == 409
    kinds = [one.kind for one in (await office.product.credentials.decisions.about("nation")).values]
    assert kinds == ["rules.published", "rules.proposed", "rules.proposed", "rules.dropped", "rules.proposed"]


async def test_a_national_table_replaces_the_one_before_from_its_day_on(office: Office) -> None:
    assert await _publish(office, _national()) == 200
    before = (await office.admin.get(f"/api/hours/rules/in-force?on={_TODAY}")).json()
    after = (await office.admin.get(f"/api/hours/rules/in-force?on={_SOON}")).json()
    assert (before["table"], after["table"]) == ("bps-2019.1", "nasional-2.1")
    log = (await office.product.credentials.decisions.about("nation")).values
    kinds = ("rules.published", "rules.proposed")
    assert [(one.kind, one.reason, one.content["table"]) for one in log] == [(kind, WHY, "nasional-2.1") for kind in kinds]


async def test_versions_count_up_and_two_national_tables_never_begin_on_one_day(office: Office) -> None:
    assert await _publish(office, _national()) == 200
    assert await _publish(office, _national()) == 409
    assert await _publish(office, _national(table="nasional-3")) == 409
    assert await _publish(office, _national(version=2)) == 200
    assert (await office.admin.get(f"/api/hours/rules/in-force?on={_SOON}")).json()["table"] == "nasional-2.2"
    assert await _publish(office, _national(table="bps-2019", version=1)) == 409


async def test_a_table_is_withdrawn_before_it_holds_and_never_after(office: Office) -> None:
    await _publish(office, _national())
    withdrawn = await office.admin.post("/api/hours/rules/nasional-2/1/withdraw", json={"reason": WHY})
    assert withdrawn.json()["withdrawn"] is True
    assert (await office.admin.get(f"/api/hours/rules/in-force?on={_SOON}")).json()["table"] == "bps-2019.1"
    assert (await office.admin.post("/api/hours/rules/nasional-2/1/withdraw", json={"reason": WHY})).status_code == 404
    assert await _publish(office, _national(str(_TODAY), version=2), past=True) == 200
    assert (await office.admin.post("/api/hours/rules/nasional-2/2/withdraw", json={"reason": WHY})).status_code == 409


async def test_an_agencys_table_ends_on_a_day_that_is_not_over(office: Office) -> None:
    hr = await office.holder("Siti", Role.HR, agency=AGENCY)
    path = f"/api/hours/agencies/{AGENCY}/rules"
    await hr.post(path, json=_body(_override("2026-01-01"), past=True))
    assert (await hr.post(f"{path}/dinas-a-24/1/end", json={"last": str(_TODAY - timedelta(days=1)), "reason": WHY})).status_code == 400
    assert (await hr.post(f"{path}/dinas-a-24/1/end", json={"last": str(_TODAY), "reason": WHY})).status_code == 200
    assert (await hr.post(f"{path}/dinas-a-24/9/end", json={"last": str(_TODAY), "reason": WHY})).status_code == 404
    (kept,) = (await hr.get(path)).json()["items"]
    assert kept["table"]["effective_to"] == str(_TODAY)
    names = [one["name"] for one in (await hr.get(f"/api/hours/rules/in-force?agency={AGENCY}")).json()["rows"]]
    assert "dinas-a-24.1/24/national" in names
    tomorrow = _TODAY + timedelta(days=1)
    names = [one["name"] for one in (await hr.get(f"/api/hours/rules/in-force?agency={AGENCY}&on={tomorrow}")).json()["rows"]]
    assert "dinas-a-24.1/24/national" not in names


async def test_a_locked_row_is_no_agencys_to_change(office: Office) -> None:
    table = _national("2026-01-01")
    next(row for row in table["rows"] if (row["channel"], row["scope"]) == (3, "national"))["locked"] = True
    assert await _publish(office, table, past=True) == 200
    row = {"channel": 3, "scope": "national", "basis": "event", "jp": 99, "source": "sk", "confidence": "H"}
    await office.admin.post(f"/api/hours/agencies/{AGENCY}/rules", json=_body(_override("2026-01-01", rows=[row]), past=True))
    budi = await enrol(office, "Budi")
    await credit(office, "Budi", line(3, 8, "2026-05-03"))
    (balance,) = (await budi.get(f"/api/people/{office.ids['Budi']}/hours?year=2026")).json()["balances"]
    assert balance["lines"][0]["rule"] == "nasional-2.1/3/national"
    assert balance["floor"] == 30


async def test_a_bad_table_is_refused_with_its_place(office: Office) -> None:
    table = _national()
    table["rows"][5]["jp"] = "five"
    refused = await office.admin.post("/api/hours/rules", json=_body(table))
    assert (refused.status_code, refused.json()["error"]["where"]) == (400, "table.rows[5].jp")
    assert (await office.admin.post("/api/hours/rules", json=_body(_national(), extra=1))).status_code in (400, 422)


@pytest.mark.parametrize("value", ['"\\ud800"', "NaN", "1e999", "[]", "null", '"' + "x" * 5_000 + '"', "{" * 40 + "}" * 40])
async def test_a_hostile_member_of_a_table_is_never_our_own_error(office: Office, value: str) -> None:
    for member in ("issuing_body", "version", "rows", "sources", "effective_from", "switches"):
        text = json.dumps(_body(_national() | {member: "MEMBER"})).replace('"MEMBER"', value)
        refused = await office.admin.post("/api/hours/rules", content=text, headers={"Content-Type": "application/json"})
        assert 400 <= refused.status_code < 500, (member, value, refused.text)


async def test_a_target_is_set_shown_and_never_above_what_counts(office: Office) -> None:
    hr, budi = await office.holder("Siti", Role.HR, agency=AGENCY), await enrol(office, "Budi")
    path = f"/api/hours/agencies/{AGENCY}/targets"
    target = {"kind": "pns", "jp": 90, "effective_from": "2026-01-01", "decree": "SK 1/2026", "reason": WHY}
    assert (await hr.post(path, json=target)).status_code == 201
    (balance,) = (await budi.get(f"/api/people/{office.ids['Budi']}/hours?year=2026")).json()["balances"]
    assert (balance["target"], balance["short_of_target"], balance["target_decree"]) == (90, 90, "SK 1/2026")
    assert (await hr.post(path, json=target | {"kind": "pppk", "jp": 25})).status_code == 400
    assert (await hr.post("/api/hours/agencies/dinas-b/targets", json=target)).status_code == 403
    assert [one["jp"] for one in (await budi.get(path)).json()["items"]] == [90]
