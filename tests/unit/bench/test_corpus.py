"""The generated statements are what they say: valid, varied, of the promised size, the same again."""

from __future__ import annotations

import json

import pytest

from bench.corpus import corpus
from lrs.xapi.statements import parse_statements
from lrs.xapi.strict_json import JsonLimits
from lrs.xapi.versions import Version


@pytest.mark.parametrize("version", list(Version))
def test_every_generated_statement_is_valid(version: Version) -> None:
    body = json.dumps(list(corpus(1_000))).encode()
    assert len(parse_statements(body, version, JsonLimits(), 1_000)) == 1_000


def test_sizes_lie_between_six_hundred_bytes_and_four_kilobytes() -> None:
    sizes = [len(json.dumps(statement, separators=(",", ":")).encode()) for statement in corpus(1_000)]
    assert min(sizes) >= 600
    assert max(sizes) <= 4_096


def test_the_same_seed_gives_the_same_statements_and_another_gives_others() -> None:
    assert list(corpus(20, seed=3)) == list(corpus(20, seed=3))
    assert list(corpus(20, seed=3)) != list(corpus(20, seed=4))


def test_every_kind_of_object_and_actor_comes_up() -> None:
    statements = list(corpus(1_000))
    assert {one["object"].get("objectType") for one in statements} == {"Activity", "Agent", "StatementRef", "SubStatement"}
    assert {name for one in statements for name in one["actor"]} >= {"account", "mbox", "mbox_sha1sum", "openid", "member"}
    assert any("attachments" in one for one in statements)
