"""The story, step by step. Every number that it prints was answered by the server."""

from __future__ import annotations

import sys
import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx

from jejak.demo.calls import Json, balances, certificates, counted, get, signed_in, stored
from jejak.demo.data import AGENCIES, PROVIDERS, Person, batch_of, learning_day
from jejak.demo.issued import FILES, correct, forge, from_nobody, leave_files, revoke
from jejak.demo.learning import BUSY, LATE, UNLINKED, certificates_due, coach, link, send, send_late
from jejak.demo.moodle import account, voided
from jejak.demo.server import DemoError, Running, running_server
from jejak.demo.setting import Setting, catalogue, persons, providers

_FAILED, _VOIDED = 2, 10  # who fails the quiz, and whose completion is voided


def main() -> int:
    """0 when everything went as told, 1 when not."""
    try:
        with tempfile.TemporaryDirectory(prefix="jejak-demo-") as folder, running_server(Path(folder)) as server:
            _tell(server)
            if "--once" not in sys.argv:
                print(f"\nThe server is still there. Press Enter to end the demo: its database goes, {FILES}/ stays.", flush=True)
                sys.stdin.readline()
    except (DemoError, httpx.HTTPError) as error:
        print(f"The demo cannot go on: {error}", file=sys.stderr)
        return 1
    return 0


def _tell(server: Running) -> None:
    first = learning_day((datetime.now(UTC) + timedelta(hours=7)).date())
    _step(1, f"A server with an empty database runs at {server.url}/")
    setting = _set_up(server, first)
    home_page = f"{server.url}/asn"
    count, completions = send(server, setting, home_page)
    _step(5, f"Their LMSs send {count:,} statements, as Moodle does. The projector reads them, and the issuing worker signs:")
    found = certificates(server, _batches(), certificates_due())
    print(f"     {len(found)} completions with a certificate each")
    _what_comes_later(server, setting, home_page, completions)
    _step(9, f"Balances of {first.year}, each line with its reason:")
    for index in (0, 1, _FAILED, BUSY):
        _show_person(server, setting, index)
    _step(10, "Agencies:")
    for agency in AGENCIES:
        told = get(server.administrator, f"/api/hours/agencies/{agency.code}/figures?year={first.year}")["total"]
        print(f"     {agency.name}: {told['persons']} persons with {told['counted_jp']} JP counted of {told['approved_jp']} approved")
    _step(11, "Two certificates, and what the verifier says when one byte of a token changes:")
    shown = [one for one in found if one["person"] in setting.ids[:2] and one["title"] == PROVIDERS[0].course]
    for one in shown:
        _show_certificate(server.url, one["id"])
    _show_altered(server.url, shown[0]["id"])
    _what_becomes_of_certificates(server, setting, found, shown[0]["id"])


def _what_becomes_of_certificates(server: Running, setting: Setting, found: list[Json], valid: str) -> None:
    others = [one for one in found if one["title"] == PROVIDERS[0].course and one["person"] not in (*setting.ids[:20], *_touched(setting))]
    revoked, corrected = others[0]["id"], others[1]["id"]
    _step(12, "One certificate is revoked, one corrected, one forged, and one comes from an issuer that nobody knows:")
    print(f"     revoked:        {revoke(server, revoked)['verdict']}  {server.url}/v/{revoked}")
    print(f"     corrected:      {server.url}/v/{corrected} leads to {server.url}/v/{correct(server, corrected)}")
    print(f"     forged:         {forge(server, valid)['verdict']}")
    print(f"     unknown issuer: {from_nobody(server, valid)['verdict']}")
    names = leave_files(server, valid, PROVIDERS[0].id)
    _step(13, f"For other verifiers, in {FILES}/: {', '.join(names)}")
    _step(14, "Look yourself, while the server is there:")
    list_and_map = f"--trust-list {FILES}/trust-list.json --map {server.url}/={server.url}/"
    print(f"     a learner's page   {server.url}/masuk?person={setting.ids[BUSY]} (and press the button: for developers only)")
    print(f"     check a file       {server.url}/v, or: .venv/bin/jejak verify {FILES}/certificate.pdf {list_and_map}")
    print(f"     administration     {server.url}/api/docs, as {server.first.administrator} with {server.first.administrator_secret}")


def _touched(setting: Setting) -> list[str]:
    return [setting.ids[index] for index in (BUSY, LATE, UNLINKED, _FAILED, _VOIDED)]


def _set_up(server: Running, first: date) -> Setting:
    keys = providers(server)
    _step(2, f"{len(keys)} providers are accredited; each LMS has a key that may write statements and nothing else. Fields have keepers:")
    for one in PROVIDERS:
        print(f"     {one.field_id}: {one.keeper}")
    ids, told = persons(server, first)
    rows, trouble = told["rows"], told["troubles"][0]
    _step(3, f"HR's file, with semicolons and Indonesian columns: {rows['added']} persons of {len(AGENCIES)} agencies; one row is refused:")
    print(f"     row {trouble['row']}, {trouble['column']}: {trouble['message']}")
    programmes, batches = catalogue(server, ids, first)
    _step(4, f"From files: {programmes} programmes, reviewed by their keepers and approved by a second overseer, and {batches} batches.")
    return Setting(first, keys, ids)


def _what_comes_later(server: Running, setting: Setting, home_page: str, completions: dict[int, str]) -> None:
    year, ids = setting.first.year, setting.ids
    waiting = link(server, setting)
    linked = counted(server, ids[UNLINKED], year, lambda jp: jp > 0)
    _step(6, f"One identifier named nobody ({waiting['kind']} at {waiting['host']}); HR links it by its reference: {linked} JP count.")
    before = counted(server, ids[LATE], year)
    send_late(server, setting, home_page)
    coach(server, setting, LATE)
    after = counted(server, ids[LATE], year, lambda jp: jp == before + 4 + 2)
    _step(7, f"Evidence of three weeks ago comes late, and a coaching session is confirmed: {before} JP become {after}.")
    before = counted(server, ids[_VOIDED], year)
    with signed_in(server, *setting.keys[PROVIDERS[0].id]) as lms:
        stored(lms, [voided(account(home_page, "lms"), completions[_VOIDED])])
    after = counted(server, ids[_VOIDED], year, lambda jp: jp == before - 8)
    _step(
        8, f"An LMS voids a completion: {before} JP become {after}; the line is taken back by a line of its own, the certificate revoked."
    )


def _show_person(server: Running, setting: Setting, index: int) -> None:
    for told in balances(server, setting.ids[index], setting.first.year):
        over = f", {told['over_ceiling']} over the ceiling of {told['ceiling']}" if told["over_ceiling"] else ""
        print(f"     {Person(index).name} ({told['kind'].upper()}): {told['counted']} JP in {setting.first.year}{over}")
        for line in told["lines"]:
            print(f"       {line['counted']:>2} of {line['approved']:>2} JP  {line['title']}: {line['reason']['id']}")


def _show_certificate(url: str, certificate: str) -> None:
    address = f"{url}/c/{certificate}"
    print(f"       verifier         {url}/v/{certificate}")
    print(f"       Open Badges 3.0  {address}.json\n       vc+jwt           {address}.jwt\n       QR               {address}/qr.png")
    print(f"       to print         {address}.pdf")


def _show_altered(url: str, certificate_id: str) -> None:
    token = httpx.get(f"{url}/c/{certificate_id}.jwt", timeout=10).text
    middle = len(token) // 2
    altered = token[:middle] + ("A" if token[middle] != "A" else "B") + token[middle + 1 :]
    for label, text in (("as issued", token), ("one byte changed", altered)):
        report = httpx.post(f"{url}/verify", content=text, timeout=10).json()
        facts = report["certificate"]
        what = f": {facts['title']}, {facts['provider']}, {facts['jp']:g} JP, {facts['issued'][:10]}" if facts else ""
        print(f"     {label}: {report['verdict']}{what}")


def _step(number: int, text: str) -> None:
    print(f"{number}.   {text}", flush=True)


def _batches() -> list[str]:
    return [batch_of(one, kind, run) for one in PROVIDERS for kind in ("kursus", "seminar") for run in range(3)]


if __name__ == "__main__":
    sys.exit(main())
