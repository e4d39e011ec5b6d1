"""The Merkle tree of RFC 6962 §2.1: hashes, which subtrees a proof is made of, and checking proofs.

A proof is first told as ranges of leaves (`inclusion_ranges`, `consistency_ranges`), whose hashes the caller finds in the tiles. Checking
needs no tree, and follows RFC 9162 §2.1.3.2 and §2.1.4.2.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

EMPTY_ROOT = hashlib.sha256().digest()
Range = tuple[int, int]  # leaves from the first, included, to the second, not included


def leaf_hash(entry: bytes) -> bytes:
    """Of one entry."""
    return hashlib.sha256(b"\0" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Of two subtrees."""
    return hashlib.sha256(b"\1" + left + right).digest()


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """PATH(index, D[size]) (§2.1.1), from the leaf's sibling upwards. `index` is less than `size`."""
    found: list[Range] = []
    low, high = 0, size
    while high - low > 1:
        middle = low + split(high - low)
        if index < middle:
            found.append((middle, high))
            high = middle
        else:
            found.append((low, middle))
            low = middle
    return found[::-1]


def consistency_ranges(old: int, new: int) -> list[Range]:
    """PROOF(old, D[new]) (§2.1.2); 0 < old <= new."""
    found: list[Range] = []
    low, high, known = 0, new, True  # `known`: the verifier has the hash of D[low:old], it being the old root
    while old != high:
        middle = low + split(high - low)
        if old <= middle:
            found.append((middle, high))
            high = middle
        else:
            found.append((low, middle))
            low, known = middle, False
    return found[::-1] if known else [(low, high), *found[::-1]]


def perfect(low: int, high: int) -> list[tuple[int, int]]:
    """The complete subtrees that make the range, from left to right, as (level, index). `low` must be where the first can begin."""
    found: list[tuple[int, int]] = []
    while low < high:
        level = (high - low).bit_length() - 1
        found.append((level, low >> level))
        low += 1 << level
    return found


def joined(hashes: Sequence[bytes]) -> bytes:
    """The hash of subtrees that stand side by side, each at least as large as the next."""
    if not hashes:
        return EMPTY_ROOT
    whole = hashes[-1]
    for one in reversed(hashes[:-1]):
        whole = node_hash(one, whole)
    return whole


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """RFC 9162 §2.1.3.2. `leaf`: the leaf's hash."""
    if not 0 <= index < size:
        return False
    here, last, whole = index, size - 1, leaf
    for part in proof:
        if last == 0:
            return False
        if here & 1 or here == last:
            whole = node_hash(part, whole)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            whole = node_hash(whole, part)
        here, last = here >> 1, last >> 1
    return last == 0 and whole == root


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """RFC 9162 §2.1.4.2. An empty old tree is consistent with any, by an empty proof; equal sizes want equal roots and an empty proof."""
    if not 0 <= old <= new:
        return False
    if old in (0, new):
        return not proof and (old_root == new_root if old == new else old_root == EMPTY_ROOT)
    path = list(proof) if old & (old - 1) else [old_root, *proof]
    here, last = old - 1, new - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    if not path:
        return False
    first = second = path[0]
    for part in path[1:]:
        if last == 0:
            return False
        if here & 1 or here == last:
            first, second = node_hash(part, first), node_hash(part, second)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            second = node_hash(second, part)
        here, last = here >> 1, last >> 1
    return last == 0 and first == old_root and second == new_root


def split(size: int) -> int:
    """The largest power of two that is less than `size`."""
    return 1 << (size - 1).bit_length() - 1
