"""Attachments of statements: what came with a request against what its statements declare, and what may go out with an answer.

Walls. The bytes lie in one place by digest, and a digest is no secret. So a statement is found by one more term for each attachment whose
bytes came with it (`digest_term`), and bytes go out only where a statement within the reader's wall has that term: naming a digest opens
nothing.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass

import msgspec

from lrs.errors import InvalidRequestError
from lrs.ports import AttachmentContent, AttachmentStore, Condition, StatementQuery, StatementStore, Wall
from lrs.xapi.statement import ParsedStatement

_CLAUSE = "xAPI-Communication 1.5.2"
_ALGORITHMS = {64: "sha256", 96: "sha384", 128: "sha512"}
# Hashing this much takes about a millisecond; more is done off the event loop.
_HASH_INLINE_BYTES = 512 * 1024


@dataclass(frozen=True, slots=True)
class ReceivedAttachment:
    """One part of a request: `sha2` as its header says, `content` byte for byte."""

    sha2: str
    content: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class HeldAttachment:
    """One whose bytes we hold and the reader may see; `content_type` is the statement's word."""

    digest: str
    content_type: str
    size: int


def digest_term(digest: str) -> str:
    """The term of a statement whose request brought the bytes with that SHA-2.

    It is of the registrations' kind, which stores treat as the rarest, and cannot be one: no parameter that is a UUID ever asks for it.
    """
    return f"rsha2:{digest}"


async def match_attachments(statements: Sequence[ParsedStatement], received: Sequence[ReceivedAttachment]) -> dict[str, AttachmentContent]:
    """What came, by digest, each once.

    Raises InvalidRequestError: a digest differs from the bytes received (1.5.2, s2.b3), a part that no statement declares (1.5.1, s1.b2), a
    declared attachment that has neither `fileUrl` nor a part in this very request (Data 2.4.11).
    """
    if sum(len(one.content) for one in received) > _HASH_INLINE_BYTES:
        found = await asyncio.to_thread(_check_digests, received)
    else:
        found = _check_digests(received)
    declared = Counter(attachment.sha2.lower() for parsed in statements for attachment in parsed.attachments)
    _refuse_surplus(declared, Counter(one.sha2.lower() for one in received))
    _refuse_missing(statements, found)
    return found


def _check_digests(received: Sequence[ReceivedAttachment]) -> dict[str, AttachmentContent]:
    found: dict[str, AttachmentContent] = {}
    for number, one in enumerate(received, start=2):
        claimed = one.sha2.lower()
        algorithm = _ALGORITHMS.get(len(claimed))
        if algorithm is None or hashlib.new(algorithm, one.content).hexdigest() != claimed:
            message = "X-Experience-API-Hash is not the SHA-256, SHA-384 or SHA-512 of the part's bytes"
            raise InvalidRequestError(message, where=f"part {number}", clause=_CLAUSE)
        found[claimed] = AttachmentContent(claimed, one.content, one.content_type)
    return found


def _refuse_surplus(declared: Counter[str], received: Counter[str]) -> None:
    for digest, count in received.items():
        if count > declared[digest]:
            raise InvalidRequestError(f"a part that no statement declares: {digest}", where="body", clause="xAPI-Communication 1.5.1")


def _refuse_missing(statements: Sequence[ParsedStatement], found: dict[str, AttachmentContent]) -> None:
    for index, parsed in enumerate(statements):
        for attachment in parsed.attachments:
            if attachment.file_url is msgspec.UNSET and attachment.sha2.lower() not in found:
                where = f"statements[{index}].attachments" if len(statements) > 1 else "attachments"
                message = f"the attachment {attachment.sha2.lower()} has neither a fileUrl nor a part in this request"
                raise InvalidRequestError(message, where=where, clause="xAPI-Data 2.4.11")


class _Declared(msgspec.Struct, frozen=True):
    sha2: str
    contentType: str


class _SubStatement(msgspec.Struct, frozen=True):
    attachments: tuple[_Declared, ...] = ()


class _Holder(msgspec.Struct, frozen=True):
    attachments: tuple[_Declared, ...] = ()
    object: _SubStatement = _SubStatement()


_holder_decoder = msgspec.json.Decoder(_Holder)


def declared_in(body: bytes) -> dict[str, str]:
    """Content type by digest of all that a stored statement declares, its sub-statement included."""
    # A name may be written with escapes; only where neither is there, nothing can be declared.
    if b'"attachments"' not in body and b"\\u" not in body:
        return {}
    holder = _holder_decoder.decode(body)
    declared: dict[str, str] = {}
    for one in (*holder.attachments, *holder.object.attachments):
        declared.setdefault(one.sha2.lower(), one.contentType)
    return declared


class AttachmentReads:
    """Which attachments an answer may carry."""

    def __init__(self, statements: StatementStore, attachments: AttachmentStore) -> None:
        self._statements = statements
        self._attachments = attachments

    async def held(self, declared: Iterable[tuple[str, str]], wall: Wall) -> list[HeldAttachment]:
        """Of (digest, content type), those whose bytes we hold and that came with a statement within the wall."""
        return [HeldAttachment(digest, kind, size) for digest, kind in declared if (size := await self._size(digest, wall)) is not None]

    def open(self, digest: str) -> AsyncIterator[bytes]:
        """The bytes in pieces."""
        return self._attachments.open(digest)

    async def _size(self, digest: str, wall: Wall) -> int | None:
        if wall.provider is not None or wall.client is not None:
            page = await self._statements.query(StatementQuery((Condition(digest_term(digest)),), limit=1), wall)
            if not page.bodies:
                return None
        return await self._attachments.size(digest)
