"""Signed notes as others write and read them; what is not quite one is refused."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from credentials.errors import NoteError
from credentials.log.note import (
    COSIGNATURE,
    ED25519,
    Checkpoint,
    Note,
    NoteKey,
    cosigned,
    parse_checkpoint,
    parse_key,
    parse_note,
    signed,
    verified,
)

# The example of the specification (c2sp.org/signed-note, "Example").
_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
_NOTE = (
    "This is an example message.\n\n"
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
_PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
_PUBLIC = _PRIVATE.public_key().public_bytes_raw()
_LOG, _WITNESS = NoteKey("jejak.test/log", ED25519, _PUBLIC), NoteKey("saksi.test/1", COSIGNATURE, _PUBLIC)
_CHECKPOINT = Checkpoint("jejak.test/log", 7, b"\7" * 32)


def test_the_specifications_example_verifies_with_its_key() -> None:
    key = parse_key(_KEY)
    assert verified(parse_note(_NOTE), key) == 0
    assert key.text() == _KEY
    assert parse_note(_NOTE).whole() == _NOTE


def test_the_specifications_example_with_another_word_does_not() -> None:
    with pytest.raises(NoteError, match="wrong"):
        verified(parse_note(_NOTE.replace("example message", "exemple message")), parse_key(_KEY))


def test_a_key_that_has_not_signed_says_nothing() -> None:
    assert verified(parse_note(_NOTE), _LOG) is None


def test_a_checkpoint_is_signed_by_its_log_and_cosigned_with_the_time() -> None:
    text = _CHECKPOINT.text()
    note = Note(text, (signed(text, _LOG, _PRIVATE.sign), cosigned(text, _WITNESS, _PRIVATE.sign, 1_795_507_200)))
    read = parse_note(note.whole())
    assert (verified(read, _LOG), verified(read, _WITNESS)) == (0, 1_795_507_200)
    assert parse_checkpoint(read.text) == _CHECKPOINT
    assert len(base64.b64decode(read.signatures[1].line().split(" ")[2])) == 4 + 8 + 64


def test_a_cosignature_moved_to_another_time_is_wrong() -> None:
    text = _CHECKPOINT.text()
    line = cosigned(text, _WITNESS, _PRIVATE.sign, 1_795_507_200)
    moved = type(line)(line.name, line.key_id, (1_795_507_201).to_bytes(8, "big") + line.signature[8:])
    with pytest.raises(NoteError, match="wrong"):
        verified(Note(text, (moved,)), _WITNESS)


def test_a_logs_signature_is_no_cosignature_by_the_same_key() -> None:
    text = _CHECKPOINT.text()
    line = signed(text, _LOG, _PRIVATE.sign)
    with pytest.raises(NoteError, match="wrong"):
        verified(Note(text, (type(line)(_WITNESS.name, _WITNESS.id, line.signature),)), _WITNESS)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "text\n",
        "text\n\n",
        "text\n— a AAAAAAA=\n",
        "text\n\n- a AAAAAAA=\n",
        "text\n\n— a AAAA\n",
        "text\n\n— a b AAAAAAA=\n",
        "text\n\n— a AAAAAAA\n",
        "text\n\n— a AAAAAAB=\n",
        "text\n\n— a AAAAAAA=",
        "te\txt\n\n— a AAAAAAA=\n",
        "x" * 70_000 + "\n\n— a AAAAAAA=\n",
    ],
)
def test_what_is_no_note_is_refused(content: str) -> None:
    with pytest.raises(NoteError):
        parse_note(content)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a\n1\n",
        f"a\n01\n{base64.b64encode(bytes(32)).decode()}\n",
        f"a\n-1\n{base64.b64encode(bytes(32)).decode()}\n",
        f"a\n1\n{base64.b64encode(bytes(31)).decode()}\n",
        f"\n1\n{base64.b64encode(bytes(32)).decode()}\n",
        f"a\n1\n{base64.b64encode(bytes(32)).decode()}",
        f"a\n1\n{base64.b64encode(bytes(32)).decode()}\n\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        parse_checkpoint(text)


def test_extension_lines_of_other_logs_are_let_pass() -> None:
    assert parse_checkpoint(_CHECKPOINT.text() + "extension\n") == _CHECKPOINT


@pytest.mark.parametrize(
    "text", ["", "a+b", _KEY.replace("530d", "530e"), _KEY[:-4], _KEY.replace("/foo", "/f o"), _KEY.replace("+Ae", "+Be")]
)
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        parse_key(text)
