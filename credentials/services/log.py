"""The issuance log on records: appending in the commit of what is issued, and answering for it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from credentials.keys import IssuerKeys
from credentials.keys.key import IssuerKey
from credentials.log.merkle import EMPTY_ROOT, Range, consistency_ranges, inclusion_ranges, leaf_hash
from credentials.log.note import ED25519, Checkpoint, Note, NoteKey, Sign, signed
from credentials.log.proof import inclusion_file
from credentials.log.tiles import WIDTH, Place, TilePath, bundle, grown, open_tiles, range_hash, tiles_of
from credentials.ports.records import Insert, Kept, Put, Records, Replace, Write
from credentials.stores.log import BUNDLES, CHECKPOINTS, LOG_HEAD, LOG_LEAVES, LOG_TILES, CosignedCheckpoint, LogHead, LogLeaf, LogTile
from lrs.clock import Clock
from lrs.errors import NotFoundError

_HASH = 32
_ENTRY = 2 + _HASH  # an entry in its bundle


@dataclass(frozen=True, slots=True)
class Entry:
    """What is logged of a certificate: the digest of its credential, and nothing else."""

    certificate: str
    digest: bytes


class IssuanceLog:
    """`origin`: the log's name, its address without a scheme."""

    def __init__(self, records: Records, keys: IssuerKeys, clock: Clock, origin: str) -> None:
        self._records = records
        self._keys = keys
        self._clock = clock
        self.origin = origin
        self._signing: tuple[NoteKey, Sign] | None = None

    async def key(self) -> NoteKey:
        """The log's verifier key. Raises KeyUnsealError."""
        return (await self._signer())[0]

    async def head(self) -> LogHead | None:
        """None for a log in which nothing is yet."""
        kept = await self._records.get(LOG_HEAD, "head")
        return None if kept is None else kept.value

    async def begin(self) -> Kept[LogHead] | None:
        """What `append` follows on. Read it before looking which entries are there already: then none gets in twice."""
        return await self._records.get(LOG_HEAD, "head")

    async def append(self, kept: Kept[LogHead] | None, entries: Sequence[Entry], writes: Sequence[Write]) -> None:
        """Logs the entries in their order, in one commit with `writes`, under a new checkpoint.

        Raises ConflictError, and nothing is written, when somebody else appended since `begin`, or a condition of `writes` does not hold.
        """
        size, revision = (kept.value.size, kept.revision) if kept else (0, 0)
        edge = await self._tiles(open_tiles(size))
        changed = grown(edge, size, [leaf_hash(one.digest) for one in entries])
        after = size + len(entries)
        root = range_hash((0, after), await self._with(tiles_of([(0, after)]), edge | changed))
        head = await self._head(after, root)
        conditions = [write for write in writes if isinstance(write, Insert | Replace)]
        await self._records.commit(
            *conditions,
            Replace(LOG_HEAD, head, revision),
            *(write for write in writes if not isinstance(write, Insert | Replace)),
            *(Put(LOG_TILES, LogTile(level, index, content)) for (level, index), content in changed.items()),
            *await self._bundles(size, entries),
            *(Put(LOG_LEAVES, LogLeaf(one.certificate, size + number, one.digest)) for number, one in enumerate(entries)),
        )

    async def leaf(self, certificate: str) -> LogLeaf | None:
        """Where a certificate is."""
        kept = await self._records.get(LOG_LEAVES, certificate)
        return None if kept is None else kept.value

    async def inclusion(self, index: int, size: int) -> list[bytes]:
        """The proof that entry `index` is in the tree of `size`."""
        return await self._hashes(inclusion_ranges(index, size))

    async def consistency(self, old: int, new: int) -> list[bytes]:
        """The proof that the tree of `old` begins that of `new`; none is needed for an empty one."""
        return await self._hashes(consistency_ranges(old, new)) if old else []

    async def root(self, size: int) -> bytes:
        """Of the tree when it had `size` entries. Raises NotFoundError when it never had."""
        return (await self._hashes([(0, size)]))[0] if size else EMPTY_ROOT

    async def first_cosigned(self, index: int) -> CosignedCheckpoint | None:
        """The earliest checkpoint with the entry that the quorum cosigned: its time is the entry's log time."""
        page = await self._records.scan(CHECKPOINTS, low=(index + 1,), limit=1)
        return page.values[0] if page.values else None

    async def last_cosigned(self) -> CosignedCheckpoint | None:
        """The newest."""
        page = await self._records.scan(CHECKPOINTS, limit=1, descending=True)
        return page.values[0] if page.values else None

    async def proof(self, certificate: str) -> str:
        """The `tlog-proof` of a certificate: under the first cosigned checkpoint that has it, else under the log's own newest.

        Raises NotFoundError.
        """
        leaf, head = await self.leaf(certificate), await self.head()
        if leaf is None or head is None:
            raise NotFoundError("this certificate is not in the log yet", where="path")
        cosigned = await self.first_cosigned(leaf.index)
        size, note = (cosigned.size, cosigned.note) if cosigned else (head.size, head.checkpoint)
        return inclusion_file(leaf.index, await self.inclusion(leaf.index, size), note)

    async def tile(self, asked: TilePath) -> bytes:
        """Raises NotFoundError for what the tree does not have yet."""
        kept = await self._records.get(LOG_TILES, BUNDLES if asked.level < 0 else asked.level, asked.index)
        length = asked.width * (_ENTRY if asked.level < 0 else _HASH)
        if kept is None or len(kept.value.content) < length:
            raise NotFoundError("the log has no such tile", where="path")
        return kept.value.content[:length]

    async def _hashes(self, ranges: list[Range]) -> list[bytes]:
        tiles = await self._tiles(tiles_of(ranges))
        try:
            return [range_hash(one, tiles) for one in ranges]
        except KeyError as error:
            raise NotFoundError("the log has never been of that size", where="size") from error

    async def _tiles(self, places: Iterable[Place]) -> dict[Place, bytes]:
        found = await self._records.get_many(LOG_TILES, [(level, index) for level, index in places])
        return {(tile.level, tile.index): tile.content for tile in found.values()}

    async def _with(self, places: set[Place], known: Mapping[Place, bytes]) -> dict[Place, bytes]:
        return await self._tiles(places - known.keys()) | dict(known)

    async def _bundles(self, size: int, entries: Sequence[Entry]) -> list[Write]:
        """Only the first may have been begun already."""
        writes: list[Write] = []
        for number in range(size // WIDTH, -(-(size + len(entries)) // WIDTH)):
            kept = await self._records.get(LOG_TILES, BUNDLES, number) if number == size // WIDTH and size % WIDTH else None
            first, last = max(size, number * WIDTH) - size, (number + 1) * WIDTH - size
            added = bundle([one.digest for one in entries[first:last]])
            writes.append(Put(LOG_TILES, LogTile(BUNDLES, number, (kept.value.content if kept else b"") + added)))
        return writes

    async def _head(self, size: int, root: bytes) -> LogHead:
        key, sign = await self._signer()
        text = Checkpoint(self.origin, size, root).text()
        note = await asyncio.to_thread(lambda: Note(text, (signed(text, key, sign),)).whole())
        return LogHead(size, root, note, self._clock.now_us())

    async def _signer(self) -> tuple[NoteKey, Sign]:
        if self._signing is None:
            key, signer = await self._keys.log_key()
            self._signing = (log_note_key(self.origin, key), signer.sign)
        return self._signing


def log_note_key(origin: str, key: IssuerKey) -> NoteKey:
    """The log's key under its name."""
    return NoteKey(origin, ED25519, key.public)
