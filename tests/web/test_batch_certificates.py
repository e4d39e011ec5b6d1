"""Certificates of a batch: its provider's officers, overseers and auditors see them, and whom they are about reads of it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx

from credentials.access.roles import Role
from tests.support.office import Office, attend, catalogued, credits, offered, open_office, placed

_WHY = {"Jejak-Reason": "pengaduan 7/2026"}
_PATH = "/api/batches/arsip-1/certificates"


async def _issued(office: Office, client: httpx.AsyncClient, count: int) -> dict[str, object]:
    """The list, once it has so many."""
    for _ in range(500):
        answer = await client.get(_PATH)
        assert answer.status_code == 200, answer.text
        if len(answer.json()["items"]) == count:
            return dict(answer.json())
        await asyncio.sleep(0.02)
    raise AssertionError(answer.text)


async def test_a_batchs_certificates_are_listed_for_whom_it_concerns(tmp_path: Path) -> None:
    async with open_office(tmp_path) as office:
        rini, lain = (
            await office.holder("Rini", Role.PROVIDER, provider="balai"),
            await office.holder("Lia", Role.PROVIDER, provider="lain"),
        )
        siti, agus = await office.holder("Siti", Role.HR, agency="a1"), await office.holder("Agus", Role.AUDITOR)
        names = ("Budi", "Dewi")
        iri = await offered(office, "arsip-1")
        await catalogued(office, "lain-1", 9, provider="lain")
        for name in names:
            await placed(office, name, "a1", "u1")
            await attend(office, name, iri)
            await credits(office, name, 1)

        listed = await _issued(office, rini, 2)
        items = listed["items"]
        assert isinstance(items, list)
        assert [one["title"] for one in items] == [items[0]["title"]] * 2
        assert {"person", "name"}.isdisjoint(items[0])
        assert (await rini.get(items[0]["address"] + ".json")).status_code == 200
        first = (await rini.get(_PATH, params={"limit": 1})).json()
        then = (await rini.get(_PATH, params={"limit": 1, "after": first["more"]})).json()
        assert [one["id"] for one in (*first["items"], *then["items"])] == [one["id"] for one in items]

        for client, status in ((lain, 403), (siti, 403), (office.clients["Budi"], 403), (agus, 400), (office.admin, 400)):
            assert (await client.get(_PATH)).status_code == status
        for client in (agus, office.admin):
            assert len((await client.get(_PATH, headers=_WHY)).json()["items"]) == 2
        assert (await rini.get("/api/batches/lain-1/certificates")).status_code == 403
        assert (await rini.get("/api/batches/tidak-ada/certificates")).status_code == 404

        views = (await office.clients["Budi"].get(f"/api/people/{office.ids['Budi']}/views")).json()["items"]
        assert ("provider", "certificates") in [(one["role"], one["what"]) for one in views]
