"""Issuers and their keys over time: one did:web per provider, Ed25519 for Data Integrity, P-256 for `vc+jwt` and the QR.

did:web 1.0: `did:web:HOST:issuers:PROVIDER` is served at `/issuers/PROVIDER/did.json`.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from credentials.errors import KeyUnsealError
from credentials.keys.did import did_document, did_host
from credentials.keys.key import ISSUER_KEYS, LOG, IssuerKey, Kind, newest
from credentials.keys.pdf_certificate import PDF_CERTIFICATES, PdfCertificate, self_signed
from credentials.keys.vault import KeyVault
from credentials.ports.records import Insert, Keep, Records, Replace, Write, scan_all
from credentials.suites.cose_sign1 import key_id
from credentials.suites.signer import Signer
from lrs.clock import Clock
from lrs.errors import ConflictError, NotFoundError

GRACE_US = 24 * 3600 * 1_000_000  # what was signed just before a rotation has so long to reach the log
_FRESH_US = 5_000_000  # for so long another process's rotation may go unnoticed
_NAMES: dict[Kind, str] = {"ed25519": "ed25519", "p-256": "p256"}
_PAIR: tuple[Kind, ...] = ("ed25519", "p-256")


@dataclass(frozen=True, slots=True)
class Signers:
    """What a provider signs with now. `key_id`: the token key's, as the QR names it."""

    data_integrity: Signer
    token: Signer
    key_id: bytes


class IssuerKeys:
    """Makes, opens, rotates, revokes and publishes keys.

    `public_url` names the host of every did:web; new keys go into `vaults[make_in]`.
    """

    def __init__(self, records: Records, vaults: Mapping[str, KeyVault], clock: Clock, public_url: str, make_in: str = "sealed") -> None:
        self._records = records
        self._vaults = vaults
        self._make_in = make_in
        self._clock = clock
        self._host = did_host(public_url)
        self._signing: dict[str, tuple[int, Signers]] = {}

    def did(self, provider: str) -> str:
        """The issuer's identifier."""
        return f"did:web:{self._host}:issuers:{provider}"

    async def keys(self, owner: str) -> list[IssuerKey]:
        """All that there ever were, the oldest first."""
        return await scan_all(self._records, ISSUER_KEYS, prefix=(owner,))

    async def signers(self, provider: str) -> Signers:
        """The provider's newest keys, made when there are none. Raises KeyUnsealError."""
        now = self._clock.now_us()
        read, signers = self._signing.get(provider, (0, None))
        if signers is None or not read <= now < read + _FRESH_US:
            signers = await self._opened(provider)
            self._signing[provider] = (now, signers)
        return signers

    async def log_key(self) -> tuple[IssuerKey, Signer]:
        """The log's own key, made when there is none. Raises KeyUnsealError."""
        key = newest(await self._keys_or_first(LOG, ("ed25519",)), "ed25519")
        assert key is not None  # the log's key is made once and never ends
        return key, await asyncio.to_thread(self._signer, key, key.method)

    async def pdf_signer(self, provider: str, name: str) -> tuple[bytes, Signer]:
        """What the provider signs PDFs with: its own certificate (DER), and the key, which signs nothing else. Raises KeyUnsealError."""
        owner = f"{provider}@pdf"
        key = newest(await self._keys_or_first(owner, ("p-256",)), "p-256")
        assert key is not None  # a key for PDFs is made once and never ends
        signer = await asyncio.to_thread(self._signer, key, key.method)
        kept = await self._records.get(PDF_CERTIFICATES, owner, key.number)
        if kept is None:
            made = await asyncio.to_thread(self_signed, key, name, signer)
            await self._records.commit(Keep(PDF_CERTIFICATES, PdfCertificate(owner, key.number, made)))
            kept = await self._records.get(PDF_CERTIFICATES, owner, key.number)
            assert kept is not None  # kept a moment ago
        return kept.value.der, signer

    async def pdf_signers(self, provider: str) -> list[str]:
        """SHA-256 (hexadecimal) of the certificates that its PDFs are signed with: for the trust list."""
        kept = await scan_all(self._records, PDF_CERTIFICATES, prefix=(f"{provider}@pdf",))
        return [hashlib.sha256(one.der).hexdigest() for one in kept]

    async def did_document(self, provider: str) -> dict[str, Any] | None:
        """The issuer's DID document; None for a provider that has never issued."""
        keys = await self.keys(provider)
        return did_document(self.did(provider), keys) if keys else None

    async def rotate(self, provider: str) -> list[IssuerKey]:
        """New keys; the old ones expire. The new ones are answered. Raises NotFoundError for who never issued, ConflictError when somebody
        else rotates at the same moment.
        """
        keys = await self.keys(provider)
        if not keys:
            raise NotFoundError("this provider has no keys yet; they are made when it first issues", where="provider")
        made = await self._made(provider, _PAIR, keys)
        now = self._clock.now_us()
        ends = [await self._replaced(key, expires=now + GRACE_US) for key in keys if not key.expires and not key.revoked]
        await self._commit(provider, [*ends, *(Insert(ISSUER_KEYS, key) for key in made)])
        return made

    async def revoke(self, provider: str, method: str, since: int) -> IssuerKey:
        """The key may have been in other hands since then. Where it is the one that is signed with, new keys are made in the same commit.

        Raises NotFoundError; ConflictError when somebody else changes the keys at the same moment.
        """
        keys = await self.keys(provider)
        key = next((one for one in keys if one.method == method), None)
        if key is None:
            raise NotFoundError(f"{provider} has no key {method}", where="method")
        revoked = replace(key, revoked=min(since, key.revoked or since))
        writes: list[Write] = [await self._replaced(key, revoked=revoked.revoked)]
        if newest(keys, key.kind) == key:
            writes += [Insert(ISSUER_KEYS, one) for one in await self._made(provider, (key.kind,), keys)]
        await self._commit(provider, writes)
        return revoked

    async def _opened(self, provider: str) -> Signers:
        keys = await self._keys_or_first(provider, _PAIR)
        edwards, curve = newest(keys, "ed25519"), newest(keys, "p-256")
        if edwards is None or curve is None:
            raise KeyUnsealError(f"{provider} has no key that is in force; make new ones with `jejak issuer rotate`")
        did = self.did(provider)
        return await asyncio.to_thread(
            lambda: Signers(
                self._signer(edwards, f"{did}#{edwards.method}"), self._signer(curve, f"{did}#{curve.method}"), key_id(curve.public)
            )
        )

    def _signer(self, key: IssuerKey, method: str) -> Signer:
        vault = self._vaults.get(key.vault)
        if vault is None:
            raise KeyUnsealError(f"the key {key.method} of {key.owner} lies in {key.vault}, which is not set up here")
        return vault.signer(key, method)

    async def _keys_or_first(self, owner: str, kinds: tuple[Kind, ...]) -> list[IssuerKey]:
        keys = await self.keys(owner)
        if not keys:
            with contextlib.suppress(ConflictError):  # another process was first
                await self._records.commit(*(Insert(ISSUER_KEYS, key) for key in await self._made(owner, kinds, [])))
            keys = await self.keys(owner)
        return keys

    async def _made(self, owner: str, kinds: tuple[Kind, ...], keys: list[IssuerKey]) -> list[IssuerKey]:
        last = max((key.number for key in keys), default=0)
        vault = self._vaults[self._make_in]
        made: list[IssuerKey] = []
        for place, kind in enumerate(kinds):
            method = f"{_NAMES[kind]}-{1 + sum(key.kind == kind for key in keys)}"
            public, secret = await asyncio.to_thread(vault.make, owner, method, kind)
            made.append(IssuerKey(owner, last + place + 1, method, kind, public, vault.name, secret, self._clock.now_us()))
        return made

    async def _replaced(self, key: IssuerKey, *, expires: int = 0, revoked: int = 0) -> Write:
        kept = await self._records.get(ISSUER_KEYS, key.owner, key.number)
        assert kept is not None  # keys are never deleted
        return Replace(ISSUER_KEYS, replace(key, expires=expires or key.expires, revoked=revoked or key.revoked), kept.revision)

    async def _commit(self, provider: str, writes: list[Write]) -> None:
        await self._records.commit(*writes)
        self._signing.pop(provider, None)
