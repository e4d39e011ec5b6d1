"""Training the compression dictionary once there are enough bodies, in a thread of its own; the writer then puts it into the file."""

from __future__ import annotations

from concurrent.futures import Executor, Future

import apsw
import zstandard

from lrs.stores.sqlite.bodies import RAW, sample_bodies, train
from lrs.stores.sqlite.connection import Database
from lrs.stores.sqlite.group import Job
from lrs.stores.sqlite.state import StatementState


class Trainer:
    """Makes the background work of one process; does nothing where compression is off or a dictionary is there."""

    def __init__(self, state: StatementState, database: Database, executor: Executor) -> None:
        self._state = state
        self._database = database
        self._executor = executor
        self._next = database.options.train_after
        self._training: Future[bytes | None] | None = None

    def next_slice(self) -> Job | None:
        """The job that keeps a new dictionary, None when there is none to keep."""
        if not self._database.options.compression or self._state.bodies.codec != RAW:
            return None
        if self._training is None:
            if self._state.seq < self._next:
                return None
            self._next = self._state.seq * 2
            self._training = self._executor.submit(self._train)
        if not self._training.done():
            return None
        content, self._training = self._training.result(), None
        return None if content is None else lambda connection: self._keep(connection, content)

    def _train(self) -> bytes | None:
        """None when the bodies are too few or too alike: tried again at twice the number."""
        try:
            return train(self._database.read_now(sample_bodies))
        except zstandard.ZstdError:
            return None

    def _keep(self, connection: apsw.Connection, content: bytes) -> None:
        connection.execute("INSERT INTO dictionary(number, content) SELECT 1, ? WHERE NOT EXISTS(SELECT 1 FROM dictionary)", (content,))
        self._state.bodies.refresh(connection)
