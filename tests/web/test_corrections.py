"""An upheld objection to a name or a date corrects the certificate: a new one names the old one, the old one is revoked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from credentials.access.roles import Role
from credentials.ports.records import scan_all
from credentials.stores.corrections import CORRECTIONS, corrections
from credentials.stores.ledger import HOURS
from tests.support.office import WHY, Office, attend, credits, offered, open_office, placed

Json = dict[str, Any]


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """Budi attended; there are hours and a certificate. Siti is HR."""
    async with open_office(tmp_path) as opened:
        iri = await offered(opened, "arsip-1")
        await placed(opened, "Budi", "a1", "u1")
        await opened.holder("Siti", Role.HR, agency="a1")
        await attend(opened, "Budi", iri)
        yield opened


async def _certificate(office: Office, but: str = "") -> tuple[str, Json]:
    """Of Budi's only line, once it is issued and another than `but`: its id and document."""
    for _ in range(500):
        (line,) = await credits(office, "Budi", 1)
        if line.certificate is not None and line.certificate != but:
            answer = await office.admin.get(f"/c/{line.certificate}.json")
            if answer.status_code == 200:
                return line.certificate, answer.json()
        await asyncio.sleep(0.02)
    raise AssertionError("there is no such certificate")


async def _object(office: Office, **body: Any) -> str:
    answer = await office.clients["Budi"].post("/api/objections", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def _uphold(office: Office, case: str) -> Json:
    body = {"cases": [case], "verdict": "approved", "reason": "sudah diperiksa"}
    told: Json = (await office.clients["Siti"].post("/api/queue/decisions", json=body)).json()["items"][0]
    return told


async def _name(office: Office, name: str) -> None:
    told = await office.clients["Siti"].post(f"/api/people/{office.ids['Budi']}/names", json={"name": name, "reason": WHY})
    assert told.status_code == 201, told.text


async def _is_corrected(office: Office, old: str, new: str, document: Json) -> None:
    assert document["relatedResource"][0]["id"].endswith(f"/c/{old}")
    shown = [(await office.admin.get(f"/admin/certificates/{one}")).json() for one in (old, new)]
    assert [bool(one["revoked"]) for one in shown] == [True, False]
    assert (shown[0]["events"][-1]["reason"], shown[1]["replaces"]) == ("evidence-changed", old)


@pytest.mark.parametrize("about", ["certificate", "person"])
async def test_a_name_that_was_corrected_in_the_register_is_printed_anew(office: Office, about: str) -> None:
    old, _ = await _certificate(office)
    case = await _object(office, ground="wrong-name", about=about, target=old if about == "certificate" else office.ids["Budi"])
    assert "enter the right one there first" in (await _uphold(office, case))["error"]
    await _name(office, "Budi Santoso, S.Kom.")
    assert (await _uphold(office, case))["state"] == "approved"
    new, document = await _certificate(office, old)
    assert document["credentialSubject"]["identifier"][0]["identityHash"] == "Budi Santoso, S.Kom."
    await _is_corrected(office, old, new, document)
    records = office.product.credentials.records
    assert [line.certificate for line in await scan_all(records, HOURS)] == [old]  # the line was not edited
    hours = await office.clients["Budi"].get(f"/api/people/{office.ids['Budi']}/hours", params={"year": date.today().year})
    lines = [line for balance in hours.json()["balances"] for line in balance["lines"]]
    assert [line["certificate"] for line in lines] == [new] * len(lines)
    again = await _object(office, ground="wrong-name", about="certificate", target=old)
    assert "corrected or revoked" in (await _uphold(office, again))["error"]


@pytest.mark.parametrize("about", ["certificate", "entry"])
async def test_a_date_that_was_wrong_moves_the_hours_and_corrects_the_certificate(office: Office, about: str) -> None:
    old, _ = await _certificate(office)
    (line,) = await credits(office, "Budi", 1)
    right = line.completed_on - timedelta(days=10)
    target = old if about == "certificate" else line.id
    case = await _object(office, ground="wrong-date", about=about, target=target, right_date=str(right))
    assert (await _uphold(office, case))["state"] == "approved"
    new, document = await _certificate(office, old)
    assert document["credentialSubject"]["activityEndDate"][:10] == str(right)
    await _is_corrected(office, old, new, document)
    (line,) = await credits(office, "Budi", 1)
    assert (line.completed_on, line.started_on, line.approved) == (right, right, 8)


async def test_the_log_of_decisions_alone_tells_every_correction(office: Office) -> None:
    await _certificate(office)
    (line,) = await credits(office, "Budi", 1)
    await _name(office, "Budi Santoso")
    await _uphold(office, await _object(office, ground="wrong-name", about="person", target=office.ids["Budi"]))
    right = str(line.completed_on - timedelta(days=1))
    await _uphold(office, await _object(office, ground="wrong-date", about="entry", target=line.id, right_date=right))
    kept = await scan_all(office.product.credentials.records, CORRECTIONS)
    assert corrections(await office.product.credentials.decisions.read(0, 1_000)) == {(one.person, one.batch): one for one in kept}
    assert [(one.batch, str(one.right_date), one.renewed) for one in kept] == [("arsip-1", right, 1)]


async def test_a_reissue_prints_the_name_of_now(office: Office) -> None:
    old, _ = await _certificate(office)
    await _name(office, "Budi Santoso")
    told = await office.admin.post(f"/admin/certificates/{old}/reissue", json={"reason": "nama diperbaiki"})
    assert told.status_code == 201, told.text
    new, document = await _certificate(office, old)
    assert (new, told.json()["replaces"]) == (told.json()["id"], old)
    assert document["credentialSubject"]["identifier"][0]["identityHash"] == "Budi Santoso"
