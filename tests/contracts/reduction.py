"""Reduced statements: found anew, kept in their place, and their ids stay taken."""

from __future__ import annotations

import hashlib
import json

import pytest
from msgspec.structs import replace

from lrs.clock import format_us
from lrs.errors import ConflictError
from lrs.ports import AttachmentContent, Reduced, StatementQuery, Stores, Wall
from lrs.ports.reduction import DIGEST_TERM
from tests.support.statements import (
    EVERYTHING,
    MINE,
    OTHER_PROVIDER,
    PROVIDER,
    agent,
    batch,
    found,
    must_get,
    number_of,
    other_batch,
    sentence,
    statement_id,
    verb,
    void,
)


async def _reduced(stores: Stores, *numbers: int, actor: str = "samaran", digests: tuple[str, ...] = ()) -> None:
    """Reduces these, as retention would; finds voided ones too."""
    some = []
    for number in numbers:
        kept = await stores.statements.get(statement_id(number), EVERYTHING) or await stores.statements.get(
            statement_id(number), EVERYTHING, voided=True
        )
        assert kept is not None
        body = json.dumps(
            {"id": kept.id, "actor": {"mbox": f"mailto:{actor}@peserta.test"}, "stored": format_us(kept.stored)}, separators=(",", ":")
        ).encode()
        some.append(Reduced(kept.id, body, (agent(actor), verb("did")), digests=digests))
    await stores.reduction.reduce(some)


class ReductionContract:
    """See `lrs.ports.reduction.StatementReduction`."""

    async def test_a_reduced_statement_is_found_by_its_new_terms_and_no_more_by_the_old(self, stores: Stores) -> None:
        await stores.statements.put(batch(*(sentence(number) for number in range(1, 41))))
        await _reduced(stores, *range(1, 21))
        await stores.reduction.settle()
        assert await found(stores.statements, agent("samaran")) == list(range(1, 21))
        assert await found(stores.statements, agent("sari")) == list(range(21, 41))
        assert len(await found(stores.statements, verb("did"))) == 40
        assert b"sari" not in (await must_get(stores.statements, 5)).body

    async def test_it_keeps_its_place_its_stored_and_its_walls(self, stores: Stores) -> None:
        await stores.statements.put(batch(*(sentence(number) for number in range(1, 31))))
        before = await stores.feed.read(0, 100)
        await _reduced(stores, 3, 17)
        await stores.reduction.settle()
        after = await stores.feed.read(0, 100)
        assert [(one.position, one.id, one.stored, one.provider, one.client) for one in after] == [
            (one.position, one.id, one.stored, one.provider, one.client) for one in before
        ]
        assert [number_of(one.body) for one in after] == list(range(1, 31))
        page = await stores.statements.query(StatementQuery(limit=100, ascending=True), MINE)
        assert [number_of(body) for body in page.bodies] == list(range(1, 31))
        assert (await stores.statements.query(StatementQuery(), Wall(OTHER_PROVIDER))).bodies == []

    async def test_its_id_stays_taken(self, stores: Stores) -> None:
        await stores.statements.put(batch(sentence(1)))
        await _reduced(stores, 1)
        await stores.statements.put(batch(sentence(1)))
        await stores.statements.put(batch(sentence(1, actor="lain"), sentence(2)))
        assert b"samaran" in (await must_get(stores.statements, 1)).body
        assert await stores.feed.end() == (await stores.feed.read(0, 10))[-1].position
        assert len(await stores.feed.read(0, 10)) == 2
        with pytest.raises(ConflictError):
            await stores.statements.put(other_batch(sentence(1)))

    async def test_voided_stays_voided_and_is_reduced_too(self, stores: Stores) -> None:
        await stores.statements.put(batch(sentence(1), sentence(2), void(3, 1)))
        await _reduced(stores, 1, 2)
        await stores.reduction.settle()
        assert await stores.statements.get(statement_id(1), EVERYTHING) is None
        voided = await stores.statements.get(statement_id(1), EVERYTHING, voided=True)
        assert voided is not None
        assert b"samaran" in voided.body
        assert await found(stores.statements, agent("samaran"), verb("did")) == [2, 3]
        await stores.statements.put(batch(void(4, 2)))
        assert await found(stores.statements, agent("samaran")) == [3, 4]
        assert await found(stores.statements, agent("sari")) == []

    async def test_who_refers_to_it_is_found_by_its_new_terms_and_no_more_by_the_old(self, stores: Stores) -> None:
        first = [sentence(1), sentence(2, actor="budi", refers_to=1), sentence(3, actor="ani", refers_to=2)]
        last = [sentence(5, actor="ani", refers_to=4), sentence(6, actor="sari", refers_to=4), sentence(4)]
        await stores.statements.put(batch(*first))
        await stores.statements.put(batch(*last))
        assert await found(stores.statements, agent("sari")) == [1, 2, 3, 5, 6, 4]
        await _reduced(stores, 1, 4)
        await stores.reduction.settle()
        assert await found(stores.statements, agent("samaran")) == [1, 2, 3, 5, 6, 4]
        assert await found(stores.statements, agent("sari")) == [6]
        assert await found(stores.statements, agent("budi")) == [2, 3]
        assert await found(stores.statements, agent("ani")) == [3, 5]

    async def test_everything_of_a_term_is_told_in_order_voided_ones_too(self, stores: Stores) -> None:
        await stores.statements.put(batch(sentence(1), sentence(2, actor="lain"), sentence(3, related=(agent("sari"),), actor="budi")))
        await stores.statements.put(other_batch(sentence(4)))
        await stores.statements.put(batch(void(5, 1), sentence(6)))
        items = await stores.reduction.everything(PROVIDER, agent("sari"), 0, 10)
        assert [number_of(one.body) for one in items] == [1, 3, 5, 6]
        rest = await stores.reduction.everything(PROVIDER, agent("sari"), items[0].position, 1)
        assert [number_of(one.body) for one in rest] == [3]
        assert await stores.reduction.everything(PROVIDER, agent("tidak-ada"), 0, 10) == []
        assert await stores.reduction.everything("tidak-ada", agent("sari"), 0, 10) == []

    async def test_bytes_go_when_no_statement_has_them_any_more(self, stores: Stores) -> None:
        contents = [b"satu" * 10, b"dua" * 50_000]
        digests = [hashlib.sha256(content).hexdigest() for content in contents]
        await stores.attachments.keep(tuple(AttachmentContent(*pair, "text/plain") for pair in zip(digests, contents, strict=True)))
        terms = tuple(DIGEST_TERM + digest for digest in digests)
        one, two = sentence(1), sentence(2)
        await stores.statements.put(batch(replace(one, direct=one.direct + terms), replace(two, direct=two.direct + terms[:1])))
        await _reduced(stores, 1, digests=tuple(digests))
        assert await stores.reduction.settle() == 1
        assert [await stores.attachments.size(digest) for digest in digests] == [40, None]
        await _reduced(stores, 2, digests=(digests[0],))
        assert await stores.reduction.settle() == 1
        assert await stores.attachments.size(digests[0]) is None

    async def test_all_of_it_can_be_repeated_and_what_is_not_there_is_passed_over(self, stores: Stores) -> None:
        await stores.statements.put(batch(sentence(1)))
        await stores.reduction.reduce([Reduced(statement_id(99), b"{}", (agent("x"),))])
        for _ in range(2):
            await _reduced(stores, 1)
            assert await stores.reduction.settle() == 0
        assert await found(stores.statements, agent("samaran")) == [1]
