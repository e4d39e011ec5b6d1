"""What the writing process remembers between transactions: sequence, last `stored`, terms, origins, merged definitions.

It follows every commit and rollback (`WriterState`), so that memory never says what the file does not.
"""

from __future__ import annotations

import time
from array import array
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import apsw

from lrs.clock import Clock
from lrs.stores.sqlite.bodies import BodyWriter
from lrs.stores.sqlite.group import Job
from lrs.stores.sqlite.terms import Terms
from lrs.stores.sqlite.watermark import Watermark

_DEFINITIONS = 20_000  # definitions remembered as already merged
_LOOK_SECONDS = 1.0  # how often a process looks for marks that another left when it died


@dataclass(slots=True)
class _Mark:
    seq: int
    newest: int
    terms: int
    log: int


@dataclass(slots=True)
class StatementState:
    """The state that `insert` and `closure` work with. `slices` yields background work (sealing, closure, training).

    `seq` and `newest`: of the statement stored last. `stored`: the last moment given, to a statement that is stored or to one that was not
    in the end; it never goes back while the file is open, since a promise may have been made on it.
    `given`: moments of statements that are copied from another store, to be taken in place of the clock's.
    """

    clock: Clock
    watermark: Watermark
    bodies: BodyWriter
    slices: list[Callable[[], Job | None]] = field(default_factory=list)
    terms: Terms = field(default_factory=Terms)
    seq: int = 0
    newest: int = 0
    stored: int = 0
    sealed: int = 0
    floor: int = 0
    failures: int = 0
    given: deque[int] = field(default_factory=deque)
    _opened: bool = False
    _written: int = 0
    _origins: dict[tuple[str, str], tuple[int, array[int]]] = field(default_factory=dict)
    _definitions: dict[tuple[str, str], bytes] = field(default_factory=dict)
    _log: list[tuple[dict[Any, Any], Any, Any]] = field(default_factory=list)
    _known: bool = False
    _looked: float = 0.0

    def begin(self, connection: apsw.Connection, foreign: bool) -> None:
        if foreign or not self._known:
            self._reload(connection)
            self._known = True
        self._opened = False
        self._written = self.seq

    def mark(self) -> _Mark:
        return _Mark(self.seq, self.newest, self.terms.mark(), len(self._log))

    def undo(self, mark: _Mark) -> None:
        self.seq, self.newest = mark.seq, mark.newest
        self.terms.undo(mark.terms)
        while len(self._log) > mark.log:
            where, key, before = self._log.pop()
            if before is None:
                where.pop(key, None)
            else:
                where[key] = before

    def wrote(self) -> tuple[int, int] | None:
        return (self.seq, self.newest) if self.seq > self._written else None

    def committed(self) -> None:
        self.terms.committed()
        self._log.clear()
        if len(self._definitions) > _DEFINITIONS:
            self._definitions.clear()
        self.watermark.finished(self.floor)

    def rolled_back(self) -> None:
        self.undo(_Mark(0, 0, 0, 0))
        self._known = False
        self.failures += 1
        self.watermark.finished(self.floor)

    def background(self) -> Job | None:
        now = time.monotonic()
        if now - self._looked > _LOOK_SECONDS:
            self._looked = now
            dead = self.watermark.left_by_the_dead()
            if dead:
                return lambda connection: self._bury(connection, dead)
        for make in self.slices:
            job = make()
            if job is not None:
                return job
        return None

    @property
    def pending_closure(self) -> bool:
        """Whether closures are left to be worked off."""
        return self.floor != 0

    def next_stored(self) -> int:
        """The next moment in stored order; the first of a transaction raises the busy mark."""
        if self.given:
            self.stored = self.given.popleft()
        elif not self._opened:
            self._opened = True
            self.stored = self.watermark.first_stored(self.stored)
        else:
            self.stored = max(self.clock.now_us(), self.stored + 1)
        return self.stored

    def put(self, count: int, stored: int) -> None:
        """So many statements are in, the last of them at `stored`."""
        self.seq += count
        self.newest = stored

    def origin(self, connection: apsw.Connection, provider: str, client: str) -> tuple[int, array[int]]:
        """The number of (provider, client), and the two posting keys that keep their statements behind a wall."""
        found = self._origins.get((provider, client))
        if found is not None:
            return found
        connection.execute("INSERT INTO origin(provider, client) VALUES(?, ?) ON CONFLICT DO NOTHING", (provider, client))
        number: int = connection.execute("SELECT id FROM origin WHERE provider = ? AND client = ?", (provider, client)).get
        keys = array(
            "I", (self.terms.number(connection, provider_term(provider)) * 2, self.terms.number(connection, client_term(client)) * 2)
        )
        self.remember(self._origins, (provider, client), (number, keys))
        return number, keys

    def is_merged(self, provider: str, iri: str, definition: bytes) -> bool:
        """Whether this was the last definition merged; remembers it if not."""
        if self._definitions.get((provider, iri)) == definition:
            return True
        self.remember(self._definitions, (provider, iri), definition)
        return False

    def remember(self, where: dict[Any, Any], key: Any, value: Any) -> None:
        """Sets `where[key]` so that a rollback undoes it."""
        self._log.append((where, key, where.get(key)))
        where[key] = value

    def _reload(self, connection: apsw.Connection) -> None:
        row = connection.execute("SELECT seq, stored FROM statement ORDER BY seq DESC LIMIT 1").fetchone()
        self.seq, self.newest = row if row is not None else (0, 0)
        self.stored = self.newest
        self.sealed = connection.execute("SELECT coalesce((SELECT value FROM number WHERE name = 'sealed'), 0)").get
        floor = connection.execute("SELECT min(floor) FROM closure").get
        self.floor = floor or 0
        self.bodies.refresh(connection)
        self._definitions.clear()

    def _bury(self, connection: apsw.Connection, slots: list[int]) -> None:
        """Takes over what a dead process left: closures not worked off are re-read before its marks are cleared."""
        self._reload(connection)
        self.watermark.finished(self.floor)
        self.watermark.clear(slots)


def provider_term(provider: str) -> str:
    """The term that every statement of a provider has."""
    return "p" + provider


def client_term(client: str) -> str:
    """The term that every statement of a client has."""
    return "k" + client
