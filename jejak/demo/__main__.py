"""The story, step by step. Every number that it prints was answered by the server."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from jejak.demo.moodle import COURSE, LEARNERS, QUIZ, SITE, Learner, sequence
from jejak.demo.server import DemoError, Running, running_server

_PROVIDER, _BATCH, _JP = "balai-contoh", "pbj-angkatan-1", 8
_WAIT_SECONDS = 30  # for the projector; it takes a fraction of a second

Json = dict[str, Any]


def main() -> int:
    """0 when everything went as told, 1 when not."""
    try:
        with tempfile.TemporaryDirectory(prefix="jejak-demo-") as folder, running_server(Path(folder)) as server:
            _tell(server)
            if "--once" not in sys.argv:
                print("\nThe server is still there. Press Enter to end the demo; nothing of it stays.", flush=True)
                sys.stdin.readline()
    except (DemoError, httpx.HTTPError) as error:
        print(f"The demo cannot go on: {error}", file=sys.stderr)
        return 1
    return 0


def _tell(server: Running) -> None:
    _step(1, f"A server with an empty database runs at {server.url}/")
    key, secret = _provider(server)
    _step(2, f"The provider {_PROVIDER} has a key for its LMS, which may write statements and nothing else.")
    people = _catalogue(server)
    _step(3, f"The catalogue has a programme of {_JP} JP; its rule: course completed and quiz passed (score 70). Three learners take it.")
    end = datetime.now(UTC)
    for learner in LEARNERS:
        _send(server.url, key, secret, learner, end)
    _step(5, "The projector reads the feed and issues for whoever satisfies the rule:")
    certificates = _certificates(server, expected=sum(learner.score >= 70 for learner in LEARNERS))
    year = (end + timedelta(hours=7)).year
    for person, name in people.items():
        _show_person(server, person, name, certificates, year)
    _step(6, "The verifier, and what it says when one byte of the token changes:")
    _show_altered(server.url, certificates[0]["id"])


def _provider(server: Running) -> tuple[str, str]:
    """Key and secret of its LMS."""
    _post(server, "/admin/providers", {"id": _PROVIDER, "name": "Balai Pelatihan Contoh"})
    client = _post(server, "/admin/clients", {"provider": _PROVIDER, "label": "Moodle", "scopes": ["statements/write"]})
    return client["api-key"], client["secret-key"]


def _catalogue(server: Running) -> dict[str, str]:
    """The learners' names by their internal id."""
    today = (datetime.now(UTC) + timedelta(hours=7)).date()
    programme = {
        "id": "pbj-dasar",
        "provider": _PROVIDER,
        "title": "Pengadaan Barang dan Jasa Tingkat Dasar",
        "description": "Dasar-dasar pengadaan barang dan jasa pemerintah.",
        "criteria": "Menyelesaikan kursus dan lulus kuis akhir dengan nilai paling sedikit 70.",
        "jp": _JP,
    }
    batch = {
        "id": _BATCH,
        "programme": "pbj-dasar",
        "provider": _PROVIDER,
        "name": "Angkatan I",
        "starts": str(today - timedelta(days=30)),
        "ends": str(today + timedelta(days=30)),
        "rule": "course-completed-and-quiz-passed",
        "bindings": [{"role": "course", "activity": COURSE}, {"role": "quiz", "activity": QUIZ}],
        "minimum_score": 0.7,
    }
    window = {"starts": "2020-01-01", "body": "LAN", "number": "1/CONTOH"}
    _json(
        server.administrator.put(f"/api/providers/{_PROVIDER}/accreditations", json={"accreditations": [window], "reason": "SK akreditasi"})
    )
    _post(server, "/api/programmes", programme)
    _post(server, "/api/batches", batch)
    _approve(server, "/api/programmes/pbj-dasar/1/state")
    people = {}
    for learner in LEARNERS:
        account = {"provider": _PROVIDER, "home_page": SITE, "name": learner.user}
        made = _post(server, "/api/people", {"name": {"name": learner.name, "back": learner.title}, "accounts": [account]})
        people[made["id"]] = made["name"]
    return people


def _approve(server: Running, path: str) -> None:
    """Four eyes: whoever proposed it cannot approve it."""
    _post(server, path, {"state": "proposed"})
    second = _post(server, "/admin/administrators", {"name": "pengawas-kedua"})
    with httpx.Client(base_url=server.url, auth=("pengawas-kedua", second["secret-key"]), timeout=10) as overseer:
        _json(overseer.post(path, json={"state": "approved"}))


def _send(url: str, key: str, secret: str, learner: Learner, end: datetime) -> None:
    """As Moodle does: one array, Basic, version 1.0.3."""
    statements = sequence(learner, end)
    answer = httpx.post(
        f"{url}/xapi/statements", json=statements, auth=(key, secret), headers={"X-Experience-API-Version": "1.0.3"}, timeout=10
    )
    answer.raise_for_status()
    _step(4, f"Moodle sends {len(answer.json())} statements of {learner.name} (quiz {learner.score}): {answer.status_code}, stored.")


def _certificates(server: Running, *, expected: int) -> list[Json]:
    """Those of the batch, once the projector has read the whole feed."""
    deadline = time.monotonic() + _WAIT_SECONDS
    while time.monotonic() < deadline:
        metrics = server.administrator.get("/metrics").text
        found: list[Json] = _get(server, f"/admin/batches/{_BATCH}/certificates")
        if 'jejak_feed_lag{consumer="credentials"} 0.0' in metrics and len(found) >= expected:
            return found
        time.sleep(0.1)
    raise DemoError(f"no {expected} certificates within {_WAIT_SECONDS} s")


def _show_person(server: Running, person: str, name: str, certificates: list[Json], year: int) -> None:
    told = _get(server, f"/admin/people/{person}/hours?year={year}")
    print(f"     {name}: {told['approved']} JP in {year}")
    for one in (one for one in certificates if one["person"] == person):
        address = f"{server.url}/c/{one['id']}"
        print(f"       verifier         {server.url}/v/{one['id']}")
        print(f"       Open Badges 3.0  {address}.json\n       vc+jwt           {address}.jwt\n       QR               {address}/qr.png")


def _show_altered(url: str, certificate_id: str) -> None:
    token = httpx.get(f"{url}/c/{certificate_id}.jwt", timeout=10).text
    middle = len(token) // 2
    altered = token[:middle] + ("A" if token[middle] != "A" else "B") + token[middle + 1 :]
    for label, text in (("as issued", token), ("one byte changed", altered)):
        report = httpx.post(f"{url}/verify", content=text, timeout=10).json()
        facts = report["certificate"]
        what = f": {facts['title']}, {facts['provider']}, {facts['jp']:g} JP, {facts['issued'][:10]}" if facts else ""
        print(f"     {label}: {report['verdict']}{what}")


def _post(server: Running, path: str, body: Json) -> Json:
    made: Json = _json(server.administrator.post(path, json=body))
    return made


def _get(server: Running, path: str) -> Any:
    return _json(server.administrator.get(path))


def _json(answer: httpx.Response) -> Any:
    if answer.is_error:
        raise DemoError(f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {json.dumps(answer.json())}")
    return answer.json()


def _step(number: int, text: str) -> None:
    print(f"{number}.   {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
