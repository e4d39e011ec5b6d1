"""A witness: cosigns what is consistent with all that it cosigned before, and remembers it before it answers."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from credentials.errors import WitnessError
from credentials.log.merkle import EMPTY_ROOT
from credentials.log.note import Note, NoteKey, Sign, cosigned
from credentials.log.witnessing import check_consistent, check_signed, read_add_checkpoint
from credentials.ports.records import Records, Replace, Table
from lrs.clock import Clock
from lrs.errors import ConflictError


@dataclass(frozen=True, slots=True)
class Witnessed:
    """The newest that was cosigned of a log. `note`: with the log's signature and ours."""

    origin_hash: str
    origin: str
    size: int
    root: bytes
    note: str


WITNESSED: Table[Witnessed] = Table("witnessed", Witnessed, key=lambda one: (one.origin_hash,))
WITNESS_TABLES = (WITNESSED,)


@dataclass(frozen=True, slots=True)
class Witness:
    """`key`: its own, of the type that cosigns. `logs`: the keys of the logs that it knows, each under its log's origin."""

    records: Records
    clock: Clock
    key: NoteKey
    sign: Sign
    logs: Sequence[NoteKey]

    async def add_checkpoint(self, body: str) -> str:
        """Cosigns; the signature line. Raises WitnessError, whose status tells what is wrong (tlog-witness, "add-checkpoint")."""
        asked = read_add_checkpoint(body)
        origin = asked.checkpoint.origin
        keys = [key for key in self.logs if key.name == origin]
        check_signed(asked, keys)
        kept = await self.records.get(WITNESSED, origin_hash(origin))
        size, root, revision = (kept.value.size, kept.value.root, kept.revision) if kept else (0, EMPTY_ROOT, 0)
        check_consistent(asked, size, root)
        line = cosigned(asked.note.text, self.key, self.sign, self.clock.now_us() // 1_000_000)
        own = tuple(one for one in asked.note.signatures if any((one.name, one.key_id) == (key.name, key.id) for key in keys))
        note = Note(asked.note.text, (*own, line))
        seen = Witnessed(origin_hash(origin), origin, asked.checkpoint.size, asked.checkpoint.root, note.whole())
        try:
            await self.records.commit(Replace(WITNESSED, seen, revision))
        except ConflictError as error:
            raise WitnessError(409, f"{await self._size(origin)}\n") from error
        return line.line()

    async def checkpoint(self, wanted: str) -> str | None:
        """The newest that was cosigned of the log whose origin hashes to `wanted`."""
        kept = await self.records.get(WITNESSED, wanted)
        return None if kept is None else kept.value.note

    async def _size(self, origin: str) -> int:
        kept = await self.records.get(WITNESSED, origin_hash(origin))
        return kept.value.size if kept else 0


def origin_hash(origin: str) -> str:
    """SHA-256 of the origin, in lower-case hexadecimal."""
    return hashlib.sha256(origin.encode()).hexdigest()
