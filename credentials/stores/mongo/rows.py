"""What a row and an entry are on MongoDB, and what a commit makes of rows that are there. Pure.

A row's document: `r` revision (0: the row is not there, somebody means to insert it), `v` content, `e` entries, `w` the commit that wrote
it; and while a commit has it in hand `t` that commit ("" else), `at` since when, and `nr`, `nv`, `ne`: what it is to be (`nr` 0: gone).
An entry's document has only a name: (index, entry, key). It may be there for nothing; what counts is what the row says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from bson import Binary

from credentials.ports.keys import encode_parts
from credentials.ports.records import Insert, Keep, Put, Remove, Replace, Table, Write
from credentials.stores.content import encoded_value, entries_for
from lrs.errors import ConflictError
from lrs.stores.mongo.cluster import Fields

CHANGED = "this was changed by somebody else meanwhile; read it again"
JOURNAL = "record_journal"  # of each commit whether it was done; a done one goes when all its rows say so themselves
COMPLETE = "record_index"  # which indexes of which tables have an entry for every row


class Name(NamedTuple):
    """Of a row. Ordered, so that all take rows in hand in the same order."""

    table: str
    key: str

    @property
    def collection(self) -> str:
        return rows_of(self.table)


@dataclass(frozen=True, slots=True)
class State:
    """A row as it is, or is to be. `entries`: "index/entry" of each."""

    revision: int
    content: bytes
    entries: tuple[str, ...]


ABSENT = State(0, b"", ())
States: TypeAlias = dict[Name, State]


@dataclass(frozen=True, slots=True)
class Encoded:
    """A write with the row that it is about, and that row's content and entries."""

    write: Write
    name: Name
    content: bytes
    entries: tuple[str, ...]


def rows_of(table: str) -> str:
    return f"record_{table}"


def entries_of(table: str) -> str:
    return f"entry_{table}"


def entry_name(entry: str, key: str) -> str:
    """Of an entry's document: ordered by index, entry, key. U+0000 is in no key (`credentials.ports.keys`)."""
    return f"{entry}\x00{key}"


def encoded(writes: Sequence[Write]) -> list[Encoded]:
    """In their order."""
    return [_encoded(write) for write in writes]


def encoded_state(table: Table[Any], value: object, revision: int) -> State:
    """A value at a revision."""
    entries = dict.fromkeys(f"{index}/{entry}" for index, entry in entries_for(table, value))
    return State(revision, encoded_value(value), tuple(entries))


def changes(writes: Sequence[Encoded], present: Mapping[Name, State]) -> States:
    """What becomes of the rows: those that change. Raises ConflictError when a condition does not hold."""
    after: States = {}
    for one in writes:
        before = after.get(one.name, present[one.name])
        match one.write:
            case Remove():
                after[one.name] = ABSENT
            case Insert(taken=taken, where=where) if before.revision:
                raise ConflictError(taken, where=where)
            case Replace(revision=revision) if revision != before.revision:
                raise ConflictError(CHANGED)
            case Keep() if before.revision:
                continue
            case Insert() | Replace() | Keep() | Put():
                after[one.name] = State(before.revision + 1, one.content, one.entries)
    return {name: state for name, state in sorted(after.items()) if state.revision or present[name].revision}


def committed(row: Fields | None) -> State:
    """As the row was before whoever has it in hand."""
    return ABSENT if row is None or not row["r"] else State(row["r"], bytes(row["v"]), tuple(row["e"]))


def meant(row: Fields) -> State:
    """As whoever has the row in hand means it to be."""
    return State(row["nr"], bytes(row["nv"]), tuple(row["ne"])) if row["nr"] else ABSENT


def now_fields(state: State, commit: str) -> Fields:
    """A row that nobody has in hand."""
    return {"r": state.revision, "v": Binary(state.content), "e": list(state.entries), "w": commit, "t": ""}


def meant_fields(state: State, commit: str, at: int) -> Fields:
    """What `meant` reads."""
    return {"t": commit, "at": at, "nr": state.revision, "nv": Binary(state.content), "ne": list(state.entries)}


NOT_MEANT: Fields = {"at": "", "nr": "", "nv": "", "ne": ""}


def carried_out(after: State, commit: str) -> Fields:
    """The change of a row that a done commit has in hand."""
    return {"$set": now_fields(after, commit), "$unset": NOT_MEANT}


def _encoded(write: Write) -> Encoded:
    if isinstance(write, Remove):
        return Encoded(write, Name(write.table.name, encode_parts(write.key)), b"", ())
    state = encoded_state(write.table, write.value, 0)
    return Encoded(write, Name(write.table.name, encode_parts(write.table.key(write.value))), state.content, state.entries)
