"""What may be done to a document (xAPI-Communication 1.0.3 2.2, 3.1; 2.0 4.1.4): decisions over the one now there."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha1

import pytest

from lrs.errors import ConflictError, InvalidRequestError, PreconditionFailedError, TooLargeError
from lrs.xapi.documents import Preconditions, delete_decision, is_json, is_known_already, post_decision, put_decision
from lrs.xapi.strict_json import JsonLimits
from lrs.xapi.versions import Version

V1, V2 = Version.V1, Version.V2
JSON = "application/json"


@dataclass(frozen=True)
class Kept:
    content: bytes
    content_type: str = JSON

    @property
    def etag(self) -> str:
        return sha1(self.content, usedforsecurity=False).hexdigest()


HERE = Kept(b'{"a":1}')
RIGHT, WRONG = f'"{HERE.etag}"', '"0000"'
NONE = Preconditions()


@pytest.mark.parametrize(
    ("version", "profile", "there", "outcome"),
    [
        (V1, False, None, "kept"),
        (V1, False, HERE, "kept"),
        (V1, True, None, InvalidRequestError),
        (V1, True, HERE, ConflictError),
        (V2, False, None, "kept"),
        (V2, False, HERE, ConflictError),
        (V2, True, None, "kept"),
        (V2, True, HERE, ConflictError),
    ],
)
def test_put_without_a_precondition(version: Version, profile: bool, there: Kept | None, outcome: str | type[Exception]) -> None:
    decide = put_decision(version, NONE, b"new", "text/plain", profile=profile)
    if isinstance(outcome, str):
        assert decide(there) == (b"new", "text/plain")
    else:
        with pytest.raises(outcome):
            decide(there)


@pytest.mark.parametrize("version", [V1, V2])
@pytest.mark.parametrize("profile", [False, True])
@pytest.mark.parametrize(
    ("preconditions", "there", "holds"),
    [
        (Preconditions(if_match=RIGHT), HERE, True),
        (Preconditions(if_match=f"{WRONG}, {RIGHT}"), HERE, True),
        (Preconditions(if_match=HERE.etag), HERE, True),
        (Preconditions(if_match=f"W/{RIGHT}"), HERE, True),
        (Preconditions(if_match="*"), HERE, True),
        (Preconditions(if_match=WRONG), HERE, False),
        (Preconditions(if_match=""), HERE, False),
        (Preconditions(if_match="*"), None, False),
        (Preconditions(if_match=RIGHT), None, False),
        (Preconditions(if_none_match="*"), None, True),
        (Preconditions(if_none_match="*"), HERE, False),
        (Preconditions(if_none_match=RIGHT), HERE, False),
        (Preconditions(if_none_match=WRONG), HERE, True),
        (Preconditions(if_match=RIGHT, if_none_match="*"), HERE, False),
        (Preconditions(if_match=RIGHT, if_none_match=WRONG), HERE, True),
    ],
)
def test_a_precondition_decides_in_every_version_and_for_every_method(
    version: Version, profile: bool, preconditions: Preconditions, there: Kept | None, holds: bool
) -> None:
    decisions = [
        put_decision(version, preconditions, b"{}", JSON, profile=profile),
        post_decision(preconditions, b"{}", JSON),
        delete_decision(preconditions),
    ]
    for decide in decisions:
        if holds:
            decide(there)
        else:
            with pytest.raises(PreconditionFailedError):
                decide(there)


def test_post_merges_the_top_level_and_keeps_every_number() -> None:
    there = Kept(b'{"a":{"x":1},"b":1e400,"c":[1]}')
    merged = post_decision(NONE, b'{"a":{"y":2},"d":123456789012345678901234567890}', JSON)(there)
    assert merged == (b'{"a":{"y":2},"b":1e400,"c":[1],"d":123456789012345678901234567890}', JSON)


def test_post_where_there_is_nothing_stores_what_was_sent() -> None:
    assert post_decision(NONE, b'{ "a" : 1 }', "application/json; charset=utf-8")(None) == (
        b'{ "a" : 1 }',
        "application/json; charset=utf-8",
    )
    assert post_decision(NONE, b"\x00", "image/png")(None) == (b"\x00", "image/png")


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"1", b"null", b'{"a":1,"a":2}', b'{"a":NaN}', b"\xff", b"[" * 5_000])
def test_post_of_what_is_no_json_object_is_refused_before_anything_is_looked_up(content: bytes) -> None:
    with pytest.raises(InvalidRequestError):
        post_decision(NONE, content, JSON)


@pytest.mark.parametrize(
    ("sent", "content_type", "there"),
    [(b"{}", JSON, Kept(b"text", "text/plain")), (b"text", "text/plain", HERE), (b"{}", JSON, Kept(b"[1]")), (b"{}", JSON, Kept(b"{"))],
)
def test_what_cannot_be_merged_is_refused(sent: bytes, content_type: str, there: Kept) -> None:
    with pytest.raises(InvalidRequestError):
        post_decision(NONE, sent, content_type)(there)


def test_json_that_is_too_long_is_not_looked_at() -> None:
    limits = JsonLimits(size=10)
    with pytest.raises(TooLargeError):
        post_decision(NONE, b'{"a":"123456"}', JSON, limits)
    with pytest.raises(TooLargeError):
        post_decision(NONE, b"{}", JSON, limits)(Kept(b'{"a":"123456"}'))
    assert post_decision(NONE, b"x" * 11, "text/plain", limits)(None) is not None


def test_delete_leaves_nothing_and_nothing_to_delete_is_fine() -> None:
    assert delete_decision(NONE)(HERE) is None
    assert delete_decision(NONE)(None) is None


def test_a_reader_that_has_the_document_is_told_so() -> None:
    assert is_known_already(Preconditions(if_none_match=RIGHT), HERE)
    assert is_known_already(Preconditions(if_none_match="*"), HERE)
    assert not is_known_already(Preconditions(if_none_match=WRONG), HERE)
    assert not is_known_already(NONE, HERE)
    with pytest.raises(PreconditionFailedError):
        is_known_already(Preconditions(if_match=WRONG, if_none_match=RIGHT), HERE)


@pytest.mark.parametrize(
    ("content_type", "json"),
    [(JSON, True), ("Application/JSON ; charset=utf-8", True), ("application/json-patch+json", False), ("text/json", False), ("", False)],
)
def test_only_application_json_is_json(content_type: str, json: bool) -> None:
    assert is_json(content_type) is json
