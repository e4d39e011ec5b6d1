"""The beginning of the story: providers with their keys, keepers of the fields, the catalogue by four eyes, persons from HR's file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

import httpx

from jejak.demo.calls import answered, get, post, sent, signed_in
from jejak.demo.data import PEOPLE, PROVIDERS, Json, Person, batches_json, people_csv, programmes_csv
from jejak.demo.server import Running


@dataclass(frozen=True, slots=True)
class Setting:
    """`keys`: of each provider's LMS; `ids`: of persons by their place in HR's file."""

    first: date
    keys: dict[str, tuple[str, str]]
    ids: list[str]


@contextmanager
def second_overseer(server: Running) -> Iterator[httpx.Client]:
    """Four eyes are two persons."""
    secret = post(server.administrator, "/admin/administrators", {"name": "pengawas-kedua"})["secret-key"]
    with signed_in(server, "pengawas-kedua", secret) as client:
        yield client


def providers(server: Running) -> dict[str, tuple[str, str]]:
    """Each accredited, with a key of its LMS that may write statements and nothing else."""
    admin, keys = server.administrator, {}
    for one in PROVIDERS:
        post(admin, "/admin/providers", {"id": one.id, "name": one.name})
        client = post(admin, "/admin/clients", {"provider": one.id, "label": "Moodle", "scopes": ["statements/write"]})
        keys[one.id] = (client["api-key"], client["secret-key"])
        window = {"starts": "2020-01-01", "body": "LAN (contoh)", "number": f"{len(keys)}/CONTOH"}
        answered(admin.put(f"/api/providers/{one.id}/accreditations", json={"accreditations": [window], "reason": "SK akreditasi"}))
        field = {"name_id": one.field_id, "name_en": one.field_en, "keeper": one.keeper, "keeper_agency": "9901", "reason": "demo"}
        answered(admin.put(f"/api/competences/fields/{one.field}", json=field))
    return keys


def persons(server: Running, first: date) -> tuple[list[str], Json]:
    """HR's file; the ids in its order, and what came of it."""
    told = sent(server.administrator, "/api/people/import?as_of=" + str(first), people_csv(first))
    ids = []
    for one in map(Person, range(PEOPLE)):
        kind = "ni-pppk" if one.temporary else "nip"
        ids.append(post(server.administrator, "/api/people/find", {"kind": kind, "value": one.number})["person"])
    return ids, told


def catalogue(server: Running, ids: list[str], first: date) -> tuple[int, int]:
    """From files; each programme is reviewed by the keeper of its field and approved by who did not propose it. How many of each."""
    admin = server.administrator
    sent(admin, "/api/catalogue/import?table=programme", programmes_csv())
    sent(admin, "/api/catalogue/import", batches_json(first))
    for place, one in enumerate(PROVIDERS):
        keeper = as_user(server, ids[100 + place])
        grant = {"person": ids[100 + place], "role": "center-of-excellence", "scope": {"field": one.field}, "since": "2020-01-01"}
        post(admin, "/api/grants", grant | {"reason": "SK penetapan"})
        with signed_in(server, *keeper) as client:
            for kind in ("kursus", "seminar"):
                verdict = {"verdict": "recommended", "reason": "sesuai standar bidang"}
                post(client, f"/api/programmes/{one.id}-{kind}/1/reviews", verdict)
    proposed = get(admin, "/api/programmes?state=proposed")["items"]
    with second_overseer(server) as overseer:
        for programme in proposed:
            post(overseer, f"/api/programmes/{programme['id']}/1/state", {"state": "approved"})
    return len(proposed), len(get(admin, "/api/batches?limit=500")["items"])


def as_user(server: Running, person: str) -> tuple[str, str]:
    """Key and secret of a person who signs in."""
    made = post(server.administrator, "/api/users", {"person": person, "reason": "demo"})
    return made["key"], made["secret"]
