"""Strict JSON (RFC 8259; xAPI-Data 1.0.3 2.1, 2.2): what a lenient parser lets through is refused, quickly or slowly."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lrs.errors import InvalidStatementError, TooLargeError
from lrs.xapi.strict_json import JsonLimits, check_json, load_json

GOOD = [
    b"{}",
    b" [1, 2] \r\n\t",
    b'{"a":{"a":1},"b":{"a":2}}',
    b'{"a":"\\u003a:","b":":"}',
    b'{"a":1e400,"b":-0,"c":123456789012345678901234567890,"d":0.10000000000000000000000001,"e":1E+2}',
    b'"\\ud83d\\ude00"',
    b'"\xf0\x9f\x98\x80"',
    b'"\\u0000"',
    b"[" * 100 + b"]" * 100,
    b'{"a":"' + b"[" * 5_000 + b'"}',
    b'{"a":"\\"' + b"{" * 5_000 + b'\\\\"}',
    b'{"a":"' + b"1" * 5_000 + b'"}',
    b"1" * 1_000,
    b"[" + b"1," * 2_000 + b"1]",
]
BAD = {
    "nothing": b"",
    "white space": b"  ",
    "a word": b"hello",
    "two documents": b"{} {}",
    "something behind": b"{}x",
    "a trailing comma": b'{"a":1,}',
    "a comment": b"{} // note",
    "single quotes": b"{'a':1}",
    "a key without quotes": b"{a:1}",
    "a key twice": b'{"a":1,"a":1}',
    "a key twice, once with an escape": b'{"a":1,"\\u0061":2}',
    "a key twice, deep": b'[[{"b":{"a":1,"c":2,"a":3}}]]',
    "a key twice beside an escaped colon": b'{"x":"\\u003a","a":1,"a":2}',
    "a key twice beside a big number": b'{"x":1e400,"a":1,"a":2}',
    "NaN": b'{"a":NaN}',
    "Infinity": b"[Infinity]",
    "minus Infinity": b"[-Infinity]",
    "a leading zero": b"[01]",
    "a leading plus": b"[+1]",
    "a bare point": b"[.5]",
    "an end point": b"[1.]",
    "a hexadecimal number": b"[0x10]",
    "half a surrogate pair": b'"\\ud800"',
    "half a surrogate pair as a key": b'{"\\udc00":1}',
    "a surrogate in UTF-8": b'"\xed\xa0\x80"',
    "Latin-1": b'"\xe9"',
    "UTF-16": '{"a":1}'.encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf{}",
    "a control character in a string": b'"a\nb"',
    "an escape that is none": b'"\\x41"',
    "101 arrays": b"[" * 101 + b"]" * 101,
    "101 objects": b'{"a":' * 101 + b"1" + b"}" * 101,
    "very many arrays": b"[" * 100_000,
    "a number of 1001 digits": b"1" * 1_001,
    "a number of 1001 characters in an array": b"[1," + b"0." + b"1" * 1_000 + b"]",
}


@pytest.mark.parametrize("raw", GOOD, ids=range(len(GOOD)))
def test_good_documents_are_accepted(raw: bytes) -> None:
    check_json(raw)
    load_json(raw)


@pytest.mark.parametrize("raw", BAD.values(), ids=BAD.keys())
def test_bad_documents_are_refused_with_a_reason(raw: bytes) -> None:
    for look in (check_json, load_json):
        with pytest.raises(InvalidStatementError) as caught:
            look(raw)
        assert caught.value.message
        assert caught.value.clause == "RFC 8259"


@pytest.mark.parametrize("digits", ["1e400", "123456789012345678901234567890", "0.10000000000000000000000001", "-0.0"])
def test_the_slow_look_reads_numbers_exactly(digits: str) -> None:
    assert load_json(f"[{digits}]".encode()) == [Decimal(digits)]


def test_a_document_over_the_limit_is_too_large_whatever_is_in_it() -> None:
    limits = JsonLimits(size=1_000)
    check_json(b'"' + b"x" * 998 + b'"', limits)
    for raw in (b'"' + b"x" * 999 + b'"', b"[" * 1_001, b"\xff" * 1_001):
        with pytest.raises(TooLargeError):
            check_json(raw, limits)


def test_limits_are_what_the_setting_says() -> None:
    check_json(b"[" * 10 + b"]" * 10, JsonLimits(nesting=10))
    with pytest.raises(InvalidStatementError):
        check_json(b"[" * 11 + b"]" * 11, JsonLimits(nesting=10))
    with pytest.raises(InvalidStatementError):
        check_json(b"[1234567]", JsonLimits(number_chars=6))


TEXT = st.text(st.sampled_from('ab:"\\{}[],1é☃\x00\n'), max_size=6)
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=200)
@given(JSON, st.booleans(), st.sampled_from([None, 1]))
def test_whatever_json_is_written_is_accepted(value: Any, escaped: bool, indent: int | None) -> None:
    raw = json.dumps(value, ensure_ascii=escaped, indent=indent).encode()
    check_json(raw)
    assert json.loads(raw) == value


@settings(max_examples=200)
@given(st.lists(st.tuples(TEXT, JSON), min_size=1, max_size=4), JSON, st.booleans())
def test_a_key_that_stands_twice_is_found_wherever_it_is(pairs: list[tuple[str, Any]], other: Any, escaped: bool) -> None:
    members = [f"{json.dumps(key, ensure_ascii=escaped)}:{json.dumps(value)}" for key, value in [*pairs, (pairs[0][0], other)]]
    document = '{"outer":[{' + ",".join(members) + "}]}"
    with pytest.raises(InvalidStatementError):
        check_json(document.encode())


@settings(max_examples=300)
@given(JSON, st.integers(min_value=0), st.binary(max_size=3))
def test_the_quick_look_and_the_slow_one_say_the_same_of_damaged_documents(value: Any, at: int, noise: bytes) -> None:
    raw = json.dumps(value, ensure_ascii=False).encode()
    cut = at % (len(raw) + 1)
    damaged = raw[:cut] + noise + raw[cut + 1 :]
    assert _accepts(check_json, damaged) == _accepts(load_json, damaged)


def _accepts(look: Any, raw: bytes) -> bool:
    try:
        look(raw)
    except InvalidStatementError:
        return False
    return True


@given(st.lists(st.sampled_from(["[", "]", "{", "}", '"["', '"\\"]"', "1,", '"a\\\\"']), max_size=60).map("".join))
def test_brackets_count_only_outside_strings(text: str) -> None:
    depth = deepest = 0
    inside = escaped = False
    for char in text:
        if inside:
            inside, escaped = escaped or char != '"', not escaped and char == "\\"
        elif char == '"':
            inside = True
        elif char in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif char in "]}":
            depth -= 1
    try:
        load_json(text.encode(), JsonLimits(nesting=8))
    except InvalidStatementError as error:
        assert ("deeper" in error.message) == (deepest > 8)
    else:
        assert deepest <= 8
