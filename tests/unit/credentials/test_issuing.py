"""From reservations to certificates: once, whoever works and whatever breaks; logged in the same commit; corrected and revoked."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from credentials.certificate.digest import credential_digest, statement_digest
from credentials.certificate.number import printed_number
from credentials.log.merkle import leaf_hash, verify_inclusion
from credentials.log.note import parse_checkpoint, parse_note, verified
from credentials.log.tiles import TilePath
from credentials.ports.records import Put, scan_all
from credentials.stores.catalogue import PROGRAMMES
from credentials.stores.certificates import CERTIFICATES, EVENTS, PENDING, SIGNED_LISTS
from credentials.stores.log import LOG_LEAVES
from lrs.errors import ConflictError, NotFoundError
from tests.support.issuing import Office, another_office, draft, open_office, statement_id
from tests.support.learning import BATCH, PROGRAMME, PROVIDER
from tests.support.records import ENGINES, opened_records
from tests.support.shared_data import shared_data


@pytest.fixture(params=ENGINES)
async def office(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Office]:
    async with opened_records(request.param, tmp_path) as records:
        yield await open_office(records)


def _beside(office: Office, server_key: bytes = b"k" * 32) -> Office:
    return another_office(office.records, office.clock, office.stores, server_key=server_key)


async def test_a_reservation_becomes_a_certificate_that_fits_the_schema_of_open_badges(office: Office) -> None:
    certificate = await office.issue(1)
    document = json.loads(certificate.document)
    schema = json.loads(shared_data("ob_v3p0_achievementcredential_schema.json").read_bytes())
    assert [error.message for error in jsonschema.Draft201909Validator(schema).iter_errors(document)] == []
    assert document["id"] == f"https://jejak.test/c/{certificate.id}"
    assert certificate.digest == credential_digest(document)
    assert await scan_all(office.records, PENDING) == []


async def test_every_waiting_reservation_is_issued_once_and_logged_in_the_same_commit(office: Office) -> None:
    for number in range(5):
        await office.reserve(number)
    assert await office.issue_all() == 5
    assert await office.issue_all() == 0
    leaves = await scan_all(office.records, LOG_LEAVES, "index")
    certificates = {one.id: one for one in await scan_all(office.records, CERTIFICATES)}
    assert [leaf.index for leaf in leaves] == [0, 1, 2, 3, 4]
    assert {leaf.certificate: leaf.digest for leaf in leaves} == {one.id: one.digest for one in certificates.values()}
    head = await office.log.head()
    assert head is not None
    for leaf in leaves:
        assert verify_inclusion(leaf_hash(leaf.digest), leaf.index, head.size, await office.log.inclusion(leaf.index, head.size), head.root)
    assert [event.what for event in await scan_all(office.records, EVENTS)] == ["issued"] * 5


async def test_two_workers_at_once_issue_once(office: Office) -> None:
    for number in range(5):
        await office.reserve(number)
    done = await asyncio.gather(*(one.issuing.step() for one in (office, _beside(office), _beside(office))), return_exceptions=True)
    assert all(isinstance(one, ConflictError) or one in (0, 5) for one in done)
    await office.issue_all()
    assert len(await scan_all(office.records, LOG_LEAVES)) == len(await scan_all(office.records, CERTIFICATES)) == 5
    head = await office.log.head()
    assert head is not None
    assert head.size == 5


async def test_the_lease_lets_one_worker_work_and_another_take_over(office: Office) -> None:
    other = _beside(office)
    assert await office.issuing.lease.held()
    assert not await other.issuing.lease.held()
    office.clock.advance(20_000_000)
    assert await other.issuing.lease.held()
    assert not await office.issuing.lease.held()
    await other.issuing.lease.release()
    assert await office.issuing.lease.held()


async def test_the_running_worker_issues_what_is_reserved_and_stops_when_told(office: Office) -> None:
    running = asyncio.create_task(office.issuing.run())
    reservation = await office.reserve(1)
    office.issuing.wake.set()
    for _ in range(200):
        if await office.records.get(CERTIFICATES, reservation.id) is not None:
            break
        await asyncio.sleep(0.01)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert await _beside(office).issuing.lease.held()
    await office.certificate(reservation.id)


async def test_what_cannot_be_issued_is_kept_for_later_and_stops_nobody(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    missing = await office.reserve(1, person="person-x", holder="Nama Rahasia", statements=(statement_id(99),))
    other = await office.reserve(2)
    with caplog.at_level(logging.ERROR):
        assert await office.issuing.step() == 1
        assert await office.issuing.step() == 0
    await office.certificate(other.id)
    assert [one.certificate for one in await scan_all(office.records, PENDING)] == [missing.id]
    assert "is not there" in caplog.text
    assert len(caplog.records) == 1
    assert "Rahasia" not in caplog.text


async def test_keys_sealed_with_another_server_key_are_told_and_used_once_it_is_back(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    foreign = _beside(office, b"x" * 32)
    await foreign.keys.signers(PROVIDER)
    reservation = await office.reserve(1)
    with caplog.at_level(logging.ERROR):
        assert await office.issuing.step() == 0
    assert "another server key" in caplog.text
    await foreign.keys.log_key()
    assert await foreign.issuing.step() == 1
    await office.certificate(reservation.id)


async def test_hours_are_those_that_were_approved_when_it_was_reserved(office: Office) -> None:
    reservation = await office.reserve(1, jp=6)
    await office.issue_all()
    subject = (await office.document(reservation.id))["credentialSubject"]
    assert (subject["creditsEarned"], subject["result"][0]["value"]) == (6, "6")


async def test_the_six_fields_of_a_personnel_record_stand_in_it(office: Office) -> None:
    certificate = await office.issue(1, provider_number="800/17/BPC/2026")
    document = json.loads(certificate.document)
    subject = document["credentialSubject"]
    kind = subject["achievement"]["alignment"][0]
    assert (kind["targetType"], kind["targetCode"], kind["targetName"]) == ("ext:jalur", "3", "Pelatihan teknis")
    assert document["issuer"]["name"] == "Balai Contoh"
    assert subject["achievement"]["name"] == "Pengadaan Barang dan Jasa"
    assert (subject["activityStartDate"], subject["activityEndDate"]) == ("2026-11-03T00:00:00+07:00", "2026-11-20T10:00:00+07:00")
    assert subject["creditsEarned"] == 8
    assert document["evidence"][0]["id"] == f"urn:uuid:{statement_id(1)}"
    assert (subject["term"], subject["licenseNumber"]) == (BATCH.name, "800/17/BPC/2026")


async def test_evidence_is_told_by_a_digest_that_only_the_salt_opens(office: Office) -> None:
    certificate = await office.issue(1)
    told = json.loads(certificate.document)["evidence"][0]["description"]
    body = await office.maker.statement(PROVIDER, statement_id(1))
    assert body is not None
    salt = office.maker.salt(certificate.id, statement_id(1))
    assert len(salt) == 16
    assert told == statement_digest(body, salt) == "sha256$" + hashlib.sha256(body + salt.hex().encode()).hexdigest()
    assert salt.hex() not in certificate.document.decode()
    assert office.maker.salt("another", statement_id(1)) != salt


async def test_the_holder_is_another_pseudonym_for_every_issuer_and_no_number_stands_anywhere(office: Office) -> None:
    certificate = await office.issue(1)
    subject = json.loads(certificate.document)["credentialSubject"]["id"]
    assert subject.startswith("urn:uuid:")
    assert subject == office.maker.pseudonym(office.keys.did(PROVIDER), "person-1")
    assert subject != office.maker.pseudonym(office.keys.did("lain"), "person-1")
    assert "person-1" not in certificate.document.decode()
    assert "nip" not in certificate.document.decode().lower()


async def test_a_correction_names_the_old_one_and_the_old_one_is_revoked(office: Office) -> None:
    first = await office.issue(1)
    drafted = replace(draft(1), number=2, holder="Peserta Satu, S.Kom.", replaces=first.id)
    second = await office.reserving.reserve(drafted, await office.reserving.revocation(first.id, "nama diperbaiki"))
    assert second is not None
    await office.issue_all()
    document = await office.document(second.id)
    related = document["relatedResource"][0]
    assert related["id"] == f"https://jejak.test/c/{first.id}"
    assert related["digestSRI"] == "sha256-" + base64.b64encode(hashlib.sha256(first.document).digest()).decode()
    assert printed_number(first.id) in document["credentialSubject"]["narrative"]
    old = await office.reserving.issue(first.id)
    assert old is not None
    assert old.revoked


async def test_a_correction_of_what_is_not_signed_yet_waits_for_it(office: Office) -> None:
    first = await office.reserve(1)
    drafted = replace(draft(1), number=2, replaces=first.id)
    await office.reserving.reserve(drafted, await office.reserving.revocation(first.id, "nama diperbaiki"))
    assert await office.issue_all() == 2


async def test_what_was_made_but_not_logged_is_logged(office: Office) -> None:
    reservation = await office.reserve(1)
    certificate = await office.maker.make(reservation)
    await office.records.commit(Put(CERTIFICATES, certificate))
    assert await office.issuing.step() == 1
    assert await office.certificate(reservation.id) == certificate
    leaf = await office.log.leaf(certificate.id)
    assert leaf is not None
    assert leaf.digest == certificate.digest


async def test_the_same_reservation_always_gives_the_same_credential(office: Office) -> None:
    reservation = await office.reserve(1)
    one, other = await office.maker.make(reservation), await _beside(office).maker.make(reservation)
    assert one.document == other.document
    assert one.digest == other.digest


async def test_both_lists_are_there_before_a_certificate_names_them(office: Office) -> None:
    certificate = await office.issue(1)
    address = json.loads(certificate.document)["credentialStatus"]["statusListCredential"]
    lists = await scan_all(office.records, SIGNED_LISTS)
    assert {json.loads(one.document)["id"] for one in lists} == {address, address.replace("revocation", "suspension")}


def _log_proof(text: str) -> tuple[int, list[bytes], str]:
    head, _, checkpoint = text.partition("\n\n")
    lines = head.split("\n")
    assert lines[0] == "c2sp.org/tlog-proof@v1"
    return int(lines[1].removeprefix("index ")), [base64.b64decode(line) for line in lines[2:]], checkpoint


async def test_the_proof_in_its_downloads_verifies_with_the_logs_key(office: Office) -> None:
    for number in range(5):
        await office.issue(number)
    certificate = (await scan_all(office.records, CERTIFICATES))[2]
    index, hashes, text = _log_proof(await office.log.proof(certificate.id))
    note = parse_note(text)
    assert verified(note, await office.log.key()) == 0
    head = parse_checkpoint(note.text)
    assert head.origin == "jejak.test/log"
    assert verify_inclusion(leaf_hash(certificate.digest), index, head.size, hashes, head.root)


async def test_the_entries_of_the_log_are_digests_and_nothing_else(office: Office) -> None:
    made = [await office.issue(number) for number in range(3)]
    content = await office.log.tile(TilePath(-1, 0, 3))
    assert content == b"".join(b"\0\x20" + one.digest for one in made)
    assert await office.log.tile(TilePath(0, 0, 2)) == b"".join(leaf_hash(one.digest) for one in made[:2])
    for missing in (TilePath(0, 0, 4), TilePath(0, 1, 1), TilePath(1, 0, 1), TilePath(-1, 0, 256)):
        with pytest.raises(NotFoundError):
            await office.log.tile(missing)


async def test_the_programmes_competences_stand_in_it_with_the_address_that_explains_them(office: Office) -> None:
    await office.records.commit(Put(PROGRAMMES, replace(PROGRAMME, version=2, competences=("T.PBJ.1", "M.2"))))
    certificate = await office.issue(1, version=2)
    _, first, second = json.loads(certificate.document)["credentialSubject"]["achievement"]["alignment"]
    assert first == {
        "type": ["Alignment"],
        "targetType": "ceasn:Competency",
        "targetName": "Perencanaan pengadaan",
        "targetUrl": "https://jejak.test/reference/competences#T.PBJ.1",
        "targetCode": "T.PBJ.1",
        "targetFramework": "pengadaan",
    }
    assert second["targetCode"] == "M.2"


async def test_a_worker_that_is_woken_and_told_to_stop_at_once_stops(office: Office) -> None:
    working = asyncio.create_task(office.issuing.run())
    await asyncio.sleep(0.1)  # until it waits
    office.issuing.wake.set()
    working.cancel()
    stopped, _ = await asyncio.wait([working], timeout=5)
    working.cancel()
    assert stopped
