"""The administration's API: who may, what it makes, what it never tells; and no input that breaks it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from jejak.composition import Application
from jejak.settings import Settings
from tests.support.product import VERSION


class Admin:
    """The product's administration, signed in as the first administrator."""

    def __init__(self, client: httpx.AsyncClient, auditor: httpx.BasicAuth) -> None:
        self.client = client
        self.auditor = auditor

    async def new_client(self, **members: Any) -> dict[str, Any]:
        answer = await self.client.post("/admin/clients", json={"provider": "default", "label": "Moodle", "scopes": ["all"], **members})
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def statements(self, key: str, secret: str) -> int:
        answer = await self.client.get("/xapi/statements", auth=(key, secret), headers={VERSION: "1.0.3"})
        return answer.status_code


@pytest.fixture
async def admin(tmp_path: Path) -> AsyncIterator[Admin]:
    application = Application(Settings.model_validate({"data_dir": tmp_path, "store": "memory:"}))
    async with application.running() as product:
        assert product.first_run is not None
        auth = httpx.BasicAuth(product.first_run.administrator, product.first_run.administrator_secret)
        auditor = httpx.BasicAuth("looker", await product.administrators.create("looker", "auditor"))
        transport = httpx.ASGITransport(application, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://jejak.test", auth=auth) as client:
            yield Admin(client, auditor)


async def test_nobody_gets_in_without_an_administrators_secret(admin: Admin) -> None:
    for auth in (httpx.BasicAuth("admin", "wrong"), httpx.BasicAuth("nobody", "x"), httpx.BasicAuth("", "")):
        answer = await admin.client.get("/admin/clients", auth=auth)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Basic")


async def test_an_auditor_reads_and_does_not_write(admin: Admin) -> None:
    assert (await admin.client.get("/admin/clients", auth=admin.auditor)).status_code == 200
    refused = await admin.client.post("/admin/providers", json={"id": "x", "name": "X"}, auth=admin.auditor)
    assert refused.status_code == 403
    assert refused.json()["error"]["scope"] == "overseer"


async def test_a_new_client_can_sign_in_and_its_secret_is_told_once(admin: Admin) -> None:
    made = await admin.new_client()
    assert await admin.statements(made["api-key"], made["secret-key"]) == 200
    listed = await admin.client.get("/admin/clients")
    assert made["secret-key"] not in listed.text
    assert "secret-key" not in listed.json()[0]


async def test_providers_are_made_listed_and_changed(admin: Admin) -> None:
    made = await admin.client.post("/admin/providers", json={"id": "balai-a", "name": "Balai A", "time_zone": "Asia/Jayapura"})
    assert made.status_code == 201
    assert (await admin.client.post("/admin/providers", json={"id": "balai-a", "name": "Again"})).status_code == 409
    changed = await admin.client.patch("/admin/providers/balai-a", json={"active": False})
    assert changed.json() == {"id": "balai-a", "name": "Balai A", "time_zone": "Asia/Jayapura", "active": False}
    assert (await admin.client.patch("/admin/providers/none", json={})).status_code == 404


async def test_a_client_is_changed_rotated_retired_and_deleted(admin: Admin) -> None:
    made = await admin.new_client()
    path = f"/admin/clients/{made['id']}"
    changed = await admin.client.patch(
        path, json={"scopes": ["statements/write", "state"], "rate_limit": 600, "origins": ["http://c.test"]}
    )
    assert (changed.json()["scopes"], changed.json()["rate_limit"]) == (["state", "statements/write"], 600)
    second = (await admin.client.post(path + "/rotate")).json()["secret-key"]
    assert second != made["secret-key"]
    assert (await admin.client.post(path + "/retire")).json()["live_secrets"] == 1
    assert (await admin.client.delete(path)).status_code == 204
    assert await admin.statements(made["api-key"], second) == 401


async def test_creds_have_the_names_of_sql_lrs(admin: Admin) -> None:
    made = (await admin.client.post("/admin/creds", json={"scopes": ["all"]})).json()
    assert set(made) == {"api-key", "secret-key", "scopes"}
    assert await admin.statements(made["api-key"], made["secret-key"]) == 200
    changed = await admin.client.put("/admin/creds", json={"api-key": made["api-key"], "scopes": ["all/read"]})
    assert changed.json() == {"api-key": made["api-key"], "scopes": ["all/read"]}
    deleted = await admin.client.request("DELETE", "/admin/creds", json={"api-key": made["api-key"]})
    assert deleted.status_code == 204
    assert made["api-key"] not in (await admin.client.get("/admin/creds")).text


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"provider": "default"},
        {"provider": "NO", "label": "x", "scopes": ["all"]},
        {"provider": "default", "label": "x", "scopes": ["every"]},
    ],
)
async def test_a_bad_body_is_400_in_our_shape(admin: Admin, body: dict[str, Any]) -> None:
    answer = await admin.client.post("/admin/clients", json=body)
    assert answer.status_code == 400
    assert {"message", "status", "requestId"} <= answer.json()["error"].keys()


async def test_a_client_of_an_unknown_provider_is_404(admin: Admin) -> None:
    answer = await admin.client.post("/admin/clients", json={"provider": "none", "label": "x", "scopes": ["all"]})
    assert answer.status_code == 404


@pytest.mark.parametrize(
    "change", [{"bound_actor": "{}"}, {"bound_actor": "x"}, {"bound_registration": "7"}, {"rate_limit": -1}, {"unknown": 1}, {"label": ""}]
)
async def test_a_bad_change_is_400_and_changes_nothing(admin: Admin, change: dict[str, Any]) -> None:
    made = await admin.new_client()
    assert (await admin.client.patch(f"/admin/clients/{made['id']}", json=change)).status_code == 400
    assert (await admin.client.get("/admin/clients")).json()[-1]["label"] == "Moodle"


async def test_two_clients_cannot_act_for_one_subject(admin: Admin) -> None:
    one, two = await admin.new_client(), await admin.new_client()
    assert (await admin.client.patch(f"/admin/clients/{one['id']}", json={"subject": "moodle"})).status_code == 200
    assert (await admin.client.patch(f"/admin/clients/{two['id']}", json={"subject": "moodle"})).status_code == 409


async def test_health_and_metrics_tell_no_query_and_no_key(admin: Admin) -> None:
    made = await admin.new_client()
    await admin.client.get(
        "/xapi/statements?limit=3&verb=http://secret.test/", auth=(made["api-key"], made["secret-key"]), headers={VERSION: "1.0.3"}
    )
    metrics = await admin.client.get("/metrics")
    assert 'jejak_requests_total{method="GET",route="/xapi/statements",status="200"} 1.0' in metrics.text
    assert "secret.test" not in metrics.text
    assert made["api-key"] not in metrics.text
    assert (await admin.client.get("/health/live")).json() == {"status": "alive"}
    assert (await admin.client.get("/health/ready")).json() == {"status": "ready"}


async def test_a_body_that_is_not_json_is_415(admin: Admin) -> None:
    for content_type in ("text/plain", "application/x-www-form-urlencoded", ""):
        answer = await admin.client.post("/admin/clients", content=b"provider=default", headers={"Content-Type": content_type})
        assert answer.status_code == 415
        assert answer.json()["error"]["where"] == "header Content-Type"


async def test_an_administrator_asks_for_the_signatures_of_a_statement(admin: Admin) -> None:
    client = await admin.new_client()
    told = {"actor": {"mbox": "mailto:a@b.test"}, "verb": {"id": "https://v.test/v"}, "object": {"id": "https://a.test/a"}}
    key = (client["api-key"], client["secret-key"])
    posted = await admin.client.post("/xapi/statements", json=told, auth=key, headers={VERSION: "1.0.3"})
    path = f"/admin/statements/{posted.json()[0]}/signatures"
    answer = await admin.client.get(path, auth=admin.auditor)
    assert answer.status_code == 200
    shown = answer.json()
    assert (shown["provider"], shown["client"], shown["signatures"]) == ("default", client["id"], [])
    assert (await admin.client.get(path, auth=key)).status_code == 401
    assert (await admin.client.get("/admin/statements/nonsense/signatures")).status_code == 400
    assert (await admin.client.get("/admin/statements/8f87ccde-bb56-4c2e-ab83-44982ef22df0/signatures")).status_code == 404
