"""Logs: one JSON object a line on standard error, from every logger.

A server under load writes thousands of lines a second, and each write is a call of the system; so lines of no urgency are held for a tenth
of a second at most and written together. A warning or worse is written at once, with all that came before it.
"""

from __future__ import annotations

import atexit
import logging
import sys
import threading
from collections import deque
from typing import Any, TextIO

import orjson

from lrs.clock import SystemClock, format_us
from lrs.masking import masked

_HELD_SECONDS = 0.1
_MOST_LINES = 1_000
_clock = SystemClock()


class JsonLines(logging.Formatter):
    """`extra={"told": {…}}` becomes members; nothing else of a record does. Numbers of persons are masked, in tracebacks too."""

    def format(self, record: logging.LogRecord) -> str:
        told = getattr(record, "told", None)
        line = _line(record.levelname, record.name, record.getMessage(), told if isinstance(told, dict) else {})
        if (request_id := getattr(record, "request_id", None)) is not None:
            line["request_id"] = request_id
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        clean = {name: masked(value) if isinstance(value, str) else value for name, value in line.items()}
        return orjson.dumps(clean, default=str).decode()


def _line(level: str, name: str, event: str, told: dict[str, Any]) -> dict[str, Any]:
    return {"at": format_us(_clock.now_us()), "level": level.lower(), "logger": name, "event": event, **told}


def log_quickly(logger: logging.Logger, event: str, told: dict[str, Any]) -> None:
    """`logger.info(event, extra={"told": told})` for a line that every request writes: where only our own handler would get the record, the
    line is made without one.
    """
    handlers = logging.root.handlers
    if len(handlers) == 1 and isinstance(handlers[0], GatheredLines) and not logger.handlers:
        handlers[0].add(orjson.dumps(_line("INFO", logger.name, event, told), default=str).decode())
    else:
        logger.info(event, extra={"told": told})


class GatheredLines(logging.Handler):
    """Writes to `stream`, in the order of the lines."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self._stream = stream
        self._lines: deque[str] = deque()
        self._waiting = threading.Event()
        threading.Thread(target=self._write_on, name="jejak-logs", daemon=True).start()
        atexit.register(self.flush)

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self.add(self.format(record))
            if record.levelno >= logging.WARNING:
                self.flush()
        except Exception:
            self.handleError(record)

    def add(self, line: str) -> None:
        """For any thread."""
        self._lines.append(line)
        if len(self._lines) > _MOST_LINES:
            self.flush()
        elif not self._waiting.is_set():
            self._waiting.set()

    def flush(self) -> None:
        self.acquire()
        try:
            lines = [self._lines.popleft() for _ in range(len(self._lines))]
            if lines:
                self._stream.write("\n".join(lines) + "\n")
                self._stream.flush()
        finally:
            self.release()

    def _write_on(self) -> None:
        pause = threading.Event()
        while True:
            self._waiting.wait()
            pause.wait(_HELD_SECONDS)
            self._waiting.clear()
            try:
                self.flush()
            except (OSError, ValueError):  # nobody reads any more, or the stream is closed
                return


def configure_logs(level: str) -> None:
    """For the whole process."""
    handler = GatheredLines(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.getLogger("uvicorn.access").disabled = True
    # What no line of ours says need not be looked up for each (Python's documentation, "Logging HOWTO", "Optimization").
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    setattr(logging, "_srcfile", None)  # noqa: B010  # no part of the module's declared interface
