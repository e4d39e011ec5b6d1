"""Our errors in the parts that run on FastAPI: the same shape and statuses as on the xAPI paths, 400 in place of 422."""

from __future__ import annotations

import logging
import os

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import Match

from lrs.errors import LrsError, UnsupportedMediaTypeError
from lrs.web.errors import body_of, error_body, headers_of, status_of

REQUEST_ID = "jejak.request_id"  # where whoever calls the application puts the request's id, in the scope
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
_log = logging.getLogger("jejak.web")


def install_errors(app: FastAPI) -> None:
    """Registers the handlers."""
    app.add_exception_handler(LrsError, _ours)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _framework)
    app.add_exception_handler(Exception, _unexpected)


async def _ours(request: Request, error: Exception) -> Response:
    assert isinstance(error, LrsError)
    return _answer(status_of(error), body_of(error, _request_id(request)), dict(headers_of(error)))


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    if first["loc"] == ("body",) and not _is_json(request):
        return await _ours(request, UnsupportedMediaTypeError("the body must be application/json", where="header Content-Type"))
    where = ".".join(str(part) for part in first["loc"])
    return _answer(400, error_body(400, str(first["msg"]), where=where, request_id=_request_id(request)), {})


async def _framework(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    body = error_body(error.status_code, str(error.detail), request_id=_request_id(request))
    headers = dict(error.headers or {})
    if error.status_code == 405:
        headers["Allow"] = ", ".join(_allowed(request))
    return _answer(error.status_code, body, headers)


async def _unexpected(request: Request, error: Exception) -> Response:
    request_id = _request_id(request)
    _log.error("an error of our own", exc_info=error, extra={"request_id": request_id})
    body = error_body(500, "the server made a mistake; it is in its log under this request id", request_id=request_id)
    return _answer(500, body, {})


def _allowed(request: Request) -> list[str]:
    """What the path does, all its routes together (the framework itself names those of the first only); HEAD wherever GET."""
    routes = request.app.router.routes
    found = [one for one in _METHODS if any(route.matches({**request.scope, "method": one})[0] is Match.FULL for route in routes)]
    return [*found, "HEAD"] if "GET" in found and "HEAD" not in found else found


def _is_json(request: Request) -> bool:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower() == "application/json"


def _answer(status: int, body: bytes, headers: dict[str, str]) -> Response:
    return Response(body, status, headers, media_type="application/json")


def _request_id(request: Request) -> str:
    return str(request.scope.get(REQUEST_ID) or os.urandom(8).hex())
