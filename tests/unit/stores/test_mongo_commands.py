"""What the contract tests hold every command on MongoDB to finds what it must find."""

from __future__ import annotations

from typing import Any

import pytest

from lrs.stores.mongo.schema import INDEXES
from tests.support.mongo.commands import problems


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ({"find": "statement", "filter": {"_id": "x", "v": 0}, "limit": 1}, []),
        ({"find": "statement", "filter": {"p": "a", "s": {"$lte": 5}, "x": {"$gt": 5}}, "sort": {"s": -1}, "limit": 9}, []),
        ({"find": "statement", "filter": {"p": "a", "s": {"$lte": 5}}, "sort": {"s": 1}, "limit": 9}, []),
        ({"find": "segment", "filter": {}, "sort": {"_id": -1}, "limit": 1}, []),
        ({"find": "statement", "filter": {"_id": "x"}}, ["find in statement has no end"]),
        ({"find": "statement", "filter": {"b": 1}, "limit": 1}, ["no index of statement serves"]),
        ({"find": "statement", "filter": {"p": "a"}, "sort": {"n": 1}, "limit": 1}, ["no index of statement serves"]),
        ({"find": "closure", "filter": {}, "limit": 1}, ["no index of closure serves"]),
        ({"find": "segment", "filter": {}, "sort": {"to": 1}, "limit": 1}, ["no index of segment serves"]),  # the index is sparse
        ({"find": "statement", "filter": {"_id": {"$regex": "x"}}, "limit": 1}, ["find: $regex is no declared operator"]),
        ({"find": "statement", "filter": {"_id": "x"}, "limit": 1, "hint": "x"}, ["find: hint is no declared option"]),
        ({"update": "statement", "updates": [{"q": {"b": 1}, "u": {"$inc": {"z": 1}}}]}, ["update: $inc is no", "no index of statement"]),
        ({"delete": "statement", "deletes": [{"q": {"b": 1}, "limit": 1}]}, ["no index of statement serves"]),
        ({"saslStart": 1, "mechanism": "SCRAM-SHA-256"}, []),
        ({"aggregate": "statement", "pipeline": []}, ["aggregate is no declared command"]),
    ],
)
def test_what_is_wrong_with_a_command_is_told(command: dict[str, Any], told: list[str]) -> None:
    found = problems(next(iter(command)), command, INDEXES)
    assert len(found) == len(told)
    assert all(one.startswith(start) for one, start in zip(found, told, strict=True))
