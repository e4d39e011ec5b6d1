"""The quick way says what `parse_statement` says, or nothing: for good statements, for every recorded case, and for all that can be done
to the bytes of one.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator

import msgspec
import orjson
import pytest

from bench.corpus import activities_only, corpus, encoded
from lrs.errors import InvalidRequestError
from lrs.xapi.definitions import activities_of
from lrs.xapi.quick import QuickParser
from lrs.xapi.quick_parts import Memory, Parts
from lrs.xapi.statement import ParsedStatement, parse_statement
from lrs.xapi.strict_json import JsonLimits
from lrs.xapi.terms import index_terms
from lrs.xapi.versions import Version
from tests.support.shared_data import shared_data

_LIMITS = JsonLimits()
_VERSIONS = pytest.mark.parametrize("version", list(Version), ids=lambda version: version.value)


def _slow(raw: bytes, version: Version) -> ParsedStatement | None:
    try:
        return parse_statement(raw, version, _LIMITS)
    except InvalidRequestError:
        return None


def _agree(quick: QuickParser, raw: bytes, version: Version) -> bool:
    """Whether the quick way took it; it must not take what is wrong, nor see anything else in it."""
    found, slow = quick.parse(raw), _slow(raw, version)
    if found is None:
        return False
    assert slow is not None, raw
    assert _seen(found) == _seen(slow), raw
    return True


def _seen(parsed: ParsedStatement) -> tuple[object, ...]:
    """All that is made of it."""
    return msgspec.structs.replace(parsed, content=()), index_terms(parsed), activities_of(parsed)


@_VERSIONS
def test_of_the_corpus_nearly_all_go_the_quick_way_and_are_read_the_same(version: Version) -> None:
    quick = QuickParser(version, _LIMITS)
    taken = [_agree(quick, raw, version) for raw in encoded(2_000)]
    assert sum(taken) > 0.95 * len(taken)


@_VERSIONS
def test_every_recorded_case_is_read_the_same(version: Version) -> None:
    quick = QuickParser(version, _LIMITS)
    with shared_data(f"statement-cases-{version.value}.ndjson").open("rb") as lines:
        for line in lines:
            body = str(orjson.loads(line)["body"]).encode().strip()
            _agree(quick, body, version)
            if body.startswith(b"{"):
                _agree(quick, _compact(body), version)


def _compact(body: bytes) -> bytes:
    try:
        return orjson.dumps(orjson.loads(body))
    except orjson.JSONDecodeError:
        return body


@_VERSIONS
def test_bytes_that_are_changed_at_random_are_never_taken_for_what_they_are_not(version: Version) -> None:
    source = random.Random(1)
    quick = QuickParser(version, _LIMITS)
    statements = list(encoded(60))
    taken = 0
    for _ in range(12_000):
        raw = bytearray(source.choice(statements))
        for _ in range(source.choice((1, 1, 1, 2, 5))):
            _change(source, raw)
        taken += _agree(quick, bytes(raw), version)
    assert taken > 1_000


def _change(source: random.Random, raw: bytearray) -> None:
    """Another byte, a byte more, a byte less, a piece twice, a piece left out."""
    place = source.randrange(len(raw))
    kind = source.randrange(5)
    if kind == 0:
        raw[place] = source.choice(b'"\\{}[],: 0aZ-\x00\x1f\x7f\x80\xc3\xff')
    elif kind == 1:
        raw.insert(place, source.choice(b'"\\{}[],: 0aZ-\x00\x1f\x7f\x80\xc3\xff'))
    elif kind == 2:
        del raw[place]
    elif kind == 3:
        raw[place:place] = raw[place : place + source.randrange(40)]
    else:
        del raw[place : place + source.randrange(40)]


def _spoilt() -> Iterator[tuple[str, bytes]]:
    """Valid JSON or nearly, each with one thing that must not pass unseen."""
    statement = next(one for one in corpus(200) if activities_only(one) and "result" in one and "extensions" in one["context"])
    good = orjson.dumps(statement)
    text = good.decode()
    yield "a member twice", good[:-1] + b',"verb":{"id":"http://e.test/v"}}'
    yield "a member twice, the same", good[:-1] + b',"verb":' + orjson.dumps(statement["verb"]) + b"}"
    yield "a member of the context twice", text.replace('"platform":"Moodle"', '"platform":"Moodle","platform":"Moodle"').encode()
    yield "a key of a definition twice", text.replace('"definition":{', '"definition":{"type":"http://e.test/t",').encode()
    yield "an extension twice", text.replace('"extensions":{', '"extensions":{"https://e.test/x":1,"https://e.test/x":1,').encode()
    yield "a key in an extension twice", text.replace('"extensions":{', '"extensions":{"https://e.test/x":{"a":1,"a":1},').encode()
    yield "an extension's key that is no IRI", text.replace('"extensions":{', '"extensions":{"x":1,').encode()
    yield "half a surrogate pair", text.replace('"platform":"Moodle"', '"platform":"\\ud800"').encode()
    yield "half a surrogate pair in an extension", text.replace('"extensions":{', '"extensions":{"https://e.test/x":"\\ud800",').encode()
    yield "no UTF-8", good.replace(b'"platform":"Moodle"', b'"platform":"\xff\xff\xff\xff\xff\xff"')
    yield "no UTF-8 in an extension", good.replace(b'"extensions":{', b'"extensions":{"https://e.test/x":"\xff",')
    yield "a long number", text.replace('"extensions":{', '"extensions":{"https://e.test/x":' + "1" * 1_001 + ",").encode()
    yield "deep nesting", text.replace('"extensions":{', '"extensions":{"https://e.test/x":' + "[" * 98 + "]" * 98 + ",").encode()
    yield (
        "deeper than any stack",
        text.replace('"extensions":{', '"extensions":{"https://e.test/x":' + "[" * 9_000 + "]" * 9_000 + ",").encode(),
    )
    yield "null for a member", text.replace('"platform":"Moodle"', '"platform":null').encode()
    yield "an unknown member", good[:-1] + b',"x":1}'
    yield "a day that is not", json.dumps({**statement, "timestamp": "2026-02-30T00:00:00Z"}, separators=(",", ":")).encode()
    yield "a void of an Activity", orjson.dumps({**statement, "verb": {"id": "http://adlnet.gov/expapi/verbs/voided"}})
    yield "a platform for an Agent", orjson.dumps({**statement, "object": {"objectType": "Agent", "mbox": "mailto:a@example.org"}})
    yield (
        "an actor with two identifiers",
        orjson.dumps({**statement, "actor": {"mbox": "mailto:a@example.org", "openid": "http://e.test/a"}}),
    )
    yield "two at the end", good + good
    yield "nothing", b""


@pytest.mark.parametrize("raw", [raw for _, raw in _spoilt()], ids=[name for name, _ in _spoilt()])
@_VERSIONS
def test_what_is_spoilt_is_not_taken_and_parse_statement_refuses_it(version: Version, raw: bytes) -> None:
    quick = QuickParser(version, _LIMITS)
    for statement in encoded(200):
        quick.parse(statement)  # its parts are known
    assert quick.parse(raw) is None
    assert _slow(raw, version) is None


def test_a_size_over_the_limit_is_left_to_parse_statement() -> None:
    (raw,) = encoded(1)
    assert QuickParser(Version.V1, JsonLimits(size=len(raw))).parse(raw) is not None
    assert QuickParser(Version.V1, JsonLimits(size=len(raw) - 1)).parse(raw) is None


def test_what_is_remembered_has_an_end_and_what_is_in_use_stays() -> None:
    reads: list[bytes] = []

    def read(part: bytes) -> str:
        reads.append(part)
        return part.decode()

    memory = Memory(1_000_000)
    parts, others = Parts(read, memory), Parts(read, memory)
    used = b"in use"
    for number in range(3_000):
        for kind, part in ((parts, used), (parts, b"%d " % number + b"x" * 1_000), (others, b"%d " % number + b"y" * 1_000)):
            assert (kind.known.get(part) or kind.learn(part)) == part.decode()
    assert reads.count(used) == 1
    assert len(reads) == 6_001
    held = [len(part) for kind in (parts, others) for some in (kind.known, kind.before) for part in some]
    assert 200 < len(held) < 700


def test_a_part_that_is_too_long_is_read_each_time() -> None:
    reads: list[bytes] = []

    def read(part: bytes) -> int:
        reads.append(part)
        return len(reads)

    parts = Parts(read, Memory())
    assert [parts.learn(b"x" * 5_000) for _ in range(3)] == [1, 2, 3]
    assert not parts.known
