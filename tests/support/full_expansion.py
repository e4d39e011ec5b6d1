"""The slow way to the canonical form: whole contexts, and one more behind them that gives every undefined term an address of its own."""

from __future__ import annotations

import json
from typing import Any

from pyoxigraph import CanonicalizationAlgorithm, Dataset, RdfFormat, parse, serialize

from schemas.loader import contexts

_UNDEFINED = "https://undefined.invalid/"


def slow_canonical(document: dict[str, Any], vocabulary: bool = False) -> bytes:
    """Canonical N-Quads with the contexts whole; undefined terms are left out, or with `vocabulary` under an address of their own."""
    whole = [one for url in document["@context"] for one in _as_list(contexts()[url]["@context"])]
    text = json.dumps(document | {"@context": [*whole, *([{"@vocab": _UNDEFINED}] if vocabulary else [])]})
    dataset = Dataset(parse(text, RdfFormat.JSON_LD, base_iri=_UNDEFINED if vocabulary else None))
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return b"".join(sorted((serialize(dataset, format=RdfFormat.N_QUADS) or b"").splitlines(keepends=True)))


def has_undefined(document: dict[str, Any]) -> bool:
    """Whether something of it would get such an address."""
    return _UNDEFINED.encode() in slow_canonical(document, vocabulary=True)


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
