"""Calling the demo's server; every answer that is an error ends the demo."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from jejak.demo.server import DemoError, Running

_WAIT_SECONDS = 45  # for the projector; it takes a few seconds
WHY = {"Jejak-Reason": "demo"}

Json = dict[str, Any]


@contextmanager
def signed_in(server: Running, key: str, secret: str) -> Iterator[httpx.Client]:
    """As somebody else than the first administrator."""
    with httpx.Client(base_url=server.url, auth=(key, secret), timeout=30) as client:
        yield client


def post(client: httpx.Client, path: str, body: Json) -> Json:
    made: Json = answered(client.post(path, json=body))
    return made


def sent(client: httpx.Client, path: str, content: str) -> Json:
    """A file."""
    told: Json = answered(client.post(path, content=content.encode()))
    return told


def get(client: httpx.Client, path: str) -> Any:
    return answered(client.get(path, headers=WHY))


def stored(client: httpx.Client, statements: list[Json]) -> list[str]:
    """The ids of statements, sent as an LMS sends them: in arrays, version 1.0.3."""
    ids: list[str] = []
    for start in range(0, len(statements), 500):
        part = statements[start : start + 500]
        ids += answered(client.post("/xapi/statements", json=part, headers={"X-Experience-API-Version": "1.0.3"}))
    return ids


def answered(answer: httpx.Response) -> Any:
    if answer.is_error:
        raise DemoError(f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {json.dumps(answer.json())}")
    return answer.json()


def certificates(server: Running, batches: list[str], expected: int) -> list[Json]:
    """Those of the batches, once there are as many as there should be and everything sent has been read."""
    deadline = time.monotonic() + _WAIT_SECONDS
    found: list[Json] = []
    while time.monotonic() < deadline:
        if 'jejak_feed_lag{consumer="credentials"} 0.0' in server.administrator.get("/metrics").text:
            found = [one for batch in batches for one in get(server.administrator, f"/admin/batches/{batch}/certificates")]
            if len(found) >= expected:
                return found
        time.sleep(0.2)
    raise DemoError(f"{len(found)} of {expected} certificates within {_WAIT_SECONDS} s")


def balances(server: Running, person: str, year: int) -> list[Json]:
    """Of the periods of a year."""
    found: list[Json] = get(server.administrator, f"/api/people/{person}/hours?year={year}")["balances"]
    return found


def counted(server: Running, person: str, year: int, wanted: Callable[[int], bool] = lambda jp: True) -> int:
    """JP of the year, as soon as they are what is `wanted`."""
    deadline = time.monotonic() + _WAIT_SECONDS
    while True:
        jp = sum(one["counted"] for one in balances(server, person, year))
        if wanted(jp):
            return int(jp)
        if time.monotonic() > deadline:
            raise DemoError(f"{jp} JP are counted after {_WAIT_SECONDS} s, and others were expected")
        time.sleep(0.2)
