"""The typesetters of one server: each a confined process for one template, kept for the next pages of that template.

Starting a process and loading the fonts takes longer than a page. So a process sets many pages, but never by two templates: what one
provider's template does to its process, only pages of that provider can meet.
"""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import subprocess
import sys
import tempfile
import threading
import weakref
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from credentials.errors import TemplateError

SECONDS = 5  # of processor time for a page; the bundled template takes a tenth of one at most
MEMORY = 1_500_000_000  # bytes of address space; the typesetter's own code and fonts take most of it
AT_ONCE = 2  # typesetters of one server, working or waiting
_PAGES = 200  # of one process: whatever may grow in it does not grow for ever
_WAIT_SECONDS = 20.0  # for a page, by the clock on the wall
_LONGEST_ANSWER = 4_000


class Typesetter:
    """A running process. `key`: what its template is known by; `seconds`: of processor time for a page."""

    def __init__(self, key: bytes, seconds: int = SECONDS) -> None:
        self.key = key
        self._folder = Path(tempfile.mkdtemp(prefix="jejak-page-"))
        command = [sys.executable, "-m", "credentials.files.typesetter", str(self._folder), str(seconds), str(MEMORY), str(_PAGES)]
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("JEJAK_")
        }  # settings are no page's business
        self._process = subprocess.Popen(  # noqa: S603  # our own module; what is in the folder is its input
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0, env=environment
        )
        self.end = weakref.finalize(self, _end, self._process, self._folder)
        self._left = _PAGES

    @property
    def is_usable(self) -> bool:
        """It may have ended by itself, when nobody asked for a while."""
        return self._left > 0 and self._process.poll() is None

    def page(self, files: Mapping[str, bytes]) -> bytes:
        """The page that `main.typ` among the files makes; nothing of them is left. Raises TemplateError: then it is of no more use."""
        self._left -= 1
        try:
            for name, content in files.items():
                (self._folder / name).write_bytes(content)
            reason = self._asked()
            if reason is None:
                raise TemplateError("setting the page takes too much", where="source")
            if reason:
                raise TemplateError(reason, where="source")
            return (self._folder / "page.pdf").read_bytes()
        except BaseException:
            self._left = 0
            raise
        finally:
            for name in (*files, "page.pdf"):
                (self._folder / name).unlink(missing_ok=True)

    def _asked(self) -> str | None:
        """Its answer; None when it ended. Raises TemplateError when it does not answer."""
        assert self._process.stdin is not None  # it was started with pipes
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(b"\n")
        except BrokenPipeError:
            return None
        if not select.select([self._process.stdout], [], [], _WAIT_SECONDS)[0]:
            raise TemplateError("setting the page takes too long", where="source")
        answer = self._process.stdout.read(_LONGEST_ANSWER)  # of one write, so it comes whole
        return answer.decode("utf-8", "replace").strip() if answer else None


@dataclass(slots=True)
class Typesetters:
    """Those that wait for their next page. Used from threads."""

    _idle: list[Typesetter] = field(default_factory=list)
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def page(self, key: bytes, files: Mapping[str, bytes]) -> bytes:
        """By a typesetter of this template alone. Raises TemplateError."""
        one = self._taken(key)
        try:
            page = one.page(files)
        except BaseException:
            one.end()
            raise
        self._give_back(one)
        return page

    def _taken(self, key: bytes) -> Typesetter:
        with self._turn:
            usable = [one for one in self._idle if one.is_usable]
            gone = [one for one in self._idle if not one.is_usable]
            found = next((one for one in usable if one.key == key), None)
            if found is not None:
                usable.remove(found)
            elif len(usable) >= AT_ONCE:
                gone.append(usable.pop(0))
            self._idle = usable
        for one in gone:
            one.end()
        return found or Typesetter(key)

    def _give_back(self, one: Typesetter) -> None:
        with self._turn:
            self._idle.append(one)
            gone = self._idle.pop(0) if len(self._idle) > AT_ONCE else None
        if gone is not None:
            gone.end()


def _end(process: subprocess.Popen[bytes], folder: Path) -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()
    shutil.rmtree(folder, ignore_errors=True)
