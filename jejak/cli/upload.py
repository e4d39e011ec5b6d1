"""Writing a stream of statements, a line each, so that it can be broken off anywhere and taken up again without doubles.

Two things make it so. A statement without an id gets one that follows from its line and the line's place in the stream, so sending it
again is the same statement again. And a state file says up to which byte everything is stored, with the digest of those bytes.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

import msgspec

from jejak.cli.lrs_client import LrsClient, RefusedError

_NAMESPACE = UUID("5b0f1f63-6d0c-5c1e-9a53-2f4a6f1f0c11")  # of the ids that we give; invented, never to be changed
_BATCH_BYTES = 4_000_000  # below the body limits that LRSs usually have
_PIECE = 1_048_576


class LineError(Exception):
    """A line is no JSON object; the message begins with its number."""


class StateError(Exception):
    """The state file is not one, or belongs to another upload or another stream."""


class _State(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`digest`: SHA-256 hex of the first `offset` bytes, all of whose statements are stored; `lines` is how many lines they are."""

    url: str
    key: str
    offset: int = 0
    lines: int = 0
    digest: str = hashlib.sha256().hexdigest()


@dataclass(frozen=True, slots=True)
class Line:
    """A statement with its id. `number` counts from 1; `end` is the offset after the line."""

    number: int
    end: int
    raw: bytes
    statement: bytes


class StateFile:
    """Remembers, beside the stream, how far it is stored. Without a path it remembers nothing."""

    def __init__(self, path: Path | None, url: str, key: str) -> None:
        self._path = path
        self._fresh = _State(url, key)

    def load(self) -> _State:
        """Raises StateError when the file is of another upload."""
        if self._path is None or not self._path.exists():
            return self._fresh
        try:
            state = msgspec.json.decode(self._path.read_bytes(), type=_State)
        except (msgspec.DecodeError, OSError) as error:
            raise StateError(f"{self._path} is no state file of ours") from error
        if (state.url, state.key) != (self._fresh.url, self._fresh.key):
            raise StateError(f"{self._path} belongs to an upload to another LRS or with another key")
        return state

    def save(self, state: _State) -> None:
        """Replaces the file in one step: after a crash there is the old one or the new one."""
        if self._path is None:
            return
        draft = self._path.with_name(self._path.name + ".part")
        with draft.open("wb") as handle:
            handle.write(msgspec.json.encode(state))
            handle.flush()
            os.fsync(handle.fileno())
        os.replace(draft, self._path)


def upload(
    stream: BinaryIO, client: LrsClient, state_file: StateFile, batch: int, progress: Callable[[int, int], None] = lambda end, count: None
) -> tuple[int, int]:
    """Stores what is left of the stream in batches of at most `batch`; answers how many were stored now, and how many lines were skipped.

    `progress(end, count)`: the offset up to which all is stored, and the number of statements stored now. Raises StateError, LineError,
    RefusedError (its message names the line), UnreachableError; the state file then says how far it came.
    """
    state = state_file.load()
    digest = _skip(stream, state)
    skipped, count = state.lines, 0
    for lines in _batches(_lines(stream, state), batch):
        _post(client, lines)
        for line in lines:
            digest.update(line.raw)
        count += sum(bool(line.statement) for line in lines)
        state = _State(state.url, state.key, lines[-1].end, lines[-1].number, digest.hexdigest())
        state_file.save(state)
        progress(state.offset, count)
    return count, skipped


def with_id(line: bytes, offset: int) -> bytes:
    """The statement on `line` with the id that it has, or with one that follows from its bytes and its offset. Raises ValueError."""
    statement = line.strip()
    try:
        members = msgspec.json.decode(statement, type=dict[str, msgspec.Raw])
    except msgspec.DecodeError as error:
        raise ValueError("this is no JSON object") from error
    if "id" in members:
        return statement
    name = hashlib.sha1(_NAMESPACE.bytes + b"%d:" % offset + statement, usedforsecurity=False).digest()
    head = b'{"id":"%b"' % str(UUID(bytes=name[:16], version=5)).encode()
    return head + (b"," if members else b"") + statement[1:].lstrip()


def _skip(stream: BinaryIO, state: _State) -> hashlib._Hash:
    """Reads over what is stored already. Raises StateError when the stream is not the one of the state."""
    digest = hashlib.sha256()
    left = state.offset
    while left and (piece := stream.read(min(left, _PIECE))):
        digest.update(piece)
        left -= len(piece)
    if left or digest.hexdigest() != state.digest:
        raise StateError("the input does not begin as it did when the state file was written; it must be the same file, only longer")
    return digest


def _lines(stream: BinaryIO, state: _State) -> Iterator[Line]:
    """The lines from where the stream stands; an empty line has an empty statement."""
    offset, number = state.offset, state.lines
    for raw in stream:
        number += 1
        try:
            statement = with_id(raw, offset) if raw.strip() else b""
        except ValueError as error:
            raise LineError(f"line {number}: {error}") from error
        offset += len(raw)
        yield Line(number, offset, raw, statement)


def _batches(lines: Iterator[Line], most: int) -> Iterator[list[Line]]:
    """Batches bounded in number and bytes. What comes before a bad line is still stored."""
    batch: list[Line] = []
    size = 0
    try:
        for line in lines:
            if batch and (len(batch) == most or size + len(line.statement) > _BATCH_BYTES):
                yield batch
                batch, size = [], 0
            batch.append(line)
            size += len(line.statement)
    except LineError:
        if batch:
            yield batch
        raise
    if batch:
        yield batch


def _post(client: LrsClient, lines: list[Line]) -> None:
    statements = [line for line in lines if line.statement]
    if not statements:
        return
    try:
        client.post([line.statement for line in statements])
    except RefusedError as error:
        raise RefusedError(f"{_place(error.where, statements)}: {error}", error.status) from error


def _place(where: str, statements: list[Line]) -> str:
    """`statements[3].actor` as the line that it stands on; the range of lines when the LRS does not say which."""
    head, bracket, rest = where.partition("[")
    index, _, path = rest.partition("]")
    if head == "statements" and bracket and index.isdigit() and int(index) < len(statements):
        return f"line {statements[int(index)].number}" + (f", {path.lstrip('.')}" if path else "")
    return f"lines {statements[0].number} to {statements[-1].number}"
