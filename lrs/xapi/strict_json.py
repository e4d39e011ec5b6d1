"""JSON as the specification means it (RFC 8259, xAPI-Data 1.0.3 2.1-2.2): what a lenient parser lets through is refused here.

Refused: other encodings than UTF-8, duplicate keys, NaN and Infinity, lone surrogates, deep nesting, numbers of absurd length.
Kept: every other number, 1e400 and thirty digits too, since nothing is re-encoded.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

import msgspec
import orjson

from lrs.errors import InvalidStatementError, TooLargeError

_CLAUSE = "RFC 8259"
_NUMBER_BYTES = frozenset(b"0123456789+-.eE")
_SURROGATE = re.compile("[\ud800-\udfff]")
_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_NO_BRACKETS = bytes(byte for byte in range(256) if byte not in b"{}[]")
_WRITTEN_NUMBER = 40  # characters: orjson writes none that is longer
_ESCAPED_COLON = b"\\u003"  # \u003a, either case of the a; rare enough to look twice at all of them


@dataclass(frozen=True, slots=True)
class JsonLimits:
    """`nesting`: objects and arrays inside each other (a statement needs about ten). `number_chars`: characters of one number.

    `size`: bytes of one statement or document (most have 1 to 4 KB; parsed, a hostile one takes forty times its bytes in memory).
    """

    nesting: int = 100
    number_chars: int = 1000
    size: int = 4_000_000


def check_json(raw: bytes, limits: JsonLimits = JsonLimits()) -> None:  # frozen value
    """Raises InvalidStatementError when `raw` is not strict JSON, TooLargeError when it is too long to look at.

    The quick way first: the document is parsed and written again by orjson. When the copy is the same, byte for byte, there is no duplicate
    key in it and no long number. When it is not, for white space or other ways to write a string or a number: a duplicate key makes the
    copy lose a colon, so with equal counts there is none (an escaped colon in a string would be written plain: then the slow way decides).
    Few brackets cannot nest deeply.
    """
    if len(raw) > limits.size:
        raise TooLargeError(f"a statement or document of JSON of more than {limits.size} bytes")
    try:
        copy = orjson.dumps(orjson.loads(raw))
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        load_json(raw, limits)
        return
    as_written = copy == raw and limits.number_chars >= _WRITTEN_NUMBER
    if raw.count(b"{") + raw.count(b"[") > limits.nesting or (not as_written and _is_doubtful(raw, copy, limits)):
        load_json(raw, limits)


def _is_doubtful(raw: bytes, copy: bytes, limits: JsonLimits) -> bool:
    return raw.count(b":") != copy.count(b":") or _ESCAPED_COLON in raw or _may_have_long_number(raw, limits.number_chars)


def load_json(raw: bytes, limits: JsonLimits = JsonLimits()) -> Any:  # frozen value
    """The parsed document, numbers exact (see `_exact`): the slow look. Raises InvalidStatementError."""
    if raw.startswith(b"\xef\xbb\xbf"):
        _refuse("the document begins with a byte order mark")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        _refuse("the document is not UTF-8")
    _check_nesting(text, limits.nesting)

    def number(digits: str) -> int | Decimal | msgspec.Raw:
        if len(digits) > limits.number_chars:
            _refuse(f"a number has more than {limits.number_chars} characters")
        return _exact(digits)

    try:
        document = json.loads(text, object_pairs_hook=_unique, parse_int=number, parse_float=number, parse_constant=_constant)
    except (json.JSONDecodeError, RecursionError) as error:
        where = f"character {error.pos}" if isinstance(error, json.JSONDecodeError) else ""
        raise InvalidStatementError("the document is not JSON", where=where, clause=_CLAUSE) from error
    if "\\u" in text:
        _check_surrogates(document)
    return document


def _exact(digits: str) -> int | Decimal | msgspec.Raw:
    """The number itself; its bytes, which are the same as no text's, where the exponent is past what Decimal holds."""
    if digits.lstrip("-").isdigit():
        return int(digits)
    try:
        return Decimal(digits)
    except InvalidOperation:
        return msgspec.Raw(digits.encode())


def _check_nesting(text: str, most: int) -> None:
    """Counts the brackets outside strings. (Where a string does not end the count may be wrong; then the text is no JSON anyway.)"""
    depth = 0
    for bracket in _STRING.sub("", text).encode().translate(None, _NO_BRACKETS):
        if bracket in b"{[":
            depth += 1
            if depth > most:
                _refuse(f"the document nests deeper than {most}")
        else:
            depth -= 1


def _may_have_long_number(raw: bytes, chars: int) -> bool:
    """Whether some number may be longer than `chars`: then two neighbouring samples, half of that apart, lie in it."""
    samples = raw[:: max(1, chars // 2)]
    before = False
    for byte in samples:
        now = byte in _NUMBER_BYTES
        if now and before:
            return re.search(rb"[-+.0-9eE]{%d}" % (chars + 1), raw) is not None
        before = now
    return False


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                _refuse(f"the key {json.dumps(name[:100])} stands twice in one object")
            seen.add(name)
    return members


def _constant(name: str) -> NoReturn:
    _refuse(f"{name} is no JSON number")


def _check_surrogates(document: Any) -> None:
    waiting = [document]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            if _SURROGATE.search(value):
                _refuse("a string has half of a surrogate pair")
        elif isinstance(value, dict):
            waiting += [*value, *value.values()]
        elif isinstance(value, list):
            waiting += value


def _refuse(message: str) -> NoReturn:
    raise InvalidStatementError(message, clause=_CLAUSE)
