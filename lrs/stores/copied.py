"""The rows of `lrs.ports.copying`: the same bytes in every engine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from lrs.clock import format_us
from lrs.errors import ConflictError, StoreClosedError
from lrs.ports import Administrator, Batch, Client, Document, DocumentKey, DocumentKind, NewStatement, Provider
from lrs.ports.copying import Closed, CopiedStatement, Copying, Shelf
from lrs.ports.reduction import DIGEST_TERM
from lrs.xapi.reduction import stored_terms

MOVING_AWAY = "this store is being moved, or was: it accepts no writes"
NOT_FINISHED = "this store is a copy that is not finished: it accepts no writes"
NO_COPY = "what is in the target is not a copy of the source"
_RETRY_AFTER = 30  # seconds: a move takes minutes
_KINDS = {Shelf.PROVIDER: Provider, Shelf.CLIENT: Client, Shelf.ADMINISTRATOR: Administrator}


def refusal(closed: int) -> StoreClosedError:
    """What a write is answered with while the mark `closed` has that value."""
    return StoreClosedError(NOT_FINISHED if closed == Closed.FILLING else MOVING_AWAY, retry_after=_RETRY_AFTER)


def row_of_value(value: Provider | Client | Administrator) -> bytes:
    """A set in it has no order of its own."""
    return msgspec.json.encode(value, order="deterministic")


def same_row(shelf: Shelf, content: bytes) -> bytes:
    """The row of what an engine keeps as JSON."""
    return row_of_value(msgspec.json.decode(content, type=_KINDS[shelf]))


def provider_of(row: bytes) -> Provider:
    """As `row_of_value` had it."""
    return msgspec.json.decode(row, type=Provider)


def client_of(row: bytes) -> Client:
    """As `row_of_value` had it."""
    return msgspec.json.decode(row, type=Client)


def administrator_of(row: bytes) -> Administrator:
    """As `row_of_value` had it."""
    return msgspec.json.decode(row, type=Administrator)


def activity_key(provider: str, iri: str) -> str:
    return _text([provider, iri])


def activity_of_key(key: str) -> tuple[str, str]:
    provider, iri = msgspec.json.decode(key, type=tuple[str, str])
    return provider, iri


def activity_row(first: int, definition: bytes) -> bytes:
    return msgspec.msgpack.encode((int(first), definition))


def activity_of_row(row: bytes) -> tuple[int, bytes]:
    """Position of the statement that defined it first, and the definition."""
    return msgspec.msgpack.decode(row, type=tuple[int, bytes])


def document_key(key: DocumentKey) -> str:
    return _text([str(key.kind), key.provider, key.id, key.activity, key.agent, key.registration])


def document_of_key(key: str) -> DocumentKey:
    kind, *parts = msgspec.json.decode(key, type=list[str])
    return DocumentKey(DocumentKind(kind), *parts)


def document_row(document: Document) -> bytes:
    return msgspec.msgpack.encode((document.content, document.content_type, document.etag, int(document.updated)))


def document_of_row(row: bytes) -> Document:
    return Document(*msgspec.msgpack.decode(row, type=tuple[bytes, str, str, int]))


def number_row(number: int) -> bytes:
    return msgspec.msgpack.encode(int(number))  # MongoDB's whole numbers are a kind of their own


def number_of_row(row: bytes) -> int:
    return msgspec.msgpack.decode(row, type=int)


def new_statement(copied: CopiedStatement) -> NewStatement:
    """As it is stored anew: its terms are those of its body, and of the attachments whose bytes came with it."""
    direct, related, _ = stored_terms(copied.body)
    terms = dict.fromkeys((*direct, *(DIGEST_TERM + digest for digest in copied.digests)))
    end = len(copied.body) - len(b',"stored":"%b"}' % format_us(copied.stored).encode())
    return NewStatement(copied.id, copied.body[:end], False, tuple(terms), related, copied.target, copied.voids > 0, copied.digests, ())


async def not_there_yet(copying: Copying, statements: Sequence[CopiedStatement]) -> list[CopiedStatement]:
    """Of statements that follow each other those after the store's end. Raises ConflictError when others are there in their places."""
    there = await copying.statements(statements[0].position - 1, len(statements)) if statements else []
    if [one.id for one in there] != [one.id for one in statements[: len(there)]]:
        raise ConflictError(NO_COPY)
    return list(statements[len(there) :])


def batches_of(statements: list[CopiedStatement]) -> list[Batch]:
    """In order; neighbours of one client together."""
    batches: list[Batch] = []
    for one in statements:
        new, any_ = new_statement(one), one.voids == 2
        last = batches[-1] if batches else None
        if last is not None and (last.provider, last.client, last.may_void_any) == (one.provider, one.client, any_):
            batches[-1] = Batch(one.provider, one.client, (*last.statements, new), any_)
        else:
            batches.append(Batch(one.provider, one.client, (new,), any_))
    return batches


def _text(parts: list[Any]) -> str:
    return msgspec.json.encode(parts).decode()
