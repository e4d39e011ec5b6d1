"""Every bench there is: what the modules of `bench.rows` list in `BENCHES`. A new row is a new module there, and nothing else."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from bench import rows
from bench.model import Bench


def every_bench() -> tuple[Bench, ...]:
    """By module, in each module's order."""
    found: list[Bench] = []
    for module in sorted(one.name for one in iter_modules(rows.__path__)):
        found += import_module(f"bench.rows.{module}").BENCHES
    return tuple(found)
