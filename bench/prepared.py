"""Statements of the corpus made ready for the store, as the service makes them: so that a bench of the store times the store alone."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import cast

from bench.corpus import encoded
from lrs.clock import SystemClock
from lrs.ports import Batch, Scope, StatementStore, Stores
from lrs.services.identifiers import Uuid7Source
from lrs.services.principal import Principal
from lrs.services.signatures import SignaturePolicy, Signatures
from lrs.services.statements import StatementWrites
from lrs.stores.memory import memory_stores
from lrs.xapi.statements import parse_statements
from lrs.xapi.strict_json import JsonLimits
from lrs.xapi.versions import Version

_PRINCIPAL = Principal(
    "default",
    "bench",
    frozenset({Scope.ALL}),
    b'{"objectType":"Agent","account":{"homePage":"https://lms.test","name":"bench"}}',
)


class _Caught:
    """Takes the place of a store and keeps the batches."""

    def __init__(self) -> None:
        self.batches: list[Batch] = []

    async def put(self, batch: Batch) -> None:
        self.batches.append(batch)


async def prepared(first: int, count: int, size: int) -> list[Batch]:
    """`count` statements of the corpus from number `first` on, in batches of `size`."""
    clock, caught = SystemClock(), _Caught()
    stores: Stores = replace(memory_stores(clock), statements=cast(StatementStore, caught))
    writes = StatementWrites(stores, Uuid7Source(clock), Signatures(SignaturePolicy(), clock))
    statements = encoded(count, first=first)
    while some := list(islice(statements, size)):
        parsed = parse_statements(b"[" + b",".join(some) + b"]", Version.V1, JsonLimits(), size)
        await writes.store_statements(_PRINCIPAL, parsed, ())
    return caught.batches
