"""multipart/mixed both ways (xAPI-Communication 1.0.3, 1.5.2; RFC 2046, 5.1), on bytes, by delimiter lines."""

from __future__ import annotations

import re
import secrets
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from email.message import Message

from lrs.errors import InvalidRequestError, TooLargeError

_CLAUSE = "xAPI-Communication 1.5.2"
_BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]")
_FIRST = b"Content-Type: application/json\r\n\r\n"
_LONGEST_TYPE = 1_000  # characters of a Content-Type: parsing one takes time by their square
_HEADER_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
# What we let stand in a header that we write; anything else becomes application/octet-stream, so that no statement can write headers of
# ours.
_CONTENT_TYPE = re.compile(r"[\w!#$&^.+-]+/[\w!#$&^.+-]+(?:[ \t]*;[ \t]*[\w!#$&^.+-]+=(?:[\w!#$&^.+:/-]+|\"[ !#-\[\]-~]*\"))*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Part:
    """One part: header names in lower case, content byte for byte."""

    headers: dict[str, str]
    content: bytes


@dataclass(frozen=True, slots=True)
class PartLimits:
    """`parts`: how many a request may have, the first included; `header_bytes`: of each part's headers (ours are three short lines)."""

    parts: int = 1_001
    header_bytes: int = 8_192


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An attachment to be sent, of `size` bytes. `content` is opened when its turn comes."""

    digest: str
    content_type: str
    size: int
    content: AsyncIterator[bytes]


def media_type(content_type: str) -> str:
    """`type/subtype` in lower case, without parameters."""
    return content_type.split(";", 1)[0].strip().lower()


def boundary_of(content_type: str) -> bytes:
    """The boundary that a multipart Content-Type names. Raises InvalidRequestError."""
    message = Message()
    message["content-type"] = content_type.replace("\r", " ").replace("\n", " ")
    boundary = message.get_param("boundary") if len(content_type) <= _LONGEST_TYPE else None
    if not isinstance(boundary, str) or not _BOUNDARY.fullmatch(boundary):
        raise InvalidRequestError("multipart/mixed needs a boundary of 1 to 70 characters", where="header Content-Type", clause=_CLAUSE)
    return boundary.encode("ascii")


def parse_multipart(body: bytes, boundary: bytes, limits: PartLimits) -> list[Part]:
    """The parts in order, at least one; what stands before the first delimiter and after the last is passed over (RFC 2046, 5.1.1).

    Raises InvalidRequestError (no delimiter, no closing delimiter, bad part headers) and TooLargeError (parts, header bytes).
    """
    parts: list[Part] = []
    for start, end in _spans(body, b"--" + boundary):
        if len(parts) >= limits.parts:
            raise TooLargeError(f"more than {limits.parts} parts in a request", clause=_CLAUSE)
        parts.append(_parse_part(body, start, end, limits, f"part {len(parts) + 1}"))
    if not parts:
        raise InvalidRequestError("the body has no part within its boundary", where="body", clause=_CLAUSE)
    return parts


def _spans(body: bytes, dashed: bytes) -> Iterator[tuple[int, int]]:
    """Start and end of what lies between delimiter lines; the line end before a delimiter belongs to the delimiter."""
    start = -1
    for begin, end, closing in _delimiters(body, dashed):
        if start >= 0:
            # Two delimiters may share one line end, around a part of no bytes at all.
            yield start, max(start, begin)
        if closing:
            return
        start = end
    raise InvalidRequestError("the body ends without the closing delimiter", where="body", clause=_CLAUSE)


def _delimiters(body: bytes, dashed: bytes) -> Iterator[tuple[int, int, bool]]:
    """Each delimiter line: where it begins (at its leading line end), where the next part begins, whether it is the last."""
    at = 0
    while (at := body.find(dashed, at)) >= 0:
        after = at + len(dashed)
        if at == 0 or body[at - 2 : at] == b"\r\n":
            begin = max(0, at - 2)
            if body[after : after + 2] == b"--":
                yield begin, after + 2, True
            line_end = body.find(b"\r\n", after)
            if line_end >= 0 and not body[after:line_end].strip(b" \t"):
                yield begin, line_end + 2, False
        at = after


def _parse_part(body: bytes, start: int, end: int, limits: PartLimits, where: str) -> Part:
    if body[start : start + 2] == b"\r\n":
        return Part({}, body[start + 2 : end])
    blank = body.find(b"\r\n\r\n", start, end)
    if blank < 0:
        raise InvalidRequestError("the part has no blank line after its headers", where=where, clause=_CLAUSE)
    if blank - start > limits.header_bytes:
        raise TooLargeError(f"more than {limits.header_bytes} bytes of headers in a part", where=where, clause=_CLAUSE)
    return Part(_parse_headers(body[start:blank], where), body[blank + 4 : end])


def _parse_headers(block: bytes, where: str) -> dict[str, str]:
    headers: dict[str, str] = {}
    for line in block.decode("latin-1").split("\r\n"):
        name, colon, value = line.partition(":")
        name = name.lower()
        if not colon or not _HEADER_NAME.fullmatch(name):
            raise InvalidRequestError("a header of the part is not of the form `Name: value`", where=where, clause=_CLAUSE)
        if name in headers:
            raise InvalidRequestError(f"the part has its header {name} twice", where=where, clause=_CLAUSE)
        headers[name] = value.strip(" \t")
    return headers


def new_boundary() -> str:
    """128 random bits in hex: it cannot be in the content of anybody who has not seen it, and needs no quotes."""
    return secrets.token_hex(16)


async def write_multipart(boundary: str, first: bytes, attachments: list[Outgoing]) -> AsyncIterator[bytes]:
    """The answer to `attachments=true`: the JSON, then each attachment with its hash, in pieces as they come from the store."""
    delimiter = f"--{boundary}\r\n".encode("ascii")
    yield delimiter + _FIRST + first + b"\r\n"
    for attachment in attachments:
        yield delimiter + _headers_of(attachment)
        async for piece in attachment.content:
            yield piece
        yield b"\r\n"
    yield f"--{boundary}--\r\n".encode("ascii")


def multipart_length(boundary: str, first: bytes, attachments: list[Outgoing]) -> int:
    """How many bytes `write_multipart` will yield: so the answer needs no chunks, which HTTP/1.0 does not know (RFC 9112 6.1)."""
    delimiter = len(boundary) + 4
    parts = sum(delimiter + len(_headers_of(one)) + one.size + 2 for one in attachments)
    return delimiter + len(_FIRST) + len(first) + 2 + parts + delimiter + 2


def _headers_of(attachment: Outgoing) -> bytes:
    content_type = attachment.content_type
    if len(content_type) > _LONGEST_TYPE or _CONTENT_TYPE.fullmatch(content_type) is None:
        content_type = "application/octet-stream"
    lines = f"Content-Type: {content_type}\r\nContent-Transfer-Encoding: binary\r\nX-Experience-API-Hash: {attachment.digest}\r\n\r\n"
    return lines.encode("ascii")
