"""The tree of RFC 6962 against its definition, read as it stands there; proofs of every size; tiles give the same as the whole tree."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.log.merkle import (
    EMPTY_ROOT,
    consistency_ranges,
    inclusion_ranges,
    leaf_hash,
    verify_consistency,
    verify_inclusion,
)
from credentials.log.tiles import bundle, grown, open_tiles, parse_tile_path, range_hash, tile_path, tiles_of

_INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
_ROOTS = [  # of the first 1 to 8 inputs, as the certificate transparency project publishes them
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def _leaves(count: int) -> list[bytes]:
    return [leaf_hash(b"entry %d" % number) for number in range(count)]


def _mth(leaves: list[bytes]) -> bytes:
    """RFC 6962 §2.1, word for word."""
    if len(leaves) < 2:
        return leaves[0] if leaves else hashlib.sha256(b"").digest()
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return hashlib.sha256(b"\1" + _mth(leaves[:k]) + _mth(leaves[k:])).digest()


def _path(m: int, leaves: list[bytes]) -> list[bytes]:
    """RFC 6962 §2.1.1, word for word."""
    if len(leaves) == 1:
        return []
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return [*_path(m, leaves[:k]), _mth(leaves[k:])] if m < k else [*_path(m - k, leaves[k:]), _mth(leaves[:k])]


def _subproof(m: int, leaves: list[bytes], known: bool) -> list[bytes]:
    """RFC 6962 §2.1.2, word for word."""
    if m == len(leaves):
        return [] if known else [_mth(leaves)]
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    if m <= k:
        return [*_subproof(m, leaves[:k], known), _mth(leaves[k:])]
    return [*_subproof(m - k, leaves[k:], False), _mth(leaves[:k])]


def _tiles(leaves: list[bytes], step: int) -> dict[tuple[int, int], bytes]:
    tiles: dict[tuple[int, int], bytes] = {}
    for start in range(0, len(leaves), step):
        edge = {place: tiles[place] for place in open_tiles(start)}
        tiles |= grown(edge, start, leaves[start : start + step])
    return tiles


def test_the_roots_are_those_that_others_publish() -> None:
    leaves = [leaf_hash(bytes.fromhex(one)) for one in _INPUTS]
    assert [range_hash((0, size), _tiles(leaves[:size], 3)).hex() for size in range(1, 9)] == _ROOTS
    assert hashlib.sha256(b"").digest() == EMPTY_ROOT


@pytest.mark.parametrize("size", [*range(1, 20), 64, 65])
def test_every_inclusion_proof_is_that_of_the_definition_and_verifies(size: int) -> None:
    leaves = _leaves(size)
    tiles, root = _tiles(leaves, 7), _mth(leaves)
    for index in range(size):
        proof = [range_hash(one, tiles) for one in inclusion_ranges(index, size)]
        assert proof == _path(index, leaves)
        assert verify_inclusion(leaves[index], index, size, proof, root)
        assert not verify_inclusion(leaves[index], index + 1, size, proof, root)
        assert not verify_inclusion(leaf_hash(b"other"), index, size, proof, root)
        assert not verify_inclusion(leaves[index], index, size, [*proof, root], root)
        if proof:
            assert not verify_inclusion(leaves[index], index, size, proof[:-1], root)


@pytest.mark.parametrize("new", [*range(1, 20), 64, 65])
def test_every_consistency_proof_is_that_of_the_definition_and_verifies(new: int) -> None:
    leaves = _leaves(new)
    tiles, root = _tiles(leaves, 5), _mth(leaves)
    for old in range(1, new + 1):
        proof = [range_hash(one, tiles) for one in consistency_ranges(old, new)]
        assert proof == _subproof(old, leaves, True)
        before = _mth(leaves[:old])
        assert verify_consistency(old, new, before, root, proof)
        assert not verify_consistency(old, new, leaf_hash(b"other"), root, proof)
        assert not verify_consistency(old, new, before, leaf_hash(b"other"), proof)
        assert not verify_consistency(old, new, before, root, [*proof, root])
        if proof:
            assert not verify_consistency(old, new, before, root, proof[:-1])
            assert not verify_consistency(old, new, before, root, [leaf_hash(b"other"), *proof[1:]])


def test_an_empty_tree_is_consistent_with_any_and_a_smaller_with_none() -> None:
    root = _mth(_leaves(3))
    assert verify_consistency(0, 3, EMPTY_ROOT, root, [])
    assert not verify_consistency(0, 3, root, root, [])
    assert not verify_consistency(0, 3, EMPTY_ROOT, root, [root])
    assert not verify_consistency(4, 3, root, root, [])


@settings(max_examples=25, deadline=None)
@given(size=st.integers(1, 1500), step=st.integers(1, 700), data=st.data())
def test_tiles_of_whatever_growth_give_the_roots_and_proofs_of_the_whole_tree(size: int, step: int, data: st.DataObject) -> None:
    leaves = _leaves(size)
    tiles = _tiles(leaves, step)
    assert tiles == _tiles(leaves, size)
    assert range_hash((0, size), tiles) == _mth(leaves)
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    wanted = [*inclusion_ranges(index, size), *consistency_ranges(old, size)]
    only = {place: tiles[place] for place in tiles_of(wanted)}
    assert [range_hash(one, only) for one in wanted] == [*_path(index, leaves), *_subproof(old, leaves, True)]


def test_the_tiles_of_seventy_thousand_entries_are_those_of_the_specifications_example() -> None:
    tiles = _tiles([bytes(32)] * 70_000, 70_000)
    widths = {level: [len(tiles[place]) // 32 for place in sorted(tiles) if place[0] == level] for level in range(3)}
    assert (widths[0].count(256), widths[0][-1]) == (273, 112)
    assert (widths[1][0], widths[1][1]) == (256, 17)
    assert widths[2] == [1]
    assert open_tiles(70_000) == [(0, 273), (1, 1), (2, 0)]


@pytest.mark.parametrize(
    ("path", "told"),
    [("0/x001/x234/067", (0, 1_234_067, 256)), ("1/000.p/17", (1, 0, 17)), ("entries/273.p/112", (-1, 273, 112)), ("63/000", (63, 0, 256))],
)
def test_a_tile_is_found_by_its_path(path: str, told: tuple[int, int, int]) -> None:
    found = parse_tile_path(path)
    assert found is not None
    assert (found.level, found.index, found.width) == told
    assert tile_path(*told) == path


@pytest.mark.parametrize(
    "path",
    ["", "0", "00/000", "64/000", "0/1", "0/0001", "0/x000/001", "0/000.p/0", "0/000.p/256", "0/000.p/01", "0/../000", "a/000", "-1/000"],
)
def test_what_no_tile_is_called_is_refused(path: str) -> None:
    assert parse_tile_path(path) is None


def test_a_bundle_writes_each_entry_after_its_length() -> None:
    assert bundle([b"\1" * 32, b"ab"]) == b"\0\x20" + b"\1" * 32 + b"\0\2ab"
