"""Learners who complete a course each, at an even rate, on a running server: who they are, what they send, and when their certificates can
be downloaded. Everybody is invented.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from pathlib import Path
from uuid import UUID, uuid4

import httpx

from bench.entering import commit_all, entering, key_of
from bench.errors import NotMeasuredError
from bench.servers import KEY, SECRET
from credentials.catalogue.model import Batch, Binding, Programme
from credentials.catalogue.provider import Accreditation, ProviderProfile
from credentials.catalogue.states import StateChange
from credentials.certificate.number import id_text
from credentials.keys import Derived
from credentials.people.links import Identity, Link
from credentials.people.person import Name, Person, Profile
from credentials.ports.records import Put, Write
from credentials.stores.catalogue import BATCHES, BINDING_COUNTS, BOUND, PROGRAMMES, BindingCount, Bound, Use
from credentials.stores.links import IDENTITIES
from credentials.stores.people import PERSONS, PROFILES
from credentials.stores.providers import PROVIDER_PROFILES
from lrs.ports import account_term

_PROVIDER, _HOME = "default", "https://lms.bangku.test"
_PROGRAMME, _OF_A_BATCH = "pbj", 200
_BEGIN, _DAYS = timedelta(days=30), timedelta(days=60)
_ATTENDED = "http://adlnet.gov/expapi/verbs/completed"
_PATIENCE = 60.0  # seconds after the last completion
_LOOK_AGAIN = 0.02


@dataclass(frozen=True, slots=True)
class Learners:
    """`count` persons, each with one course to complete. `folder`: the data folder of a server that does not run yet."""

    folder: Path
    count: int

    async def register(self) -> None:
        """Programme, batches and persons."""
        async with entering(self.folder) as records:
            await commit_all(records, (*_catalogue(-(-self.count // _OF_A_BATCH)), *chain.from_iterable(map(_person, range(self.count)))))

    async def complete(self, url: str, rate: float) -> list[float]:
        """Everybody completes, so many a second; the seconds from each statement to its certificate, as JSON and as token."""
        sent: asyncio.Queue[tuple[int, float]] = asyncio.Queue()
        derived = key_of(self.folder)
        limits = httpx.Limits(max_connections=20, max_keepalive_connections=20)
        async with httpx.AsyncClient(base_url=url, auth=(KEY, SECRET), limits=limits, timeout=30, trust_env=False) as client:
            looking = asyncio.create_task(self._look(client, derived, sent))
            await self._send(client, rate, sent)
            return await asyncio.wait_for(looking, _PATIENCE)

    async def _send(self, client: httpx.AsyncClient, rate: float, sent: asyncio.Queue[tuple[int, float]]) -> None:
        """Each at its time, whether those before are answered or not."""
        started, running = time.monotonic(), set[asyncio.Task[None]]()
        for number in range(self.count):
            await asyncio.sleep(max(0.0, started + number / rate - time.monotonic()))
            task = asyncio.create_task(_post(client, number))
            sent.put_nowait((number, time.monotonic()))
            running.add(task)
            task.add_done_callback(running.discard)
        await asyncio.gather(*running)

    async def _look(self, client: httpx.AsyncClient, derived: Derived, sent: asyncio.Queue[tuple[int, float]]) -> list[float]:
        """Asks for one after the other in the order in which they were sent, so none seems earlier than it is."""
        times: list[float] = []
        for _ in range(self.count):
            number, at = await sent.get()
            certificate = _certificate(derived, number)
            while (await client.get(f"/c/{certificate}.json")).status_code != 200:  # noqa: ASYNC110  # as a client would, who has no event
                await asyncio.sleep(_LOOK_AGAIN)
            if (await client.get(f"/c/{certificate}.jwt")).status_code != 200:
                raise NotMeasuredError("a certificate has no token")
            times.append(time.monotonic() - at)
        return times


async def _post(client: httpx.AsyncClient, number: int) -> None:
    statement = {
        "id": str(uuid4()),
        "actor": {"account": {"homePage": _HOME, "name": f"pns{number}"}},
        "verb": {"id": _ATTENDED},
        "object": {"id": _course(number // _OF_A_BATCH)},
        "timestamp": (datetime.now(UTC) - timedelta(hours=1)).isoformat(),
    }
    headers = {"X-Experience-API-Version": "1.0.3", "Content-Type": "application/json"}
    answer = await client.post("/xapi/statements", content=json.dumps(statement), headers=headers)
    if answer.status_code != 200:
        raise NotMeasuredError(f"a statement was answered {answer.status_code}")


def _catalogue(batches: int) -> Iterator[Write]:
    approved, opened = StateChange("approved", None, 1, "a"), StateChange("open", None, 1, "a")
    today = datetime.now(UTC).date()
    starts, ends = today - _BEGIN, today + _DAYS
    yield Put(PROVIDER_PROFILES, ProviderProfile(_PROVIDER, (Accreditation(date(2020, 1, 1), None, "LAN"),)))
    yield Put(BINDING_COUNTS, BindingCount(_PROVIDER, 1))
    yield Put(PROGRAMMES, Programme(_PROGRAMME, 1, _PROVIDER, "Pengadaan Barang dan Jasa", "-", "-", 8, history=(approved,)))
    for number in range(batches):
        bound, name = Binding("course", _course(number)), f"b-{number}"
        yield Put(
            BATCHES,
            Batch(name, _PROGRAMME, 1, _PROVIDER, "I", starts, ends, "Asia/Jakarta", "course-completed", (bound,), history=(opened,)),
        )
        yield Put(BOUND, Bound(_PROVIDER, "exact", bound.activity, (Use(name, bound.role, starts, ends),)))


def _person(number: int) -> Iterator[Write]:
    key = _key(number)
    yield Put(PERSONS, Person(key))
    yield Put(PROFILES, Profile(key, (Name(date(2020, 1, 1), f"Peserta Contoh {number}"),)))
    yield Put(IDENTITIES, Identity(_PROVIDER, account_term(_HOME, f"pns{number}"), (Link(f"l-{number}", key, "hr", "bench", "a", 1),)))


def _key(number: int) -> str:
    return str(UUID(int=number + 1, version=4))


def _course(batch: int) -> str:
    return f"{_HOME}/course/view.php?id={batch}"


def _certificate(derived: Derived, number: int) -> str:
    """As `credentials.services.reserving` makes it: nobody without the server's key can."""
    return id_text(derived.mac("certificate-id/1", _PROGRAMME, 1, f"b-{number // _OF_A_BATCH}", _key(number), 1)[:16])
