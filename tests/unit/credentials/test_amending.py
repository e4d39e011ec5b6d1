"""What people decide about certificates and keys, and what must be reissued after a key was stolen."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from credentials.services.amending import Amending
from credentials.services.cosigning import Cosigning
from credentials.stores.decisions import DecisionLog
from credentials.stores.leases import Lease
from credentials.stores.people import PeopleRecords
from lrs.errors import ConflictError, InvalidRequestError, NotFoundError
from tests.support.issuing import HOUR, Office, open_office
from tests.support.learning import PROVIDER
from tests.support.records import ENGINES, opened_records
from tests.support.witness import client_of, make_witness

_WHO = "administrator:dewi"


@pytest.fixture(params=ENGINES)
async def office(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Office]:
    async with opened_records(request.param, tmp_path) as records:
        yield await open_office(records, people=9)


def _amending(office: Office) -> Amending:
    decisions = DecisionLog(office.records, office.clock)
    return Amending(office.records, office.reserving, decisions, office.keys, office.lists, office.log, PeopleRecords(office.records))


async def test_each_step_is_a_decision_and_the_same_twice_is_refused(office: Office) -> None:
    amending = _amending(office)
    one = await office.issue(1)
    assert (await amending.suspend(one.id, _WHO, "diperiksa")).suspended
    assert not (await amending.reinstate(one.id, _WHO, "selesai")).suspended
    assert (await amending.revoke(one.id, _WHO, "bukti palsu")).revoked
    for again in (amending.revoke, amending.reinstate):
        with pytest.raises(ConflictError):
            await again(one.id, _WHO, "x")
    told = [(one.kind, one.actor, one.reason) for one in await amending.decisions.read(0, 10)]
    assert told == [
        ("certificate.suspended", _WHO, "diperiksa"),
        ("certificate.reinstated", _WHO, "selesai"),
        ("certificate.revoked", _WHO, "bukti palsu"),
    ]


async def test_a_reissued_certificate_has_the_same_facts_names_the_old_one_and_takes_its_place(office: Office) -> None:
    amending = _amending(office)
    old = await office.issue(1)
    made = await amending.reissue(old.id, _WHO, "kunci diganti")
    await office.issue_all()
    document = await office.document(made)
    assert document["relatedResource"][0]["id"].endswith(old.id)
    assert document["credentialSubject"]["creditsEarned"] == json.loads(old.document)["credentialSubject"]["creditsEarned"]
    issue = await office.reserving.issue(old.id)
    assert issue is not None
    assert issue.revoked
    with pytest.raises(ConflictError, match="newer"):
        await amending.reissue(old.id, _WHO, "sekali lagi")


async def test_after_a_theft_what_the_log_had_before_stays_and_the_rest_is_listed(office: Office) -> None:
    amending = _amending(office)
    witness = make_witness(office.clock, await office.log.key())
    cosigning = Cosigning(office.records, office.log, [client_of(witness)], 1, Lease(office.records, office.clock, "cosigning"), 1)
    safe = await office.issue(1)
    assert await cosigning.step()
    office.clock.advance(HOUR)
    stolen = office.clock.now_us()
    office.clock.advance(HOUR)
    late, revoked = await office.issue(2), await office.issue(3)
    await cosigning.step()
    unlogged = await office.issue(4)
    await office.reserving.revoke(revoked.id, "lain")
    found = await amending.compromised(PROVIDER, "p256-1", stolen, _WHO, "laptop dicuri")
    assert {one.id for one in found} == {late.id, unlogged.id}
    assert safe.id not in {one.id for one in found}
    signers = await office.keys.signers(PROVIDER)
    assert signers.token.method.endswith("#p256-2")
    made = await amending.reissue(late.id, _WHO, "kunci dicuri")
    await office.issue_all()
    assert (await office.certificate(made)).methods == ("ed25519-1", "p256-2")
    assert {one.id for one in await amending.affected(PROVIDER, "p256-1", stolen)} == {unlogged.id}


@pytest.mark.parametrize("reason", ["", "  ", "x" * 301, "a\nb"])
async def test_a_reason_is_asked_for(office: Office, reason: str) -> None:
    one = await office.issue(1)
    with pytest.raises(InvalidRequestError, match="say why"):
        await _amending(office).revoke(one.id, _WHO, reason)


async def test_what_is_not_there_is_not_found(office: Office) -> None:
    amending = _amending(office)
    for decide in (amending.revoke, amending.suspend, amending.reinstate, amending.reissue):
        with pytest.raises(NotFoundError):
            await decide("nothing", _WHO, "x")
    with pytest.raises(NotFoundError):
        await amending.rotate("nobody", _WHO, "x")
