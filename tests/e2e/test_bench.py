"""Every bench at a tiny size, so that none rots: what is measured here says nothing, that it can be measured does."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bench.errors import NotMeasuredError
from bench.load import Load, drive
from bench.registry import every_bench
from bench.remote import Remote, remote_plan
from bench.runner import Plan, run
from bench.scale import SMOKE
from bench.servers import KEY, SECRET, echo_server, jejak_server


def test_every_bench_measures_all_that_it_has_a_goal_for(tmp_path: Path) -> None:
    report = run(Plan(SMOKE, work=tmp_path), peer=echo_server)  # an echo in Ralph's place: installing Ralph is for `make bench`
    assert [(row.name, row.missing) for row in report.rows] == [(bench.name, "") for bench in every_bench()]
    values = [ratio.value for row in report.rows if row.outcome for ratio in row.outcome.ratios]
    assert len(values) >= 10
    assert all(value > 0 for value in values)


def test_another_lrs_is_measured_by_its_address_and_a_key(tmp_path: Path) -> None:
    with jejak_server(tmp_path / "other") as server:
        plan = remote_plan(Plan(SMOKE, work=tmp_path), Remote(f"{server.url}/xapi/", KEY, SECRET, statements=300))
        report = run(plan)
    assert [(row.name, row.missing) for row in report.rows] == [("single", ""), ("batches", ""), ("queries", "")]
    assert report.settings["LRS"] == f"{server.url}/xapi/"
    assert any("agent + verb" in name for row in report.rows if row.outcome for name in row.outcome.figures)


def test_wrk_and_our_own_client_send_the_same_load(tmp_path: Path) -> None:
    assert shutil.which("wrk"), "wrk is missing (Debian: apt-get install wrk)"
    bodies = tmp_path / "bodies"
    bodies.write_bytes(b'{"a":1}\n{"b":2}\n')
    with echo_server(tmp_path) as server:
        for own_client in (False, True):
            for batch in (1, 3):
                measured = drive(Load(f"{server.url}/", "Basic eDp5", 4, 0.2, bodies, batch), own_client=own_client)
                assert measured.requests > 10
                assert 0 < measured.p50 <= measured.p99


@pytest.mark.parametrize("own_client", [False, True])
def test_a_server_that_refuses_is_not_measured(tmp_path: Path, own_client: bool) -> None:
    with jejak_server(tmp_path / "data") as server, pytest.raises(NotMeasuredError, match="failed"):
        drive(Load(f"{server.url}/xapi/statements", "Basic eDp5", 2, 0.2), own_client=own_client)
