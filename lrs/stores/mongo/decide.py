"""Which batches of a group can be stored, and why the others cannot. Pure: what is stored already is given.

The same rules as `lrs.stores.memory.log`, batch after batch as if each were alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lrs.errors import ConflictError, ForbiddenError, SenderError
from lrs.ports import Batch, NewStatement
from lrs.stores.mongo.rows import Row, body_of, row_of
from lrs.xapi.equality import same_statement


@dataclass(frozen=True, slots=True)
class Known:
    """A statement that is stored, as far as deciding needs it."""

    provider: str
    body: bytes
    reduced: bool = False


@dataclass(frozen=True, slots=True)
class Decided:
    """`rows`: what is to be stored, in order. `refused`: for each batch of the group its error, None for those that go in."""

    rows: list[Row]
    refused: list[SenderError | None]


def decide(group: list[Batch], known: Mapping[str, Known], last: int, now: int) -> Decided:
    """`known`: by id, whatever is stored of the statements and targets of the group. `last`: the moment after which the next is stored."""
    there = dict(known)
    rows: list[Row] = []
    refused: list[SenderError | None] = []
    for batch in group:
        try:
            fresh = _fresh(batch, there)
        except SenderError as error:
            refused.append(error)
            continue
        refused.append(None)
        for statement in fresh:
            last = max(now, last + 1)
            row = row_of(statement, last, batch.provider, batch.client, may_void_any=batch.may_void_any)
            rows.append(row)
            there[row.id] = Known(row.provider, row.body)
    return Decided(rows, refused)


def _fresh(batch: Batch, there: Mapping[str, Known]) -> list[NewStatement]:
    """Those of the batch that are not stored yet. Raises as `StatementStore.put`."""
    fresh: dict[str, NewStatement] = {}
    for index, statement in enumerate(batch.statements):
        present = there.get(statement.id)
        if present is None and statement.id in fresh:
            present = Known(batch.provider, body_of(fresh[statement.id], 0))
        if present is not None:
            same = present.reduced or same_statement(present.body, body_of(statement, 0))
            if present.provider != batch.provider or not same:
                raise ConflictError(
                    f"another statement has the id {statement.id}", where=f"statements[{index}].id", clause="xAPI-Communication 2.1.1"
                )
            continue
        target = there.get(statement.target or "") if statement.voids and not batch.may_void_any else None
        if target is not None and target.provider != batch.provider:
            where = f"statements[{index}].object.id"
            raise ForbiddenError("this voids a statement of another provider", scope="all", where=where, clause="xAPI-Data 2.3.2")
        fresh[statement.id] = statement
    return list(fresh.values())
