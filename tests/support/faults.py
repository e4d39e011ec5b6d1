"""A SQLite file system that fails when it is told to: the disk full, an fsync that does not come back well."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import apsw


class FaultySystem(apsw.VFS):
    """Passes everything on to the default VFS but for what `fail` asked for."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._failing = ""
        self._times = 0
        self.opened = 0
        super().__init__(name, "")

    def fail(self, what: str, times: int) -> None:
        """The next `times` calls of "sync" or "write" fail."""
        self._failing, self._times = what, times

    def fails(self, what: str) -> bool:
        """Whether this call is one of them."""
        if self._failing != what or not self._times:
            return False
        self._times -= 1
        return True

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> FaultyFile:
        if flags[0] & apsw.SQLITE_OPEN_MAIN_DB:
            self.opened += 1
        return FaultyFile(self, name, flags)


class FaultyFile(apsw.VFSFile):
    """One file of that system."""

    def __init__(self, system: FaultySystem, name: str | apsw.URIFilename | None, flags: list[int]) -> None:
        self._system = system
        super().__init__("", name, flags)

    def xSync(self, flags: int) -> None:
        if self._system.fails("sync"):
            raise apsw.IOError()
        super().xSync(flags)

    def xWrite(self, data: bytes, offset: int) -> None:
        if self._system.fails("write"):
            raise apsw.FullError()
        super().xWrite(data, offset)


@contextmanager
def faulty_system(name: str) -> Iterator[FaultySystem]:
    """A registered system; unregistered at the end."""
    system = FaultySystem(name)
    try:
        yield system
    finally:
        system.unregister()
