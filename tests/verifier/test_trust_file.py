"""The trust list of a running verifier: read again, never an older one, never a refused one, and over when its time is over."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.support.certificates import DID
from tests.support.trust import Overseer
from verifier.errors import TrustError, UnavailableError
from verifier.sources.fetching import Fetcher
from verifier.trust_file import TrustFile

_SOON = datetime.now(UTC).replace(microsecond=0) + timedelta(days=5)


class _Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


async def test_it_is_read_again_and_never_goes_back(tmp_path: Path) -> None:
    overseer, path, clock = Overseer(), tmp_path / "list.json", _Clock()
    path.write_bytes(overseer.trust_list(3, expires=_SOON))
    book = TrustFile(str(path), None, Fetcher(online=False), clock)
    assert (book.now().version, list(book.now().issuers)) == (3, [DID])
    for version, shown in ((2, 3), (4, 4)):
        path.write_bytes(overseer.trust_list(version, expires=_SOON))
        clock.seconds += 61
        assert book.now().version == shown
    path.write_bytes(b"{}")
    clock.seconds += 61
    assert book.now().version == 4
    content = await book.trust_list()
    assert content is not None
    assert json.loads(content)["list"]["signed"]["version"] == 4
    assert await book.root() == json.dumps(overseer.roots[0]).encode()


def test_past_its_time_nothing_can_be_checked_and_a_list_of_strangers_does_not_start(tmp_path: Path) -> None:
    path = tmp_path / "list.json"
    path.write_bytes(Overseer().trust_list(expires=datetime.now(UTC) - timedelta(minutes=1)))
    with pytest.raises(UnavailableError, match="expired"):
        TrustFile(str(path), None, Fetcher(online=False)).now()
    own, stranger = Overseer(), Overseer(keys=(7, 8, 9))
    own.root()
    path.write_bytes(stranger.trust_list(expires=_SOON))
    with pytest.raises(TrustError):
        TrustFile(str(path), json.dumps(own.roots[0]).encode(), Fetcher(online=False))
    with pytest.raises(TrustError):
        TrustFile(str(tmp_path / "none.json"), None, Fetcher(online=False))
