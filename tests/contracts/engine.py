"""What every engine does besides its ports."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from lrs.errors import StoreUnavailableError
from lrs.ports import AttachmentContent, StatementQuery, Stores
from tests.contracts.administrators import RATNA
from tests.contracts.clients import UTARA
from tests.contracts.documents import STATE
from tests.support.statements import EVERYTHING, batch, sentence, statement_id

_CALLS: dict[str, Callable[[Stores], Awaitable[object]]] = {
    "put": lambda stores: stores.statements.put(batch(sentence(1))),
    "get": lambda stores: stores.statements.get(statement_id(1), EVERYTHING),
    "query": lambda stores: stores.statements.query(StatementQuery(), EVERYTHING),
    "keep": lambda stores: stores.attachments.keep((AttachmentContent("00" * 32, b"x", "text/plain"),)),
    "size": lambda stores: stores.attachments.size("00" * 32),
    "open": lambda stores: anext(aiter(stores.attachments.open("00" * 32))),
    "document": lambda stores: stores.documents.get(STATE),
    "change": lambda stores: stores.documents.change(STATE, lambda present: (b"", "text/plain")),
    "ids": lambda stores: stores.documents.ids(STATE),
    "delete_all": lambda stores: stores.documents.delete_all(STATE),
    "definition": lambda stores: stores.directory.definition("https://kursus.test/1", EVERYTHING),
    "add_provider": lambda stores: stores.clients.add_provider(UTARA),
    "client_by_key": lambda stores: stores.clients.client_by_key("kunci"),
    "administrator": lambda stores: stores.administrators.add(RATNA),
    "read": lambda stores: stores.feed.read(0, 1),
    "checkpoint": lambda stores: stores.feed.checkpoint("jam"),
    "advance": lambda stores: stores.feed.advance("jam", 1, expected=0),
    "end": lambda stores: stores.feed.end(),
    "ready": lambda stores: stores.engine.ready(),
    "key_mark": lambda stores: stores.engine.key_mark(1),
    "figures": lambda stores: stores.engine.figures(),
}


class EngineContract:
    """See `lrs.ports.stores.Lifecycle`."""

    async def test_an_open_store_is_ready(self, stores: Stores) -> None:
        await stores.engine.ready()

    async def test_figures_tell_size_and_number_of_statements(self, stores: Stores) -> None:
        await stores.statements.put(batch(sentence(1), sentence(2)))
        figures = await stores.engine.figures()
        assert figures["statements"] == 2
        assert figures["size_bytes"] > 0

    @pytest.mark.parametrize("name", sorted(_CALLS))
    async def test_a_closed_store_says_so(self, stores: Stores, name: str) -> None:
        await stores.engine.close()
        with pytest.raises(StoreUnavailableError):
            await _CALLS[name](stores)

    async def test_closing_twice_is_fine(self, stores: Stores) -> None:
        await stores.engine.close()
        await stores.engine.close()

    async def test_the_first_key_mark_is_kept_for_good(self, stores: Stores) -> None:
        assert await stores.engine.key_mark() is None
        assert await stores.engine.key_mark(2**61 + 7) == 2**61 + 7
        assert await stores.engine.key_mark(5) == await stores.engine.key_mark() == 2**61 + 7
