"""Administrators in memory."""

from __future__ import annotations

from lrs.errors import ConflictError, NotFoundError
from lrs.ports import Administrator
from lrs.stores.memory.engine import MemoryEngine


class MemoryAdministrators:
    """See `lrs.ports.AdministratorStore`."""

    def __init__(self, engine: MemoryEngine) -> None:
        self._engine = engine
        self.by_name: dict[str, Administrator] = {}

    async def add(self, administrator: Administrator) -> None:
        self._engine.must_take_writes()
        if administrator.name in self.by_name:
            raise ConflictError("there is an administrator with this name already", where="name")
        self.by_name[administrator.name] = administrator

    async def get(self, name: str) -> Administrator | None:
        self._engine.must_be_open()
        return self.by_name.get(name)

    async def all(self) -> list[Administrator]:
        self._engine.must_be_open()
        return sorted(self.by_name.values(), key=lambda one: one.name)

    async def save(self, administrator: Administrator) -> None:
        self._engine.must_take_writes()
        if administrator.name not in self.by_name:
            raise NotFoundError("there is no administrator with this name")
        self.by_name[administrator.name] = administrator
