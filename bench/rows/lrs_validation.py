"""What checking a statement costs, duplicate keys included, over only parsing it."""

from __future__ import annotations

import time
from collections.abc import Callable

import orjson

from bench.corpus import encoded
from bench.model import Bench, Goal, Outcome, Ratio
from bench.stage import Stage
from lrs.xapi.statements import parse_statements
from lrs.xapi.strict_json import JsonLimits
from lrs.xapi.versions import Version

_LIMITS = JsonLimits()


def validation(stage: Stage) -> Outcome:
    """Every round has statements that were never seen before, after as many others as a server has seen soon after its start."""
    count = max(50, stage.scale.bodies // 4)
    _seconds(list(encoded(2 * stage.scale.bodies, first=9_000_000)), _parse)
    rounds = []
    for number in range(stage.scale.rounds):
        statements = list(encoded(count, first=10_000_000 + number * count))
        rounds.append((_seconds(statements, _parse), _seconds(statements, orjson.loads)))
    ratio = Ratio("validation per statement over orjson.loads", "×", Goal(at_most=4.5), tuple(ours / bare for ours, bare in rounds))
    middle = sorted(rounds)[len(rounds) // 2]
    figures = {"validation: µs/statement": middle[0] / count * 1e6, "orjson.loads: µs/statement": middle[1] / count * 1e6}
    return Outcome((ratio,), figures)


def _parse(statement: bytes) -> object:
    return parse_statements(statement, Version.V1, _LIMITS, 1)


def _seconds(statements: list[bytes], work: Callable[[bytes], object]) -> float:
    """CPU time of this thread for one pass over all of them."""
    started = time.thread_time()
    for statement in statements:
        work(statement)
    return time.thread_time() - started


BENCHES = (Bench("validation", "Validation over orjson.loads", validation),)
