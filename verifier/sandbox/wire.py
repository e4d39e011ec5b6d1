"""What goes between the pool and an inmate: frames with their length in front; JSON of known types, never pickles, since an inmate may have
been taken over by what it reads.
"""

from __future__ import annotations

import socket
import struct
from datetime import datetime
from typing import Any

import msgspec

from verifier.messages import Message
from verifier.report import Report
from verifier.sources.ports import Fetched
from verifier.trust import KnownIssuer

_LENGTH = struct.Struct(">I")
LONGEST_FRAME = 32 * 1024 * 1024


class Job(msgspec.Struct, frozen=True):
    """Followed by a frame that is the file itself."""

    now: datetime


class Question(msgspec.Struct, frozen=True):
    """`what`: the method of `Sources`; `of`: its argument."""

    what: str
    of: str


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """One of these; all None: it is known not to be there. `unavailable`: why it cannot be told."""

    issuer: KnownIssuer | None = None
    fetched: Fetched | None = None
    json: dict[str, Any] | None = None
    text: str | None = None
    yes: bool = False
    unavailable: Message | None = None


class Word(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an inmate says: a question, or its report."""

    question: Question | None = None
    report: Report | None = None


_encoder = msgspec.json.Encoder()
read_job = msgspec.json.Decoder(Job).decode
read_word = msgspec.json.Decoder(Word).decode
read_answer = msgspec.json.Decoder(Answer).decode


def framed(content: bytes) -> bytes:
    """With its length in front."""
    return _LENGTH.pack(len(content)) + content


def encoded(value: msgspec.Struct) -> bytes:
    """As a frame."""
    return framed(_encoder.encode(value))


def frame_length(head: bytes) -> int:
    """Raises ValueError for one that nobody sends."""
    (length,) = _LENGTH.unpack(head)
    if length > LONGEST_FRAME:
        raise ValueError("a frame is too long")
    return int(length)


HEAD = _LENGTH.size


def receive(connection: socket.socket) -> bytes:
    """The next frame. Raises EOFError when the other side has gone."""
    return _exactly(connection, frame_length(_exactly(connection, HEAD)))


def _exactly(connection: socket.socket, length: int) -> bytes:
    content = bytearray(length)
    view, got = memoryview(content), 0
    while got < length:
        count = connection.recv_into(view[got:])
        if count == 0:
            raise EOFError
        got += count
    return bytes(content)
