"""What is said of an address that is none, and of a server that is too old."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator

import bson
import pytest

from lrs.errors import ConfigurationError, StoreVersionError
from lrs.stores.mongo import ClusterOptions, connect

_OPTIONS = ClusterOptions(lease=1.0, select=1.0)
_HEADER = struct.Struct("<iiii")
_OP_MSG, _PLAIN = 2013, bytes(5)  # no flags, one section


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """As a server of MongoDB 4.2 does: wire version 8."""
    told = bson.encode({"ok": 1.0, "isWritablePrimary": True, "minWireVersion": 0, "maxWireVersion": 8, "maxBsonObjectSize": 16_777_216})
    try:
        while True:
            length, request, _, _ = _HEADER.unpack(await reader.readexactly(_HEADER.size))
            await reader.readexactly(length - _HEADER.size)
            writer.write(_HEADER.pack(_HEADER.size + len(_PLAIN) + len(told), 0, request, _OP_MSG) + _PLAIN + told)
    except asyncio.IncompleteReadError:
        writer.close()


@pytest.fixture
async def old_server() -> AsyncIterator[str]:
    server = await asyncio.start_server(_answer, "127.0.0.1", 0)
    yield f"mongodb://127.0.0.1:{server.sockets[0].getsockname()[1]}/jejak"
    server.close()


@pytest.mark.parametrize("address", ["mongodb://", "mongodb://h/a b", "mongodb://a:b:c/x"])
async def test_what_is_no_address_is_a_wrong_setting_and_no_outage(address: str) -> None:
    with pytest.raises(ConfigurationError, match="JEJAK_STORE"):
        await connect(address, _OPTIONS)


async def test_a_server_that_is_too_old_is_told_as_such(old_server: str) -> None:
    with pytest.raises(StoreVersionError, match=r"older than MongoDB 4\.4"):
        await connect(old_server, _OPTIONS)
