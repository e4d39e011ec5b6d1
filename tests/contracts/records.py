"""What every backend of `credentials.ports.records.Records` does."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

import pytest

from credentials.ports.records import Insert, Keep, Put, Records, Remove, Replace, Table, scan_all
from lrs.errors import ConflictError, InvalidRequestError


@dataclass(frozen=True, slots=True)
class Note:
    """`tags`: found by each of them."""

    owner: str
    number: int
    text: str = ""
    tags: tuple[str, ...] = ()
    content: bytes = b""


NOTES: Table[Note] = Table(
    "test_note",
    Note,
    key=lambda note: (note.owner, note.number),
    indexes={"tag": lambda note: [(tag, note.number) for tag in note.tags], "text": lambda note: [(note.text,)] if note.text else []},
)
OTHERS: Table[Note] = Table("test_other", Note, key=lambda note: (note.owner,))
FIXED: Table[Note] = Table(
    "test_fixed",
    Note,
    key=lambda note: (note.owner, note.number),
    indexes={"owner": lambda note: [(note.owner,)]},
    fixed=frozenset({"owner"}),
)
ONE = Note("sari", 1, "satu", ("a", "b"), b"\x00\xff")


class RecordsContract:
    """See `credentials.ports.records.Records`."""

    async def test_a_value_comes_back_as_it_went_in(self, records: Records) -> None:
        await records.commit(Insert(NOTES, ONE))
        kept = await records.get(NOTES, "sari", 1)
        assert kept is not None
        assert (kept.value, kept.revision) == (ONE, 1)
        assert await records.get(NOTES, "sari", 2) is None
        assert await records.get(OTHERS, "sari") is None

    async def test_many_are_found_by_their_keys(self, records: Records) -> None:
        await records.commit(*(Insert(NOTES, replace(ONE, number=number)) for number in range(5)))
        found = await records.get_many(NOTES, [("sari", 4), ("sari", 9), ("sari", 0)])
        assert {key: note.number for key, note in found.items()} == {("sari", 4): 4, ("sari", 0): 0}

    async def test_a_key_is_inserted_once(self, records: Records) -> None:
        await records.commit(Insert(NOTES, ONE))
        with pytest.raises(ConflictError, match="a note like this"):
            await records.commit(Insert(NOTES, replace(ONE, text="dua"), taken="a note like this is there", where="number"))
        assert (await scan_all(records, NOTES))[0].text == "satu"

    async def test_a_conflict_undoes_the_whole_commit(self, records: Records) -> None:
        await records.commit(Insert(NOTES, ONE))
        changed = replace(ONE, text="dua", tags=("c",))
        with pytest.raises(ConflictError):
            await records.commit(Put(NOTES, changed), Insert(OTHERS, ONE), Remove(NOTES, ("sari", 1)), Insert(OTHERS, ONE))
        assert await scan_all(records, NOTES) == [ONE]
        assert await scan_all(records, NOTES, "tag", ("c",)) == []
        assert await scan_all(records, NOTES, "tag", ("a",)) == [ONE]
        assert await scan_all(records, OTHERS) == []

    async def test_replace_wants_the_revision_that_is_there(self, records: Records) -> None:
        with pytest.raises(ConflictError):
            await records.commit(Replace(NOTES, ONE, 1))
        await records.commit(Replace(NOTES, ONE, 0))
        await records.commit(Replace(NOTES, replace(ONE, text="dua"), 1))
        with pytest.raises(ConflictError):
            await records.commit(Replace(NOTES, replace(ONE, text="tiga"), 1))
        kept = await records.get(NOTES, "sari", 1)
        assert kept is not None
        assert (kept.value.text, kept.revision) == ("dua", 2)

    async def test_keep_leaves_and_put_overwrites_what_is_there(self, records: Records) -> None:
        await records.commit(Keep(NOTES, ONE), Keep(NOTES, replace(ONE, text="dua")))
        assert await scan_all(records, NOTES) == [ONE]
        await records.commit(Put(NOTES, replace(ONE, text="dua", tags=("c",))))
        assert [note.text for note in await scan_all(records, NOTES, "tag", ("c",))] == ["dua"]
        assert await scan_all(records, NOTES, "tag", ("a",)) == []
        assert await scan_all(records, NOTES, "text", ("satu",)) == []

    async def test_what_is_removed_is_found_nowhere_and_may_come_again(self, records: Records) -> None:
        await records.commit(Insert(NOTES, ONE))
        await records.commit(Remove(NOTES, ("sari", 1)), Remove(NOTES, ("sari", 2)))
        assert await records.get(NOTES, "sari", 1) is None
        assert await scan_all(records, NOTES, "tag") == []
        await records.commit(Insert(NOTES, ONE))

    async def test_numbers_are_ordered_by_size_and_text_part_by_part(self, records: Records) -> None:
        keys = [
            ("a", 10),
            ("a", 9),
            ("a\x00", 1),
            ("ab", 1),
            ("a", 2**63 - 1),
            ("é", 0),
            ("", 5),
            ("a\x01b", 1),
            ("a\x02", 1),
            ("\U0001f600", 1),
        ]
        await records.commit(*(Insert(NOTES, Note(owner, number)) for owner, number in keys))
        found = [(note.owner, note.number) for note in await scan_all(records, NOTES)]
        assert found == sorted(keys)
        assert [note.number for note in await scan_all(records, NOTES, prefix=("a",))] == [9, 10, 2**63 - 1]

    async def test_a_range_includes_both_of_its_ends(self, records: Records) -> None:
        await records.commit(*(Insert(NOTES, Note("sari", number, tags=("t",))) for number in range(10)))
        found = await scan_all(records, NOTES, prefix=("sari",), low=(3,), high=(5,))
        assert [note.number for note in found] == [3, 4, 5]
        found = await scan_all(records, NOTES, "tag", ("t",), low=(8,))
        assert [note.number for note in found] == [8, 9]

    @pytest.mark.parametrize("index", [None, "tag"])
    @pytest.mark.parametrize("descending", [False, True])
    async def test_pages_join_without_gap_or_repeat(self, records: Records, index: str | None, descending: bool) -> None:
        await records.commit(*(Insert(NOTES, Note("sari", number, tags=("sari",))) for number in range(7)))
        found: list[int] = []
        after: str | None = None
        pages = 0
        while pages == 0 or after is not None:
            page = await records.scan(NOTES, index, ("sari",), after=after, limit=3, descending=descending)
            found += [note.number for note in page.values]
            after, pages = page.more, pages + 1
        assert found == sorted(range(7), reverse=descending)
        assert pages == 3

    async def test_many_small_scans_are_one_question(self, records: Records) -> None:
        await records.commit(*(Insert(NOTES, Note("sari", number, tags=("odd" if number % 2 else "even",))) for number in range(7)))
        singly = [(await records.scan(NOTES, "tag", (tag,), limit=2)).values for tag in ("odd", "even", "none")]
        assert [len(some) for some in singly] == [2, 2, 0]
        assert await records.scan_many(NOTES, "tag", [("odd",), ("even",), ("none",)], limit=2) == singly
        assert [len(some) for some in await records.scan_many(NOTES, None, [("sari",), ("s",)])] == [7, 0]
        assert await records.scan_many(NOTES, "tag", []) == []

    async def test_values_are_counted_by_the_beginning_of_their_keys(self, records: Records) -> None:
        assert await records.count(NOTES) == 0
        await records.commit(*(Insert(NOTES, Note(owner, number)) for owner in ("sari", "sa") for number in range(3)))
        assert [await records.count(NOTES, prefix) for prefix in ((), ("sari",), ("sari", 2), ("s",))] == [6, 3, 1, 0]

    async def test_of_many_writes_some_may_be_of_what_is_there(self, records: Records) -> None:
        await records.commit(*(Put(NOTES, Note("sari", number, "old", ("x",))) for number in (1, 3)))
        fresh = [Note("sari", number, "new", ("y",)) for number in range(4)]
        await records.commit(Put(NOTES, fresh[0]), Put(NOTES, fresh[1]), Keep(NOTES, fresh[3]), Keep(NOTES, fresh[2]))
        assert [note.text for note in await scan_all(records, NOTES)] == ["new", "new", "new", "old"]
        assert [note.number for note in await scan_all(records, NOTES, "tag", ("x",))] == [3]
        assert [note.number for note in await scan_all(records, NOTES, "tag", ("y",))] == [0, 1, 2]
        kept = [await records.get(NOTES, "sari", number) for number in range(4)]
        assert [one.revision for one in kept if one is not None] == [1, 2, 1, 1]
        with pytest.raises(ConflictError):
            await records.commit(Put(NOTES, Note("sari", 9)), Insert(NOTES, Note("sari", 1)), Insert(NOTES, Note("sari", 8)))
        assert await records.count(NOTES) == 4

    async def test_writes_of_several_tables_may_be_mixed(self, records: Records) -> None:
        notes = [Note("sari", number, str(number)) for number in range(4)]
        mixed = [write for note in notes for write in (Put(NOTES, note), Put(OTHERS, note), Remove(NOTES, ("budi", note.number)))]
        await records.commit(*mixed, Remove(NOTES, ("sari", 1)))
        assert [note.number for note in await scan_all(records, NOTES)] == [0, 2, 3]
        assert [note.text for note in await scan_all(records, OTHERS)] == ["3"]

    async def test_entries_that_follow_from_the_key_stay_when_it_is_overwritten(self, records: Records) -> None:
        await records.commit(Put(FIXED, ONE))
        await records.commit(Put(FIXED, replace(ONE, text="dua")), Put(FIXED, replace(ONE, number=2)))
        await records.commit(Put(FIXED, replace(ONE, text="tiga")))
        assert [note.text for note in await scan_all(records, FIXED, "owner", ("sari",))] == ["tiga", "satu"]
        await records.commit(Remove(FIXED, ("sari", 1)))
        assert [note.number for note in await scan_all(records, FIXED, "owner", ("sari",))] == [2]

    @pytest.mark.parametrize("cursor", ["", "x", "!!!!", "AAAA", "_w", "é"])
    async def test_a_made_up_cursor_is_the_senders_mistake(self, records: Records, cursor: str) -> None:
        with pytest.raises(InvalidRequestError):
            await records.scan(NOTES, after=cursor)

    async def test_of_many_who_insert_one_key_one_wins(self, records: Records) -> None:
        async def attempt(number: int) -> int:
            try:
                await records.commit(Insert(NOTES, replace(ONE, text=str(number))), Keep(OTHERS, Note(str(number), 0)))
            except ConflictError:
                return 0
            return 1

        assert sum(await asyncio.gather(*(attempt(number) for number in range(30)))) == 1
        assert len(await scan_all(records, OTHERS)) == 1

    async def test_a_counter_by_replace_gives_every_number_once(self, records: Records) -> None:
        async def draw() -> int:
            while True:
                kept = await records.get(NOTES, "counter", 0)
                present, revision = (int(kept.value.text), kept.revision) if kept else (0, 0)
                try:
                    await records.commit(Replace(NOTES, Note("counter", 0, str(present + 1)), revision))
                except ConflictError:
                    continue
                return present + 1

        assert sorted(await asyncio.gather(*(draw() for _ in range(20)))) == list(range(1, 21))
