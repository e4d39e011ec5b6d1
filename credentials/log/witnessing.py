"""What a witness is asked, and whether it may cosign (c2sp.org/tlog-witness). Pure: it is told what it saw last."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass

from credentials.errors import NoteError, WitnessError
from credentials.log.merkle import EMPTY_ROOT, verify_consistency
from credentials.log.note import Checkpoint, Note, NoteKey, parse_checkpoint, parse_note, verified
from credentials.log.proof import hash_lines

_OLD = re.compile(r"old (0|[1-9][0-9]{0,18})")
_MOST_LINES = 63
_HASH = 32


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """A request: the size that the witness is believed to have cosigned last, the proof from there, the new checkpoint."""

    old: int
    proof: tuple[bytes, ...]
    note: Note
    checkpoint: Checkpoint


def write_add_checkpoint(old: int, proof: Iterable[bytes], note: str) -> str:
    """The body of a request."""
    return f"old {old}\n{hash_lines(list(proof))}\n{note}"


def read_add_checkpoint(body: str) -> AddCheckpoint:
    """Raises WitnessError (400)."""
    head, blank, tail = body.partition("\n\n")
    first, *lines = head.split("\n")
    found = _OLD.fullmatch(first)
    if not blank or found is None or len(lines) > _MOST_LINES:
        raise WitnessError(400, "a request is the old size, at most 63 lines of proof, an empty line and a checkpoint")
    try:
        note = parse_note(tail)
        return AddCheckpoint(int(found[1]), tuple(_hash(line) for line in lines), note, parse_checkpoint(note.text))
    except NoteError as error:
        raise WitnessError(400, error.message) from error


def check_signed(asked: AddCheckpoint, keys: Iterable[NoteKey]) -> None:
    """By one of the keys that are trusted for the log, if any is. Raises WitnessError (404, 403)."""
    trusted = list(keys)
    if not trusted:
        raise WitnessError(404, "this witness does not know the log")
    try:
        signed = [verified(asked.note, key) is not None for key in trusted]
    except NoteError as error:
        raise WitnessError(403, error.message) from error
    if not any(signed):
        raise WitnessError(403, "no key that is trusted for the log has signed the checkpoint")


def check_consistent(asked: AddCheckpoint, size: int, root: bytes) -> None:
    """With what was cosigned last: `size` and `root` (0 and the empty root for nothing yet). Raises WitnessError (400, 409, 422)."""
    new = asked.checkpoint
    if asked.old > new.size:
        raise WitnessError(400, "the old size is greater than the new one")
    if asked.old != size:
        raise WitnessError(409, f"{size}\n")
    if new.size == 0 and new.root != EMPTY_ROOT:
        raise WitnessError(422, "an empty log has the root of an empty tree")
    if not verify_consistency(size, new.size, root, new.root, asked.proof):
        raise WitnessError(422, "the checkpoint is not consistent with the one that was cosigned before")


def _hash(line: str) -> bytes:
    try:
        content = base64.b64decode(line, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoteError("a line of the proof is not Base64") from error
    if len(content) != _HASH or base64.b64encode(content).decode("ascii") != line:
        raise NoteError("a line of the proof is no hash")
    return content
