"""Signed notes (c2sp.org/signed-note), checkpoints (tlog-checkpoint) and timestamped cosignatures (tlog-cosignature), all by Ed25519."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from credentials.errors import NoteError

ED25519, COSIGNATURE = 1, 4  # types of signature
_MOST_BYTES = 64_000  # of a note: sixteen signatures of any type fit
_SIGNATURE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")
_NAME = re.compile(r"[^\s+]+")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")

Sign = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class NoteKey:
    """A verifier key: whose it is, which type of signature, and 32 bytes of Ed25519."""

    name: str
    kind: int
    public: bytes

    @property
    def id(self) -> bytes:
        """Four bytes that tell keys of one name apart."""
        return hashlib.sha256(f"{self.name}\n".encode() + bytes([self.kind]) + self.public).digest()[:4]

    def text(self) -> str:
        """`NAME+ID+KEY`, as other tools take it."""
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(bytes([self.kind]) + self.public).decode('ascii')}"


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature line."""

    name: str
    key_id: bytes
    signature: bytes

    def line(self) -> str:
        """With its newline."""
        return f"— {self.name} {base64.b64encode(self.key_id + self.signature).decode('ascii')}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """`text` ends in a newline."""

    text: str
    signatures: tuple[NoteSignature, ...]

    def whole(self) -> str:
        """As it is written."""
        return self.text + "\n" + "".join(one.line() for one in self.signatures)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of a log: whose, how many leaves, their root."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The note's text; we write no extension lines."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode('ascii')}\n"


def parse_key(text: str) -> NoteKey:
    """Raises NoteError."""
    name, _, rest = text.partition("+")
    told, _, content = rest.partition("+")
    raw = _base64(content)
    if _NAME.fullmatch(name) is None or len(raw) != 33 or raw[0] not in (ED25519, COSIGNATURE):
        raise NoteError("this is no verifier key for Ed25519 (NAME+ID+KEY)")
    key = NoteKey(name, raw[0], raw[1:])
    if key.id.hex() != told:
        raise NoteError("the verifier key's id does not belong to its name and key")
    return key


def parse_note(content: str) -> Note:
    """Raises NoteError."""
    if len(content.encode("utf-8", "replace")) > _MOST_BYTES or any(code < " " and code != "\n" for code in content):
        raise NoteError("a note is text without control characters, of at most 64,000 bytes")
    text, blank, tail = content.rpartition("\n\n")
    lines = tail.split("\n")
    if not blank or lines.pop() != "" or not lines:
        raise NoteError("a note is text, an empty line, and signature lines")
    found = [_SIGNATURE.fullmatch(line) for line in lines]
    signatures = [NoteSignature(one[1], raw[:4], raw[4:]) for one in found if one and len(raw := _base64(one[2])) > 4]
    if len(signatures) != len(lines):
        raise NoteError("a signature line is no signature line")
    return Note(text + "\n", tuple(signatures))


def parse_checkpoint(text: str) -> Checkpoint:
    """Extension lines are let pass. Raises NoteError."""
    lines = text.split("\n")
    if len(lines) < 4 or lines[-1] != "" or not all(lines[:-1]) or _SIZE.fullmatch(lines[1]) is None or len(_base64(lines[2])) != 32:
        raise NoteError("a checkpoint is the origin, the size and the root, a line each")
    return Checkpoint(lines[0], int(lines[1]), _base64(lines[2]))


def signed(text: str, key: NoteKey, sign: Sign) -> NoteSignature:
    """The author's own signature over the text."""
    return NoteSignature(key.name, key.id, sign(text.encode()))


def cosigned(text: str, key: NoteKey, sign: Sign, seconds: int) -> NoteSignature:
    """A witness's signature over the checkpoint and the time."""
    return NoteSignature(key.name, key.id, seconds.to_bytes(8, "big") + sign(_cosigned_text(text, seconds)))


def verified(note: Note, key: NoteKey) -> int | None:
    """Seconds of the cosignature, or 0 for a signature without time; None when the key has not signed. Raises NoteError when a line names
    the key and its signature is wrong (signed-note, "Signatures").
    """
    told = None
    for one in note.signatures:
        if (one.name, one.key_id) != (key.name, key.id):
            continue
        seconds = int.from_bytes(one.signature[:8], "big") if key.kind == COSIGNATURE else 0
        message = _cosigned_text(note.text, seconds) if key.kind == COSIGNATURE else note.text.encode()
        signature = one.signature[8:] if key.kind == COSIGNATURE else one.signature
        try:
            Ed25519PublicKey.from_public_bytes(key.public).verify(signature, message)
        except InvalidSignature as error:
            raise NoteError(f"the signature of {key.name} is wrong") from error
        told = seconds if told is None else max(told, seconds)
    return told


def _cosigned_text(text: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def _base64(text: str) -> bytes:
    """b"" for what is not exactly standard Base64."""
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
    return content if base64.b64encode(content).decode("ascii") == text else b""
