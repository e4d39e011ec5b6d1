"""Every recorded case of the official suite that is one statement: accepted or refused as the specification wants."""

from __future__ import annotations

from collections.abc import Iterator

import orjson
import pytest

from lrs.errors import InvalidStatementError
from lrs.xapi.equality import same_statement
from lrs.xapi.splice import splice_head
from lrs.xapi.statements import parse_statements
from lrs.xapi.strict_json import JsonLimits
from lrs.xapi.terms import index_terms
from lrs.xapi.versions import Version
from tests.support.shared_data import shared_data

_COUNTS = {Version.V1: 837, Version.V2: 858}


def _cases(version: Version) -> Iterator[dict[str, str | int]]:
    with shared_data(f"statement-cases-{version.value}.ndjson").open("rb") as lines:
        for line in lines:
            yield orjson.loads(line)


@pytest.mark.parametrize("version", list(Version), ids=lambda version: version.value)
def test_every_recorded_case_gets_its_answer(version: Version) -> None:
    cases = list(_cases(version))
    assert len(cases) == _COUNTS[version]
    wrong = [f"{case['requirement']} {case['case']}" for case in cases if _status(str(case["body"]).encode(), version) != case["status"]]
    assert wrong == []


@pytest.mark.parametrize("version", list(Version), ids=lambda version: version.value)
def test_every_accepted_case_can_be_indexed_and_comes_back_the_same(version: Version) -> None:
    for case in _cases(version):
        if case["status"] != 200:
            continue
        for parsed in parse_statements(str(case["body"]).encode(), version, JsonLimits(), 100):
            direct, related = index_terms(parsed)
            assert len(direct) >= 2
            assert not set(direct) & set(related)
            body = (
                splice_head(parsed, statement_id="4c6d5b0e-0000-4000-8000-000000000001", authority=b'{"mbox":"mailto:lms@example.org"}')
                + b"}"
            )
            assert same_statement(parsed.raw, body)
            assert {"id", "authority", "version"} <= orjson.loads(body).keys()


def _status(body: bytes, version: Version) -> int:
    try:
        parse_statements(body, version, JsonLimits(), 100)
    except InvalidStatementError as error:
        assert error.message
        assert error.clause
        return 400
    return 200
