"""multipart/mixed by delimiter lines (xAPI-Communication 1.0.3, 1.5.2; RFC 2046, 5.1.1)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrs.errors import InvalidRequestError, SenderError, TooLargeError
from lrs.web.multipart import Outgoing, Part, PartLimits, boundary_of, media_type, multipart_length, parse_multipart, write_multipart

LIMITS = PartLimits()


def parsed(body: bytes, boundary: bytes = b"xyz") -> list[Part]:
    return parse_multipart(body, boundary, LIMITS)


def test_parts_come_in_order_with_lower_case_header_names() -> None:
    body = b"--xyz\r\nContent-Type: application/json\r\n\r\n{}\r\n--xyz\r\nX-Experience-API-Hash:abc\r\n\r\nbytes\r\n--xyz--\r\n"
    assert parsed(body) == [Part({"content-type": "application/json"}, b"{}"), Part({"x-experience-api-hash": "abc"}, b"bytes")]


def test_preamble_and_epilogue_are_passed_over() -> None:
    assert parsed(b"hello\r\n--xyz\r\n\r\ncontent\r\n--xyz--\r\nbye\r\n--xyz\r\n\r\nmore") == [Part({}, b"content")]


def test_a_body_may_begin_with_a_line_end() -> None:
    assert parsed(b"\r\n--xyz\r\n\r\ncontent\r\n--xyz--") == [Part({}, b"content")]


def test_a_boundary_of_many_dashes_is_like_any_other() -> None:
    boundary = b"-------314159265358979323846"
    assert parsed(b"--" + boundary + b"\r\n\r\na\r\n--" + boundary + b"--\r\n", boundary) == [Part({}, b"a")]


def test_content_may_hold_the_boundary_within_a_line_or_as_the_start_of_a_longer_line() -> None:
    content = b"see --xyz\r\n--xyzzy\r\n--xyz and more\r\n\r\n\x00\xff\n--xyz\n"
    assert parsed(b"--xyz\r\n\r\n" + content + b"\r\n--xyz--") == [Part({}, content)]


def test_a_delimiter_may_be_padded_with_blanks() -> None:
    assert parsed(b"--xyz \t\r\n\r\na\r\n--xyz  \r\n\r\nb\r\n--xyz--") == [Part({}, b"a"), Part({}, b"b")]


def test_a_part_may_be_empty() -> None:
    assert parsed(b"--xyz\r\n\r\n\r\n--xyz\r\nA: b\r\n\r\n\r\n--xyz--") == [Part({}, b""), Part({"a": "b"}, b"")]
    assert parsed(b"--xyz\r\n\r\n--xyz--") == [Part({}, b"")]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no delimiter at all",
        b"--xyz",
        b"--xyz\r\n",
        b"--xyz--",
        b"--xyz\r\n\r\nwithout its end",
        b"--xyz\r\n\r\na\r\n--xyz\r\n\r\nb",
        b"--xyz\r\nno blank line\r\n--xyz--",
        b"--xyz\r\n--xyz--",
        b"--xyz\r\nnot a header\r\n\r\na\r\n--xyz--",
        b"--xyz\r\nA: b\r\n folded\r\n\r\na\r\n--xyz--",
        b"--xyz\r\nA b: c\r\n\r\na\r\n--xyz--",
        b"--xyz\r\nA: b\r\na: c\r\n\r\na\r\n--xyz--",
        b"--xyz\r\n: b\r\n\r\na\r\n--xyz--",
        b"--xyz\n\na\n--xyz--",
    ],
)
def test_a_malformed_body_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidRequestError):
        parsed(body)


def test_more_parts_than_the_limit_are_refused() -> None:
    body = b"--xyz\r\n\r\na\r\n" * 3 + b"--xyz--"
    assert len(parse_multipart(body, b"xyz", PartLimits(parts=3))) == 3
    with pytest.raises(TooLargeError):
        parse_multipart(body, b"xyz", PartLimits(parts=2))


def test_more_header_bytes_than_the_limit_are_refused() -> None:
    with pytest.raises(TooLargeError):
        parse_multipart(b"--xyz\r\nA: " + b"b" * 100 + b"\r\n\r\na\r\n--xyz--", b"xyz", PartLimits(header_bytes=50))


@pytest.mark.parametrize(
    ("content_type", "boundary"),
    [
        ("multipart/mixed; boundary=xyz", b"xyz"),
        ('multipart/mixed; boundary="x y:z"', b"x y:z"),
        ("multipart/mixed; charset=utf-8; BOUNDARY=---1", b"---1"),
        ("multipart/mixed;boundary=xyz; a=b", b"xyz"),
    ],
)
def test_the_boundary_is_read_from_the_header(content_type: str, boundary: bytes) -> None:
    assert boundary_of(content_type) == boundary


@pytest.mark.parametrize(
    "content_type",
    [
        "multipart/mixed",
        "multipart/mixed;",
        "multipart/mixed; boundary=",
        'multipart/mixed; boundary=""',
        f"multipart/mixed; boundary={'b' * 71}",
        'multipart/mixed; boundary="x "',
        "multipart/mixed; boundary=é",
        "multipart/mixed; boundary*=utf-8''%C3%A9",
    ],
)
def test_a_header_without_a_proper_boundary_is_refused(content_type: str) -> None:
    with pytest.raises(InvalidRequestError):
        boundary_of(content_type)


def test_a_media_type_has_no_parameters_and_no_case() -> None:
    assert media_type(" Application/JSON ; charset=utf-8") == "application/json"


async def pieces(*contents: bytes) -> AsyncIterator[bytes]:
    for content in contents:
        yield content


def outgoing(digest: str, content_type: str, *contents: bytes) -> Outgoing:
    return Outgoing(digest, content_type, sum(map(len, contents)), pieces(*contents))


async def written(*parts: Outgoing) -> bytes:
    announced = multipart_length("b0", b"{}", list(parts))
    body = b"".join([piece async for piece in write_multipart("b0", b"{}", list(parts))])
    assert len(body) == announced
    return body


async def test_what_is_written_reads_back_byte_for_byte() -> None:
    body = await written(outgoing("d1", "text/plain; charset=ascii", b"a\r\n", b"\x00--b"), outgoing("d2", "image/png"))
    first, second, third = parsed(body, b"b0")
    assert first == Part({"content-type": "application/json"}, b"{}")
    assert second.content == b"a\r\n\x00--b"
    assert second.headers == {
        "content-type": "text/plain; charset=ascii",
        "content-transfer-encoding": "binary",
        "x-experience-api-hash": "d1",
    }
    assert third == Part({"content-type": "image/png", "content-transfer-encoding": "binary", "x-experience-api-hash": "d2"}, b"")


@pytest.mark.parametrize(
    "content_type", ["text/plain\r\nSet-Cookie: a=b", "text/plain\n", "nonsense", "", "text/é", 'text/plain; a="b\r\nc"', "text/plain;"]
)
async def test_a_content_type_of_a_statement_cannot_write_headers(content_type: str) -> None:
    _, part = parsed(await written(outgoing("d1", content_type, b"a")), b"b0")
    assert part.headers["content-type"] == "application/octet-stream"
    assert len(part.headers) == 3


@given(st.lists(st.binary(max_size=60), min_size=1, max_size=5))
def test_any_bytes_survive_between_delimiters(contents: list[bytes]) -> None:
    boundary = b"0123456789abcdef-not-in-there"
    body = b"".join(b"--" + boundary + b"\r\n\r\n" + content + b"\r\n" for content in contents) + b"--" + boundary + b"--\r\n"
    assert [part.content for part in parsed(body, boundary)] == contents


@given(st.binary(max_size=200), st.sampled_from([b"a", b"--", b"xyz"]))
def test_no_body_whatever_does_anything_but_parse_or_be_refused(noise: bytes, boundary: bytes) -> None:
    for body in (noise, b"--" + boundary + b"\r\n" + noise, b"--" + boundary + b"\r\n" + noise + b"\r\n--" + boundary + b"--"):
        try:
            assert parse_multipart(body, boundary, LIMITS)
        except SenderError:
            continue
