"""Hands files to inmates, a bounded number at once, and answers what they ask."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec

from verifier.errors import BusyError, UnavailableError
from verifier.report import Report
from verifier.sandbox.limits import too_much
from verifier.sandbox.wire import HEAD, Answer, Job, Question, encoded, frame_length, framed, read_word
from verifier.sources.ports import Sources

MOST_QUESTIONS = 30  # of one file; a certificate with a dozen contexts and two lists asks half of them
WHOLE_SECONDS = 30.0  # with all that is fetched
RETRY_SECONDS = 5
_ANSWERS = {
    "issuer": "issuer",
    "issuer_of_key": "issuer",
    "is_verifier": "yes",
    "did_document": "json",
    "context": "json",
    "status_list": "fetched",
    "certificate": "text",
    "log_proof": "text",
}


@dataclass(frozen=True, slots=True)
class PoolSize:
    """`at_once`: files that are looked at; `waiting`: files that wait for their turn; more are refused."""

    at_once: int
    waiting: int


def default_size() -> PoolSize:
    """One for each core, and a few seconds' work waiting."""
    cores = os.cpu_count() or 1
    return PoolSize(cores, 16 * cores)


def utc_now() -> datetime:
    """The clock of a pool that is told no other."""
    return datetime.now(UTC)


class Pool:
    """Use `running()`. `examine` may be called from many tasks at once."""

    def __init__(self, sources: Sources, size: PoolSize | None = None, now: Callable[[], datetime] = utc_now) -> None:
        self._sources = sources
        self._now = now
        self._size = size or default_size()
        self._turns = asyncio.Semaphore(self._size.at_once)
        self._present = 0
        self._threads = ThreadPoolExecutor(max_workers=4 * self._size.at_once, thread_name_prefix="verifier-sources")
        self._nursery: asyncio.subprocess.Process | None = None
        self._control: socket.socket | None = None
        self._starting = asyncio.Lock()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Pool]:
        """The nursery is started with the first file; it ends with this."""
        try:
            yield self
        finally:
            await self._stop()
            self._threads.shutdown(wait=False, cancel_futures=True)

    @property
    def nursery_pid(self) -> int | None:
        """None before the first file."""
        return None if self._nursery is None else self._nursery.pid

    async def examine(self, content: bytes, *, patient: bool = False) -> Report:
        """The report on a file, whatever it holds. `patient`: waits however many are waiting. Raises BusyError."""
        if not patient and self._present >= self._size.at_once + self._size.waiting:
            raise BusyError("too many files are being checked at this moment; try again in {seconds} seconds", RETRY_SECONDS)
        self._present += 1
        try:
            async with self._turns:
                return await self._examine(content)
        finally:
            self._present -= 1

    async def _examine(self, content: bytes) -> Report:
        ours = await self._admit()
        try:
            async with asyncio.timeout(WHOLE_SECONDS):
                return await self._talk(ours, content)
        except (OSError, EOFError, TimeoutError, ValueError, msgspec.MsgspecError):
            return too_much()  # ended by the kernel, or not to be trusted any more
        finally:
            ours.close()

    async def _talk(self, ours: socket.socket, content: bytes) -> Report:
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(ours, encoded(Job(self._now())) + framed(content))
        for _ in range(MOST_QUESTIONS):
            word = read_word(await _receive(loop, ours))
            if word.report is not None:
                return word.report
            if word.question is None:
                break
            answer = await loop.run_in_executor(self._threads, self._answer, word.question)
            await loop.sock_sendall(ours, answer)
        return too_much()

    def _answer(self, question: Question) -> bytes:
        """In a thread: it may fetch."""
        member = _ANSWERS[question.what]
        try:
            found: Any = getattr(self._sources, question.what)(question.of)
        except UnavailableError as error:
            return encoded(Answer(unavailable=error.reason))
        return encoded(Answer(**{member: found}))

    async def _admit(self) -> socket.socket:
        """A new inmate; our end of its connection."""
        async with self._starting:
            ours, theirs = socket.socketpair()
            ours.setblocking(False)
            try:
                control = await self._ready()
                try:
                    socket.send_fds(control, [b"f"], [theirs.fileno()])
                except OSError:  # the nursery has died: another one
                    await self._stop()
                    socket.send_fds(await self._ready(), [b"f"], [theirs.fileno()])
            except BaseException:
                ours.close()
                raise
            finally:
                theirs.close()
            return ours

    async def _ready(self) -> socket.socket:
        if self._control is None or self._nursery is None or self._nursery.returncode is not None:
            await self._stop()
            ours, theirs = socket.socketpair()
            try:
                command = (sys.executable, "-m", "verifier.sandbox.nursery", str(theirs.fileno()))
                self._nursery = await asyncio.create_subprocess_exec(*command, pass_fds=[theirs.fileno()], stdin=asyncio.subprocess.DEVNULL)
            finally:
                theirs.close()
            self._control = ours
        return self._control

    async def _stop(self) -> None:
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._nursery is not None:
            await self._nursery.wait()
            self._nursery = None


async def _receive(loop: asyncio.AbstractEventLoop, connection: socket.socket) -> bytes:
    return await _exactly(loop, connection, frame_length(await _exactly(loop, connection, HEAD)))


async def _exactly(loop: asyncio.AbstractEventLoop, connection: socket.socket, length: int) -> bytes:
    content = bytearray()
    while len(content) < length:
        piece = await loop.sock_recv(connection, min(length - len(content), 262_144))
        if not piece:
            raise EOFError
        content += piece
    return bytes(content)
