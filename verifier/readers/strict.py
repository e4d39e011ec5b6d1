"""Strict reading: what two readers could understand in two ways is refused."""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import Any, NoReturn

from verifier.errors import UnreadableError
from verifier.readers.presented import DEEPEST, Json

_BRACKETS = re.compile(r"[\[\]{}]")


def read_object(content: bytes) -> Json:
    """A JSON object in UTF-8: no member twice, no NaN, not too deep. Raises UnreadableError."""
    try:
        text = content.decode("utf-8")
        _check_depth(text)
        value = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
        json.dumps(value, ensure_ascii=False).encode("utf-8")  # a lone surrogate has no UTF-8
    except (ValueError, RecursionError) as error:
        raise UnreadableError("this is no JSON that everybody would read in the same way", damaged=True) from error
    if not isinstance(value, dict):
        raise UnreadableError("this is no JSON object", damaged=True)
    return value


def read_base64url(text: str) -> bytes:
    """Without padding, and in the one way in which these bytes are written. Raises UnreadableError."""
    try:
        content = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (ValueError, binascii.Error) as error:
        raise UnreadableError("a part of the token is not base64url", damaged=True) from error
    if base64.urlsafe_b64encode(content).rstrip(b"=").decode("ascii") != text:
        raise UnreadableError("a part of the token is written in another way than its issuer would", damaged=True)
    return content


def _once(pairs: list[tuple[str, Any]]) -> Json:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member twice")
    return members


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _check_depth(text: str) -> None:
    """Counts brackets, in strings too: a text that has so many of them is none of ours."""
    depth = 0
    for bracket in _BRACKETS.findall(text):
        if bracket in "{[":
            depth += 1
            if depth > DEEPEST:
                raise ValueError("too deep")
        else:
            depth -= 1
