"""The product on a port of this machine with one learner: hours, certificates, a session to confirm, somebody who looked."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import httpx
import uvicorn

from credentials.access.roles import Role
from credentials.access.users import Login
from credentials.certificate.reservation import Draft
from credentials.people.person import Person, Posting, Status
from credentials.ports.records import Insert, Put
from credentials.stores.access import LOGINS
from credentials.stores.people import PERSONS
from jejak.composition import Application, Product
from jejak.settings import Settings
from lrs.ports import Batch as StatementBatch
from lrs.ports import NewStatement
from tests.support.hours import line
from tests.support.hours_office import credit
from tests.support.issuing import statement_id
from tests.support.office import WHY, Office, catalogued

T = TypeVar("T")
NAME, COACH, HR = "Ni Luh Sekar", "Citra Coach", "Siti Pengelola"
YEAR = datetime.now(UTC).year


@dataclass
class LearnerWorld:
    """`office` lives in the server's loop: use `run`."""

    url: str
    product: Product
    office: Office
    loop: asyncio.AbstractEventLoop
    ids: dict[str, str] = field(default_factory=dict)
    certificates: list[str] = field(default_factory=list)

    def give_login(self, name: str, login: str) -> None:
        """What a token's claim says of this person."""
        records = self.product.credentials.records
        self.run(records.commit(Insert(LOGINS, Login(login, self.ids[name]), taken="", where="")))

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(60)


async def _seed(office: Office) -> list[str]:
    """Fourteen hours of lines, of which two have a certificate; one of these is revoked."""
    await office.person(NAME)
    await office.person(COACH)
    await office.holder(HR, Role.HR, agency="dinas-a")
    records = office.product.credentials.records
    posting = Posting(date(2020, 1, 1), "dinas-a", "bidang-1", position_kind="executing")
    await records.commit(Put(PERSONS, Person(office.ids[NAME], 1, (Status(date(2020, 1, 1), "pns"),), (posting,))))
    await catalogued(office, "ncn", 14)
    register = {"person": office.ids[COACH], "qualification": "national-leadership-training", "since": "2020-01-01", "reason": WHY}
    assert (await office.admin.post("/api/coaches", json=register)).status_code == 201
    certificates = [await _issued(office, number, title) for number, title in ((1, "pbj"), (2, "pelayanan"))]
    await credit(office, NAME, *(_credited(batch, certificate, jp, day) for batch, certificate, jp, day in (
        ("pbj", certificates[0], 8, f"{YEAR}-03-05"), ("pelayanan", certificates[1], 4, f"{YEAR}-05-12"))))  # fmt: skip
    await credit(office, NAME, line(16, 3, f"{YEAR}-06-02", id="webinar", title="Webinar: Etika Pelayanan", claimed=5))
    await office.product.credentials.certificates.reserving.revoke(certificates[1], "salah nama")
    await _session(office)
    looked = await office.clients[HR].get(f"/api/people/{office.ids[NAME]}/hours?year={YEAR}")
    assert looked.status_code == 200, looked.text
    return certificates


def _credited(batch: str, certificate: str, jp: int, day: str) -> Any:
    titles = {"pbj": "Pengadaan Barang dan Jasa Tingkat Dasar", "pelayanan": "Pelayanan Publik Prima"}
    return replace(line(17, jp, day, id=batch, title=titles[batch]), certificate=certificate)


async def _issued(office: Office, number: int, batch: str) -> str:
    made = await catalogued(office, batch, 17)
    content = b'{"id":"%s"}' % statement_id(number).encode()
    statement = NewStatement(statement_id(number), content, True, ())
    await office.product.stores.statements.put(StatementBatch("balai", "moodle", (statement,)))
    completed = int(datetime(YEAR, 3, 5, 5, tzinfo=UTC).timestamp() * 1_000_000)
    draft = Draft(
        provider="balai",
        person=office.ids[NAME],
        programme=made.programme,
        version=1,
        batch=batch,
        number=1,
        holder=NAME,
        jp=8,
        completed=completed,
        started_on=date(YEAR, 3, 3),
        learned_on=date(YEAR, 3, 5),
        statements=(statement_id(number),),
    )
    reservation = await office.product.credentials.certificates.reserving.reserve(draft)
    assert reservation is not None
    for _ in range(200):
        if await office.product.credentials.certificates.found(reservation.id) is not None:
            return reservation.id
        await asyncio.sleep(0.05)
    raise AssertionError("the certificate was not issued")


async def _session(office: Office) -> None:
    starts = (datetime.now(UTC) - timedelta(days=2)).replace(hour=2, minute=0, second=0, microsecond=0)
    body = {"kind": "coaching", "batch": "ncn", "starts": starts.isoformat(), "minutes": 60, "topic": "Memimpin perubahan"}
    made = await office.clients[COACH].post("/api/sessions", json=body | {"learner": office.ids[NAME]})
    assert made.status_code == 201, made.text


@contextmanager
def learner_server(folder: Path, **settings: object) -> Iterator[LearnerWorld]:
    """On a free port, until the end."""
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", settings.get("port", 0)))
    port = listening.getsockname()[1]
    chosen = {"data_dir": folder, "store": "memory:", "dev_login": True, **settings, "port": port}
    told: list[Product] = []
    loops: list[asyncio.AbstractEventLoop] = []

    def announce(product: Product) -> None:
        told.append(product)
        loops.append(asyncio.get_running_loop())

    application = Application(Settings.model_validate(chosen), announce)
    server = uvicorn.Server(uvicorn.Config(application, log_level="warning", access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.02)
    try:
        yield _world(f"http://127.0.0.1:{port}", application, told[0], loops[0])
    finally:
        server.should_exit = True
        thread.join(15)
        listening.close()


def _world(url: str, application: Application, product: Product, loop: asyncio.AbstractEventLoop) -> LearnerWorld:
    first = product.first_run
    assert first is not None

    async def seeded() -> tuple[Office, list[str]]:
        transport = httpx.ASGITransport(application, raise_app_exceptions=False)
        admin = httpx.AsyncClient(
            transport=transport, base_url=url, auth=httpx.BasicAuth(first.administrator, first.administrator_secret), timeout=30
        )
        office = Office(application, product, admin)
        return office, await _seed(office)

    office, certificates = asyncio.run_coroutine_threadsafe(seeded(), loop).result(90)
    return LearnerWorld(url, product, office, loop, office.ids, certificates)
