"""The one table from error class to status, and the one shape that an error has everywhere.

{"error": {"message": "…", "where": "statements[3].actor.mbox", "clause": "xAPI-Data 2.4.2.3", "status": 400, "requestId": "…"}}
"""

from __future__ import annotations

import json

import lrs.errors as errors
from lrs.masking import masked

_STATUSES: tuple[tuple[type[errors.LrsError], int], ...] = (
    (errors.UnauthorizedError, 401),
    (errors.ForbiddenError, 403),
    (errors.NotFoundError, 404),
    (errors.MethodNotAllowedError, 405),
    (errors.ConflictError, 409),
    (errors.PreconditionFailedError, 412),
    (errors.TooLargeError, 413),
    (errors.UnsupportedMediaTypeError, 415),
    (errors.TooManyRequestsError, 429),
    (errors.SenderError, 400),
    (errors.OperatorError, 503),
)
_CHALLENGES = {"Basic": 'Basic realm="Jejak", charset="UTF-8"', "Bearer": 'Bearer realm="Jejak"'}


def status_of(error: errors.LrsError) -> int:
    """The HTTP status of an error."""
    return next(status for kind, status in _STATUSES if isinstance(error, kind))


def headers_of(error: errors.LrsError) -> list[tuple[str, str]]:
    """The headers that an error's status asks for (RFC 9110)."""
    if isinstance(error, errors.UnauthorizedError):
        mark = ', error="invalid_token"' if error.bad_token else ""  # RFC 6750 3.1
        return [("WWW-Authenticate", _CHALLENGES[scheme] + (mark if scheme == "Bearer" else "")) for scheme in error.schemes]
    if isinstance(error, errors.MethodNotAllowedError):
        return [("Allow", ", ".join(error.allowed))]
    if isinstance(error, errors.UnsupportedMediaTypeError):
        return [("Accept-Encoding", "identity")]  # RFC 9110 15.5.16
    if isinstance(error, errors.TooManyRequestsError | errors.StoreUnavailableError | errors.ServiceUnavailableError):
        return [("Retry-After", str(error.retry_after))]
    return []


def error_body(status: int, message: str, *, where: str = "", clause: str = "", scope: str = "", request_id: str = "") -> bytes:
    """The body of an error answer, as JSON."""
    told = {"message": masked(message), "where": masked(where), "clause": clause, "scope": scope, "status": status, "requestId": request_id}
    return json.dumps({"error": {name: value for name, value in told.items() if value != ""}}, ensure_ascii=True).encode("ascii")


def body_of(error: errors.LrsError, request_id: str) -> bytes:
    """As `error_body`, from an error of ours."""
    where = error.where if isinstance(error, errors.SenderError) else ""
    clause = error.clause if isinstance(error, errors.SenderError) else ""
    scope = error.scope if isinstance(error, errors.ForbiddenError) else ""
    return error_body(status_of(error), error.message, where=where, clause=clause, scope=scope, request_id=request_id)
