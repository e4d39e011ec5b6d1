"""A store is copied whole, from and to every engine, and refuses writes while it is closed."""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import sha256

import msgspec
import pytest

from credentials.stores.memory import MemoryRecords
from jejak.copying import Side, carry, compare
from lrs.errors import ConflictError, StoreUnavailableError
from lrs.ports import (
    Administrator,
    AttachmentContent,
    Client,
    DocumentKey,
    DocumentKind,
    NewStatement,
    Provider,
    Reduced,
    Scope,
    Secret,
    Stores,
)
from lrs.ports.copying import Closed, CopiedStatement, Mark
from lrs.ports.reduction import DIGEST_TERM
from lrs.stores.memory import memory_stores
from lrs.xapi.reduction import reduced, stored_terms
from tests.support.clock import SettableClock
from tests.support.statements import (
    EVERYTHING,
    MINE,
    agent,
    batch,
    found,
    other_batch,
    sentence,
    statement_id,
    verb,
    void,
)

_CONTENT = b"sertifikat" * 9_000  # large enough to lie beside a SQLite file
_DIGEST = sha256(_CONTENT).hexdigest()
_KURSUS = (("https://kursus.test/kursus", b'{"name":{"id":"Kursus"}}'),)
_NOTE = DocumentKey(DocumentKind.STATE, "balai-utara", "catatan", "https://kursus.test/k", "mailto:sari@peserta.test", "")


def _told(what: str, done: int, total: int | None) -> None:
    """Nobody looks."""


def _side(stores: Stores) -> Side:
    return Side(stores, MemoryRecords())


async def _fill(stores: Stores) -> None:
    """Some of everything: late targets, voids before and after, the other provider's, a reduced one, attachments."""
    for provider in ("balai-utara", "balai-selatan"):
        await stores.clients.add_provider(Provider(provider, provider.title(), created=7))
        secret = Secret("hmac-sha256", b"\x00\x01" * 16, until=99)
        scopes = frozenset(Scope)
        await stores.clients.add_client(Client(provider, f"kunci-{provider}", provider, "LMS", scopes, b"{}", (secret,), subject=provider))
    await stores.administrators.add(Administrator("siti", Secret("scrypt", b"\x02" * 32, b"garam")))
    await stores.attachments.keep((AttachmentContent(_DIGEST, _CONTENT, "text/plain"),))
    await stores.statements.put(batch(sentence(1, refers_to=5), sentence(2, activities=_KURSUS), void(3, 4), sentence(4)))
    await stores.statements.put(other_batch(sentence(6, actor="budi", timestamp=None, activities=_KURSUS)))
    await stores.statements.put(batch(sentence(5, verb="passed"), _with_attachment(7)))
    await stores.statements.put(other_batch(void(8, 2), may_void_any=True))
    await stores.statements.put(batch(*(sentence(number) for number in range(9, 30))))
    await _reduce(stores, 9)
    await stores.documents.change(_NOTE, lambda _: (b"\x00catatan", "text/plain"))
    await stores.feed.advance("projector", 4, expected=0)
    await stores.engine.key_mark(77)


def _with_attachment(number: int) -> NewStatement:
    plain = sentence(number)
    attached: dict[str, object] = {"usageType": "https://kata.test/berkas", "display": {"id": "Berkas"}, "contentType": "text/plain"}
    attached |= {"length": len(_CONTENT), "sha2": _DIGEST}
    members = json.loads(plain.head + b"}") | {"attachments": [attached]}
    return msgspec.structs.replace(
        plain, head=json.dumps(members).encode()[:-1], digests=(_DIGEST,), direct=(*plain.direct, DIGEST_TERM + _DIGEST)
    )


async def _reduce(stores: Stores, number: int) -> None:
    kept = await stores.statements.get(statement_id(number), EVERYTHING)
    assert kept is not None
    stand_in = {"mbox": "mailto:samaran@peserta.test"}
    body = reduced(kept.body, stand_in, stand_in, frozenset())
    direct, related, _ = stored_terms(body)
    await stores.reduction.reduce([Reduced(kept.id, body, direct, related)])
    await stores.reduction.settle()


async def _all(stores: Stores) -> list[CopiedStatement]:
    return await stores.copying.statements(0, 1_000)


class CopyingContract:
    """See `lrs.ports.copying.Copying`. `copier`: the same store, opened for copying."""

    async def test_everything_comes_into_a_store_and_out_of_it_again(self, stores: Stores, copier: Stores, clock: SettableClock) -> None:
        origin, back = memory_stores(clock), memory_stores(clock)
        await _fill(origin)
        for source, target in ((origin, copier), (copier, back)):
            await carry(_side(source), _side(target), _told)
            assert [one.name for one in await compare(_side(source), _side(target), _told) if not one.same] == []
        assert await _all(origin) == await _all(copier) == await _all(back)
        for number in (2, 4):
            assert await stores.statements.get(statement_id(number), MINE) is None
            assert await stores.statements.get(statement_id(number), MINE, voided=True) is not None
        for opened in (origin, stores):
            assert await found(opened.statements, verb("passed")) == [1, 5]
            assert await found(opened.statements, agent("samaran")) == [9]
            assert await found(opened.statements, agent("lms"), related=True, wall=MINE) == await found(
                back.statements, agent("lms"), related=True, wall=MINE
            )
        assert [piece async for piece in stores.attachments.open(_DIGEST)] != []
        assert await stores.clients.client_by_key("kunci-balai-utara") == await origin.clients.client_by_key("kunci-balai-utara")
        assert await stores.feed.checkpoint("projector") == 4

    async def test_what_is_stored_after_a_copy_comes_after_it(self, stores: Stores, copier: Stores, clock: SettableClock) -> None:
        origin = memory_stores(clock)
        await _fill(origin)
        await carry(_side(origin), _side(copier), _told)
        last = (await _all(copier))[-1]
        clock.set(last.stored - 1_000_000)
        await stores.statements.put(batch(sentence(40, activities=(("https://kursus.test/kursus", b'{"name":{"en":"Course"}}'),))))
        new = (await stores.feed.read(last.position, 10))[0]
        assert (new.position, new.id) == (last.position + 1, statement_id(40))
        assert new.stored > last.stored
        assert await stores.directory.definition("https://kursus.test/kursus", MINE) == b'{"name":{"id":"Kursus","en":"Course"}}'

    async def test_a_copy_follows_changes_and_deletions_and_reductions(self, copier: Stores, clock: SettableClock) -> None:
        origin = memory_stores(clock)
        await _fill(origin)
        await carry(_side(origin), _side(copier), _told)
        await origin.clients.delete_client("balai-selatan")
        renamed = await origin.clients.client("balai-utara")
        assert renamed is not None
        await origin.clients.save_client(replace(renamed, key="kunci-balai-selatan"))
        await origin.documents.change(_NOTE, lambda _: None)
        await _reduce(origin, 10)
        assert await carry(_side(origin), _side(copier), _told) == 3
        assert [one.name for one in await compare(_side(origin), _side(copier), _told) if not one.same] == []
        found_by_key = await copier.clients.client_by_key("kunci-balai-selatan")
        assert found_by_key is not None
        assert found_by_key.id == "balai-utara"
        assert await found(copier.statements, agent("samaran")) == [9, 10]

    async def test_statements_that_are_there_are_passed_over_and_others_refused(self, copier: Stores, clock: SettableClock) -> None:
        origin = memory_stores(clock)
        await _fill(origin)
        some = await _all(origin)
        await copier.attachments.keep((AttachmentContent(_DIGEST, _CONTENT, "text/plain"),))
        await copier.copying.keep_statements(some[:3])
        for wrong in (some[4:], [replace(some[2], id=some[5].id)]):
            with pytest.raises(ConflictError):
                await copier.copying.keep_statements(wrong)
        await copier.copying.keep_statements(some[1:5])
        await copier.copying.keep_statements(some[2:])
        assert await _all(copier) == await _all(origin)

    async def test_a_closed_store_answers_reads_and_refuses_writes_until_it_is_opened(
        self, stores: Stores, copier: Stores, clock: SettableClock
    ) -> None:
        await stores.statements.put(batch(sentence(1)))
        await stores.engine.key_mark(5)
        await copier.copying.set_mark(Mark.CLOSED, Closed.MOVED)
        await self.seen(stores)
        with pytest.raises(StoreUnavailableError) as refused:
            await stores.statements.put(batch(sentence(2)))
        assert refused.value.retry_after == 30
        with pytest.raises(StoreUnavailableError):
            await stores.documents.change(_NOTE, lambda _: (b"x", "text/plain"))
        with pytest.raises(StoreUnavailableError):
            await stores.clients.add_provider(Provider("baru", "Baru"))
        with pytest.raises(StoreUnavailableError):
            await stores.feed.advance("projector", 1, expected=0)
        with pytest.raises(StoreUnavailableError):
            await stores.engine.ready()
        clock.advance(5_000_000)
        assert await stores.statements.consistent_through() >= (await _all(stores))[-1].stored
        assert await found(stores.statements) == [1]
        assert await stores.engine.key_mark(5) == 5
        await copier.copying.set_mark(Mark.CLOSED, Closed.OPEN)
        await stores.statements.put(batch(sentence(2)))
        assert await found(stores.statements) == [1, 2]

    async def seen(self, stores: Stores) -> None:
        """Waits until `stores` must have seen the mark."""
