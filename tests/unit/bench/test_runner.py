"""One bench after the other, within a time, whatever one of them does."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from bench.errors import NotMeasuredError
from bench.model import Bench, Goal, Outcome, Ratio
from bench.registry import every_bench
from bench.runner import Plan, run, write_report
from bench.scale import SMOKE
from bench.stage import Stage


def _good(stage: Stage) -> Outcome:
    (stage.folder / "left behind").write_text("x")
    return Outcome((Ratio("good", "×", Goal(at_least=1), (2.0,)),))


def _absent(stage: Stage) -> Outcome:
    raise NotMeasuredError("something is not installed")


def _broken(stage: Stage) -> Outcome:
    raise ZeroDivisionError("a bug of ours")


def _endless(stage: Stage) -> Outcome:
    time.sleep(60)
    return Outcome(())


_GOOD, _LAST = Bench("good", "Good", _good), Bench("last", "Last", _good)


def test_a_bench_that_cannot_be_measured_does_not_keep_the_others_from_being_told_of(tmp_path: Path) -> None:
    benches = (_GOOD, Bench("absent", "Absent", _absent), Bench("broken", "Broken", _broken), _LAST)
    report = run(Plan(SMOKE, benches=benches, work=tmp_path))
    assert [row.missing for row in report.rows] == ["", "something is not installed", "ZeroDivisionError: a bug of ours", ""]


def test_when_the_time_is_up_what_is_left_is_told_as_not_measured(tmp_path: Path) -> None:
    started = time.monotonic()
    report = run(Plan(SMOKE, benches=(_GOOD, Bench("endless", "Endless", _endless), _LAST), work=tmp_path, minutes=0.005))
    assert [row.missing for row in report.rows] == ["", "the time was up", "the time was up"]
    assert time.monotonic() - started < 30


def test_nothing_is_left_in_the_work_folder(tmp_path: Path) -> None:
    run(Plan(SMOKE, benches=(_GOOD, Bench("broken", "Broken", _broken)), work=tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_only_what_was_asked_for_is_run_and_an_unknown_name_is_refused_with_those_that_there_are(tmp_path: Path) -> None:
    plan = Plan(SMOKE, ("last",), (_GOOD, _LAST), work=tmp_path)
    assert [row.name for row in run(plan).rows] == ["last"]
    with pytest.raises(KeyError, match=r"no bench fast; there are: good, last"):
        run(Plan(SMOKE, ("fast",), (_GOOD, _LAST), work=tmp_path))


def test_results_are_json_and_markdown(tmp_path: Path) -> None:
    report = run(Plan(SMOKE, benches=(_GOOD,), work=tmp_path / "work"))
    files = write_report(report, tmp_path / "results", "latest")
    assert [file.name for file in files] == ["latest.json", "latest.md"]
    assert '"met": true' in files[0].read_text()
    assert "| good | 2 × | ≥ 1 × | yes |  |" in files[1].read_text()


def test_names_of_benches_are_unique() -> None:
    names = [bench.name for bench in every_bench()]
    assert len(set(names)) == len(names)
