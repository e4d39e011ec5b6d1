"""An audit reads the whole log, and says what is wrong with one that is not whole, or that is not the one that was seen before."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from credentials.log.note import NoteKey, parse_checkpoint, parse_note
from credentials.log.tiles import TilePath
from credentials.ports.records import Put, Records
from credentials.services.audit import AuditReport, Expected, audit, audit_certificates
from credentials.services.cosigning import Cosigning
from credentials.services.log import Entry
from credentials.services.log_readers import HttpLog, OwnLog
from credentials.stores.certificates import CERTIFICATES
from credentials.stores.leases import Lease
from credentials.stores.log import BUNDLES, LOG_TILES
from credentials.web.log import log_router
from lrs.errors import NotFoundError, StoreUnavailableError
from lrs.web.framework import install_errors
from tests.support.issuing import Office, open_office
from tests.support.records import ENGINES, opened_records
from tests.support.witness import client_of, make_witness


@pytest.fixture(params=ENGINES)
async def office(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Office]:
    async with opened_records(request.param, tmp_path) as records:
        yield await open_office(records, people=9)


async def _long(office: Office, count: int = 600, step: int = 97) -> None:
    """A log of more than two bundles."""
    for start in range(0, count, step):
        entries = [Entry(f"c{number}", number.to_bytes(32, "big")) for number in range(start, min(start + step, count))]
        await office.log.append(await office.log.begin(), entries, [])


def _over_http(office: Office) -> HttpLog:
    app = FastAPI()
    install_errors(app)
    app.include_router(log_router(office.log))
    return HttpLog("https://jejak.test/log", httpx.ASGITransport(app))


async def _expected(office: Office, **more: Any) -> Expected:
    return Expected(await office.log.key(), **more)


async def test_a_log_that_is_whole_has_no_problems_read_from_the_store_or_over_http(office: Office) -> None:
    await _long(office)
    for log in (OwnLog(office.log), _over_http(office)):
        report = await audit(log, await _expected(office))
        assert report.problems == []
        assert (report.origin, report.size, report.entries) == ("jejak.test/log", 600, 600)


async def test_it_goes_on_from_every_checkpoint_that_was_seen_before(office: Office) -> None:
    seen = []
    for start in range(0, 600, 97):
        entries = [Entry(f"c{number}", number.to_bytes(32, "big")) for number in range(start, min(start + 97, 600))]
        await office.log.append(await office.log.begin(), entries, [])
        head = await office.log.head()
        assert head is not None
        seen.append(parse_checkpoint(parse_note(head.checkpoint).text))
    report = await audit(OwnLog(office.log), await _expected(office, earlier=seen))
    assert report.problems == []
    for number, one in enumerate(seen):
        report = await audit(OwnLog(office.log), await _expected(office, earlier=[*seen[:number], replace(one, root=b"\7" * 32)]))
        assert report.problems == [f"at size {one.size} the log was another one: it does not go on from what was seen then"]
    report = await audit(OwnLog(office.log), await _expected(office, earlier=[replace(seen[0], size=601)]))
    assert report.problems == ["the log had 601 entries before and has 600 now: it was rolled back"]


async def _spoil(records: Records, level: int, index: int, change: bytes | None, at: int = 40) -> None:
    kept = await records.get(LOG_TILES, level, index)
    assert kept is not None
    content = kept.value.content
    await records.commit(
        Put(LOG_TILES, replace(kept.value, content=content[:-1] if change is None else content[:at] + change + content[at + 1 :]))
    )


@pytest.mark.parametrize(
    ("level", "index", "change", "at", "told"),
    [
        (BUNDLES, 1, b"\xff", 40, "the tile 1 of level 0 is not made of the entries"),
        (BUNDLES, 2, b"\xff", 40, "the entries do not give the root of the checkpoint"),
        (BUNDLES, 1, b"\x21", 1, "the bundle 1 has entries that are no digests"),
        (BUNDLES, 2, None, 0, "the bundle 2 of entries is missing"),
        (0, 0, b"\xff", 40, "the tile 0 of level 0 is not made of the entries"),
        (0, 2, b"\xff", 40, "the tile 2 of level 0 is not made of the entries"),
        (1, 0, b"\xff", 40, "the tile 0 of level 1 is not made of the entries"),
        (1, 0, None, 0, "the tile 0 of level 1 is missing"),
    ],
)
async def test_whatever_is_changed_in_it_is_found(office: Office, level: int, index: int, change: bytes | None, at: int, told: str) -> None:
    await _long(office)
    await _spoil(office.records, level, index, change, at)
    report = await audit(OwnLog(office.log), await _expected(office))
    assert told in report.problems


async def test_a_checkpoint_by_another_key_or_of_another_log_is_found(office: Office) -> None:
    await _long(office, 3)
    key = await office.log.key()
    for other in (replace(key, public=b"\7" * 32), replace(key, name="lain.test/log")):
        report = await audit(OwnLog(office.log), Expected(other))
        assert "the log's key has not signed the checkpoint" in report.problems


async def test_the_quorum_of_witnesses_is_asked_for(office: Office) -> None:
    await office.issue(1)
    witness = make_witness(office.clock, await office.log.key())
    expected = await _expected(office, witnesses=[witness.key], quorum=1)
    report = await audit(OwnLog(office.log), expected)
    assert report.problems == ["0 of the witnesses cosigned the checkpoint; 1 are needed"]
    lease = Lease(office.records, office.clock, "cosigning")
    assert await Cosigning(office.records, office.log, [client_of(witness)], 1, lease, 1).step()
    report = await audit(OwnLog(office.log), expected)
    assert report.problems == []
    assert report.time > 0


async def _both(office: Office) -> AuditReport:
    log = OwnLog(office.log)
    report = await audit(log, await _expected(office))
    await audit_certificates(office.records, log, report)
    return report


async def test_certificates_and_log_are_held_against_each_other(office: Office) -> None:
    made = [await office.issue(number) for number in range(3)]
    report = await _both(office)
    assert (report.problems, report.entries, report.certificates) == ([], 3, 3)
    changed = json.loads(made[0].document) | {"name": "Lain"}
    await office.records.commit(Put(CERTIFICATES, replace(made[0], document=json.dumps(changed).encode())))
    await office.records.commit(Put(CERTIFICATES, replace(made[1], id="unlogged")))
    report = await _both(office)
    assert sorted(report.problems) == [
        f"the certificate {made[0].id} is not what was logged",
        "the certificate unlogged is not in the log",
    ]


async def test_what_was_logged_and_is_kept_nowhere_is_found(office: Office) -> None:
    await office.issue(1)
    await _long(office, 2, 2)
    assert (await _both(office)).problems == ["2 entries of the log belong to no certificate that is kept here"]


async def test_a_log_that_is_not_there_or_out_of_reach_is_told(office: Office) -> None:
    with pytest.raises(NotFoundError):
        await audit(OwnLog(office.log), await _expected(office))
    unreachable = HttpLog("http://127.0.0.1:9/log")
    with pytest.raises(StoreUnavailableError):
        await audit(unreachable, Expected(NoteKey("a", 1, b"\7" * 32)))
    await unreachable.close()


async def test_over_http_a_whole_tile_stands_in_for_a_part_of_it(office: Office) -> None:
    await _long(office)
    log = _over_http(office)
    assert await log.tile(TilePath(0, 0, 7)) == (await office.log.tile(TilePath(0, 0, 256)))[: 7 * 32]
    with pytest.raises(NotFoundError):
        await log.tile(TilePath(0, 9, 256))
