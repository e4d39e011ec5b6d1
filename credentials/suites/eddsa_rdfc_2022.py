"""Data Integrity proofs by `eddsa-rdfc-2022` (VC Data Integrity EdDSA Cryptosuites 1.0 §3.2), contexts pinned, undefined terms refused
(`terms.py`).
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

from pyoxigraph import CanonicalizationAlgorithm, Dataset, RdfFormat, parse, serialize

from credentials.errors import UndefinedTermError
from credentials.suites.signer import Signer
from credentials.suites.terms import needed_contexts

# The canonical form of the proof's options, which are always these five: nothing in them has to be worked out.
_OPTIONS = """\
_:c14n0 <http://purl.org/dc/terms/created> "{created}"^^<http://www.w3.org/2001/XMLSchema#dateTime> .
_:c14n0 <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://w3id.org/security#DataIntegrityProof> .
_:c14n0 <https://w3id.org/security#cryptosuite> "eddsa-rdfc-2022"^^<https://w3id.org/security#cryptosuiteString> .
_:c14n0 <https://w3id.org/security#proofPurpose> <https://w3id.org/security#assertionMethod> .
_:c14n0 <https://w3id.org/security#verificationMethod> <{method}> .
"""
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

Json = dict[str, Any]


def add_proof(document: Json, signer: Signer, created: datetime) -> Json:
    """The document with a proof array. Raises UndefinedTermError."""
    moment = created.strftime("%Y-%m-%dT%H:%M:%SZ")
    proof: Json = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "created": moment,
        "verificationMethod": signer.method,
        "proofPurpose": "assertionMethod",
    }
    options = _OPTIONS.format(created=moment, method=signer.method).encode()
    signature = signer.sign(hashlib.sha256(options).digest() + hashlib.sha256(canonical(document)).digest())
    return document | {"proof": [proof | {"proofValue": "z" + base58(signature)}]}


def canonical(document: Json) -> bytes:
    """Canonical N-Quads by RDFC-1.0. Raises UndefinedTermError for what a proof would not cover or others read differently."""
    needed = needed_contexts(document)
    body = json.dumps({name: value for name, value in document.items() if name != "@context"}, ensure_ascii=False)
    try:
        dataset = Dataset(parse(f'{{"@context":{needed},{body[1:]}', RdfFormat.JSON_LD))
    except (SyntaxError, ValueError) as error:
        raise UndefinedTermError(f"the document is no JSON-LD: {error}") from error
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
