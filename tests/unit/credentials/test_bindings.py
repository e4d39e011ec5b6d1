"""Bindings: exact, by prefix up to a boundary, and by external id."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.catalogue.bindings import Binding, collide, covers, names, prefixes

_VIEW = "https://lms.test/course/view.php?id=18"


@pytest.mark.parametrize(
    ("prefix", "activity", "covered"),
    [
        (_VIEW, _VIEW, True),
        (_VIEW, _VIEW + "9", False),
        (_VIEW, _VIEW + "&section=2", True),
        (_VIEW, _VIEW + "#s", True),
        ("https://lms.test/course", "https://lms.test/course/view.php?id=18", True),
        ("https://lms.test/course", "https://lms.test/courses/1", False),
        ("https://lms.test/course/", "https://lms.test/course/view.php", True),
        ("https://lms.test/course/", "https://lms.test/course", False),
        ("https://lms.test/x?id=", "https://lms.test/x?id=18", False),
        ("urn:uuid:18", "urn:uuid:18/a", True),
    ],
)
def test_a_prefix_covers_up_to_a_boundary(prefix: str, activity: str, covered: bool) -> None:
    assert covers(prefix, activity) is covered
    assert (prefix in set(prefixes(activity))) is covered


def test_a_binding_names_by_its_own_way_of_reading() -> None:
    assert names(Binding("course", _VIEW), _VIEW)
    assert not names(Binding("course", _VIEW), _VIEW + "&a=1")
    assert names(Binding("course", _VIEW, "prefix"), _VIEW + "&a=1")
    assert names(Binding("course", "PBJ-01", "external"), _VIEW, frozenset({"PBJ-01"}))
    assert not names(Binding("course", "PBJ-01", "external"), "PBJ-01")


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (Binding("a", _VIEW), Binding("b", _VIEW), True),
        (Binding("a", _VIEW), Binding("b", _VIEW + "9"), False),
        (Binding("a", _VIEW, "prefix"), Binding("b", _VIEW + "&s=1"), True),
        (Binding("a", _VIEW, "prefix"), Binding("b", _VIEW + "9"), False),
        (Binding("a", "https://lms.test/course", "prefix"), Binding("b", _VIEW, "prefix"), True),
        (Binding("a", _VIEW, "external"), Binding("b", _VIEW), False),
        (Binding("a", "PBJ", "external"), Binding("b", "PBJ", "external"), True),
    ],
)
def test_bindings_collide_when_one_activity_could_be_meant_by_both(one: Binding, other: Binding, expected: bool) -> None:
    assert collide(one, other) is collide(other, one) is expected


@given(st.text("ab/?&#=", max_size=20), st.text("ab/?&#=", max_size=20))
def test_the_prefixes_of_an_activity_are_exactly_what_covers_it(start: str, rest: str) -> None:
    activity = "x:" + start + rest
    found = set(prefixes(activity))
    for length in range(1, len(activity) + 1):
        assert (activity[:length] in found) is covers(activity[:length], activity)
