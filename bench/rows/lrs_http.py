"""Statements over HTTP: one by one against Ralph and against an echo, and in batches against SQLite alone."""

from __future__ import annotations

from bench.load import Measured
from bench.model import Bench, Goal, Outcome, Ratio, percent
from bench.raw import RawCopy
from bench.servers import echo_server
from bench.stage import Stage

_CLIENTS = 64
_BATCH, _BATCH_CLIENTS = 100, 4


def single_over_ralph(stage: Stage) -> Outcome:
    """Statements about Activities only: Ralph takes no others."""
    bodies = stage.bodies(activities=True)
    with stage.jejak("over-ralph") as ours, stage.peer(stage.folder) as theirs:
        addresses = f"{ours.url}/xapi/statements", f"{theirs.url}/xAPI/statements"
        for address in addresses:
            stage.post(address, bodies=bodies, connections=_CLIENTS)  # warm: hashed secrets, a trained dictionary
        pairs = []
        for number in range(stage.scale.rounds):
            stage.say(f"round {number + 1} of {stage.scale.rounds}")
            pairs.append([stage.post(address, bodies=bodies, connections=_CLIENTS) for address in addresses])
    ratio = Ratio("single POST, 64 clients, over Ralph 5.1.0 without its store", "×", Goal(at_least=6), _ratios(pairs))
    return Outcome((ratio,), _figures("jejak", [a for a, _ in pairs]) | _figures("ralph", [b for _, b in pairs]))


def single_of_echo(stage: Stage) -> Outcome:
    """The whole corpus; the echo runs under the very flags that Jejak runs under."""
    bodies = stage.bodies()
    with stage.jejak("of-echo") as ours, echo_server(stage.folder) as bare:
        addresses = f"{ours.url}/xapi/statements", f"{bare.url}/"
        for address in addresses:
            stage.post(address, bodies=bodies, connections=_CLIENTS)
        pairs = []
        for number in range(stage.scale.rounds):
            stage.say(f"round {number + 1} of {stage.scale.rounds}")
            pairs.append([stage.post(address, bodies=bodies, connections=_CLIENTS) for address in addresses])
        alone = stage.post(addresses[0], bodies=bodies, connections=1)
    shares = tuple(100 * ratio for ratio in _ratios(pairs))
    ratio = Ratio("single POST, 64 clients, share of a bare ASGI echo", "%", Goal(at_least=12), shares)
    figures = _figures("jejak", [a for a, _ in pairs]) | _figures("echo", [b for _, b in pairs])
    return Outcome((ratio,), figures | {"jejak, 1 client: requests/s": alone.rate, "jejak, 1 client: p50 ms": alone.p50})


def batch_of_raw(stage: Stage) -> Outcome:
    """Each round's rows are read back from the file and put into another by `executemany`, a transaction for each hundred statements."""
    bodies = stage.bodies()
    rounds = []
    with stage.jejak("batches") as server, RawCopy(server.store, stage.folder / "raw.sqlite3") as raw:
        address = f"{server.url}/xapi/statements"
        stage.post(address, bodies=bodies, connections=_BATCH_CLIENTS, batch=_BATCH)
        raw.replay(_BATCH)
        for number in range(stage.scale.rounds):
            stage.say(f"round {number + 1} of {stage.scale.rounds}")
            measured = stage.post(address, bodies=bodies, connections=_BATCH_CLIENTS, batch=_BATCH)
            rounds.append((measured, raw.replay(_BATCH)))
    shares = tuple(percent(measured.rate * _BATCH, rate) for measured, rate in rounds)
    ratio = Ratio("batch of 100 over HTTP, share of raw executemany of the same rows", "%", Goal(at_least=50), shares)
    figures = {
        "jejak: statements/s": _median([measured.rate * _BATCH for measured, _ in rounds]),
        "jejak: p99 ms of a batch": _median([measured.p99 for measured, _ in rounds]),
        "raw: statements/s": _median([rate for _, rate in rounds]),
    }
    return Outcome((ratio,), figures)


def _ratios(pairs: list[list[Measured]]) -> tuple[float, ...]:
    return tuple(ours.rate / other.rate for ours, other in pairs)


def _figures(name: str, rounds: list[Measured]) -> dict[str, float]:
    return {
        f"{name}: requests/s": _median([one.rate for one in rounds]),
        f"{name}: p50 ms": _median([one.p50 for one in rounds]),
        f"{name}: p99 ms": _median([one.p99 for one in rounds]),
    }


def _median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


BENCHES = (
    Bench("single-ralph", "Single POST over Ralph", single_over_ralph),
    Bench("single-echo", "Single POST of an echo", single_of_echo),
    Bench("batch", "Batch of 100 of raw SQLite", batch_of_raw),
)
