"""Proofs as files: `tlog-proof` for one entry, and the lines of a consistency proof as `tlog-witness` sends them."""

from __future__ import annotations

import base64
from collections.abc import Sequence

from schemas.loader import formats

_HEADER: str = formats()["log"]["proof_header"]


def inclusion_file(index: int, hashes: Sequence[bytes], checkpoint: str) -> str:
    """`checkpoint`: the whole signed note, with cosignatures."""
    return f"{_HEADER}\nindex {index}\n{hash_lines(hashes)}\n{checkpoint}"


def hash_lines(hashes: Sequence[bytes]) -> str:
    """A Base64 line each."""
    return "".join(base64.b64encode(one).decode("ascii") + "\n" for one in hashes)
