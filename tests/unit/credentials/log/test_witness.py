"""A witness cosigns what is consistent with all that it cosigned before, and nothing else, with the statuses of tlog-witness."""

from __future__ import annotations

import asyncio
import base64
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from credentials.log.merkle import EMPTY_ROOT
from credentials.log.note import Checkpoint, Note, parse_checkpoint, parse_note, signed, verified
from credentials.log.witnessing import write_add_checkpoint
from credentials.services.cosigning import Cosigning, WitnessAnswer
from credentials.services.witness import WITNESS_TABLES, Witness, origin_hash
from credentials.stores.leases import Lease
from credentials.stores.sqlite import open_sqlite_records
from credentials.web.witness import witness_router
from lrs.stores.sqlite import SqliteOptions
from lrs.stores.sqlite.connection import Database
from tests.support.issuing import HOUR, Office, open_office
from tests.support.records import ENGINES, opened_records
from tests.support.witness import client_of, make_witness


@pytest.fixture(params=ENGINES)
async def office(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Office]:
    async with opened_records(request.param, tmp_path) as records:
        yield await open_office(records, people=9)


async def _witness(office: Office) -> Witness:
    return make_witness(office.clock, await office.log.key())


def _cosigning(office: Office, *witnesses: Witness, quorum: int = 1) -> Cosigning:
    clients = [client_of(one) for one in witnesses]
    return Cosigning(office.records, office.log, clients, quorum, Lease(office.records, office.clock, "cosigning"), 0.01)


async def _head(office: Office) -> str:
    head = await office.log.head()
    assert head is not None
    return head.checkpoint


async def _send(witness: Witness, body: str) -> httpx.Response:
    app = FastAPI()
    app.include_router(witness_router(witness))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://saksi.test") as client:
        return await client.post("/add-checkpoint", content=body.encode())


async def _asked(office: Office, witness: Witness, old: int, new: int | None = None) -> httpx.Response:
    checkpoint = await _head(office)
    size = parse_checkpoint(parse_note(checkpoint).text).size if new is None else new
    return await _send(witness, write_add_checkpoint(old, await office.log.consistency(old, size), checkpoint))


async def test_a_growing_log_is_cosigned_again_and_again(office: Office) -> None:
    witness = await _witness(office)
    for number, old in ((1, 0), (2, 1), (3, 2)):
        await office.issue(number)
        answer = await _asked(office, witness, old)
        assert answer.status_code == 200, answer.text
        note = parse_note(f"{parse_note(await _head(office)).text}\n{answer.text}")
        assert verified(note, witness.key) == office.clock.now_us() // 1_000_000


async def test_the_same_checkpoint_is_cosigned_again_with_a_new_time(office: Office) -> None:
    witness = await _witness(office)
    await office.issue(1)
    assert (await _asked(office, witness, 0)).status_code == 200
    assert (await _asked(office, witness, 1)).status_code == 200


async def test_a_size_that_is_not_the_last_one_is_told_with_the_last_one(office: Office) -> None:
    witness = await _witness(office)
    await office.issue(1)
    await _asked(office, witness, 0)
    await office.issue(2)
    answer = await _asked(office, witness, 0)
    assert (answer.status_code, answer.text, answer.headers["content-type"].split(";")[0]) == (409, "1\n", "text/x.tlog.size")


async def test_a_log_that_was_rolled_back_is_refused(office: Office) -> None:
    witness = await _witness(office)
    await office.issue(1)
    early = await _head(office)
    await office.issue(2)
    await _asked(office, witness, 0)
    assert (await _send(witness, write_add_checkpoint(2, (), early))).status_code == 400
    assert (await _send(witness, write_add_checkpoint(1, (), early))).status_code == 409
    assert (await _send(witness, write_add_checkpoint(0, (), early))).status_code == 409


async def test_a_log_that_was_rebuilt_is_refused(office: Office) -> None:
    witness = await _witness(office)
    await office.issue(1)
    await _asked(office, witness, 0)
    _, signer = await office.keys.log_key()
    key = await office.log.key()
    for size, root, status in ((1, b"\7" * 32, 422), (2, b"\7" * 32, 422), (0, EMPTY_ROOT, 400)):
        text = Checkpoint("jejak.test/log", size, root).text()
        forged = Note(text, (signed(text, key, signer.sign),)).whole()
        assert (await _send(witness, write_add_checkpoint(1, (), forged))).status_code == status
    assert (await _asked(office, witness, 1)).status_code == 200


async def test_a_proof_that_does_not_fit_is_refused(office: Office) -> None:
    witness = await _witness(office)
    for number in range(3):
        await office.issue(number)
    first = await _head(office)
    assert (await _send(witness, write_add_checkpoint(0, (b"\7" * 32,), first))).status_code == 422
    assert (await _send(witness, write_add_checkpoint(0, (), first))).status_code == 200
    await office.issue(4)
    assert (await _send(witness, write_add_checkpoint(3, (b"\7" * 32,), await _head(office)))).status_code == 422


async def test_unknown_logs_and_foreign_signatures_are_refused(office: Office) -> None:
    await office.issue(1)
    known = await office.log.key()
    checkpoint = await _head(office)
    elsewhere = make_witness(office.clock, replace(known, name="lain.test/log"))
    assert (await _send(elsewhere, write_add_checkpoint(0, (), checkpoint))).status_code == 404
    other = make_witness(office.clock, replace(known, public=b"\7" * 32))
    assert (await _send(other, write_add_checkpoint(0, (), checkpoint))).status_code == 403
    witness = await _witness(office)
    altered = checkpoint.replace("jejak.test/log\n1\n", "jejak.test/log\n2\n")
    assert (await _send(witness, write_add_checkpoint(0, (), altered))).status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        "",
        "old\n\nx",
        "old 01\n\nx",
        "old -1\n\nx",
        "old 0\nnot base64\n\nx",
        "old 0\n\nno note",
        "old 0\n" + "AAAA\n" * 64 + "\nx",
        "old 0\n\na\n1\nx\n\n— a AAAAAAA=\n",
    ],
)
async def test_what_is_no_request_is_refused(office: Office, body: str) -> None:
    assert (await _send(await _witness(office), body)).status_code == 400


async def test_what_has_no_end_is_refused(office: Office) -> None:
    assert (await _send(await _witness(office), "x" * 100_000)).status_code == 413


async def test_two_requests_at_once_never_bring_it_back_to_the_smaller(office: Office) -> None:
    witness = await _witness(office)
    await office.issue(1)
    first = await _head(office)
    await office.issue(2)
    second = await _head(office)
    answers = await asyncio.gather(*(_send(witness, write_add_checkpoint(0, (), note)) for note in [first, second] * 4))
    assert sum(answer.status_code == 200 for answer in answers) == 1
    assert {answer.status_code for answer in answers} == {200, 409}


async def test_it_remembers_over_a_restart(office: Office, tmp_path: Path) -> None:
    await office.issue(1)
    for old, status in ((0, 200), (0, 409), (1, 200)):
        database = await Database.open(tmp_path / "witness.sqlite3", SqliteOptions(synchronous="OFF"))
        witness = make_witness(office.clock, await office.log.key(), records=await open_sqlite_records(database, WITNESS_TABLES))
        assert (await _asked(office, witness, old)).status_code == status
        await database.close()


async def test_every_checkpoint_is_cosigned_and_each_certificate_proven_under_its_first(office: Office) -> None:
    witness = await _witness(office)
    cosigning = _cosigning(office, witness)
    assert not await cosigning.step()
    first = await office.issue(1)
    assert await cosigning.step()
    assert not await cosigning.step()
    office.clock.advance(HOUR)
    second = await office.issue(2)
    assert await cosigning.step()
    for certificate, size in ((first, 1), (second, 2)):
        note = parse_note((await office.log.proof(certificate.id)).partition("\n\n")[2])
        assert parse_checkpoint(note.text).size == size
        time = verified(note, witness.key)
        assert time is not None
        assert 0 <= time - certificate.issued // 1_000_000 < 60


async def test_the_quorum_is_what_counts(office: Office) -> None:
    key = await office.log.key()
    one, two = make_witness(office.clock, key), make_witness(office.clock, key, "saksi.test/2", seed=8)
    stranger = make_witness(office.clock, replace(key, name="lain.test/log"), "saksi.test/3", seed=9)
    await office.issue(1)
    assert not await _cosigning(office, one, stranger, quorum=2).step()
    assert await _cosigning(office, one, two, stranger, quorum=2).step()
    last = await office.log.last_cosigned()
    assert last is not None
    note = parse_note(last.note)
    assert [verified(note, witness.key) is not None for witness in (one, two, stranger)] == [True, True, False]


async def test_a_witness_that_knows_more_than_the_log_shows_that_it_was_rolled_back(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    await office.issue(1)
    lying = _Lying(await _witness(office), WitnessAnswer(409, "99\n"))
    cosigning = Cosigning(office.records, office.log, [lying], 1, Lease(office.records, office.clock, "cosigning"), 0.01)
    with caplog.at_level(logging.ERROR):
        assert not await cosigning.step()
    assert "it was rolled back" in caplog.text


class _Lying:
    """A witness that answers with whatever it is told to."""

    def __init__(self, witness: Witness, answer: WitnessAnswer) -> None:
        self.key = witness.key
        self._answer = answer

    async def add_checkpoint(self, body: str) -> WitnessAnswer:
        return self._answer


@pytest.mark.parametrize(
    "answer",
    [
        WitnessAnswer(0, "ConnectError"),
        WitnessAnswer(500, "x"),
        WitnessAnswer(409, "many\n"),
        WitnessAnswer(409, "0\n"),
        WitnessAnswer(409, "99\n"),
        WitnessAnswer(200, ""),
        WitnessAnswer(200, "— saksi.test/1 AAAAAAAAAAAAAAAA\n"),
        WitnessAnswer(200, "nonsense"),
    ],
)
async def test_an_answer_that_is_no_cosignature_counts_for_nothing(office: Office, answer: WitnessAnswer) -> None:
    await office.issue(1)
    lying = _Lying(await _witness(office), answer)
    cosigning = Cosigning(office.records, office.log, [lying], 1, Lease(office.records, office.clock, "cosigning"), 0.01)
    assert not await cosigning.step()
    assert await office.log.last_cosigned() is None


async def test_a_cosignature_by_another_key_of_the_same_name_counts_for_nothing(office: Office) -> None:
    await office.issue(1)
    witness, forger = await _witness(office), make_witness(office.clock, await office.log.key(), seed=8)
    line = await forger.add_checkpoint(write_add_checkpoint(0, (), await _head(office)))
    content = base64.b64decode(line.split(" ")[2])
    claimed = base64.b64encode(witness.key.id + content[4:]).decode()
    lying = _Lying(witness, WitnessAnswer(200, f"— {witness.key.name} {claimed}\n"))
    cosigning = Cosigning(office.records, office.log, [lying], 1, Lease(office.records, office.clock, "cosigning"), 0.01)
    assert not await cosigning.step()


async def test_monitors_find_the_newest_by_the_hash_of_the_origin(office: Office) -> None:
    witness = await _witness(office)
    await office.issue(1)
    await _asked(office, witness, 0)
    note = await witness.checkpoint(origin_hash("jejak.test/log"))
    assert note is not None
    read = parse_note(note)
    assert verified(read, witness.key)
    assert verified(read, await office.log.key()) == 0
    assert await witness.checkpoint(origin_hash("lain.test/log")) is None
