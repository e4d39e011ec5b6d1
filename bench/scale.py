"""How much is measured: the full table, a quick look, or the smoke that tests run."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """`statements`: in the large store; `small`: in the small one; `window`: inserted in a round; `bodies`: different ones that load sends;
    `seconds`: of one round of load; `rounds`: of each side; `queries`: of each kind; `own_client`: load by our own client even where wrk
    is there (wrk knows whole seconds only). `shared`: one server for the rows over HTTP instead of a fresh one for each.
    """

    name: str
    statements: int
    small: int
    window: int
    bodies: int
    seconds: float
    rounds: int
    queries: int
    own_client: bool = False
    shared: bool = False


FULL = Scale("full", statements=1_000_000, small=100_000, window=16_384, bodies=40_000, seconds=3, rounds=5, queries=300)
QUICK = Scale("quick", statements=100_000, small=20_000, window=8_000, bodies=10_000, seconds=2, rounds=3, queries=200)
SMOKE = Scale("smoke", statements=600, small=200, window=100, bodies=200, seconds=0.15, rounds=1, queries=3, own_client=True, shared=True)
SCALES = {scale.name: scale for scale in (FULL, QUICK, SMOKE)}
