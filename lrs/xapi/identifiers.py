"""UUIDs in their canonical text form only (RFC 4122 section 3; xAPI-Data 1.0.3 2.4.1)."""

from __future__ import annotations

import re

from lrs.errors import InvalidRequestError
from lrs.xapi.rule import broken

_UUID = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")


def is_uuid(text: str) -> bool:
    """36 characters; no braces, no `urn:uuid:`."""
    return len(text) == 36 and _UUID.fullmatch(text) is not None


def require_uuid(member: str, text: object, clause: str) -> None:
    """For rules: raises when a member that is there is no UUID."""
    if isinstance(text, str) and not is_uuid(text):
        raise broken(member, f"{member} must be a UUID of 36 characters", clause)


def parse_uuid(text: str, where: str) -> str:
    """For parameters: lower-case, or InvalidRequestError."""
    if not is_uuid(text):
        raise InvalidRequestError("this must be a UUID of 36 characters", where=where, clause="xAPI-Data 2.4.1")
    return text.lower()
