"""The one writer of a process: a thread that commits everything that waits in one transaction (group commit).

Why a group: an fsync costs the same for one statement as for five hundred, and 200 means durable, so whoever waits shares it.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import apsw

from lrs.errors import StoreUnavailableError
from lrs.stores.sqlite.group import Closed, GroupCommit, Job, Outcome, WriterState

MAX_GROUP = 512  # jobs a transaction: keeps the longest wait of a job, and what a failure takes with it, small
MAX_WAITING = 20_000  # jobs in the queue: past it the store says 503 at once instead of answering minutes late
_IDLE_SECONDS = 0.25  # how long the thread sleeps with nothing to do before it looks at its background work


@dataclass(slots=True)
class _Waiting(Outcome):
    loop: asyncio.AbstractEventLoop | None = None
    future: asyncio.Future[Any] | None = None


class Writer:
    """The thread and its queue. `on_group` is told the size of each committed group, in that thread."""

    def __init__(self, opener: Callable[[], apsw.Connection], on_group: Callable[[int], None], closed: Closed) -> None:
        self._on_group = on_group
        self._group = GroupCommit(opener, closed)
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="jejak-sqlite-writer", daemon=True)

    def start(self) -> None:
        """Begins to take jobs."""
        self._thread.start()

    def attach(self, state: WriterState) -> None:
        """See `GroupCommit.attach`. To be called inside a job."""
        self._group.attach(state)

    async def run(self, job: Job, *, always: bool = False) -> Any:
        """Runs `job` in a transaction and returns its answer once that is durable. Raises what the job raises, or StoreUnavailableError."""
        if self._closing:
            raise StoreUnavailableError("the store is closed")
        if self._queue.qsize() > MAX_WAITING:
            raise StoreUnavailableError("too many writes are waiting", retry_after=1)
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Any] = loop.create_future()
        self._queue.put(_Waiting(job, always=always, loop=loop, future=future))
        return await future

    def close(self) -> None:
        """Finishes what was accepted and closes the file. Blocks."""
        if not self._closing:
            self._closing = True
            self._queue.put(None)
            self._thread.join()

    def _run(self) -> None:
        stopping, busy = False, False
        while not stopping:
            group, stopping = self._next_group(0.0 if busy else _IDLE_SECONDS)
            if group:
                if self._group.run(list(group)):
                    self._on_group(len(group))
                _answer(group)
            busy = self._run_background()
        self._group.close()

    def _next_group(self, patience: float) -> tuple[list[_Waiting], bool]:
        """What waits, and whether the end was asked for; nothing when `patience` seconds pass."""
        try:
            first = self._queue.get(timeout=patience) if patience else self._queue.get_nowait()
        except queue.Empty:
            return [], False
        group: list[_Waiting] = []
        while first is not None:
            group.append(first)
            if len(group) >= MAX_GROUP:
                return group, False
            try:
                first = self._queue.get_nowait()
            except queue.Empty:
                return group, False
        return group, True

    def _run_background(self) -> bool:
        """One slice of each state's leftover work; whether there was any that went well (so that more may follow at once)."""
        went_well = False
        for state in self._group.states:
            job = state.background()
            if job is not None:
                went_well = self._group.run([Outcome(job)]) or went_well
        return went_well


def _answer(group: list[_Waiting]) -> None:
    """Wakes every event loop that waits, once."""
    by_loop: dict[asyncio.AbstractEventLoop, list[_Waiting]] = {}
    for waiting in group:
        if waiting.loop is not None:
            by_loop.setdefault(waiting.loop, []).append(waiting)
    for loop, answers in by_loop.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(_deliver, answers)


def _deliver(answers: list[_Waiting]) -> None:
    for waiting in answers:
        if waiting.future is None or waiting.future.done():
            continue
        if waiting.error is not None:
            waiting.future.set_exception(waiting.error)
        else:
            waiting.future.set_result(waiting.result)
