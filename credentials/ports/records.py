"""Records: what every store of the credential module is made of. Typed tables of frozen values, found by key or by index.

A table is a declaration: which dataclass it holds, its key, its indexes. The repositories in `credentials/stores/` declare tables and are
written once; memory, SQLite and MongoDB differ below this line only. Keys and index entries are tuples of text and whole numbers, ordered
part by part (text by code point, numbers by size, and in one place of a key always the same kind).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

T = TypeVar("T")
Part: TypeAlias = str | int  # a number is from 0 to 2**63 - 1
Parts: TypeAlias = tuple[Part, ...]

MOST_WRITES = 20_000  # in one commit: what one transaction holds in memory


@dataclass(frozen=True, slots=True)
class Table(Generic[T]):
    """Values of the dataclass `kind` under `key`. `name`: letters and underscores, never used again for something else.

    Each index gives the entries under which a value is found: none, one or several. New fields of `kind` need a default. `fixed`: indexes
    whose entries follow from the key, so that a store need not look for those of what it overwrites.
    """

    name: str
    kind: type[T]
    key: Callable[[T], Parts]
    indexes: Mapping[str, Callable[[T], Iterable[Parts]]] = field(default_factory=dict)
    fixed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Kept(Generic[T]):
    """A value as it lies in the store. `revision` counts its writes, from 1."""

    value: T
    revision: int


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Part of a scan. `more` is given to the next call as `after`; None at the end."""

    values: list[T]
    more: str | None


# The five writes are not frozen: a bulk import makes millions of them, and freezing triples what that costs.
@dataclass(slots=True)
class Insert(Generic[T]):
    """Conflict when the key is taken; `taken` says it to the sender, `where` names the member."""

    table: Table[T]
    value: T
    taken: str = "this is there already"
    where: str = ""


@dataclass(slots=True)
class Replace(Generic[T]):
    """Conflict unless the record under the value's key is still at `revision` (0: unless it is not there)."""

    table: Table[T]
    value: T
    revision: int


@dataclass(slots=True)
class Keep(Generic[T]):
    """Inserts, or leaves what is there: safe to repeat."""

    table: Table[T]
    value: T


@dataclass(slots=True)
class Put(Generic[T]):
    """Inserts or overwrites: safe to repeat."""

    table: Table[T]
    value: T


@dataclass(slots=True)
class Remove(Generic[T]):
    """Takes the record away when it is there. For queues, caches and what the law lets be erased; never for ledger or log."""

    table: Table[T]
    key: Parts


Write: TypeAlias = Insert[Any] | Replace[Any] | Keep[Any] | Put[Any] | Remove[Any]
Commit: TypeAlias = Sequence[Write]


class Records(Protocol):
    """Reads see every commit that has returned, in any process on the same store."""

    async def get(self, table: Table[T], *key: Part) -> Kept[T] | None: ...

    async def get_many(self, table: Table[T], keys: Sequence[Parts]) -> dict[Parts, T]:
        """Those that are there; at most `MOST_WRITES` keys."""
        ...

    async def scan(
        self,
        table: Table[T],
        index: str | None = None,
        prefix: Parts = (),
        *,
        low: Parts = (),
        high: Parts = (),
        after: str | None = None,
        limit: int = 1000,
        descending: bool = False,
    ) -> Page[T]:
        """Values whose entry in `index` (None: whose key) starts with `prefix`, in the order of the entries, then of the keys.

        `low` and `high` bound what follows the prefix, both included, compared over as many parts as they have. A value that has several
        entries in the range comes once for each. Raises InvalidRequestError for an `after` that no page of this table gave.
        """
        ...

    async def scan_many(self, table: Table[T], index: str | None, prefixes: Sequence[Parts], limit: int = 100) -> list[list[T]]:
        """For each prefix the first `limit` values that `scan` gives; at most `MOST_WRITES` prefixes. For what is few under each."""
        ...

    async def count(self, table: Table[Any], prefix: Parts = ()) -> int:
        """How many values there are whose key starts with `prefix`."""
        ...

    async def commit(self, *writes: Write) -> None:
        """All writes or none; durable when it returns. Raises ConflictError, and nothing is written, when a condition does not hold.

        On a store without transactions over several documents the conditional writes (`Insert`, `Replace`) come first and in order, and
        each but the last of them must be harmless alone (a guard); the rest follows and is finished by whoever comes next.
        """
        ...


async def scan_all(
    records: Records, table: Table[T], index: str | None = None, prefix: Parts = (), *, low: Parts = (), high: Parts = (), page: int = 1000
) -> list[T]:
    """Every page of a scan, for what is known to be few."""
    found: list[T] = []
    after: str | None = None
    while True:
        part = await records.scan(table, index, prefix, low=low, high=high, after=after, limit=page)
        found += part.values
        if part.more is None:
            return found
        after = part.more


async def get_all(records: Records, table: Table[T], keys: Sequence[Parts]) -> dict[Parts, T]:
    """As `Records.get_many`, for any number of keys."""
    wanted = list(dict.fromkeys(keys))
    found: dict[Parts, T] = {}
    for start in range(0, len(wanted), MOST_WRITES):
        found |= await records.get_many(table, wanted[start : start + MOST_WRITES])
    return found
