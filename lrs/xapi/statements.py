"""The body of a request: one statement or an array of them (xAPI-Communication 1.0.3 2.1.2; 2.0 4.1.6.1)."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from lrs.errors import InvalidStatementError, TooLargeError
from lrs.xapi.quick import quick_parser
from lrs.xapi.statement import ParsedStatement, parse_statement
from lrs.xapi.strict_json import JsonLimits
from lrs.xapi.versions import Version

_RAWS = msgspec.json.Decoder(list[msgspec.Raw])
_SPACE = b" \t\r\n"


def parse_statements(body: bytes, version: Version, limits: JsonLimits, max_statements: int) -> list[ParsedStatement]:
    """One statement or an array of them. An error's `where` begins with `statements[i]` for those of an array.

    Raises InvalidStatementError (the first rule that is broken, or one id twice), TooLargeError.
    """
    body = body.strip(_SPACE)
    if not body.startswith(b"["):
        return [_parse(body, version, limits)]
    try:
        raws = _RAWS.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidStatementError("the body is not a JSON array of statements", clause="xAPI-Communication 2.1.2") from error
    if len(raws) > max_statements:
        raise TooLargeError(f"{len(raws)} statements are more than a batch may have ({max_statements})", where="statements")
    return list(_parse_each(raws, version, limits))


def _parse_each(raws: list[msgspec.Raw], version: Version, limits: JsonLimits) -> Iterator[ParsedStatement]:
    seen: set[str] = set()
    for index, raw in enumerate(raws):
        try:
            parsed = _parse(bytes(raw), version, limits)
        except InvalidStatementError as error:
            raise error.within(f"statements[{index}]") from error
        if parsed.id is not None:
            if parsed.id in seen:
                raise InvalidStatementError(
                    "two statements of this batch have one id", where=f"statements[{index}].id", clause="xAPI-Communication 2.1.2"
                )
            seen.add(parsed.id)
        yield parsed


def _parse(raw: bytes, version: Version, limits: JsonLimits) -> ParsedStatement:
    """The quick way where it goes."""
    return quick_parser(version, limits).parse(raw) or parse_statement(raw, version, limits)
