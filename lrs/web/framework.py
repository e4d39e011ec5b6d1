"""Our errors in the parts that run on FastAPI: the same shape and statuses as on the xAPI paths, 400 in place of 422."""

from __future__ import annotations

import logging
import os

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from lrs.errors import LrsError
from lrs.web.errors import body_of, error_body, headers_of, status_of

_log = logging.getLogger("jejak.web")


def install_errors(app: FastAPI) -> None:
    """Registers the handlers."""
    app.add_exception_handler(LrsError, _ours)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _framework)
    app.add_exception_handler(Exception, _unexpected)


async def _ours(request: Request, error: Exception) -> Response:
    assert isinstance(error, LrsError)
    return _answer(status_of(error), body_of(error, _request_id()), dict(headers_of(error)))


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    return _answer(400, error_body(400, str(first["msg"]), where=where, request_id=_request_id()), {})


async def _framework(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    body = error_body(error.status_code, str(error.detail), request_id=_request_id())
    return _answer(error.status_code, body, dict(error.headers or {}))


async def _unexpected(request: Request, error: Exception) -> Response:
    request_id = _request_id()
    _log.error("an error of our own", exc_info=error, extra={"request_id": request_id})
    body = error_body(500, "the server made a mistake; it is in its log under this request id", request_id=request_id)
    return _answer(500, body, {})


def _answer(status: int, body: bytes, headers: dict[str, str]) -> Response:
    return Response(body, status, headers, media_type="application/json")


def _request_id() -> str:
    return os.urandom(8).hex()
