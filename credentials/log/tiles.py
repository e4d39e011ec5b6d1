"""Tiles: 256 hashes of one level (c2sp.org/tlog-tiles), and what is to be written when leaves are added."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from credentials.log.merkle import Range, joined, node_hash, perfect

WIDTH = 256
HEIGHT = 8
_HASH = 32
_PATH = re.compile(r"(?:entries|0|[1-9][0-9]?)/(?:x[0-9]{3}/)*[0-9]{3}(?:\.p/[1-9][0-9]{0,2})?")

Place = tuple[int, int]  # level of the tile, and its index there


@dataclass(frozen=True, slots=True)
class TilePath:
    """What a path asks for. `level` -1: the bundle of entries. `width` 256: the whole tile."""

    level: int
    index: int
    width: int


def tile_path(level: int, index: int, width: int = WIDTH) -> str:
    """`LEVEL/x001/x234/067`, with `.p/WIDTH` for part of a tile; level -1 is `entries`."""
    digits = f"{index:d}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[start : start + 3] for start in range(0, len(digits), 3)]
    name = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
    return f"{'entries' if level < 0 else level}/{name}" + (f".p/{width}" if width < WIDTH else "")


def parse_tile_path(path: str) -> TilePath | None:
    """None for what no tile is called: leading zeros, levels past 63, widths past 255."""
    if _PATH.fullmatch(path) is None:
        return None
    name, _, width = path.partition(".p/")
    level, _, index = name.partition("/")
    asked = TilePath(-1 if level == "entries" else int(level), int(index.replace("x", "").replace("/", "")), int(width or WIDTH))
    return asked if asked.level < 64 and tile_path(asked.level, asked.index, asked.width) == path else None


def grown(tiles: Mapping[Place, bytes], size: int, leaves: Sequence[bytes]) -> dict[Place, bytes]:
    """The tiles that change when leaf hashes are added to a tree of `size`. `tiles` has those of `open_tiles(size)`."""
    changed: dict[Place, bytes] = {}
    new, level = list(leaves), 0
    while new:
        place, upper = size >> HEIGHT * level, list[bytes]()
        for one in new:
            key = (level, place >> HEIGHT)
            changed[key] = (changed[key] if key in changed else tiles.get(key, b"")) + one
            place += 1
            if place & WIDTH - 1 == 0:
                upper.append(_root_of(changed[key]))
        new, level = upper, level + 1
    return changed


def open_tiles(size: int) -> list[Place]:
    """The tiles of a tree that are neither empty nor full: the right edge."""
    return [(level, size >> HEIGHT * level >> HEIGHT) for level in range(8) if (size >> HEIGHT * level) & WIDTH - 1]


def tiles_of(ranges: Iterable[Range]) -> set[Place]:
    """The tiles in which the hashes of the ranges are found."""
    return {_tile_of(level, index)[0] for low, high in ranges for level, index in perfect(low, high)}


def range_hash(found: Range, tiles: Mapping[Place, bytes]) -> bytes:
    """The hash of a range of leaves. Raises KeyError when a tile is missing."""
    return joined([_subtree(level, index, tiles) for level, index in perfect(*found)])


def bundle(entries: Sequence[bytes]) -> bytes:
    """Entries as their bundle writes them: each after its length in two bytes."""
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def _tile_of(level: int, index: int) -> tuple[Place, int, int]:
    """The tile that a complete subtree lies in, its first hash there, and how many hashes it spans."""
    row, within = divmod(level, HEIGHT)
    first = index << within
    return (row, first >> HEIGHT), first & WIDTH - 1, 1 << within


def _subtree(level: int, index: int, tiles: Mapping[Place, bytes]) -> bytes:
    place, first, count = _tile_of(level, index)
    part = tiles[place][first * _HASH : (first + count) * _HASH]
    if len(part) != count * _HASH:
        raise KeyError(place)
    return _root_of(part)


def _root_of(hashes: bytes) -> bytes:
    """Of a power of two of hashes."""
    row = [hashes[start : start + _HASH] for start in range(0, len(hashes), _HASH)]
    while len(row) > 1:
        row = [node_hash(row[place], row[place + 1]) for place in range(0, len(row), 2)]
    return row[0]
