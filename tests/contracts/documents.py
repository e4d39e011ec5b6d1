"""Documents: State and both profiles."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from hashlib import sha1

import pytest

from lrs.errors import PreconditionFailedError
from lrs.ports import Document, DocumentKey, DocumentKind, Stores
from lrs.ports.documents import Decide
from tests.support.clock import SettableClock

STATE = DocumentKey(DocumentKind.STATE, "balai-utara", "kemajuan", "https://kursus.test/1", "mailto:sari@peserta.test", "")
PROFILE = DocumentKey(DocumentKind.ACTIVITY_PROFILE, "balai-utara", "ringkasan", activity="https://kursus.test/1")
PERSON = DocumentKey(DocumentKind.AGENT_PROFILE, "balai-utara", "pilihan", agent="mailto:sari@peserta.test")


def _write(content: bytes, content_type: str = "text/plain") -> Decide:
    return lambda present: (content, content_type)


def _delete(present: Document | None) -> None:
    return None


class DocumentStoreContract:
    """See `lrs.ports.DocumentStore`."""

    async def test_an_absent_document_is_none(self, stores: Stores) -> None:
        assert await stores.documents.get(STATE) is None
        assert await stores.documents.ids(STATE) == []

    @pytest.mark.parametrize("content", [b"", b"\x00\xff\r\n", b"{}", b"x" * 300_000])
    async def test_bytes_and_type_come_back_with_the_etag_of_the_bytes(self, stores: Stores, content: bytes) -> None:
        written = await stores.documents.change(STATE, _write(content, "application/x-uji; a=b"))
        assert written is not None
        assert (written.content, written.content_type) == (content, "application/x-uji; a=b")
        assert written.etag == sha1(content, usedforsecurity=False).hexdigest()
        assert await stores.documents.get(STATE) == written

    async def test_every_part_of_the_key_counts(self, stores: Stores) -> None:
        keys = [
            STATE,
            replace(STATE, id="lain"),
            replace(STATE, provider="balai-selatan"),
            replace(STATE, activity="https://kursus.test/2"),
            replace(STATE, agent="mailto:budi@peserta.test"),
            replace(STATE, registration="0192a000-0000-7000-8000-000000000001"),
            PROFILE,
            replace(PROFILE, provider="balai-selatan"),
            PERSON,
            replace(PERSON, agent="mailto:budi@peserta.test"),
        ]
        for number, key in enumerate(keys):
            await stores.documents.change(key, _write(b"%d" % number))
        documents = [await stores.documents.get(key) for key in keys]
        assert [document and document.content for document in documents] == [b"%d" % number for number in range(len(keys))]

    async def test_decide_sees_what_is_there(self, stores: Stores) -> None:
        seen: list[Document | None] = []

        def decide(present: Document | None) -> tuple[bytes, str]:
            seen.append(present)
            return b"two", "text/plain"

        first = await stores.documents.change(PERSON, _write(b"one"))
        await stores.documents.change(PERSON, decide)
        assert seen[-1] == first
        await stores.documents.change(PROFILE, decide)
        assert seen[-1] is None

    async def test_what_decide_raises_goes_to_the_caller_and_nothing_changes(self, stores: Stores) -> None:
        def refuse(present: Document | None) -> tuple[bytes, str]:
            raise PreconditionFailedError("not this one")

        before = await stores.documents.change(STATE, _write(b"one"))
        with pytest.raises(PreconditionFailedError, match="not this one"):
            await stores.documents.change(STATE, refuse)
        assert await stores.documents.get(STATE) == before
        with pytest.raises(PreconditionFailedError):
            await stores.documents.change(PROFILE, refuse)
        assert await stores.documents.get(PROFILE) is None

    async def test_deciding_for_none_deletes_or_leaves_absent(self, stores: Stores) -> None:
        await stores.documents.change(STATE, _write(b"one"))
        await stores.documents.change(replace(STATE, id="lain"), _write(b"two"))
        assert await stores.documents.change(STATE, _delete) is None
        assert await stores.documents.change(PROFILE, _delete) is None
        assert await stores.documents.get(STATE) is None
        assert await stores.documents.ids(STATE) == ["lain"]

    async def test_updated_grows_at_each_update_also_when_the_clock_jumps_back(self, stores: Stores, clock: SettableClock) -> None:
        begin = clock.now_us()
        moments: list[int] = []
        for number in range(5):
            clock.set(begin - number * 1_000_000)
            written = await stores.documents.change(STATE, _write(b"same"))
            assert written is not None
            moments.append(written.updated)
        assert moments == sorted(set(moments))
        assert moments[0] >= begin

    async def test_ids_are_sorted_and_each_once(self, stores: Stores) -> None:
        for document_id in ("c", "a", "B", "é", "a b", "b"):
            await stores.documents.change(replace(STATE, id=document_id), _write(b"x"))
            await stores.documents.change(replace(STATE, id=document_id, registration="r1"), _write(b"x"))
        assert await stores.documents.ids(STATE) == ["B", "a", "a b", "b", "c", "é"]
        assert await stores.documents.ids(replace(STATE, id="whatever"), any_registration=True) == ["B", "a", "a b", "b", "c", "é"]

    async def test_ids_stay_within_their_scope(self, stores: Stores) -> None:
        for key in (
            STATE,
            replace(STATE, id="two", registration="r1"),
            replace(STATE, id="three", registration="r2"),
            replace(STATE, id="four", provider="balai-selatan"),
            replace(STATE, id="five", activity="https://kursus.test/2"),
            replace(STATE, id="six", agent="mailto:budi@peserta.test"),
            PROFILE,
            PERSON,
        ):
            await stores.documents.change(key, _write(b"x"))
        assert await stores.documents.ids(STATE) == ["kemajuan"]
        assert await stores.documents.ids(replace(STATE, registration="r1")) == ["two"]
        assert await stores.documents.ids(STATE, any_registration=True) == ["kemajuan", "three", "two"]
        assert await stores.documents.ids(PROFILE) == ["ringkasan"]
        assert await stores.documents.ids(PERSON) == ["pilihan"]

    async def test_ids_since_are_those_updated_after_it(self, stores: Stores) -> None:
        first = await stores.documents.change(replace(STATE, id="one"), _write(b"x"))
        second = await stores.documents.change(replace(STATE, id="two"), _write(b"x"))
        assert first is not None
        assert second is not None
        assert await stores.documents.ids(STATE, since=first.updated) == ["two"]
        assert await stores.documents.ids(STATE, since=first.updated - 1) == ["one", "two"]
        assert await stores.documents.ids(STATE, since=second.updated) == []
        await stores.documents.change(replace(STATE, id="one"), _write(b"x"))
        assert await stores.documents.ids(STATE, since=second.updated) == ["one"]

    async def test_delete_all_deletes_its_scope_only(self, stores: Stores) -> None:
        for key in (
            STATE,
            replace(STATE, id="two"),
            replace(STATE, id="three", registration="r1"),
            replace(STATE, provider="balai-selatan"),
        ):
            await stores.documents.change(key, _write(b"x"))
        assert await stores.documents.delete_all(replace(STATE, id="")) == 2
        assert await stores.documents.ids(STATE, any_registration=True) == ["three"]
        assert await stores.documents.delete_all(STATE, any_registration=True) == 1
        assert await stores.documents.delete_all(STATE, any_registration=True) == 0
        assert await stores.documents.ids(replace(STATE, provider="balai-selatan")) == ["kemajuan"]

    async def test_changes_at_once_lose_none(self, stores: Stores) -> None:
        def count(present: Document | None) -> tuple[bytes, str]:
            return b"%d" % (int(present.content) + 1 if present is not None else 1), "text/plain"

        await asyncio.gather(*(stores.documents.change(STATE, count) for _ in range(50)))
        document = await stores.documents.get(STATE)
        assert document is not None
        assert document.content == b"50"

    async def test_a_failing_change_touches_no_change_beside_it(self, stores: Stores) -> None:
        def refuse(present: Document | None) -> tuple[bytes, str]:
            raise PreconditionFailedError("no")

        jobs = [
            stores.documents.change(replace(STATE, id=f"{number:02}"), refuse if number % 3 == 0 else _write(b"x")) for number in range(12)
        ]
        outcomes = await asyncio.gather(*jobs, return_exceptions=True)
        assert [isinstance(one, PreconditionFailedError) for one in outcomes] == [number % 3 == 0 for number in range(12)]
        assert await stores.documents.ids(STATE) == [f"{number:02}" for number in range(12) if number % 3]

    async def test_old_documents_about_agents_are_forgotten_and_others_stay(self, stores: Stores, clock: SettableClock) -> None:
        old = [STATE, replace(STATE, provider="balai-selatan"), PERSON, PROFILE]
        for key in old:
            await stores.documents.change(key, _write(b"lama"))
        clock.advance(1_000_000)
        before = clock.now_us()
        new = replace(STATE, id="baru")
        await stores.documents.change(new, _write(b"baru"))
        assert await stores.documents.forget(before, dry=True) == 3
        assert await stores.documents.get(STATE) is not None
        assert await stores.documents.forget(before) == 3
        assert [await stores.documents.get(key) is None for key in (*old, new)] == [True, True, True, False, False]
        assert await stores.documents.forget(before) == 0

    async def test_all_documents_of_an_agent_with_a_provider_are_found(self, stores: Stores) -> None:
        mine = [STATE, replace(STATE, activity="https://kursus.test/2"), PERSON]
        others = [replace(STATE, agent="mailto:budi@peserta.test"), replace(STATE, provider="balai-selatan"), PROFILE]
        for number, key in enumerate((*mine, *others)):
            await stores.documents.change(key, _write(b"%d" % number))
        found = await stores.documents.of_agent("balai-utara", "mailto:sari@peserta.test")
        assert {key: document.content for key, document in found} == {key: b"%d" % number for number, key in enumerate(mine)}
