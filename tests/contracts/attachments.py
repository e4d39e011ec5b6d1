"""Attachments by digest."""

from __future__ import annotations

import asyncio
import hashlib
import random

import pytest

from lrs.errors import NotFoundError
from lrs.ports import AttachmentContent, Stores

_PIECE = 262_144


def _attachment(content: bytes, algorithm: str = "sha256") -> AttachmentContent:
    return AttachmentContent(hashlib.new(algorithm, content).hexdigest(), content, "application/octet-stream")


async def _read(stores: Stores, digest: str) -> bytes:
    return b"".join([piece async for piece in stores.attachments.open(digest)])


class AttachmentStoreContract:
    """See `lrs.ports.AttachmentStore`."""

    @pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, _PIECE, _PIECE + 1, 3 * _PIECE + 17])
    async def test_bytes_come_back_in_pieces_of_bounded_size(self, stores: Stores, size: int) -> None:
        content = random.Random(size).randbytes(size)
        one = _attachment(content)
        await stores.attachments.keep((one,))
        pieces = [piece async for piece in stores.attachments.open(one.digest)]
        assert b"".join(pieces) == content
        assert all(0 < len(piece) <= _PIECE for piece in pieces)
        assert await stores.attachments.size(one.digest) == size

    @pytest.mark.parametrize("algorithm", ["sha256", "sha384", "sha512"])
    async def test_digests_of_each_length_are_keys(self, stores: Stores, algorithm: str) -> None:
        small, large = _attachment(b"kecil", algorithm), _attachment(b"b" * 100_000, algorithm)
        await stores.attachments.keep((small, large))
        assert await _read(stores, small.digest) == b"kecil"
        assert await _read(stores, large.digest) == b"b" * 100_000

    async def test_a_missing_one_has_no_size_and_is_not_found_before_the_first_piece(self, stores: Stores) -> None:
        digest = _attachment(b"tidak ada").digest
        assert await stores.attachments.size(digest) is None
        with pytest.raises(NotFoundError):
            await anext(aiter(stores.attachments.open(digest)))

    async def test_keeping_none_is_fine(self, stores: Stores) -> None:
        await stores.attachments.keep(())

    @pytest.mark.parametrize("size", [10, 100_000])
    async def test_what_is_there_already_is_passed_over(self, stores: Stores, size: int) -> None:
        one, other = _attachment(b"a" * size), _attachment(b"b" * size)
        await stores.attachments.keep((one,))
        await stores.attachments.keep((one, other, one))
        assert await _read(stores, one.digest) == one.content
        assert await _read(stores, other.digest) == other.content

    async def test_the_same_bytes_kept_at_once_do_no_harm(self, stores: Stores) -> None:
        ones = [_attachment(b"c" * 200_000), _attachment(b"kecil")]
        await asyncio.gather(*(stores.attachments.keep((one,)) for one in ones * 8))
        assert [await _read(stores, one.digest) for one in ones] == [one.content for one in ones]

    async def test_readers_at_once_do_not_disturb_each_other(self, stores: Stores) -> None:
        ones = [_attachment(random.Random(seed).randbytes(_PIECE * 2 + seed)) for seed in range(4)]
        await stores.attachments.keep(tuple(ones))
        read = await asyncio.gather(*(_read(stores, one.digest) for one in ones * 3))
        assert read == [one.content for one in ones] * 3
