"""Comparisons of what lies in a statement, and and/or/not over them, as SQL LRS's reactions have them."""

from __future__ import annotations

import pytest

from credentials.evidence.clauses import MISSING, Json, Known, compare, like
from credentials.evidence.reading import read_rule
from credentials.evidence.vocabulary import vocabulary
from tests.support.evidence import COMPLETED, COURSE, clause, judged, said


@pytest.mark.parametrize(
    ("op", "left", "right", "holds"),
    [
        ("eq", 1, 1.0, True),
        ("eq", True, 1, False),
        ("eq", "a", "a", True),
        ("eq", [1], [1], True),
        ("noteq", "a", "b", True),
        ("noteq", False, 0, True),
        ("gt", 2, 1, True),
        ("gt", 1, 1, False),
        ("gte", 1, 1, True),
        ("lt", "a", "b", True),
        ("lte", 2, 1, False),
        ("gt", "2", 1, None),
        ("gt", True, 0, None),
        ("lt", [1], [2], None),
        ("like", "bobby", "bo%", True),
        ("like", 5, "%", None),
        ("contains", ["a", "b"], "b", True),
        ("contains", [{"id": "x", "objectType": "Activity"}], {"id": "x"}, True),
        ("contains", ["a"], "c", False),
        ("contains", "abc", "a", None),
        ("eq", MISSING, 1, None),
        ("noteq", MISSING, 1, None),
        ("eq", 1, MISSING, None),
        ("exists", MISSING, False, True),
        ("exists", MISSING, True, False),
        ("exists", None, True, True),
    ],
)
def test_a_comparison_holds_does_not_or_cannot_be_told(op: str, left: Known, right: Known, holds: bool | None) -> None:
    assert compare(op, left, right) is holds  # type: ignore[arg-type]  # the table holds every operator


@pytest.mark.parametrize(
    ("text", "pattern", "fits"),
    [
        ("bob", "bo%", True),
        ("boz", "bo_", True),
        ("bo", "bo_", False),
        ("https://a.test/x?id=18", "%id=18", True),
        ("https://a.test/x?id=189", "%id=18", False),
        ("", "%", True),
        ("", "", True),
        ("a", "", False),
        ("abcabc", "%bc", True),
        ("a%b", "a%b", True),
        ("Bob", "bob", False),
    ],
)
def test_like_knows_any_text_and_any_character(text: str, pattern: str, fits: bool) -> None:
    assert like(text, pattern) is fits


def test_like_of_many_stars_over_a_long_text_ends_soon() -> None:
    assert not like("a" * 5_000, "%a" * 500 + "b")


_NO_SUCCESS = {"not": clause(["result", "success"], "eq", False)}


@pytest.mark.parametrize(
    ("asked", "result", "holds"),
    [
        (_NO_SUCCESS, {"success": True}, True),
        (_NO_SUCCESS, {"success": False}, False),
        (_NO_SUCCESS, None, False),  # as SQL's NOT NULL is not true
        ({"or": [_NO_SUCCESS, clause(["verb", "id"], "eq", COMPLETED)]}, None, True),
        ({"and": [_NO_SUCCESS, clause(["verb", "id"], "eq", COMPLETED)]}, None, False),
        ({"not": {"and": [clause(["result", "success"], "eq", True), clause(["verb", "id"], "eq", "https://x.test/")]}}, None, True),
        ({"or": [clause(["result", "success"], "exists", False), clause(["result", "success"], "eq", True)]}, None, True),
    ],
)
def test_what_is_missing_is_neither_true_nor_false(asked: Json, result: dict[str, Json] | None, holds: bool) -> None:
    rule = read_rule({"title": "x", "conditions": {"a": asked}}, vocabulary())
    told = said(1, COMPLETED, COURSE) | ({"result": result} if result else {})
    assert (judged(rule, [told], {}).at is not None) is holds
