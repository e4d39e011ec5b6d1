"""Alternate Request Syntax (xAPI-Communication 1.0.3 1.3): a POST whose form holds what headers, query and body would. 2.0 has done
away with it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlencode

from lrs.errors import InvalidRequestError, TooLargeError
from lrs.web.params import read_params
from lrs.xapi.versions import HEADER, Version, parse_version_header

_CLAUSE = "xAPI-Communication 1.3"
_METHODS = ("GET", "HEAD", "PUT", "POST", "DELETE")
_HEADERS = frozenset(
    (
        "authorization",
        "content-type",
        "content-length",
        "if-match",
        "if-none-match",
        "accept",
        "accept-language",
        HEADER.lower(),
        "user-agent",
    )
)


_HEADER_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")  # RFC 9110 5.5: nothing that could end the header and begin another


@dataclass(frozen=True, slots=True)
class Unfolded:
    """The request that the form stands for; `headers` are those of the form over those of the request."""

    method: str
    params: list[tuple[str, str]]
    headers: dict[str, str]
    body: bytes


def is_alternate(method: str, params: list[tuple[str, str]]) -> bool:
    """Whether a request is written in this syntax. Raises InvalidRequestError for `method` on anything but a POST."""
    if not any(name == "method" for name, _ in params):
        return False
    if method != "POST":
        raise InvalidRequestError("only a POST may have the parameter method", where="parameter method", clause=_CLAUSE)
    return True


def unfold(params: list[tuple[str, str]], headers: dict[str, str], body: bytes, most: int) -> Unfolded:
    """The request meant; its parameters would be a query of at most `most` bytes. Raises InvalidRequestError, TooLargeError."""
    if len(params) != 1:
        raise InvalidRequestError("beside method the query must be empty: parameters stand in the form", where="query", clause=_CLAUSE)
    method = params[0][1]
    if method not in _METHODS:
        raise InvalidRequestError("method must be one of " + ", ".join(_METHODS), where="parameter method", clause=_CLAUSE)
    form = read_params(body.strip())
    inner = _headers(form)
    named = headers.get(HEADER.lower()) or inner.get(HEADER.lower())
    if parse_version_header(named) is not Version.V1:
        raise InvalidRequestError("xAPI 2.0 has no alternate request syntax", where="parameter method", clause="IEEE 9274.1.1 4.1")
    content = [value for name, value in form if name == "content"]
    if len(content) > 1 or (method in ("PUT", "POST") and not content):
        raise InvalidRequestError("the form needs one field content", where="form field content", clause=_CLAUSE)
    if content:
        inner.setdefault("content-type", "application/json")  # old browsers' clients send no other and do not say so
    outer = {name: value for name, value in headers.items() if name not in ("content-type", "content-length")}
    meant = [(name, value) for name, value in form if name.lower() not in _HEADERS and name != "content"]
    if len(urlencode(meant)) > most:  # as they would be in a query, for instance that of a `more` link
        raise TooLargeError(f"the parameters have more than {most} bytes", where="form", clause=_CLAUSE)
    return Unfolded(method, meant, outer | inner, content[0].encode("utf-8") if content else b"")


def _headers(form: list[tuple[str, str]]) -> dict[str, str]:
    """The fields that stand for headers, by lower-case name. Raises InvalidRequestError for one that cannot be a header or stands twice."""
    headers: dict[str, str] = {}
    for name, value in form:
        key = name.lower()
        if key not in _HEADERS:
            continue
        if key in headers or _HEADER_VALUE.fullmatch(value) is None:
            raise InvalidRequestError("this field cannot be a header, or stands twice", where=f"form field {name}", clause=_CLAUSE)
        headers[key] = value.strip(" \t")
    return headers
