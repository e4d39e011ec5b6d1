"""The reading threads: answers and errors find whoever asked, and nobody waits for ever."""

from __future__ import annotations

import asyncio
import threading
from functools import partial
from operator import mul

import pytest

from lrs.errors import StoreUnavailableError
from lrs.stores.sqlite.readers import Readers


def _fail() -> None:
    raise KeyError("satu")


async def test_who_asks_has_the_answer_or_the_error() -> None:
    readers = Readers(2)
    readers.start()
    assert await asyncio.gather(*(readers.run(partial(mul, number, 2)) for number in range(20))) == list(range(0, 40, 2))
    with pytest.raises(KeyError):
        await readers.run(_fail)
    assert await readers.run(threading.current_thread) is not threading.current_thread()
    readers.close()


async def test_what_was_asked_before_the_end_is_answered_and_what_comes_after_is_refused() -> None:
    readers = Readers(1)
    readers.start()
    begun, go_on = threading.Event(), threading.Event()

    def slow() -> bool:
        begun.set()
        return go_on.wait(20)

    early = [asyncio.create_task(readers.run(slow)), asyncio.create_task(readers.run(lambda: True))]
    await asyncio.to_thread(begun.wait, 20)
    closing = asyncio.create_task(asyncio.to_thread(readers.close))
    go_on.set()
    assert await asyncio.gather(*early) == [True, True]
    await closing
    with pytest.raises(StoreUnavailableError):
        await readers.run(lambda: True)


async def test_who_gave_up_is_passed_over() -> None:
    readers = Readers(1)
    readers.start()
    begun, go_on, ran = threading.Event(), threading.Event(), list[str]()

    def slow() -> None:
        begun.set()
        go_on.wait(20)

    first = asyncio.create_task(readers.run(slow))
    await asyncio.to_thread(begun.wait, 20)
    second = asyncio.create_task(readers.run(lambda: ran.append("second")))
    await asyncio.sleep(0)
    for task in (first, second):
        task.cancel()
    await asyncio.gather(first, second, return_exceptions=True)
    go_on.set()
    await readers.run(lambda: ran.append("third"))
    assert ran == ["third"]
    readers.close()
