"""Erasing what is past its time among files, notes and views. What the ledger, the log of decisions and certificates hold stays."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from credentials.access.views import View
from credentials.ports.records import Page, Put, Records, Remove, Replace, Table, Write, scan_all
from credentials.queues.case import Case
from credentials.stores.cases import CASES, NOTES, CaseRecords
from credentials.stores.files import CONTENTS, UPLOADS, Upload
from credentials.stores.links import IDENTITIES
from credentials.stores.views import VIEWS
from credentials.stores.waiting import WAITING
from lrs.errors import ConflictError

T = TypeVar("T")

_PAGE = 500


@dataclass(frozen=True, slots=True)
class Forgetting:
    """Each method takes at most `most` and says how many it took; the same again goes on."""

    records: Records
    cases: CaseRecords

    async def old_cases(self, before: int, limit: int) -> Page[Case]:
        """Decided before that moment, with notes and files still there; the oldest first."""
        return await self.records.scan(CASES, "decided", high=(before,), limit=limit)

    async def clear_cases(self, before: int, most: int) -> int:
        """Takes notes and files of old cases away; a file that a newer case names, or somebody else brought, stays for them."""
        done = 0
        while done < most:
            page = await self.old_cases(before, min(_PAGE, most - done))
            if not page.values:
                return done
            for case in page.values:
                await self._clear(case)
            done += len(page.values)
        return done

    async def clear_uploads(self, before: int, most: int) -> int:
        """Takes files away that were brought before that moment and that no case names."""
        done, after = 0, None
        while done < most:
            page = await self.records.scan(UPLOADS, "at", high=(before,), after=after, limit=_PAGE)
            for upload in page.values:
                if not await self.cases.with_file(upload.digest, 1):
                    await self.drop(upload)
                    done += 1
            after = page.more
            if after is None:
                break
        return done

    async def count_views(self, before: int, most: int) -> int:
        """How many views are older, counted up to `most`."""
        return len((await self.records.scan(VIEWS, "at", high=(before,), limit=most)).values)

    async def clear_views(self, before: int, most: int) -> int:
        """Takes old views away."""
        done = 0
        while done < most:
            page = await self.records.scan(VIEWS, "at", high=(before,), limit=min(_PAGE, most - done))
            if not page.values:
                return done
            await self.records.commit(*(Remove(VIEWS, _view_key(view)) for view in page.values))
            done += len(page.values)
        return done

    async def count_identifiers(self, before: int, most: int) -> int:
        """How many identifiers are past their time, counted up to `most` of each sort."""
        waiting = await self.records.scan(WAITING, "last", high=(before,), limit=most)
        over = await self.records.scan(IDENTITIES, "over", high=(before,), limit=most)
        return len(waiting.values) + len(over.values)

    async def clear_identifiers(self, before: int, most: int) -> int:
        """Takes away identifiers that wait and were in no statement since, and those whose every link was undone before."""
        waiting = await self._clear_identifiers(WAITING, "last", before, most)
        return waiting + await self._clear_identifiers(IDENTITIES, "over", before, most - waiting)

    async def _clear_identifiers(self, table: Table[T], index: str, before: int, most: int) -> int:
        done = 0
        while done < most and (found := (await self.records.scan(table, index, high=(before,), limit=min(_PAGE, most - done))).values):
            for one in found:
                kept = await self.records.get(table, *table.key(one))
                if kept is not None and kept.value == one:  # else it was seen, or linked, a moment ago
                    with contextlib.suppress(ConflictError):
                        await self.records.commit(Replace(table, one, kept.revision), Remove(table, table.key(one)))
            done += len(found)
        return done

    async def drop(self, upload: Upload) -> None:
        """Forgets that this actor brought the file; its bytes too when nobody else did."""
        others = [one for one in await scan_all(self.records, UPLOADS, prefix=(upload.digest,)) if one.by != upload.by]
        bytes_too: list[Write] = [] if others else [Remove(CONTENTS, (upload.digest,))]
        await self.records.commit(Remove(UPLOADS, (upload.digest, upload.by)), *bytes_too)

    async def _clear(self, case: Case) -> None:
        notes: list[Write] = [
            Remove(NOTES, (note.case, note.at, note.by)) for note in await scan_all(self.records, NOTES, prefix=(case.id,))
        ]
        await self.records.commit(Put(CASES, replace(case, cleared=True, account=None)), *notes)
        for digest in case.evidence:
            if all(other.cleared for other in await self.cases.with_file(digest, 1_000)):
                for upload in await self._uploads(digest):
                    await self.drop(upload)

    async def _uploads(self, digest: str) -> Sequence[Upload]:
        return await scan_all(self.records, UPLOADS, prefix=(digest,))


def _view_key(view: View) -> tuple[str, int, str, str]:
    return (view.person, view.at, view.viewer, view.what)
