"""Logs: one JSON object a line on standard error, from every logger."""

from __future__ import annotations

import logging

import orjson

from lrs.clock import SystemClock, format_us
from lrs.masking import masked


class JsonLines(logging.Formatter):
    """`extra={"told": {…}}` becomes members; nothing else of a record does. Numbers of persons are masked, in tracebacks too."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": format_us(SystemClock().now_us()),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        told = getattr(record, "told", None)
        if isinstance(told, dict):
            line |= told
        if (request_id := getattr(record, "request_id", None)) is not None:
            line["request_id"] = request_id
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        clean = {name: masked(value) if isinstance(value, str) else value for name, value in line.items()}
        return orjson.dumps(clean, default=str).decode()


def configure_logs(level: str) -> None:
    """For the whole process."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.getLogger("uvicorn.access").disabled = True
