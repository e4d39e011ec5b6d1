"""Running benches one after the other, within a time, and keeping what they tell."""

from __future__ import annotations

import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

import orjson

from bench.errors import NotMeasuredError
from bench.machine import file_system, machine
from bench.model import Bench
from bench.processes import Server
from bench.registry import every_bench
from bench.report import Report, Row
from bench.scale import FULL, Scale
from bench.servers import ralph_server
from bench.stage import Stage

RESULTS = Path(__file__).parent / "results"
_MINUTES = 24.0  # after which what is left is not measured: `make bench` ends within 25


class TimeUpError(KeyboardInterrupt):
    """The time for all benches is over. (A KeyboardInterrupt, since nothing between swallows that.)"""


@dataclass(frozen=True, slots=True)
class Plan:
    """`only`: names of benches, all when empty; `work`: a folder on the disk to be measured, for temporary files; `benches`: those to
    choose from; `settings`: what the report says besides the machine.
    """

    scale: Scale = FULL
    only: tuple[str, ...] = ()
    benches: tuple[Bench, ...] = field(default_factory=every_bench)
    settings: dict[str, str] = field(default_factory=dict)
    work: Path = Path("var")
    minutes: float = _MINUTES


def chosen(plan: Plan) -> list[Bench]:
    """Those named, all when none is. Raises KeyError for a name that no bench has."""
    names = [bench.name for bench in plan.benches]
    unknown = sorted(set(plan.only) - set(names))
    if unknown:
        raise KeyError(f"there is no bench {', '.join(unknown)}; there are: {', '.join(names)}")
    return [bench for bench in plan.benches if not plan.only or bench.name in plan.only]


def run(plan: Plan, say: Callable[[str], None] = lambda text: None, peer: Callable[[Path], Server] = ralph_server) -> Report:
    """Every chosen bench; one that fails, or for which no time is left, does not keep the others from being told of. Raises KeyError."""
    benches = chosen(plan)
    plan.work.mkdir(parents=True, exist_ok=True)
    settings = plan.settings | {"scale": plan.scale.name, **machine(), "file system": file_system(plan.work)}
    report = Report(datetime.now(UTC).isoformat(timespec="seconds"), settings)
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="bench-", dir=plan.work))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        stack.enter_context(_within(plan.minutes * 60))
        stage = Stage(plan.scale, folder, stack, say, peer)
        over = ""
        for bench in benches:
            row = Row(bench.name, bench.title, 0, None, over) if over else _run_one(bench, stage, say)
            over = over or (row.missing if row.missing == _TIME_IS_UP else "")
            report.rows.append(row)
    return report


_TIME_IS_UP = "the time was up"


def _run_one(bench: Bench, stage: Stage, say: Callable[[str], None]) -> Row:
    say(f"{bench.title} …")
    started = time.monotonic()
    try:
        outcome, missing = bench.run(stage), ""
    except TimeUpError:
        outcome, missing = None, _TIME_IS_UP
    except NotMeasuredError as error:
        outcome, missing = None, str(error)
    except Exception as error:  # one bench's bug is told in its row, and the others are measured all the same
        outcome, missing = None, f"{type(error).__name__}: {error}"
    return Row(bench.name, bench.title, time.monotonic() - started, outcome, missing)


def write_report(report: Report, out: Path, name: str) -> list[Path]:
    """`NAME.json` and `NAME.md` in the folder `out`."""
    out.mkdir(parents=True, exist_ok=True)
    json_file, markdown_file = out / f"{name}.json", out / f"{name}.md"
    json_file.write_bytes(orjson.dumps(report.as_json(), option=orjson.OPT_INDENT_2) + b"\n")
    markdown_file.write_text(report.as_markdown(), encoding="utf-8")
    return [json_file, markdown_file]


def tell(text: str) -> None:
    """For people who wait."""
    print(f"{datetime.now().strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    """Raises TimeUpError in the main thread when the time is over."""

    def ring(number: int, frame: FrameType | None) -> None:
        raise TimeUpError

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
