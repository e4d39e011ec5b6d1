"""Status lists as they are served: signed when a bit changes, and again before they run out, without anybody asking."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import orjson

from credentials.certificate.status import VALID, Purpose, encoded_list, list_address, list_credential
from credentials.errors import CredentialError
from credentials.keys import IssuerKeys, Signers
from credentials.ports.records import Put, Records, Remove, Replace, scan_all
from credentials.stores.certificates import LISTS_DUE, PLACES, SIGNED_LISTS, STATUS_LISTS, ListDue, SignedList
from credentials.suites.eddsa_rdfc_2022 import add_proof
from credentials.suites.vc_jwt import sign_token
from lrs.clock import Clock, to_datetime
from lrs.errors import ConflictError

_RENEW_US = int(VALID.total_seconds() * 1_000_000) // 2  # half of its life is left for what may go wrong
_RETRY_US = 60_000_000
_PAGE = 100
_INDEXES = {Purpose.REVOCATION: "revoked", Purpose.SUSPENSION: "suspended"}


@dataclass(slots=True)
class StatusLists:
    """`url`: the server's public address."""

    records: Records
    keys: IssuerKeys
    clock: Clock
    url: str
    _there: set[tuple[str, int]] = field(default_factory=set)
    _later: dict[tuple[str, int, Purpose], int] = field(default_factory=dict)

    async def ensure(self, provider: str, number: int) -> None:
        """Both lists are there, before a certificate names them. Raises CredentialError."""
        if (provider, number) in self._there:
            return
        for purpose in Purpose:
            if await self.records.get(SIGNED_LISTS, provider, str(purpose), number) is None:
                await self.records.commit(Put(SIGNED_LISTS, await self._signed(provider, number, purpose)))
        self._there.add((provider, number))

    async def signed(self, provider: str, purpose: Purpose, number: int) -> SignedList | None:
        """As it is served now."""
        kept = await self.records.get(SIGNED_LISTS, provider, str(purpose), number)
        return None if kept is None else kept.value

    async def at(self, address: str) -> SignedList | None:
        """By its address, which is its id; None for what is no list of ours."""
        provider, _, rest = address.removeprefix(f"{self.url}/issuers/").partition("/status/")
        purpose, _, number = rest.partition("/")
        if purpose not in tuple(Purpose) or not (number.isascii() and number.isdecimal() and len(number) < 10):
            return None
        found = await self.signed(provider, Purpose(purpose), int(number))
        return found if address == list_address(f"{self.url}/issuers/{provider}", Purpose(purpose), int(number)) else None

    async def publish_due(self, failed: Callable[[str, CredentialError], None]) -> int:
        """Signs the lists whose bits changed, and those that have lived for half of their time; how many. A list that cannot be signed is
        told to `failed` and tried again after a minute; the others go on.
        """
        now = self.clock.now_us()
        due = [(one.provider, one.list, Purpose(one.purpose)) for one in (await self.records.scan(LISTS_DUE, limit=_PAGE)).values]
        old = await self.records.scan(SIGNED_LISTS, "signed", high=(max(0, now - _RENEW_US),), limit=_PAGE)
        due += [(one.provider, one.list, Purpose(one.purpose)) for one in old.values]
        done = 0
        for one in dict.fromkeys(due):
            if self._later.get(one, 0) > now:
                continue
            try:
                done += await self._publish(*one)
                self._later.pop(one, None)
            except CredentialError as error:
                self._later[one] = now + _RETRY_US
                failed(f"the {one[2]} list {one[1]} of {one[0]} cannot be signed", error)
        return done

    async def all_due(self, provider: str) -> list[Put[ListDue]]:
        """The writes that have every list of the provider signed anew: its key was revoked."""
        lists = await scan_all(self.records, STATUS_LISTS, prefix=(provider,))
        now = self.clock.now_us()
        return [Put(LISTS_DUE, ListDue(provider, one.number, str(purpose), now)) for one in lists for purpose in Purpose]

    async def _publish(self, provider: str, number: int, purpose: Purpose) -> bool:
        """The bits are read after the wish, and the wish goes only when nobody wished again meanwhile."""
        wish = await self.records.get(LISTS_DUE, provider, number, str(purpose))
        signed = await self._signed(provider, number, purpose)
        try:
            if wish is None:
                await self.records.commit(Put(SIGNED_LISTS, signed))
            else:
                again, key = Replace(LISTS_DUE, wish.value, wish.revision), (provider, number, str(purpose))
                await self.records.commit(again, Put(SIGNED_LISTS, signed), Remove(LISTS_DUE, key))
        except ConflictError:
            return False
        return True

    async def _signed(self, provider: str, number: int, purpose: Purpose) -> SignedList:
        places = await scan_all(self.records, PLACES, _INDEXES[purpose], (provider, number))
        signers = await self.keys.signers(provider)
        now = self.clock.now_us()
        indexes = [place.index for place in places]
        return await asyncio.to_thread(
            _sign, self.keys.did(provider), f"{self.url}/issuers/{provider}", provider, number, purpose, indexes, signers, now
        )


def _sign(
    did: str, issuer_url: str, provider: str, number: int, purpose: Purpose, indexes: list[int], signers: Signers, now: int
) -> SignedList:
    moment = to_datetime(now).replace(microsecond=0)
    document = list_credential(did, list_address(issuer_url, purpose, number), purpose, encoded_list(indexes), moment)
    proven = add_proof(document, signers.data_integrity, moment)
    methods = tuple(signer.method.partition("#")[2] for signer in (signers.data_integrity, signers.token))
    return SignedList(provider, number, str(purpose), orjson.dumps(proven), sign_token(document, signers.token), now, methods)
