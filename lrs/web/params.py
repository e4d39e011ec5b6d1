"""Query parameters: decoded strictly, unknown and repeated ones refused (xAPI-Communication 1.0.3 3.2; XAPI-00324)."""

from __future__ import annotations

from urllib.parse import parse_qsl

from lrs.errors import InvalidRequestError

_MOST = 50  # parameters of a request: the resources know fourteen at most


def read_params(query: bytes) -> list[tuple[str, str]]:
    """The query, decoded as UTF-8, in order. Raises InvalidRequestError."""
    if not query:
        return []
    try:
        return parse_qsl(query.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=_MOST)
    except (UnicodeDecodeError, ValueError) as error:
        raise InvalidRequestError("the query is not UTF-8, or has too many parameters", where="query") from error


def known_params(params: list[tuple[str, str]], required: tuple[str, ...], optional: tuple[str, ...] = ()) -> dict[str, str]:
    """The parameters by name. Raises InvalidRequestError for one that is unknown, repeated or missing."""
    found: dict[str, str] = {}
    for name, value in params:
        if name not in required and name not in optional:
            raise InvalidRequestError(
                "this resource has no such parameter", where=f"parameter {name[:60]}", clause="xAPI-Communication 3.2"
            )
        if name in found:
            raise InvalidRequestError("this parameter stands twice", where=f"parameter {name}", clause="xAPI-Communication 3.2")
        found[name] = value
    for name in required:
        if name not in found:
            raise InvalidRequestError("this parameter is required", where=f"parameter {name}", clause="xAPI-Communication 2")
    return found
