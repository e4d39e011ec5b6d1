"""Many files as a job: started, watched, fetched. A job lives in this process, and for an hour; nobody can guess its id."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import BinaryIO

from verifier.batch import Result, check_all, zip_entries
from verifier.errors import BusyError
from verifier.sandbox.pool import Pool
from verifier.verdict import Verdict

KEPT_SECONDS = 3_600.0
MOST_RUNNING = 4
MOST_KEPT = 50
RETRY_SECONDS = 30


@dataclass(slots=True)
class Job:
    """`found` by the place of the entry. `failed`: it ended before its end."""

    id: str
    total: int
    started: float
    file: BinaryIO
    found: dict[int, Result] = field(default_factory=dict)
    finished: bool = False
    failed: bool = False

    @property
    def results(self) -> list[Result]:
        """In the order of the entries."""
        return [self.found[place] for place in sorted(self.found)]

    @property
    def counts(self) -> dict[Verdict, int]:
        """How many of each verdict, so far."""
        counted = Counter(result.report.verdict for result in self.found.values())
        return {verdict: counted[verdict] for verdict in Verdict if counted[verdict]}


class Jobs:
    """Use `running()`."""

    def __init__(self, pool: Pool, at_once: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._pool = pool
        self._at_once = at_once
        self._clock = clock
        self._jobs: dict[str, Job] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Jobs]:
        """Jobs that are not finished at the end are given up."""
        try:
            yield self
        finally:
            for task in self._tasks.values():
                task.cancel()
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)
            for job in self._jobs.values():
                job.file.close()

    async def start(self, file: BinaryIO) -> Job:
        """Takes the ZIP over, and closes it in the end. Raises RefusedError, BusyError; then it is the caller's still."""
        self._forget()
        if len(self._tasks) >= MOST_RUNNING or len(self._jobs) >= MOST_KEPT:
            raise BusyError("too many files are being checked at this moment; try again in {seconds} seconds", RETRY_SECONDS)
        entries = await asyncio.to_thread(zip_entries, file)
        job = Job(secrets.token_urlsafe(16), len(entries), self._clock(), file)

        async def work() -> None:
            try:
                async for place, result in check_all(entries, self._pool, self._at_once):
                    job.found[place] = result
                job.finished = True
            finally:
                job.failed = not job.finished
                self._tasks.pop(job.id, None)
                file.close()

        self._jobs[job.id] = job
        self._tasks[job.id] = asyncio.create_task(work(), name=f"verifier-job-{job.total}")
        return job

    def job(self, job_id: str) -> Job | None:
        """None for one that is not, or no longer, there."""
        self._forget()
        return self._jobs.get(job_id)

    def _forget(self) -> None:
        now = self._clock()
        for job in [job for job in self._jobs.values() if now - job.started > KEPT_SECONDS and job.id not in self._tasks]:
            del self._jobs[job.id]
