"""The activity directory in memory; definitions are merged in `log`."""

from __future__ import annotations

from lrs.ports import Wall
from lrs.stores.memory.engine import MemoryEngine
from lrs.stores.memory.log import StatementLog


class MemoryDirectory:
    """See `lrs.ports.ActivityDirectory`."""

    def __init__(self, engine: MemoryEngine, log: StatementLog) -> None:
        self._engine = engine
        self._log = log

    async def definition(self, activity_id: str, wall: Wall) -> bytes | None:
        self._engine.must_be_open()
        known = self._log.definitions(activity_id)
        if wall.provider is not None:
            return known.get(wall.provider)
        return next(iter(known.values()), None)
