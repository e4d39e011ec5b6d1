"""Fills an LRS with the corpus over HTTP, statement by number.

As a process: `python -m bench.load.fill URL AUTHORIZATION FIRST COUNT BATCH CONNECTIONS`.
"""

from __future__ import annotations

import sys
from itertools import islice

import orjson
import uvloop

from bench.corpus import activities_only, corpus
from bench.load.client import send_all
from bench.load.connection import Target


async def fill(
    url: str,
    authorization: str,
    first: int,
    count: int,
    batch: int,
    connections: int,
    *,
    version: str = "1.0.3",
    activities: bool = False,
) -> int:
    """How many requests failed; `activities`: leave out what is not about an Activity. Raises OSError."""
    headers = {"Authorization": authorization, "X-Experience-API-Version": version, "Content-Type": "application/json"}
    statements = (orjson.dumps(one) for one in corpus(count, first=first) if not activities or activities_only(one))

    def make() -> bytes | None:
        some = list(islice(statements, batch))
        return b"[" + b",".join(some) + b"]" if some else None

    return (await send_all(Target(url, headers), "POST", make, connections)).failed


def main() -> None:
    """Exit code 1 when anything was refused."""
    url, authorization, *numbers = sys.argv[1:]
    first, count, batch, connections = map(int, numbers)
    sys.exit(bool(uvloop.run(fill(url, authorization, first, count, batch, connections))))


if __name__ == "__main__":
    main()
