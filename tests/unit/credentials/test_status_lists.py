"""Status lists as they are published: signed anew when a bit changes and before they run out, by keys that are in force."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from openvc.proof.data_integrity import DataIntegrityProofSuite
from openvc.status.bitstring import decode_bitstring, get_status_bit

from credentials.certificate.status import Purpose
from credentials.errors import CredentialError
from credentials.ports.records import scan_all
from credentials.services.status_lists import StatusLists
from credentials.stores.certificates import LISTS_DUE, SignedList
from credentials.suites.vc_jwt import base64url
from schemas.loader import contexts
from tests.support.issuing import HOUR, URL, Office, another_office, open_office
from tests.support.learning import PROVIDER
from tests.support.records import ENGINES, opened_records


@pytest.fixture(params=ENGINES)
async def office(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Office]:
    async with opened_records(request.param, tmp_path) as records:
        yield await open_office(records)


def _never(what: str, error: CredentialError) -> None:
    raise AssertionError(what) from error


async def _list(office: Office, purpose: Purpose = Purpose.REVOCATION) -> dict[str, Any]:
    signed = await office.lists.signed(PROVIDER, purpose, 1)
    assert signed is not None
    told: dict[str, Any] = json.loads(signed.document)
    return told


async def _bit(office: Office, index: int, purpose: Purpose = Purpose.REVOCATION) -> int:
    return get_status_bit(decode_bitstring((await _list(office, purpose))["credentialSubject"]["encodedList"]), index)


async def test_a_revocation_sets_its_bit_and_no_other(office: Office) -> None:
    one, other = await office.reserve(1), await office.reserve(2)
    await office.issue_all()
    await office.reserving.revoke(one.id, "bukti dibatalkan")
    assert await office.lists.publish_due(_never) == 1
    assert (await _bit(office, one.place.index), await _bit(office, other.place.index)) == (1, 0)
    bits = decode_bitstring((await _list(office))["credentialSubject"]["encodedList"])
    assert sum(byte.bit_count() for byte in bits) == 1
    assert await _bit(office, one.place.index, Purpose.SUSPENSION) == 0
    assert await scan_all(office.records, LISTS_DUE) == []


async def test_a_suspension_sets_the_same_index_in_the_other_list_and_is_taken_back(office: Office) -> None:
    one = await office.reserve(1)
    await office.issue_all()
    await office.reserving.suspend(one.id, "pemeriksaan")
    await office.lists.publish_due(_never)
    assert (await _bit(office, one.place.index, Purpose.SUSPENSION), await _bit(office, one.place.index)) == (1, 0)
    await office.reserving.reinstate(one.id, "selesai")
    await office.lists.publish_due(_never)
    assert await _bit(office, one.place.index, Purpose.SUSPENSION) == 0


async def test_a_list_is_signed_anew_before_it_runs_out_and_not_sooner(office: Office) -> None:
    await office.issue(1)
    assert (await _list(office))["validUntil"] == "2026-11-25T06:00:00Z"
    office.clock.advance(11 * HOUR)
    assert await office.lists.publish_due(_never) == 0
    office.clock.advance(HOUR)
    assert await office.lists.publish_due(_never) == 2
    assert (await _list(office))["validUntil"] == "2026-11-25T18:00:00Z"
    assert await office.lists.publish_due(_never) == 0


async def test_both_proofs_of_a_list_verify_with_the_issuers_keys(office: Office) -> None:
    await office.issue(1)
    edwards, curve = await office.keys.keys(PROVIDER)
    document = await _list(office)
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": base64url(edwards.public)}
    single = document | {"proof": document["proof"][0]}
    DataIntegrityProofSuite().verify(single, public_key_jwk=jwk, extra_contexts=contexts(), check_temporal=False)
    signed = await office.lists.signed(PROVIDER, Purpose.REVOCATION, 1)
    assert signed is not None
    key = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), curve.public)
    claims = jwt.decode(signed.token, key, algorithms=["ES256"], options={"verify_nbf": False, "verify_exp": False})
    assert claims["credentialSubject"] == document["credentialSubject"]
    assert claims["exp"] - claims["nbf"] == 24 * 3600
    assert claims["jti"] == document["id"] == "https://jejak.test/issuers/balai/status/revocation/1"


async def test_a_wish_that_comes_while_a_list_is_signed_is_not_lost(office: Office) -> None:
    one, other = await office.reserve(1), await office.reserve(2)
    await office.issue_all()
    await office.reserving.revoke(one.id, "x")

    class _Overtaken(StatusLists):
        async def _signed(self, provider: str, number: int, purpose: Purpose) -> SignedList:
            made = await StatusLists._signed(self, provider, number, purpose)
            await office.reserving.revoke(other.id, "y")
            return made

    overtaken = _Overtaken(office.records, office.keys, office.clock, URL)
    assert await overtaken.publish_due(_never) == 0
    await office.lists.publish_due(_never)
    assert await _bit(office, other.place.index) == 1


async def test_a_revoked_key_has_every_list_signed_anew(office: Office) -> None:
    await office.issue(1)
    await office.keys.revoke(PROVIDER, "ed25519-1", office.clock.now_us())
    await office.records.commit(*await office.lists.all_due(PROVIDER))
    assert await office.lists.publish_due(_never) == 2
    assert (await _list(office))["proof"][0]["verificationMethod"].endswith("#ed25519-2")


async def test_a_list_that_cannot_be_signed_is_told_once_a_minute(office: Office) -> None:
    one = await office.reserve(1)
    await office.issue_all()
    foreign = another_office(office.records, office.clock, office.stores, server_key=b"x" * 32)
    await office.reserving.revoke(one.id, "x")
    told: list[str] = []
    for _ in range(3):
        assert await foreign.lists.publish_due(lambda what, error: told.append(what)) == 0
    assert told == ["the revocation list 1 of balai cannot be signed"]
    office.clock.advance(60_000_000)
    await foreign.lists.publish_due(lambda what, error: told.append(what))
    assert len(told) == 2
    assert await office.lists.publish_due(_never) == 1
