"""The threads that read, and the way there and back: at half of what `concurrent.futures` costs, which is more than many a read takes."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lrs.errors import StoreUnavailableError


@dataclass(frozen=True, slots=True)
class _Asked:
    job: Callable[[], Any]
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]


class Readers:
    """`count` threads that take jobs in the order in which they were asked for."""

    def __init__(self, count: int) -> None:
        self._queue: queue.SimpleQueue[_Asked | None] = queue.SimpleQueue()
        self._threads = [threading.Thread(target=self._run, name="jejak-sqlite-reader", daemon=True) for _ in range(count)]
        self._closed = False

    def start(self) -> None:
        """Begins to take jobs."""
        for thread in self._threads:
            thread.start()

    async def run(self, job: Callable[[], Any]) -> Any:
        """What `job` answers; raises what it raises."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Any] = loop.create_future()
        self._queue.put(_Asked(job, loop, future))
        if self._closed:
            self._refuse()
        return await future

    def close(self) -> None:
        """Finishes what was asked for; what is asked later raises StoreUnavailableError. Blocks."""
        for _ in self._threads:
            self._queue.put(None)
        for thread in self._threads:
            thread.join()
        self._closed = True
        self._refuse()

    def _refuse(self) -> None:
        while not self._queue.empty():
            asked = self._queue.get()
            if asked is not None:
                _tell(asked, None, StoreUnavailableError("the store is closed"))

    def _run(self) -> None:
        while (asked := self._queue.get()) is not None:
            if asked.future.cancelled():
                continue
            error: BaseException | None = None
            answer: Any = None
            try:
                answer = asked.job()
            except BaseException as raised:  # it belongs to whoever asked
                error = raised
            _tell(asked, answer, error)
            del asked, answer, error  # no row stays alive until the next question


def _tell(asked: _Asked, answer: Any, error: BaseException | None) -> None:
    if not asked.loop.is_closed():
        asked.loop.call_soon_threadsafe(_settle, asked.future, answer, error)


def _settle(future: asyncio.Future[Any], answer: Any, error: BaseException | None) -> None:
    if future.done():  # nobody waits any more
        return
    if error is None:
        future.set_result(answer)
    else:
        future.set_exception(error)
