"""A statement that is copied is found by the very terms by which it was stored, and comes out with its very bytes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.corpus import encoded
from lrs.clock import format_us
from lrs.ports import Batch, NewStatement, Scope
from lrs.ports.copying import CopiedStatement
from lrs.services.identifiers import Uuid7Source
from lrs.services.principal import Principal
from lrs.services.signatures import SignaturePolicy, Signatures
from lrs.services.statements import StatementWrites
from lrs.stores.copied import batches_of, new_statement
from lrs.stores.memory import memory_stores
from lrs.stores.memory.statements import MemoryStatements
from lrs.xapi.statement import parse_statement
from lrs.xapi.strict_json import JsonLimits
from lrs.xapi.versions import Version
from tests.support.clock import START, SettableClock

_AUTHORITIES = (
    b'{"objectType":"Agent","account":{"homePage":"https://lms.test","name":"utara"}}',
    b'{"objectType":"Group","member":[{"mbox":"mailto:app@lms.test"},{"mbox":"mailto:sari@peserta.test"}]}',
)


class _Caught(MemoryStatements):
    """What a store is given."""

    def __init__(self) -> None:
        self.batches: list[Batch] = []

    async def put(self, batch: Batch) -> None:
        self.batches.append(batch)


async def _stored(version: Version, authority: bytes) -> list[NewStatement]:
    clock, caught = SettableClock(), _Caught()
    stores = replace(memory_stores(clock), statements=caught)
    writes = StatementWrites(stores, Uuid7Source(clock), Signatures(SignaturePolicy(), clock))
    parsed = [parse_statement(body, version, JsonLimits()) for body in encoded(200)]
    await writes.store_statements(Principal("utara", "lms", frozenset(Scope), authority), [one for one in parsed if not one.attachments])
    return list(caught.batches[0].statements)


def _copied(new: NewStatement, place: int = 1) -> CopiedStatement:
    moment = format_us(START).encode()
    timestamp = b',"timestamp":"%b"' % moment if new.timestamp_missing else b""
    body = b'%b%b,"stored":"%b"}' % (new.head, timestamp, moment)
    return CopiedStatement(place, new.id, START, body, "utara", "lms", new.target, int(new.voids), new.digests)


@pytest.mark.parametrize("version", list(Version))
@pytest.mark.parametrize("authority", _AUTHORITIES)
async def test_its_terms_are_those_by_which_it_was_stored(version: Version, authority: bytes) -> None:
    for new in await _stored(version, authority):
        again = new_statement(_copied(new))
        assert (set(again.direct), set(again.related)) == (set(new.direct), set(new.related))


async def test_its_bytes_are_those_that_were_stored() -> None:
    for new in await _stored(Version.V2, _AUTHORITIES[0]):
        copied = _copied(new)
        again = new_statement(copied)
        assert not again.timestamp_missing
        assert b'%b,"stored":"%b"}' % (again.head, format_us(copied.stored).encode()) == copied.body


async def test_neighbours_of_one_client_go_together_in_their_order() -> None:
    some = [_copied(new, place) for place, new in enumerate((await _stored(Version.V2, _AUTHORITIES[0]))[:4], 1)]
    some[2] = replace(some[2], client="lain")
    some[3] = replace(some[3], client="lain", voids=2)
    batches = batches_of(some)
    assert [(one.client, one.may_void_any, [new.id for new in one.statements]) for one in batches] == [
        ("lms", False, [some[0].id, some[1].id]),
        ("lain", False, [some[2].id]),
        ("lain", True, [some[3].id]),
    ]
