"""Scenes: what is known by its bytes is what would be read, and memory stays bounded."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from credentials.evidence.vocabulary import vocabulary
from credentials.services.projection.scenes import Scenes, Unreadable, external
from tests.support.evidence import COURSE, QUIZ

_H5P = "http://h5p.org/x-api/h5p-local-content-id"
_EXTERNAL_ID = "https://w3id.org/learning-analytics/learning-management-system/external-id"


def _raw(value: Any) -> msgspec.Raw:
    return msgspec.Raw(json.dumps(value).encode())


_NOTHING = msgspec.Raw(b"")
_QUIZ = {"id": QUIZ, "definition": {"type": "http://adlnet.gov/expapi/activities/assessment"}}
_AROUND = {
    "parent": [{"id": "https://a.test/section"}],
    "grouping": [{"id": COURSE, "definition": {"extensions": {_EXTERNAL_ID: "PBJ-1"}}}],
    "category": [{"id": "http://moodle.org"}],
}


def test_the_second_time_it_is_the_same_scene() -> None:
    scenes = Scenes(vocabulary(), externals=False)
    first = scenes.of(_raw(_QUIZ), _raw(_AROUND))
    assert first is not None
    assert (first.about, first.around) == ((QUIZ,), ("https://a.test/section", COURSE))
    assert (first.type, first.weak) == ("http://adlnet.gov/expapi/activities/assessment", "")
    assert scenes.of(_raw(_QUIZ), _raw(_AROUND)) is first
    other = scenes.of(_raw(_QUIZ | {"id": COURSE}), _raw(_AROUND))
    assert other is not None
    assert other.about == (COURSE,)
    alone = scenes.of(_raw(_QUIZ), _NOTHING)
    assert alone is not None
    assert alone.around == ()


def test_external_ids_are_looked_for_where_they_are_bound() -> None:
    found = Scenes(vocabulary(), externals=True).of(_raw(_QUIZ), _raw(_AROUND))
    assert found is not None
    assert found.around == ("https://a.test/section", COURSE, external("PBJ-1"))


@pytest.mark.parametrize(
    ("target", "around"),
    [
        ({**_QUIZ, "definition": {"extensions": {_H5P: 7}}}, None),
        (_QUIZ, {"category": [{"id": "http://h5p.org/libraries/H5P.Quiz-1.20"}]}),
    ],
    ids=["by the object", "by its surroundings"],
)
def test_a_weak_source_is_known_again(target: Any, around: Any) -> None:
    scenes = Scenes(vocabulary(), externals=False)
    for _ in range(2):
        found = scenes.of(_raw(target), _raw(around) if around else _NOTHING)
        assert found is not None
        assert found.weak == "h5p"


@pytest.mark.parametrize("target", [{"objectType": "Agent", "mbox": "mailto:a@b.test"}, {"objectType": "Activity"}])
def test_no_evidence_is_about_anything_but_activities(target: Any) -> None:
    scenes = Scenes(vocabulary(), externals=False)
    assert scenes.of(_raw(target), _NOTHING) is None
    assert scenes.of(_raw(target), _NOTHING) is None


@pytest.mark.parametrize(
    ("target", "around", "where"),
    [
        ({"id": 7}, None, "`$.object.id`"),
        ({"id": QUIZ, "definition": {"type": []}}, None, "`$.object.definition.type`"),
        (_QUIZ, {"grouping": [{"id": {}}]}, "`$.context.contextActivities.grouping[0].id`"),
    ],
)
def test_what_cannot_be_read_is_told_by_its_place_every_time(target: Any, around: Any, where: str) -> None:
    scenes = Scenes(vocabulary(), externals=False)
    for _ in range(2):
        with pytest.raises(Unreadable) as raised:
            scenes.of(_raw(target), _raw(around) if around else _NOTHING)
        assert where in str(raised.value)


def test_what_is_long_is_not_kept_and_forgetting_frees_it() -> None:
    scenes = Scenes(vocabulary(), externals=False)
    long = _QUIZ | {"definition": {"description": {"id": "x" * 5_000}}}
    assert scenes.of(_raw(long), _NOTHING) is not scenes.of(_raw(long), _NOTHING)
    assert scenes.size == 0
    kept = scenes.of(_raw(_QUIZ), _raw(_AROUND))
    assert scenes.size == len(json.dumps(_QUIZ)) + 2 * len(json.dumps(_AROUND))
    scenes.forget()
    assert scenes.size == 0
    assert scenes.of(_raw(_QUIZ), _raw(_AROUND)) is not kept
