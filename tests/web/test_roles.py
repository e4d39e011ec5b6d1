"""Who signs in, who gives which role, who hands it on, and who looked: through the API, as persons."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from credentials.access.roles import Role
from tests.support.office import WHY, Office, open_office
from tests.support.oidc_issuer import AUDIENCE, OidcIssuer, oidc_issuer

_TODAY = (datetime.now(UTC) + timedelta(hours=7)).date()


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with open_office(tmp_path) as opened:
        yield opened


def _grant(office: Office, name: str, role: Role, scope: dict[str, str], **more: object) -> dict[str, object]:
    return {"person": office.ids[name], "role": role, "scope": scope, "since": str(_TODAY), "reason": WHY, **more}


async def test_a_person_signs_in_with_a_secret_of_their_own_and_sees_their_roles(office: Office) -> None:
    siti = await office.holder("Siti", Role.HR, agency="instansi-1")
    told = (await siti.get("/api/me")).json()
    assert told["person"] == office.ids["Siti"]
    assert told["roles"] == ["hr", "learner"]
    assert told["grants"][0]["scope"] == {"agency": "instansi-1"}
    assert (await office.admin.get("/api/me")).json()["roles"] == ["overseer"]


async def test_wrong_secrets_switched_off_users_and_nobody_stay_out(office: Office) -> None:
    siti = await office.person("Siti")
    key = (await office.admin.patch(f"/api/users/{office.ids['Siti']}", json={"active": True, "reason": WHY})).json()["key"]
    for auth in (httpx.BasicAuth(key, "wrong"), httpx.BasicAuth("ju_nobody", "x"), httpx.BasicAuth("", "")):
        assert (await siti.get("/api/me", auth=auth)).status_code == 401
    for header in ("", "Bearer x", "Basic", "Basic !!!", "Digest x", "Basic " + "anVf"):
        async with office.bearing(header) as nobody:
            assert (await nobody.get("/api/me")).status_code == 401
    await office.admin.patch(f"/api/users/{office.ids['Siti']}", json={"active": False, "reason": WHY})
    assert (await siti.get("/api/me")).status_code == 401


async def test_a_reset_secret_replaces_the_old_one_and_is_in_no_list(office: Office) -> None:
    siti = await office.person("Siti")
    reset = (await office.admin.post(f"/api/users/{office.ids['Siti']}/reset", json={"reason": WHY})).json()
    assert (await siti.get("/api/me")).status_code == 401
    async with office.client(reset["key"], reset["secret"]) as again:
        assert (await again.get("/api/me")).status_code == 200


async def test_somebody_who_is_in_no_register_can_be_a_user(office: Office) -> None:
    made = await office.admin.post("/api/users", json={"name": "Tuan Contoh", "organisation": "PT Contoh", "reason": WHY})
    async with office.client(made.json()["key"], made.json()["secret"]) as outsider:
        assert (await outsider.get("/api/me")).json()["person"] == made.json()["id"]


async def test_the_same_person_has_one_user(office: Office) -> None:
    await office.person("Siti")
    assert (await office.admin.post("/api/users", json={"person": office.ids["Siti"], "reason": WHY})).status_code == 409
    assert (await office.admin.post("/api/users", json={"person": "nobody", "reason": WHY})).status_code == 404


async def test_hr_makes_staff_of_its_own_agency_and_nothing_else(office: Office) -> None:
    siti = await office.holder("Siti", Role.HR, agency="instansi-1")
    await office.person("Budi")
    unit = {"agency": "instansi-1", "unit": "unit-1"}
    assert (await siti.post("/api/grants", json=_grant(office, "Budi", Role.UNIT_OPERATOR, unit))).status_code == 201
    assert (await siti.post("/api/grants", json=_grant(office, "Budi", Role.SUPERIOR, unit))).status_code == 201
    for role, scope in (
        (Role.UNIT_OPERATOR, {"agency": "instansi-2", "unit": "unit-1"}),
        (Role.HR, {"agency": "instansi-1"}),
        (Role.OVERSEER, {}),
        (Role.PROVIDER, {"provider": "balai"}),
    ):
        refused = await siti.post("/api/grants", json=_grant(office, "Budi", role, scope))
        assert refused.status_code == 403, role
    own = await siti.post("/api/grants", json=_grant(office, "Siti", Role.SUPERIOR, unit))
    assert own.json()["error"]["message"] == "nobody decides on their own record"


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"scope": {}}, "scope"),
        ({"scope": {"agency": "a", "unit": "u"}}, "scope"),
        ({"until": "2020-01-01"}, "until"),
        ({"role": "learner", "scope": {}}, "role"),
    ],
)
async def test_a_grant_that_makes_no_sense_is_refused_with_its_place(office: Office, change: dict[str, object], where: str) -> None:
    await office.person("Budi")
    answer = await office.admin.post("/api/grants", json=_grant(office, "Budi", Role.HR, {"agency": "a"}) | change)
    assert answer.status_code == 400
    assert answer.json()["error"]["where"] == where


async def test_hr_hands_on_for_a_time_and_the_end_of_the_one_is_the_end_of_the_other(office: Office) -> None:
    siti = await office.holder("Siti", Role.HR, agency="instansi-1")
    budi = await office.person("Budi")
    mine = (await siti.get("/api/me")).json()["grants"][0]["id"]
    until = str(_TODAY + timedelta(days=7))
    body = _grant(office, "Budi", Role.HR, {"agency": "instansi-1"}, until=until)
    assert (await siti.post(f"/api/grants/{mine}/delegations", json=body)).status_code == 201
    assert (await budi.get("/api/me")).json()["roles"] == ["hr", "learner"]
    assert (await budi.get("/api/grants", params={"agency": "instansi-1"})).status_code == 200
    theirs = (await budi.get("/api/me")).json()["grants"][0]["id"]
    again = await budi.post(f"/api/grants/{theirs}/delegations", json=body | {"person": office.ids["Siti"]})
    assert again.status_code == 400
    assert (await budi.post(f"/api/grants/{mine}/delegations", json=body)).status_code == 404
    ended = await office.admin.post(f"/api/grants/{mine}/end", json={"reason": "pindah tugas"})
    assert ended.json()["ended"] is not None
    for client in (siti, budi):
        assert (await client.get("/api/me")).json()["roles"] == ["learner"]
        assert (await client.get("/api/grants", params={"agency": "instansi-1"})).status_code == 403
    assert (await office.admin.post(f"/api/grants/{mine}/end", json={"reason": "lagi"})).status_code == 409


async def test_an_expired_delegation_gives_nothing(office: Office) -> None:
    siti = await office.holder("Siti", Role.HR, agency="instansi-1")
    budi = await office.person("Budi")
    mine = (await siti.get("/api/me")).json()["grants"][0]["id"]
    days = {"since": str(_TODAY - timedelta(days=9)), "until": str(_TODAY - timedelta(days=1))}
    body = _grant(office, "Budi", Role.HR, {"agency": "instansi-1"}, **days)
    assert (await siti.post(f"/api/grants/{mine}/delegations", json=body)).status_code == 201
    assert (await budi.get("/api/me")).json()["roles"] == ["learner"]


async def test_another_administrator_says_who_an_administrator_is_and_only_once(office: Office) -> None:
    await office.person("Siti")
    secret = await office.product.administrators.create("kedua")
    body = {"person": office.ids["Siti"], "reason": WHY}
    assert (await office.admin.put("/api/administrators/admin/person", json=body)).status_code == 403
    second = httpx.BasicAuth("kedua", secret)
    assert (await office.admin.put("/api/administrators/admin/person", json=body, auth=second)).status_code == 200
    assert (await office.admin.put("/api/administrators/admin/person", json=body, auth=second)).status_code == 409
    assert (await office.admin.get("/api/me")).json()["person"] == office.ids["Siti"]


async def test_coaches_are_registered_by_an_overseer_and_struck_off(office: Office) -> None:
    siti, body = await office.person("Siti"), {"qualification": "corporate-leader", "since": str(_TODAY), "reason": WHY}
    line = await office.admin.post("/api/coaches", json=body | {"person": office.ids["Siti"]})
    assert line.status_code == 201
    assert (await siti.get("/api/me")).json()["roles"] == ["coach", "learner"]
    assert [one["person"] for one in (await siti.get("/api/coaches")).json()["items"]] == [office.ids["Siti"]]
    assert (await siti.post("/api/coaches", json=body | {"person": office.ids["Siti"]})).status_code == 403
    await office.admin.post(f"/api/coaches/{line.json()['id']}/end", json={"reason": "mundur dari jejaring"})
    assert (await siti.get("/api/me")).json()["roles"] == ["learner"]


async def test_a_look_by_somebody_else_is_read_by_the_person_and_needs_a_reason(office: Office) -> None:
    siti, budi = await office.person("Siti"), await office.person("Budi")
    path = f"/api/people/{office.ids['Siti']}/views"
    assert (await siti.get(path)).json() == {"items": [], "more": None}
    assert (await budi.get(path)).status_code == 404
    unsaid = await office.admin.get(path)
    assert (unsaid.status_code, unsaid.json()["error"]["where"]) == (400, "reason")
    said = await office.admin.get(path, headers={b"Jejak-Reason": "pengaduan – nomor 7".encode()})
    assert said.status_code == 200
    assert (await office.admin.get("/api/people/nobody/views", headers={"Jejak-Reason": "x"})).status_code == 404
    items = (await siti.get(path)).json()["items"]
    assert [(one["viewer"], one["role"], one["what"], one["reason"]) for one in items] == [
        ("administrator:admin", "overseer", "views", "pengaduan – nomor 7")
    ]


async def test_a_parameter_that_nobody_reads_is_refused(office: Office) -> None:
    answer = await office.admin.get("/api/coaches", params={"limt": 3})
    assert (answer.status_code, answer.json()["error"]["where"]) == (400, "query")
    assert "limit" in answer.json()["error"]["message"]


@pytest.fixture
async def with_tokens(tmp_path: Path) -> AsyncIterator[tuple[Office, OidcIssuer]]:
    with oidc_issuer() as issuer:
        settings = {
            "oauth_issuer": issuer.url,
            "oauth_audience": AUDIENCE,
            "oauth_jwks_url": f"{issuer.url}/jwks",
            "oauth_person_clients": "portal, ponsel",
        }
        async with open_office(tmp_path, **settings) as office:
            yield office, issuer


async def test_a_token_of_the_portal_speaks_for_whom_its_claim_names_and_an_lms_token_for_nobody(
    with_tokens: tuple[Office, OidcIssuer],
) -> None:
    office, issuer = with_tokens
    made = await office.admin.post("/api/users", json={"name": "Tuan Contoh", "login": "tuan.contoh", "reason": WHY})

    async def status(**claims: Any) -> int:
        async with office.bearing(f"Bearer {issuer.token(**claims)}") as client:
            return (await client.get("/api/me")).status_code

    assert await status(azp="portal", preferred_username="tuan.contoh") == 200
    assert await status(azp="moodle", preferred_username="tuan.contoh") == 401
    assert await status(azp="portal", preferred_username="orang.lain") == 401
    assert await status(azp="portal") == 401
    assert await status(azp="portal", preferred_username="tuan.contoh", exp=1) == 401
    await office.admin.patch(f"/api/users/{made.json()['id']}", json={"active": False, "reason": WHY})
    assert await status(azp="portal", preferred_username="tuan.contoh") == 401
