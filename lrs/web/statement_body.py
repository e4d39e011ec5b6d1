"""The body of a POST or PUT of statements: application/json, or multipart/mixed with attachments (xAPI-Communication 1.0.3, 1.5)."""

from __future__ import annotations

from dataclasses import dataclass

from lrs.errors import InvalidRequestError, TooLargeError
from lrs.services.attachments import ReceivedAttachment
from lrs.web.multipart import Part, PartLimits, boundary_of, media_type, parse_multipart

_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class StatementBody:
    """`json`: one statement or an array of them, unread; `attachments`: the parts after the first."""

    json: bytes
    attachments: tuple[ReceivedAttachment, ...] = ()


def read_statement_body(headers: dict[str, str], body: bytes, limits: PartLimits, attachment_bytes: int) -> StatementBody:
    """Raises InvalidRequestError (another content type: the suites want 400, not 415; malformed parts) and TooLargeError."""
    content_type = headers.get("content-type", "")
    if content_type == _JSON:
        return StatementBody(body)
    kind = media_type(content_type)
    if kind == _JSON:
        return StatementBody(body)
    if kind != "multipart/mixed":
        message = "statements are sent as application/json or multipart/mixed"
        raise InvalidRequestError(message, where="header Content-Type", clause="xAPI-Communication 1.5")
    first, *others = parse_multipart(body, boundary_of(content_type), limits)
    if media_type(first.headers.get("content-type", "")) != _JSON:
        raise InvalidRequestError("the first part is application/json", where="part 1", clause="xAPI-Communication 1.5.2")
    return StatementBody(
        first.content, tuple(_attachment(part, f"part {number}", attachment_bytes) for number, part in enumerate(others, start=2))
    )


def _attachment(part: Part, where: str, limit: int) -> ReceivedAttachment:
    if part.headers.get("content-transfer-encoding", "").lower() != "binary":
        raise InvalidRequestError("an attachment has Content-Transfer-Encoding: binary", where=where, clause="xAPI-Communication 1.5.2")
    digest = part.headers.get("x-experience-api-hash")
    if not digest:
        raise InvalidRequestError("an attachment has the header X-Experience-API-Hash", where=where, clause="xAPI-Communication 1.5.2")
    if len(part.content) > limit:
        raise TooLargeError(f"an attachment of more than {limit} bytes", where=where)
    return ReceivedAttachment(digest, part.content, part.headers.get("content-type", ""))
