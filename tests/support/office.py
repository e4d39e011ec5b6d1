"""The product in process with its people: administrators, HR, superiors, learners, each signed in as themselves."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from credentials.access.roles import Role
from credentials.catalogue.bindings import Binding, Match
from credentials.catalogue.model import Batch, Programme
from credentials.catalogue.states import StateChange
from credentials.hours.entry import HoursEntry
from credentials.people.person import Person, Posting, Status
from credentials.ports.records import Put
from credentials.stores.catalogue import BATCHES, PROGRAMMES
from credentials.stores.people import PERSONS
from jejak.composition import Application, Product
from jejak.settings import Settings
from lrs.ports import StatementQuery, Wall

Json = dict[str, Any]
WHY = "surat tugas 12/2026"
LMS = "https://lms.contoh.test"  # the home page of accounts at every provider's


class Office:
    """`admin`: an overseer by being the first administrator; `others`: clients of persons, by the name that a test gives them."""

    def __init__(self, application: Application, product: Product, admin: httpx.AsyncClient) -> None:
        self.application = application
        self.product = product
        self.admin = admin
        self.ids: dict[str, str] = {}
        self.clients: dict[str, httpx.AsyncClient] = {}

    def client(self, key: str, secret: str) -> httpx.AsyncClient:
        """Somebody's."""
        return self._client(auth=httpx.BasicAuth(key, secret))

    def bearing(self, authorization: str) -> httpx.AsyncClient:
        """Of whoever sends this header; of nobody when it is ""."""
        return self._client(headers={"Authorization": authorization} if authorization else {})

    def _client(self, **how: Any) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(self.application, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url="http://jejak.test", **how)

    async def person(self, name: str) -> httpx.AsyncClient:
        """A person of the register with a secret of their own; made once."""
        if name not in self.clients:
            made = await self.admin.post("/api/people", json={"name": {"name": name}})
            assert made.status_code == 201, made.text
            self.ids[name] = made.json()["id"]
            user = await self.admin.post("/api/users", json={"person": self.ids[name], "reason": WHY})
            assert user.status_code == 201, user.text
            self.clients[name] = self.client(user.json()["key"], user.json()["secret"])
        return self.clients[name]

    async def holder(self, name: str, role: Role, **scope: str) -> httpx.AsyncClient:
        """A person with a grant."""
        client = await self.person(name)
        body = {"person": self.ids[name], "role": role, "scope": scope, "since": "2020-01-01", "reason": WHY}
        made = await self.admin.post("/api/grants", json=body)
        assert made.status_code == 201, made.text
        return client


@asynccontextmanager
async def open_office(folder: Path, **settings: object) -> AsyncIterator[Office]:
    """Over a store in memory."""
    application = Application(Settings.model_validate({"data_dir": folder, "store": "memory:", **settings}))
    async with application.running() as product:
        assert product.first_run is not None
        transport = httpx.ASGITransport(application, raise_app_exceptions=False)
        auth = httpx.BasicAuth(product.first_run.administrator, product.first_run.administrator_secret)
        async with httpx.AsyncClient(transport=transport, base_url="http://jejak.test", auth=auth) as admin:
            office = Office(application, product, admin)
            yield office
            for client in office.clients.values():
                await client.aclose()


async def placed(office: Office, name: str, agency: str, unit: str = "", superior: str = "") -> httpx.AsyncClient:
    """A person who works there, with a status; `superior`: another's name."""
    client = await office.person(name)
    posting = Posting(date(2020, 1, 1), agency, unit, superior=office.ids.get(superior, ""))
    status = Status(date(2020, 1, 1), "pns")
    person = Person(office.ids[name], 1, statuses=(status,), postings=(posting,))
    await office.product.credentials.records.commit(Put(PERSONS, person))
    return client


async def catalogued(office: Office, batch: str, channel: int, provider: str = "balai", jp: int = 8, match: Match = "prefix") -> Batch:
    """An approved programme of that channel with a batch that binds `session`; its provider too."""
    if await office.product.stores.clients.provider(provider) is None:
        await office.product.clients.add_provider(provider, "Balai Contoh")
    approved, opened = StateChange("approved", None, 1, "administrator:x"), StateChange("open", None, 1, "administrator:x")
    text = "Contoh program"
    programme = Programme(f"p-{batch}", 1, provider, text, text, text, jp, channel=channel, history=(approved,))
    binding = Binding("session", f"https://lms.contoh.test/{batch}", match)
    rule = "coaching-session" if channel in (14, 15) else "attended"
    dates = date(2020, 1, 1), date(2030, 12, 31)
    made = Batch(batch, programme.id, 1, provider, "Angkatan I", *dates, "Asia/Jakarta", rule, (binding,), history=(opened,))
    await office.product.credentials.records.commit(Put(PROGRAMMES, programme), Put(BATCHES, made))
    return made


async def statements_of(office: Office, provider: str = "balai") -> list[Json]:
    """All that the LRS holds of a provider, oldest first."""
    page = await office.product.stores.statements.query(StatementQuery(limit=500, ascending=True), Wall(provider))
    return [json.loads(body) for body in page.bodies]


async def offered(
    office: Office, batch: str, *, channel: int = 9, rule: str = "attended", provider: str = "balai", match: str = "exact"
) -> str:
    """A batch that counts, by way of the API: provider, accreditation, programme proposed and approved by two, batch. Its session's IRI."""
    if await office.product.stores.clients.provider(provider) is None:
        await office.product.clients.add_provider(provider, "Balai Contoh")
    second = httpx.BasicAuth(f"kedua-{batch}", await office.product.administrators.create(f"kedua-{batch}"))
    window = {"accreditations": [{"starts": "2020-01-01", "body": "LAN"}], "reason": WHY}
    programme = {"id": f"p-{batch}", "provider": provider, "title": "Seminar Arsip", "description": "Arsip", "criteria": "Hadir", "jp": 8}
    iri = f"https://lms.contoh.test/{batch}"
    run = {
        "id": batch,
        "programme": f"p-{batch}",
        "version": 1,
        "provider": provider,
        "name": "Angkatan I",
        "starts": "2024-01-01",
        "ends": "2030-12-31",
        "rule": rule,
        "bindings": [{"role": "session", "activity": iri, "match": match}],
    }
    for method, path, body, auth in (
        ("PUT", f"/api/providers/{provider}/accreditations", window, None),
        ("POST", "/api/programmes", programme | {"channel": channel, "evidence_rule": rule}, None),
        ("POST", f"/api/programmes/p-{batch}/1/state", {"state": "proposed"}, None),
        ("POST", f"/api/programmes/p-{batch}/1/state", {"state": "approved", "reason": WHY}, second),
        ("POST", "/api/batches", run, None),
    ):
        answer = await office.admin.request(method, path, json=body, auth=auth or office.admin.auth)
        assert answer.status_code in (200, 201), answer.text
    return iri


async def attend(office: Office, name: str, iri: str, *, days_ago: int = 2, provider: str = "balai", **more: object) -> None:
    """The person's account at the provider's LMS is linked, and the LMS says that they attended; `more`: members of the statement."""
    identifier = {"home_page": LMS, "name": name.lower()}
    link = {"person": office.ids[name], "provider": provider, "identifier": identifier, "reason": WHY}
    made = await office.admin.post("/api/links", json=link)
    assert made.status_code == 201, made.text
    await say_attended(office, identifier["name"], iri, days_ago=days_ago, provider=provider, **more)


async def say_attended(office: Office, account: str, iri: str, *, days_ago: int = 2, provider: str = "balai", **more: object) -> None:
    """The provider's LMS says that whoever has this account attended."""
    body = {"provider": provider, "label": "LMS", "scopes": ["all"]}
    lms = (await office.admin.post("/admin/clients", json=body)).json()
    statement = {
        "actor": {"account": {"homePage": LMS, "name": account}},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/attended"},
        "object": {"id": iri},
        "timestamp": (datetime.now(UTC) - timedelta(days=days_ago)).isoformat(),
    }
    auth, version = (lms["api-key"], lms["secret-key"]), {"X-Experience-API-Version": "1.0.3"}
    sent = await office.admin.post("/xapi/statements", json=statement | more, auth=auth, headers=version)
    assert sent.status_code == 200, sent.text


async def credits(office: Office, name: str, expected: int) -> list[HoursEntry]:
    """The person's open lines, once there are as many as expected."""
    ledger = office.product.casework.cases.deciding.ledger
    for _ in range(500):
        found = await ledger.open_credits(office.ids[name])
        if len(found) == expected:
            return found
        await asyncio.sleep(0.02)
    raise AssertionError(f"{len(found)} lines in place of {expected}")
