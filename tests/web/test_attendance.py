"""An attendance list becomes statements of the provider, and these hours; bad rows are told, and the list can be withdrawn."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import httpx
import pytest

from credentials.access.roles import Role
from tests.support.office import WHY, Office, credits, offered, open_office, statements_of
from tests.web.test_queues import PDF

BUDI, RINA, STRANGER = "197203152005011007", "198811022019032004", "199503122020121003"
_WIB = timezone(timedelta(hours=7))
_STARTS = (datetime.now(UTC) - timedelta(days=3)).astimezone(_WIB).replace(hour=9, minute=0, second=0, microsecond=0)


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """Rina is an officer of balai; Budi a learner; the batch `seminar` counts whoever attended."""
    async with open_office(tmp_path) as opened:
        await offered(opened, "seminar")
        for name, nip in (("Budi", BUDI), ("Rina", RINA)):
            told = {"name": {"name": name}, "identifiers": [{"kind": "nip", "value": nip}]}
            opened.ids[name] = (await opened.admin.post("/api/people", json=told)).json()["id"]
            user = (await opened.admin.post("/api/users", json={"person": opened.ids[name], "reason": WHY})).json()
            opened.clients[name] = opened.client(user["key"], user["secret"])
        await opened.holder("Rina", Role.PROVIDER, provider="balai")
        yield opened


async def _send(client: httpx.AsyncClient, text: str | bytes, **change: Any) -> httpx.Response:
    digest = (await client.post("/api/files", content=PDF)).json()["digest"]
    params = {"batch": "seminar", "title": "Seminar arsip", "sheet": digest} | {
        "starts": _STARTS.isoformat(),
        "ends": (_STARTS + timedelta(hours=3)).isoformat(),
    }
    body = text.encode() if isinstance(text, str) else text
    return await client.post("/api/attendance-lists", content=body, params=params | change, headers={"Content-Type": "text/csv"})


async def test_a_list_with_its_signed_sheet_becomes_statements_and_hours(office: Office) -> None:
    rina = office.clients["Rina"]
    sent = await _send(rina, f"No;NIP;Nama;Masuk;Keluar\r\n1;{BUDI};Budi;09:00;11:30\r\n2;{STRANGER};Orang lain;;\r\n")
    assert sent.status_code == 200, sent.text
    told = sent.json()
    assert (told["rows"], told["troubles"], told["list"]["rows"]) == (2, 0, 2)
    one, two = await statements_of(office)
    assert one["actor"] == {"objectType": "Agent", "account": {"homePage": office.product.settings.asn_page, "name": BUDI}}
    assert (one["result"]["duration"], two["result"]["duration"]) == ("PT150M", "PT180M")
    assert one["attachments"][0]["sha2"] == told["list"]["sheet"]
    assert (await rina.get(one["attachments"][0]["fileUrl"].removeprefix(office.product.settings.url))).content == PDF
    (line,) = await credits(office, "Budi", 1)
    assert (line.source, line.provider, line.completed_on) == ("attendance", "balai", _STARTS.date())


async def test_the_same_list_again_changes_nothing_and_a_dry_run_neither(office: Office) -> None:
    rina = office.clients["Rina"]
    dry = await _send(rina, f"nip\n{BUDI}\n", dry_run=True)
    assert (dry.json()["list"], dry.json()["rows"]) == (None, 1)
    assert await statements_of(office) == []
    for _ in range(2):
        assert (await _send(rina, f"nip\n{BUDI}\n")).json()["list"]["state"] == "accepted"
    assert len(await statements_of(office)) == 1
    assert len((await rina.get("/api/attendance-lists", params={"provider": "balai"})).json()["items"]) == 1


async def test_a_withdrawn_list_is_voided_and_its_hours_go(office: Office) -> None:
    rina = office.clients["Rina"]
    one = (await _send(rina, f"nip\n{BUDI}\n")).json()["list"]["id"]
    await credits(office, "Budi", 1)
    path = f"/api/attendance-lists/{one}/withdraw"
    assert (await office.clients["Budi"].post(path, json={"reason": WHY})).status_code == 403
    assert (await rina.post(path, json={"reason": "daftar keliru"})).json()["state"] == "withdrawn"
    assert await credits(office, "Budi", 0) == []
    assert (await rina.post(path, json={"reason": "daftar keliru"})).status_code == 409


async def test_bad_rows_are_told_with_their_number_and_good_ones_go_in(office: Office) -> None:
    rows = [
        "NIP,Masuk,Keluar,Hadir",
        f"{BUDI},,,ya",
        "1.97E+17,,,",
        "12345,,,",
        f"{STRANGER},,,tidak",
        f"{STRANGER},25:00,,",
        f"{BUDI},,,ya",
    ]
    rows += [f"{STRANGER},11:00,10:00,", f"{STRANGER},,,mungkin", f"{RINA},,,"]
    told = (await _send(office.clients["Rina"], "\ufeff" + "\n".join(rows) + "\n")).json()
    assert (told["rows"], told["absent"], told["repeated"]) == (1, 1, 1)
    assert [(one["row"], one["column"]) for one in told["told"]] == [
        (3, "nip"),
        (4, "nip"),
        (6, "masuk"),
        (8, "keluar"),
        (9, "hadir"),
        (10, "nip"),
    ]
    assert "nobody reports their own presence" in told["told"][-1]["message"]
    assert not [one for one in told["told"] if BUDI in str(one) or STRANGER in str(one) or RINA in str(one)]
    assert len(await statements_of(office)) == 1


async def test_only_an_officer_of_the_provider_sends_and_only_with_their_own_scan(office: Office) -> None:
    assert (await _send(office.clients["Budi"], f"nip\n{BUDI}\n")).status_code == 403
    assert (await _send(office.clients["Rina"], f"nip\n{BUDI}\n", sheet="ab" * 32)).status_code == 404
    await office.holder("Lain", Role.PROVIDER, provider="lain")
    assert (await _send(office.clients["Lain"], f"nip\n{BUDI}\n")).status_code == 403


@pytest.mark.parametrize(
    ("content", "change"),
    [
        (b"", {}),
        (b"nama\nBudi\n", {}),
        (b"PK\x03\x04", {}),
        (b"nip," + b"x," * 1_000_000 + b"\n", {}),
        (b"nip\n", {"ends": (_STARTS - timedelta(hours=1)).isoformat()}),
        (b"nip\n", {"ends": (datetime.now(UTC) + timedelta(days=1)).isoformat()}),
        (b"nip\n", {"starts": "2026-03-02T09:00:00"}),
    ],
)
async def test_what_is_no_list_is_refused(office: Office, content: bytes, change: dict[str, str]) -> None:
    assert (await _send(office.clients["Rina"], content, **change)).status_code == 400


async def test_a_cut_off_last_line_does_not_go_in(office: Office) -> None:
    told = (await _send(office.clients["Rina"], f'nip,nama\n{BUDI},Budi\n{STRANGER[:9]},"Or')).json()
    assert told["rows"] == 1
    assert any("cut off" in one["message"] for one in told["told"])
