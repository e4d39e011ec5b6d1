"""Issuers' keys: sealed to their place, rotated without breaking what was signed, revoked without hiding it, and in an HSM the same."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from credentials.errors import KeyUnsealError
from credentials.keys import ISSUER_KEYS, Derived, IssuerKeys, KeyVault, SealedVault
from credentials.keys.issuer import GRACE_US
from credentials.keys.key import IssuerKey
from credentials.keys.pkcs11 import Pkcs11Token, Pkcs11Vault
from credentials.ports.records import Put, Records
from credentials.stores.memory import MemoryRecords
from lrs.errors import ConflictError, NotFoundError
from tests.support.clock import SettableClock
from tests.support.issuing import open_office
from tests.support.records import ENGINES, opened_records
from tests.support.soft_token import CONFIGURATION, make_token

_URL = "https://jejak.test"
_DID = "did:web:jejak.test:issuers:balai"


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pkcs11Token]:
    """Of SoftHSM, for this process."""
    configuration, made = make_token(tmp_path_factory.mktemp("softhsm"))
    os.environ[CONFIGURATION] = str(configuration)
    yield made
    del os.environ[CONFIGURATION]


@pytest.fixture
def vault(token: Pkcs11Token) -> Iterator[Pkcs11Vault]:
    opened = Pkcs11Vault(token)
    yield opened
    opened.close()


@pytest.fixture(params=ENGINES)
async def records(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Records]:
    async with opened_records(request.param, tmp_path) as opened:
        yield opened


def _keys(records: Records, clock: SettableClock | None = None, server_key: bytes = b"k" * 32, vault: KeyVault | None = None) -> IssuerKeys:
    used = vault or SealedVault(Derived(server_key))
    return IssuerKeys(records, {used.name: used}, clock or SettableClock(), _URL, used.name)


def _verifies(key: IssuerKey, signature: bytes, message: bytes) -> None:
    if key.kind == "ed25519":
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, message)
        return
    der = encode_dss_signature(int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))
    EllipticCurvePublicKey.from_encoded_point(SECP256R1(), key.public).verify(der, message, ECDSA(SHA256()))


async def test_keys_are_made_when_an_issuer_first_signs_and_once(records: Records) -> None:
    assert await _keys(records).did_document("balai") is None
    signers = await asyncio.gather(*(_keys(records).signers("balai") for _ in range(5)))
    assert {(one.data_integrity.method, one.token.method) for one in signers} == {(f"{_DID}#ed25519-1", f"{_DID}#p256-1")}
    kept = await _keys(records).keys("balai")
    assert [(key.method, key.kind) for key in kept] == [("ed25519-1", "ed25519"), ("p256-1", "p-256")]
    for key, signer in zip(kept, (signers[0].data_integrity, signers[0].token), strict=True):
        _verifies(key, signer.sign(b"message"), b"message")


async def test_a_key_opens_only_with_its_server_key_and_in_its_place(records: Records) -> None:
    await _keys(records).signers("balai")
    with pytest.raises(KeyUnsealError, match="another server key"):
        await _keys(records, server_key=b"x" * 32).signers("balai")
    await records.commit(*(Put(ISSUER_KEYS, replace(key, owner="lain")) for key in await _keys(records).keys("balai")))
    with pytest.raises(KeyUnsealError):
        await _keys(records).signers("lain")


async def test_a_rotation_adds_keys_and_keeps_the_old_ones_published(records: Records) -> None:
    clock = SettableClock()
    keys = _keys(records, clock)
    with pytest.raises(NotFoundError):
        await keys.rotate("balai")
    await keys.signers("balai")
    made = await keys.rotate("balai")
    assert [key.method for key in made] == ["ed25519-2", "p256-2"]
    signers = await keys.signers("balai")
    assert (signers.data_integrity.method, signers.token.method) == (f"{_DID}#ed25519-2", f"{_DID}#p256-2")
    document = await keys.did_document("balai")
    assert document is not None
    assert [method["id"].partition("#")[2] for method in document["verificationMethod"]] == ["ed25519-1", "p256-1", "ed25519-2", "p256-2"]
    assert document["assertionMethod"] == [method["id"] for method in document["verificationMethod"]]
    assert [bool(method.get("expires")) for method in document["verificationMethod"]] == [True, True, False, False]
    old = (await keys.keys("balai"))[0]
    assert old.expires - old.created >= GRACE_US


async def test_another_process_signs_with_the_new_key_within_seconds(records: Records) -> None:
    clock = SettableClock()
    one, other = _keys(records, clock), _keys(records, clock)
    await other.signers("balai")
    await one.rotate("balai")
    clock.advance(6_000_000)
    assert (await other.signers("balai")).token.method == f"{_DID}#p256-2"


async def test_a_revoked_key_is_dated_and_no_longer_asserts_and_a_new_one_signs(records: Records) -> None:
    clock = SettableClock()
    keys = _keys(records, clock)
    await keys.signers("balai")
    since = clock.now_us()
    await keys.revoke("balai", "p256-1", since)
    signers = await keys.signers("balai")
    assert (signers.data_integrity.method, signers.token.method) == (f"{_DID}#ed25519-1", f"{_DID}#p256-2")
    document = await keys.did_document("balai")
    assert document is not None
    revoked = next(method for method in document["verificationMethod"] if method["id"].endswith("#p256-1"))
    assert revoked["revoked"] == "2026-11-24T06:00:00Z"
    assert document["assertionMethod"] == [f"{_DID}#ed25519-1", f"{_DID}#p256-2"]
    with pytest.raises(NotFoundError):
        await keys.revoke("balai", "p256-9", since)


async def test_an_earlier_moment_of_compromise_counts_and_a_later_one_does_not(records: Records) -> None:
    keys = _keys(records)
    await keys.signers("balai")
    await keys.revoke("balai", "p256-1", 5_000_000)
    await keys.revoke("balai", "p256-1", 9_000_000)
    assert (await keys.revoke("balai", "p256-1", 3_000_000)).revoked == 3_000_000
    assert [key.method for key in await keys.keys("balai")] == ["ed25519-1", "p256-1", "p256-2"]


async def test_two_who_rotate_at_once_make_one_pair(records: Records) -> None:
    await _keys(records).signers("balai")
    done = await asyncio.gather(*(_keys(records).rotate("balai") for _ in range(4)), return_exceptions=True)
    assert sum(isinstance(one, list) for one in done) >= 1
    assert all(isinstance(one, list | ConflictError) for one in done)
    methods = [key.method for key in await _keys(records).keys("balai")]
    assert len(set(methods)) == len(methods)


async def test_an_hsm_makes_keys_that_never_leave_it_and_signs_with_them(vault: Pkcs11Vault) -> None:
    records = MemoryRecords()
    keys = _keys(records, vault=vault)
    signers = await keys.signers("balai")
    kept = await keys.keys("balai")
    assert [(key.vault, len(key.secret)) for key in kept] == [("pkcs11", 16), ("pkcs11", 16)]
    for key, signer in zip(kept, (signers.data_integrity, signers.token), strict=True):
        _verifies(key, signer.sign(b"message"), b"message")
    assert (signers.data_integrity.algorithm, signers.token.algorithm) == ("EdDSA", "ES256")


async def test_an_hsm_signs_whole_certificates_and_the_log(vault: Pkcs11Vault) -> None:
    office = await open_office(MemoryRecords(), vault=vault)
    certificate = await office.issue(1)
    assert certificate.methods == ("ed25519-1", "p256-1")
    assert await office.log.proof(certificate.id)


@pytest.mark.parametrize("broken", [{"label": "other"}, {"pin": "0000"}], ids=["label", "pin"])
async def test_a_token_that_cannot_be_used_is_told_without_its_pin(token: Pkcs11Token, broken: dict[str, str]) -> None:
    keys = _keys(MemoryRecords(), vault=Pkcs11Vault(replace(token, **broken)))
    with pytest.raises(KeyUnsealError) as refused:
        await keys.signers("balai")
    assert "cannot be used" in refused.value.message
    assert "87654321" not in refused.value.message + repr(token)


async def test_a_key_whose_vault_is_not_set_up_here_is_told(vault: Pkcs11Vault) -> None:
    records = MemoryRecords()
    await _keys(records, vault=vault).signers("lain")
    with pytest.raises(KeyUnsealError, match="not set up here"):
        await _keys(records).signers("lain")
