"""A NIP typed by a visitor: current and former ones of the holder match, held ones and others do not; counted in the store."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from credentials.certificate.issued import Certificate
from credentials.ports.records import Put
from credentials.stores.certificates import CERTIFICATES
from credentials.stores.people import NUMBERS, Numbered
from jejak.matching import MATCH_ATTEMPTS
from tests.support.office import Office, open_office
from verifier.web.site import Match

_ID = "abcdefghijklmnopqrstuvwxya"
_NIP, _FORMER, _HELD, _OTHER = ("1" * 18, "2" * 9, "3" * 18, "4" * 18)


async def _prepared(office: Office) -> None:
    certificate = Certificate(_ID, "balai", "p-1", "b", "p", 1, 1, "Contoh", 1, b"{}", "", "", b"", ())
    numbers = [Numbered("asn", _NIP, "p-1"), Numbered("asn", _FORMER, "p-1", until=None), Numbered("asn", _HELD, "p-1", held=True)]
    numbers.append(Numbered("asn", _OTHER, "p-2"))
    await office.product.credentials.records.commit(Put(CERTIFICATES, certificate), *(Put(NUMBERS, one) for one in numbers))


@pytest.fixture(params=["memory:", ""], ids=["memory", "sqlite"])
def store(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def test_current_and_former_numbers_match_and_nothing_else(tmp_path: Path, store: str) -> None:
    async with open_office(tmp_path, store=store) as office:
        await _prepared(office)
        match = office.product.credentials.verifying.match
        found = [await match.compare(_ID, nip) for nip in (_NIP, _FORMER, _HELD, _OTHER, "9" * 18)]
        assert found == [Match.SAME, Match.SAME, Match.DIFFERENT, Match.DIFFERENT, Match.DIFFERENT]
        assert await match.compare(_ID, _NIP) is Match.TOO_OFTEN
        kept = await office.product.credentials.records.get(MATCH_ATTEMPTS, _ID)
        assert kept is not None
        assert len(kept.value.times) == 5
        assert _NIP not in repr(kept.value)


async def test_visitors_at_one_moment_are_counted_once_each(tmp_path: Path, store: str) -> None:
    async with open_office(tmp_path, store=store) as office:
        await _prepared(office)
        match = office.product.credentials.verifying.match
        found = await asyncio.gather(*(match.compare(_ID, "8" * 18) for _ in range(12)))
        assert sorted(found).count(Match.DIFFERENT) == 5
