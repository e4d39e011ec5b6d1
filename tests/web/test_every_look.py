"""Whatever answers something of a person leaves a line in the log of views that the person reads, whoever wrote the route."""

from __future__ import annotations

from pathlib import Path

from credentials.access.roles import Role
from tests.support.office import catalogued, open_office, placed

_QUERY = {"year": "2026", "batch": "arsip-1"}
_ONLY_OVERSEERS = {"/api/people/{person}/export", "/api/people/{person}/views"}


async def test_every_route_about_a_person_writes_down_who_looked(tmp_path: Path) -> None:
    async with open_office(tmp_path) as office:
        siti = await office.holder("Siti", Role.HR, agency="a1")
        await placed(office, "Budi", "a1", "u1")
        await catalogued(office, _QUERY["batch"], 9)
        tono = await office.holder("Tono", Role.HR, agency="a2")
        budi, views = office.ids["Budi"], office.product.casework.access.looking.views
        paths = (await office.admin.get("/api/openapi.json")).json()["paths"]
        routes = {path: told["get"] for path, told in paths.items() if path.startswith("/api/") and "{person}" in path and "get" in told}
        assert len(routes) >= 4
        for number, (path, told) in enumerate(routes.items()):
            wanted = {
                one["name"]: _QUERY[one["name"]] for one in told.get("parameters", ()) if one["in"] == "query" and one.get("required")
            }
            address = path.replace("{person}", budi)
            assert (await tono.get(address, params=wanted)).status_code == 404, path
            looker = office.admin if path in _ONLY_OVERSEERS else siti
            answer = await looker.get(address, params=wanted, headers={"Jejak-Reason": f"uji {number}"})
            assert answer.status_code == 200, f"{path}: {answer.text}"
            seen = (await views.of(budi, limit=500)).values
            assert len(seen) == number + 1, path
            assert seen[0].reason in ("", f"uji {number}")
