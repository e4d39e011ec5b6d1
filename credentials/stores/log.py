"""The tables of the issuance log: its head, its tiles, where each certificate is in it, and the checkpoints that witnesses cosigned."""

from __future__ import annotations

from dataclasses import dataclass

from credentials.ports.records import Table


@dataclass(frozen=True, slots=True)
class LogHead:
    """There is one. `checkpoint`: the signed note over size and root; `at`: when it was signed, in microseconds."""

    size: int
    root: bytes
    checkpoint: str
    at: int


@dataclass(frozen=True, slots=True)
class LogTile:
    """Up to 256 hashes; at level BUNDLES, up to 256 entries with their lengths."""

    level: int
    index: int
    content: bytes


@dataclass(frozen=True, slots=True)
class LogLeaf:
    """Where a certificate's digest is in the log."""

    certificate: str
    index: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class CosignedCheckpoint:
    """A signed note with the cosignatures of the quorum. `time`: the latest of theirs, in seconds: by then all of them had seen it."""

    size: int
    note: str
    time: int


@dataclass(frozen=True, slots=True)
class WitnessState:
    """The size that a witness is known to have cosigned last."""

    key: str
    size: int


BUNDLES = 64  # the level under which bundles of entries are kept, since a key has no -1
LOG_HEAD: Table[LogHead] = Table("log_head", LogHead, key=lambda one: ("head",))
LOG_TILES: Table[LogTile] = Table("log_tile", LogTile, key=lambda one: (one.level, one.index))
LOG_LEAVES: Table[LogLeaf] = Table("log_leaf", LogLeaf, key=lambda one: (one.certificate,), indexes={"index": lambda one: [(one.index,)]})
CHECKPOINTS: Table[CosignedCheckpoint] = Table("log_checkpoint", CosignedCheckpoint, key=lambda one: (one.size,))
WITNESSES: Table[WitnessState] = Table("log_witness", WitnessState, key=lambda one: (one.key,))

LOG_TABLES = (LOG_HEAD, LOG_TILES, LOG_LEAVES, CHECKPOINTS, WITNESSES)
