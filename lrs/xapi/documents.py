"""What may be done to a document, as pure decisions (xAPI-Communication 1.0.3 2.2-2.7, 3.1; 2.0 4.1.4, 4.1.6.2-4.1.6.6).

Each function yields a decision over the document now there: it answers the (content, content type) to be there afterwards, None for none,
or raises.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import msgspec

from lrs.errors import ConflictError, InvalidRequestError, InvalidStatementError, PreconditionFailedError
from lrs.xapi.strict_json import JsonLimits, check_json
from lrs.xapi.versions import Version

_CLAUSE = "xAPI-Communication 3.1"


class Present(Protocol):
    """The document now there."""

    @property
    def content(self) -> bytes: ...
    @property
    def content_type(self) -> str: ...
    @property
    def etag(self) -> str: ...


Decision = Callable[[Present | None], tuple[bytes, str] | None]


@dataclass(frozen=True, slots=True)
class Preconditions:
    """The headers If-Match and If-None-Match as sent, None where absent."""

    if_match: str | None = None
    if_none_match: str | None = None

    def check(self, present: Present | None) -> None:
        """Raises PreconditionFailedError when one does not hold (RFC 9110 13.1)."""
        if self.if_match is not None and (present is None or not _names(self.if_match, present)):
            raise PreconditionFailedError("the document is not the one that If-Match names", where="header If-Match", clause=_CLAUSE)
        if self.if_none_match is not None and present is not None and _names(self.if_none_match, present):
            raise PreconditionFailedError("there is a document that If-None-Match excludes", where="header If-None-Match", clause=_CLAUSE)

    @property
    def none(self) -> bool:
        return self.if_match is None and self.if_none_match is None


def is_known_already(preconditions: Preconditions, present: Present) -> bool:
    """For reading: whether the caller has this very document (RFC 9110 13.2.2). Raises PreconditionFailedError where If-Match says so."""
    if preconditions.if_match is not None:
        Preconditions(if_match=preconditions.if_match).check(present)
    return preconditions.if_none_match is not None and _names(preconditions.if_none_match, present)


def put_decision(version: Version, preconditions: Preconditions, content: bytes, content_type: str, *, profile: bool) -> Decision:
    """Replaces. Without a precondition 2.0 refuses to overwrite anything, 1.0.3 to write a profile at all."""

    def decide(present: Present | None) -> tuple[bytes, str]:
        preconditions.check(present)
        if preconditions.none and (profile or version is Version.V2):
            if present is not None:
                raise ConflictError(
                    "there is a document already: read it, then send its ETag as If-Match to replace it",
                    where="header If-Match",
                    clause=_CLAUSE,
                )
            if version is Version.V1:
                raise InvalidRequestError(
                    "a profile is written with If-Match, or If-None-Match: *", where="header If-Match", clause=_CLAUSE
                )
        return content, content_type

    return decide


def post_decision(preconditions: Preconditions, content: bytes, content_type: str, limits: JsonLimits = JsonLimits()) -> Decision:  # noqa: B008  # frozen value
    """Merges the top level of two JSON objects; stores what is sent where there is nothing. Raises InvalidRequestError at once for
    broken JSON, TooLargeError for JSON that is too long to look at.
    """
    added = _json_object(content, "body", limits) if is_json(content_type) else None

    def decide(present: Present | None) -> tuple[bytes, str]:
        preconditions.check(present)
        if present is None:
            return content, content_type
        if added is None or not is_json(present.content_type):
            raise InvalidRequestError(
                "only JSON documents (application/json) can be merged; PUT replaces",
                where="header Content-Type",
                clause="xAPI-Communication 2.2",
            )
        merged = _json_object(present.content, "the document", limits) | added
        return msgspec.json.encode(merged), "application/json"

    return decide


def delete_decision(preconditions: Preconditions) -> Decision:
    """Deletes; nothing to delete is fine."""

    def decide(present: Present | None) -> None:
        preconditions.check(present)

    return decide


def is_json(content_type: str) -> bool:
    """Whether a content type is application/json, parameters aside."""
    return content_type.partition(";")[0].strip().lower() == "application/json"


def _json_object(content: bytes, where: str, limits: JsonLimits) -> dict[str, msgspec.Raw]:
    try:
        check_json(content, limits)
        return msgspec.json.decode(content, type=dict[str, msgspec.Raw])
    except (msgspec.MsgspecError, InvalidStatementError) as error:
        raise InvalidRequestError("this is not a JSON object", where=where, clause="xAPI-Communication 2.2") from error


def _names(header: str, present: Present) -> bool:
    """Whether a list of entity tags has the document's, or is `*`."""
    tags = [tag.strip().removeprefix("W/").strip('"') for tag in header.split(",")]
    return header.strip() == "*" or present.etag in tags
