"""Where benches stand: a work folder, what they share, and how much is to be measured."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import orjson

from bench.corpus import activities_only, corpus
from bench.load import Load, Measured, basic, drive
from bench.processes import Server
from bench.scale import Scale
from bench.servers import KEY, SECRET, jejak_server, ralph_server

T = TypeVar("T")


class Stage:
    """`say` tells a person how far it is; `peer` makes the server that Ralph's row compares with; `cleanup` undoes what benches share."""

    def __init__(
        self,
        scale: Scale,
        folder: Path,
        cleanup: ExitStack,
        say: Callable[[str], None] = lambda text: None,
        peer: Callable[[Path], Server] = ralph_server,
    ) -> None:
        self.scale = scale
        self.folder = folder
        self.cleanup = cleanup
        self.say = say
        self.peer = peer
        self._made: dict[str, Any] = {}

    def once(self, name: str, make: Callable[[], T]) -> T:
        """What several benches share, made by the first that asks for it."""
        if name not in self._made:
            self._made[name] = make()
        made: T = self._made[name]
        return made

    @contextmanager
    def jejak(self, name: str) -> Iterator[Server]:
        """`jejak serve` over a folder of that name, empty at first."""
        if self.scale.shared:
            yield self.once("server", lambda: self.cleanup.enter_context(jejak_server(self.folder / "shared")))
        else:
            with jejak_server(self.folder / name) as server:
                yield server

    def bodies(self, *, activities: bool = False) -> Path:
        """A file of statements without ids, one a line; with `activities`, only statements about Activities."""
        return self.once(f"bodies {activities}", lambda: self._write_bodies(activities))

    def post(self, url: str, *, bodies: Path, connections: int, batch: int = 1) -> Measured:
        """One round of POSTs."""
        return drive(Load(url, basic(KEY, SECRET), connections, self.scale.seconds, bodies, batch), own_client=self.scale.own_client)

    def get(self, url: str, *, connections: int = 1) -> Measured:
        """One round of GETs."""
        return drive(Load(url, basic(KEY, SECRET), connections, self.scale.seconds), own_client=self.scale.own_client)

    def _write_bodies(self, activities: bool) -> Path:
        path = self.folder / ("activities.ndjson" if activities else "statements.ndjson")
        with path.open("wb") as file:
            for statement in corpus(self.scale.bodies):
                if activities and not activities_only(statement):
                    continue
                file.write(orjson.dumps({name: value for name, value in statement.items() if name != "id"}) + b"\n")
        return path
