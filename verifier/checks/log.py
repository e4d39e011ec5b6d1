"""Check 10: the certificate is in its issuer's log, and a witness has seen it there.

C2SP: signed-note, tlog-checkpoint, tlog-cosignature (Ed25519, type 0x04) and tlog-proof, read by code of our own: what the verifier needs
of them is this module. The leaf is RFC 6962's, over the 32 bytes of the certificate's digest.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from verifier.errors import CheckError
from verifier.messages import marked
from verifier.trust import KnownLog

LONGEST_PROOF = 16_384  # characters: 64 hashes and 16 signatures have a third of it
MOST_SIGNATURES = 32
LATEST = timedelta(hours=24)  # a certificate may be dated so long before a witness has seen it
_HEADER = "c2sp.org/tlog-proof@v1"
_ED25519, _COSIGNATURE = 1, 4
_DASH = "\u2014 "
_UNREADABLE = marked("the proof of the log cannot be read")


@dataclass(frozen=True, slots=True)
class Proof:
    """`body`: the checkpoint's text; `signatures`: name, key id and signature of each line under it."""

    index: int
    path: tuple[bytes, ...]
    body: str
    origin: str
    size: int
    root: bytes
    signatures: tuple[tuple[str, bytes, bytes], ...]


@dataclass(frozen=True, slots=True)
class NoteKey:
    """A verifier key (signed-note, "vkey")."""

    name: str
    id: bytes
    kind: int
    public: Ed25519PublicKey


def check_logged(text: str, digest: bytes, log: KnownLog, issued: datetime | None) -> datetime:
    """The time at which a witness first tells that it was there: the earliest of the cosignatures that the quorum is made of.

    Raises CheckError.
    """
    proof = read_proof(text)
    if proof.origin != log.origin:
        raise CheckError("the proof is of another log: {origin}", origin=proof.origin)
    leaf = hashlib.sha256(b"\0" + digest).digest()
    if _root(proof.index, proof.size, leaf, proof.path) != proof.root:
        raise CheckError("the log's proof is not that of this certificate")
    if not any(_signed(proof, read_key(log.key), _ED25519)):
        raise CheckError("the issuer's log has not signed this state")
    seen = sorted(filter(None, (_cosigned(proof, read_key(key)) for key in log.witnesses)))
    if len(seen) < log.quorum:
        raise CheckError("only {seen} of {quorum} witnesses have confirmed the log's state", seen=len(seen), quorum=log.quorum)
    first = seen[log.quorum - 1]
    if issued is not None and issued < first - LATEST:
        text = marked("it is dated {issued:moment} but was seen in the log only at {seen:moment}: back-dated")
        raise CheckError(text, issued=issued.isoformat(), seen=first.isoformat())
    return first


def read_proof(text: str) -> Proof:
    """Raises CheckError."""
    try:
        if len(text) > LONGEST_PROOF:
            raise ValueError("too long")
        head, _, note = text.partition("\n\n")
        lines = head.split("\n")
        if lines.pop(0) != _HEADER:
            raise ValueError("header")
        if lines[0].startswith("extra "):
            lines.pop(0)
        index = _decimal(lines.pop(0).removeprefix("index "))
        body, _, signed = note.partition("\n\n")
        origin, size, root, *_ = body.split("\n")
        signatures = tuple(_signature(line) for line in signed.rstrip("\n").split("\n"))
        if len(signatures) > MOST_SIGNATURES:
            raise ValueError("signatures")
        return Proof(index, tuple(_hash(line) for line in lines), body + "\n", origin, _decimal(size), _hash(root), signatures)
    except (ValueError, IndexError, binascii.Error) as error:
        raise CheckError(_UNREADABLE) from error


def read_key(vkey: str) -> NoteKey:
    """Raises CheckError for one that is none, or whose id is not its own."""
    try:
        name, key_id, encoded = vkey.split("+", 2)
        raw = base64.b64decode(encoded, validate=True)
        key = NoteKey(name, bytes.fromhex(key_id), raw[0], Ed25519PublicKey.from_public_bytes(raw[1:]))
    except (ValueError, IndexError, binascii.Error) as error:
        raise CheckError("the trust list holds a key of the log that is none") from error
    if hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4] != key.id:
        raise CheckError("the trust list holds a key of the log that is none")
    return key


def _signed(proof: Proof, key: NoteKey, kind: int) -> list[bool]:
    return [_verifies(key, signature, proof.body.encode()) for signature in _of(proof, key, kind)]


def _cosigned(proof: Proof, key: NoteKey) -> datetime | None:
    """The earliest time that this witness tells."""
    times = []
    for signature in _of(proof, key, _COSIGNATURE):
        seconds = int.from_bytes(signature[:8], "big")
        if _verifies(key, signature[8:], f"cosignature/v1\ntime {seconds}\n{proof.body}".encode()) and seconds < 2**40:
            times.append(datetime.fromtimestamp(seconds, UTC))
    return min(times, default=None)


def _of(proof: Proof, key: NoteKey, kind: int) -> list[bytes]:
    return [signature for name, key_id, signature in proof.signatures if kind == key.kind and (name, key_id) == (key.name, key.id)]


def _verifies(key: NoteKey, signature: bytes, data: bytes) -> bool:
    try:
        key.public.verify(signature, data)
    except InvalidSignature:
        return False
    return True


def _root(index: int, size: int, leaf: bytes, path: tuple[bytes, ...]) -> bytes | None:
    """RFC 9162 §2.1.3.2."""
    if index >= size:
        return None
    node, last, found = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return None
        if node & 1 or node == last:
            found = hashlib.sha256(b"\1" + sibling + found).digest()
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            found = hashlib.sha256(b"\1" + found + sibling).digest()
        node, last = node >> 1, last >> 1
    return found if last == 0 else None


def _signature(line: str) -> tuple[str, bytes, bytes]:
    if not line.startswith(_DASH):
        raise ValueError("signature line")
    name, encoded = line.removeprefix(_DASH).split(" ")
    raw = base64.b64decode(encoded, validate=True)
    return name, raw[:4], raw[4:]


def _hash(line: str) -> bytes:
    raw = base64.b64decode(line, validate=True)
    if len(raw) != 32:
        raise ValueError("hash")
    return raw


def _decimal(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > 19 or text != str(int(text)):
        raise ValueError("decimal")
    return int(text)
