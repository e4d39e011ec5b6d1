"""Data Integrity proofs by `eddsa-rdfc-2022` (VC Data Integrity EdDSA Cryptosuites 1.0 §3.2), contexts pinned, undefined terms refused.

A term that no context defines would be left out of what is signed, in silence. So the document is expanded with one more context behind
the others, an `@vocab` under which every such term gets an address of its own, and so is every relative address; finding one refuses the
document. Where none is found, the dataset is the one without that context.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

from pyoxigraph import CanonicalizationAlgorithm, Dataset, RdfFormat, parse, serialize

from credentials.errors import UndefinedTermError
from credentials.suites.signer import Signer
from schemas.loader import contexts

_UNDEFINED = "https://undefined.invalid/"
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

Json = dict[str, Any]


def add_proof(document: Json, signer: Signer, created: datetime) -> Json:
    """The document with a proof array. Raises UndefinedTermError."""
    options: Json = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "created": created.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "verificationMethod": signer.method,
        "proofPurpose": "assertionMethod",
    }
    signature = signer.sign(_hash({"@context": document["@context"], **options}) + _hash(document))
    return document | {"proof": [options | {"proofValue": "z" + base58(signature)}]}


def canonical(document: Json) -> bytes:
    """Canonical N-Quads by RDFC-1.0. Raises UndefinedTermError for undefined terms, relative addresses, unknown contexts, and control
    characters (of which implementations escape some differently).
    """
    text = json.dumps(document | {"@context": [*_inlined(document["@context"]), {"@vocab": _UNDEFINED}]}, ensure_ascii=False)
    if any(code in text for code in ("\\u00", "\x7f", "\\b", "\\f", "\\n", "\\r", "\\t")):
        raise UndefinedTermError("the document has a control character")
    try:
        dataset = Dataset(parse(text, RdfFormat.JSON_LD, base_iri=_UNDEFINED))
    except (SyntaxError, ValueError) as error:
        raise UndefinedTermError(f"the document is no JSON-LD: {error}") from error
    for quad in dataset:
        for term in (quad.subject, quad.predicate, quad.object, getattr(quad.object, "datatype", None)):
            if (value := str(getattr(term, "value", ""))).startswith(_UNDEFINED):
                raise UndefinedTermError(f"no context defines {value.removeprefix(_UNDEFINED)[:80]!r}")
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    lines = (serialize(dataset, format=RdfFormat.N_QUADS) or b"").splitlines(keepends=True)
    return b"".join(sorted(lines))


def base58(data: bytes) -> str:
    """base58btc (the alphabet of Bitcoin), leading zero bytes as `1`."""
    number, text = int.from_bytes(data, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        text = _BASE58[digit] + text
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + text


def _hash(document: Json) -> bytes:
    return hashlib.sha256(canonical(document)).digest()


def _inlined(urls: list[str]) -> list[Json]:
    known = contexts()
    if unknown := [url for url in urls if url not in known]:
        raise UndefinedTermError(f"this context is not pinned: {unknown[0]}")
    return [context for url in urls for context in _as_list(known[url]["@context"])]


def _as_list(context: Any) -> list[Json]:
    return context if isinstance(context, list) else [context]
