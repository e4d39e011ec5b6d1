"""A proxy for MongoDB's wire protocol: one command at a time, and faults on demand.

FerretDB v1 over SQLite keeps MongoDB's promises about one document only when commands do not overlap; behind this proxy it does.
"""

from __future__ import annotations

import asyncio
import contextlib
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import bson

Kind: TypeAlias = Literal["cut-before", "cut-after", "partial-insert", "delay", "stall", "not-primary", "shutting-down", "write-concern"]
Fields: TypeAlias = dict[str, Any]
_HEADER = struct.Struct("<iiii")
_OP_MSG = 2013
_OP_COMPRESSED = 2012
_CODES = {"not-primary": (10107, "NotWritablePrimary"), "shutting-down": (91, "ShutdownInProgress")}


@dataclass(slots=True)
class Fault:
    """What happens to the next `times` commands that `matches` (command name and body) accepts, after `skip` of them have passed.

    `cut-before`: the connection ends and the server has not seen the command. `cut-after`: it has done it and the answer is lost.
    `partial-insert`: of an insert of many only the first `first` documents arrive, then the connection ends. `delay`: `seconds` later.
    `stall`: no answer for `seconds`, then the connection ends. The others answer with the error of that name (`write-concern`: done,
    but not confirmed).
    """

    kind: Kind
    matches: Callable[[str, Fields], bool]
    times: int = 1
    skip: int = 0
    seconds: float = 0.0
    first: int = 1
    hit: int = 0


class _Cut(Exception):
    """Ends the connection."""


@dataclass(slots=True)
class Proxy:
    """Runs in a thread of its own, so that it goes on whatever the test's loop does. `address` is where clients connect.

    `user` ("NAME:PASSWORD@") and `options` go into that, where the server asks for them.
    """

    upstream: tuple[str, int]
    port: int = 0
    user: str = ""
    options: str = ""
    faults: list[Fault] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _thread: threading.Thread | None = None
    _turn: asyncio.Lock | None = None

    def start(self) -> None:
        """Listens on loopback."""
        started = threading.Event()

        async def serve() -> None:
            self._turn = asyncio.Lock()
            server = await asyncio.start_server(self._connection, "127.0.0.1", self.port)
            self.port = server.sockets[0].getsockname()[1]
            started.set()
            with contextlib.suppress(asyncio.CancelledError):
                await server.serve_forever()

        def run() -> None:
            task = self._loop.create_task(serve())
            self._stop = lambda: self._loop.call_soon_threadsafe(task.cancel)
            self._loop.run_until_complete(task)
            self._loop.run_until_complete(_end())
            self._loop.close()

        self._thread = threading.Thread(target=run, name="mongo proxy", daemon=True)
        self._thread.start()
        started.wait(10)

    _stop: Callable[[], object] = field(default=lambda: None)

    def stop(self) -> None:
        """Ends every connection."""
        self._stop()
        if self._thread is not None:
            self._thread.join(10)

    def address(self, database: str) -> str:
        return f"mongodb://{self.user}127.0.0.1:{self.port}/{database}" + (f"?{self.options}" if self.options else "")

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        try:
            server = await asyncio.open_connection(*self.upstream)
            while True:
                message = await _message(reader)
                answer = await self._through(message, server)
                writer.write(answer)
                await writer.drain()
        except (_Cut, OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            for end in (writer, *(server[1:] if server else ())):
                end.close()

    async def _through(self, message: bytes, server: tuple[asyncio.StreamReader, asyncio.StreamWriter]) -> bytes:
        name, body = _command(message)
        fault = self._fault(name, body)
        if fault is not None and fault.kind == "delay":
            await asyncio.sleep(fault.seconds)
        if fault is not None and fault.kind == "stall":
            await asyncio.sleep(fault.seconds)
            raise _Cut
        if fault is not None and fault.kind == "cut-before":
            raise _Cut
        if fault is not None and fault.kind in _CODES:
            code, text = _CODES[fault.kind]
            return _answer(message, {"ok": 0.0, "code": code, "codeName": text, "errmsg": text})
        if fault is not None and fault.kind == "partial-insert":
            message = _shortened(message, fault.first)
        assert self._turn is not None
        async with self._turn:
            server[1].write(message)
            await server[1].drain()
            answer = await _message(server[0])
        self.commands.append(name)
        if fault is not None and fault.kind in ("cut-after", "partial-insert"):
            raise _Cut
        if fault is not None and fault.kind == "write-concern":
            told = _body(answer) | {"writeConcernError": {"code": 64, "codeName": "WriteConcernFailed", "errmsg": "waiting timed out"}}
            return _answer(message, told)
        return answer

    def _fault(self, name: str, body: Fields) -> Fault | None:
        for fault in self.faults:
            if fault.times > 0 and fault.matches(name, body):
                if fault.skip > 0:
                    fault.skip -= 1
                    continue
                fault.times -= 1
                fault.hit += 1
                return fault
        return None


async def _end() -> None:
    """Ends everything, also what was accepted a moment ago."""
    while tasks := asyncio.all_tasks() - {asyncio.current_task()}:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0.01)  # the transports that they closed end


async def _message(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readexactly(4)
    return head + await reader.readexactly(int.from_bytes(head, "little") - 4)


def _command(message: bytes) -> tuple[str, Fields]:
    body = _body(message)
    return (next(iter(body), ""), body)


def _body(message: bytes) -> Fields:
    """The command with its document sequences as lists; {} for the old handshake."""
    if _HEADER.unpack_from(message)[3] != _OP_MSG:
        return {}
    body: Fields = {}
    place = 20
    while place < len(message):
        kind, place = message[place], place + 1
        size = int.from_bytes(message[place : place + 4], "little")
        if kind == 0:
            body = bson.decode(message[place : place + size]) | body
        else:
            end = message.index(b"\x00", place + 4)
            name = message[place + 4 : end].decode()
            body[name] = bson.decode_all(message[end + 1 : place + size])
        place += size
    return body


def _shortened(message: bytes, first: int) -> bytes:
    body = _body(message)
    if "documents" in body:
        body["documents"] = body["documents"][:first]
    name = next((key for key in body if key not in ("documents", "updates", "deletes")), "")
    ordered = {name: body.pop(name), **body} if name else body
    return _packed(_HEADER.unpack_from(message)[1], 0, ordered)


def _answer(request: bytes, body: Fields) -> bytes:
    return _packed(0, _HEADER.unpack_from(request)[1], body)


def _packed(request_id: int, response_to: int, body: Fields) -> bytes:
    content = bson.encode(body)
    return _HEADER.pack(21 + len(content), request_id, response_to, _OP_MSG) + b"\x00\x00\x00\x00\x00" + content
