"""Streams of Moodle, cmi5, H5P, SCORM and video in their own shapes: all end in the right state, also mixed, doubled and reversed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from credentials.catalogue.model import Batch, Binding, Programme
from tests.support.evidence import BATCH, COMPLETED, COURSE, HOME, PASSED, PROGRAMME, QUIZ, Members, said
from tests.support.projecting import World, enter, opened_world

_ADL, _EDLM = "http://adlnet.gov/expapi", "https://xapi.edlm/profiles/edlm-lms/concepts"
_CMI5, _VIDEO = "https://w3id.org/xapi/cmi5", "https://w3id.org/xapi/video"
_AU, _PACKAGE, _FILM, _PLAY = f"{HOME}/cmi5/course", f"{HOME}/mod/scorm/view.php?id=5", f"{HOME}/video/9", f"{HOME}/h5p/3"


def _when(step: int) -> str:
    return f"2026-11-10T{2 + step // 4:02d}:{15 * (step % 4):02d}:00.000Z"


def _typed(iri: str, kind: str, **more: Any) -> Members:
    return {"object": {"id": iri, "definition": {"type": kind} | more}}


def _moodle(first: int) -> list[Members]:
    """Without a result on the course; the registration is that of the sending run."""
    course = _typed(COURSE, f"{_CMI5}/activitytype/course")
    inside = {"contextActivities": {"grouping": [{"id": COURSE}]}, "registration": "00000000-0000-4000-8000-00000000000a"}
    module, answer = f"{HOME}/mod/page/view.php?id=4", f"{HOME}/question/8"
    result = {"score": {"raw": 80, "min": 0, "max": 100, "scaled": 0.8}, "success": True, "completion": True, "duration": "PT17M"}
    return [
        said(first, f"{_EDLM}/verbs/enrolled", COURSE, _when(0)) | course,
        said(first + 1, "http://id.tincanapi.com/verb/viewed", module, _when(1), context=inside),
        said(first + 2, f"{_ADL}/verbs/answered", answer, _when(2), context=inside),
        said(first + 3, COMPLETED, QUIZ, _when(3), context=inside, result=result) | _typed(QUIZ, f"{_ADL}/activities/assessment"),
        said(first + 4, COMPLETED, COURSE, "2026-11-11T18:05:00Z") | course,
        said(first + 5, "https://w3id.org/xapi/tla/verbs/achieved", f"{HOME}/cert/1", "2026-11-11T18:06:00Z", context=inside),
    ]


def _cmi5(first: int) -> list[Members]:
    category = {"contextActivities": {"category": [{"id": f"{_CMI5}/context/categories/cmi5"}], "grouping": [{"id": _AU}]}}
    unit = f"{HOME}/cmi5/au/1"
    return [
        said(first, f"{_ADL}/verbs/launched", unit, _when(0), context=category),
        said(first + 1, f"{_ADL}/verbs/initialized", unit, _when(1), context=category),
        said(first + 2, COMPLETED, unit, _when(2), context=category, result={"completion": True, "duration": "PT20M"}),
        said(first + 3, PASSED, unit, _when(3), context=category, result={"success": True, "duration": "PT20M"}),
        said(first + 4, "https://w3id.org/xapi/adl/verbs/satisfied", _AU, _when(4)) | _typed(_AU, f"{_CMI5}/activitytype/course"),
        said(first + 5, f"{_ADL}/verbs/terminated", unit, _when(5), context=category, result={"duration": "PT21M"}),
    ]


def _scorm(first: int) -> list[Members]:
    module = _typed(_PACKAGE, f"{_ADL}/activities/module")
    return [
        said(first, f"{_ADL}/verbs/launched", _PACKAGE, _when(0)) | module,
        said(first + 1, f"{_ADL}/verbs/failed", _PACKAGE, _when(1), result={"success": False, "score": {"raw": 40, "max": 100}}) | module,
        said(first + 2, PASSED, _PACKAGE, _when(2), result={"score": {"raw": 90, "max": 100}}) | module,
    ]


def _video(first: int) -> list[Members]:
    def progress(share: float) -> Members:
        return {"result": {"extensions": {f"{_VIDEO}/extensions/progress": share, f"{_VIDEO}/extensions/time": 600 * share}}}

    film = _typed(_FILM, f"{_VIDEO}/activity-type/video")
    return [
        said(first, f"{_VIDEO}/verbs/played", _FILM, _when(0)) | film,
        said(first + 1, f"{_VIDEO}/verbs/paused", _FILM, _when(1), **progress(0.4)) | film,
        said(first + 2, f"{_VIDEO}/verbs/paused", _FILM, _when(2), **progress(0.95)) | film,
    ]


def _h5p(first: int) -> list[Members]:
    browser = {"contextActivities": {"category": [{"id": "http://h5p.org/libraries/H5P.QuestionSet-1.20"}]}}
    play = _typed(_PLAY, f"{_ADL}/activities/media", extensions={"http://h5p.org/x-api/h5p-local-content-id": 3})
    return [
        said(first, f"{_ADL}/verbs/attempted", _PLAY, _when(0), context=browser) | play,
        said(first + 1, PASSED, _PLAY, _when(1), context=browser, result={"success": True, "score": {"scaled": 1}}) | play,
    ]


_STREAMS = {"moodle": _moodle, "cmi5": _cmi5, "scorm": _scorm, "video": _video, "h5p": _h5p}
_BATCHES: dict[str, Batch] = {
    "moodle": replace(BATCH, id="moodle", minimum_score=0.7),
    "cmi5": replace(BATCH, id="cmi5", rule="cmi5-satisfied", bindings=(Binding("course", _AU),)),
    "scorm": replace(BATCH, id="scorm", rule="scorm-passed", bindings=(Binding("package", _PACKAGE),), minimum_score=0.7),
    "video": replace(BATCH, id="video", rule="video-seen", bindings=(Binding("video", _FILM),)),
    "h5p": replace(BATCH, id="h5p", rule="scorm-passed", bindings=(Binding("package", _PLAY),)),
}
_ALL = [one for number, make in enumerate(_STREAMS.values()) for one in make(100 * (number + 1))]


async def _standing_of(world: World, told: list[Members], pages: int) -> Any:
    assert isinstance(PROGRAMME, Programme)
    await enter(world, list(_BATCHES.values()))
    person = await world.person("sri")
    size = max(1, len(told) // pages)
    for start in range(0, len(told), size):
        await world.send(*told[start : start + size])
        await world.drain()
    standing = await world.standing()
    facts = {batch: told[:4] for (_, batch), told in standing["completions"].items()}
    assert {batch for _, batch in standing["held"]} == {"h5p"}
    assert standing["valid"] == {(person, batch) for batch in facts}
    assert await world.rebuilt() == []
    return facts


def _again(statements: list[Members]) -> list[Members]:
    """As a sender that lost the answer sends them: without ids, at another run."""
    return [{name: value for name, value in one.items() if name != "id"} for one in statements]


@pytest.fixture(scope="module")
def expected() -> set[str]:
    return {"moodle", "cmi5", "scorm", "video"}


@pytest.mark.parametrize("order", ["in order", "reversed", "interleaved", "doubled"])
@pytest.mark.parametrize("engine", ["memory", "sqlite"])
async def test_every_stream_ends_in_its_state(order: str, engine: str, tmp_path: Any, expected: set[str]) -> None:
    told = {
        "in order": _ALL,
        "reversed": _ALL[::-1],
        "interleaved": sorted(_ALL, key=lambda one: (int(one["id"][-2:], 16) % 7, one["id"])),
        "doubled": [*_ALL, *_again(_ALL)],
    }[order]
    async with opened_world(engine, tmp_path) as world:
        facts = await _standing_of(world, told, 5)
    assert set(facts) == expected
    assert [day.on.isoformat() for day in facts["moodle"][3]] == ["2026-11-10"]  # not the night in which the course was completed
    assert facts["moodle"][1].isoformat() == "2026-11-12"  # in WIB


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(order=st.permutations(range(len(_ALL))), doubled=st.sets(st.integers(0, len(_ALL) - 1)), pages=st.integers(1, 8))
async def test_any_order_with_any_repeats_ends_in_the_same_state(tmp_path: Any, order: list[int], doubled: set[int], pages: int) -> None:
    async with opened_world("memory", tmp_path) as world:
        plain = await _standing_of(world, _ALL, 1)
    mixed = [_ALL[number] for number in order] + _again([_ALL[number] for number in sorted(doubled)])
    async with opened_world("memory", tmp_path) as world:
        found = await _standing_of(world, mixed, pages)
    assert {batch: (at, on, days) for batch, (at, on, _, days) in found.items()} == {
        batch: (at, on, days) for batch, (at, on, _, days) in plain.items()
    }
