"""What runs beside requests ends, also where a cancellation was forgotten."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from lrs.background import end


async def _forgets(times: int, cancelled: list[int]) -> None:
    """Goes on where it was cancelled, so many times."""
    for _ in range(times):
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        cancelled.append(1)
    await asyncio.Event().wait()


async def test_a_task_that_forgets_to_be_cancelled_is_told_again_until_it_ends() -> None:
    cancelled: list[int] = []
    forgetful, mindful = asyncio.create_task(_forgets(3, cancelled)), asyncio.create_task(asyncio.Event().wait())
    await asyncio.sleep(0)
    await end(forgetful, mindful, again=0.01)
    assert forgetful.cancelled()
    assert mindful.cancelled()
    assert len(cancelled) == 3


async def test_what_wait_for_forgets_in_this_python_is_told_again() -> None:
    """The very thing that a driver does: it is answered and cancelled in the same turn of the loop, keeps the answer, and asks again."""
    answer = asyncio.get_running_loop().create_future()
    asked: list[str] = []

    async def drive() -> None:
        with contextlib.suppress(TimeoutError):
            asked.append(await asyncio.wait_for(answer, 60))
        await asyncio.Event().wait()

    task = asyncio.create_task(drive())
    await asyncio.sleep(0)
    answer.set_result("an answer")
    await end(task, again=0.01)
    assert task.cancelled()


async def test_what_failed_is_raised() -> None:
    async def fails() -> None:
        raise ValueError("it cannot be")

    failing, other = asyncio.create_task(fails()), asyncio.create_task(asyncio.Event().wait())
    await asyncio.wait([failing])
    with pytest.raises(ValueError, match="it cannot be"):
        await end(failing, other)
    assert other.cancelled()


async def test_what_has_ended_is_left_alone() -> None:
    ended = asyncio.create_task(asyncio.sleep(0, "done"))
    await ended
    await end(ended)
    assert ended.result() == "done"
