"""Lines of the log: one JSON object each, in order, none lost."""

from __future__ import annotations

import io
import json
import logging
import threading
import time
from collections.abc import Iterator

import pytest

from jejak.logs import GatheredLines, JsonLines, log_quickly


@pytest.fixture
def root() -> Iterator[logging.Logger]:
    """The root logger with no handler of pytest's."""
    logger = logging.getLogger()
    handlers, level = logger.handlers[:], logger.level
    logger.handlers.clear()
    logger.setLevel(logging.INFO)
    yield logger
    logger.handlers[:] = handlers
    logger.setLevel(level)


def _gathered(root: logging.Logger) -> tuple[io.StringIO, GatheredLines]:
    stream = io.StringIO()
    handler = GatheredLines(stream)
    handler.setFormatter(JsonLines())
    root.addHandler(handler)
    return stream, handler


def _lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_without_urgency_is_written_within_a_moment(root: logging.Logger) -> None:
    stream, _ = _gathered(root)
    root.info("soon")
    deadline = time.monotonic() + 10
    while not stream.getvalue() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert [line["event"] for line in _lines(stream)] == ["soon"]


def test_a_warning_is_written_at_once_with_all_that_came_before_it(root: logging.Logger) -> None:
    stream, _ = _gathered(root)
    for number in range(50):
        root.info("line %d", number)
    root.warning("now")
    assert [line["event"] for line in _lines(stream)] == [*(f"line {number}" for number in range(50)), "now"]


def test_a_quick_line_is_the_line_that_the_logger_would_have_made(root: logging.Logger) -> None:
    stream, handler = _gathered(root)
    logger, told = logging.getLogger("jejak.access"), {"method": "GÉT", "status": 200, "provider": 'a"b'}
    log_quickly(logger, "answered", told)
    logger.info("answered", extra={"told": told})
    handler.flush()
    quick, usual = _lines(stream)
    assert quick.keys() == usual.keys()
    assert {**quick, "at": ""} == {**usual, "at": ""}


def test_where_others_listen_a_quick_line_goes_through_the_logger(root: logging.Logger) -> None:
    stream, handler = _gathered(root)
    seen: list[logging.LogRecord] = []
    other = logging.Handler()
    setattr(other, "emit", seen.append)  # noqa: B010
    root.addHandler(other)
    log_quickly(logging.getLogger("jejak.access"), "answered", {"status": 200})
    handler.flush()
    assert [record.getMessage() for record in seen] == ["answered"]
    assert len(_lines(stream)) == 1


def test_lines_of_many_threads_are_all_written(root: logging.Logger) -> None:
    stream, handler = _gathered(root)

    def write(name: str) -> None:
        for number in range(2_000):
            log_quickly(root, f"{name} {number}", {})

    threads = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    handler.flush()
    events = [str(line["event"]) for line in _lines(stream)]
    assert len(events) == len(set(events)) == 8_000
    assert [event for event in events if event.startswith("a ")] == [f"a {number}" for number in range(2_000)]
