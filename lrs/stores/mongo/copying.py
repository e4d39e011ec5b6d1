"""Copying from and to one database on MongoDB."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bson import Binary

from lrs.errors import ConflictError
from lrs.ports import Condition
from lrs.ports.copying import CopiedStatement, Mark, Shelf, ShelfPage
from lrs.ports.reduction import DIGEST_TERM
from lrs.stores import copied
from lrs.stores.mongo.clients import names_of, stored_client
from lrs.stores.mongo.closure import Closure
from lrs.stores.mongo.cluster import Cluster, Fields
from lrs.stores.mongo.definitions import activity_id
from lrs.stores.mongo.documents import document_fields, document_name, document_of, key_of
from lrs.stores.mongo.gate import CLOSED_ID
from lrs.stores.mongo.log import Segment, SegmentLog
from lrs.stores.mongo.materialiser import Materialiser
from lrs.stores.mongo.rows import Row, condition_keys, row_of
from lrs.stores.mongo.schema import (
    ACTIVITIES,
    ADMINISTRATORS,
    ATTACHMENTS,
    CHECKPOINTS,
    CLIENTS,
    DOCUMENTS,
    NAMES,
    PROVIDERS,
    STATE,
    STATEMENTS,
)
from lrs.stores.mongo.watermark import Watermark
from lrs.xapi.reduction import stored_terms

_SEGMENTS = 8  # read at once
_REFERRERS = 500  # of late targets told at once
_COLLECTIONS = {
    Shelf.PROVIDER: PROVIDERS,
    Shelf.CLIENT: CLIENTS,
    Shelf.ADMINISTRATOR: ADMINISTRATORS,
    Shelf.ACTIVITY: ACTIVITIES,
    Shelf.DOCUMENT: DOCUMENTS,
    Shelf.ATTACHMENT: ATTACHMENTS,
    Shelf.CHECKPOINT: CHECKPOINTS,
}


class MongoCopying:
    """See `lrs.ports.copying.Copying`."""

    def __init__(self, cluster: Cluster, log: SegmentLog, watermark: Watermark, materialiser: Materialiser, closure: Closure) -> None:
        self._cluster = cluster
        self._log = log
        self._watermark = watermark
        self._materialiser = materialiser
        self._closure = closure

    async def statements(self, after: int, limit: int) -> list[CopiedStatement]:
        mark = await self._watermark.read()
        rows: list[tuple[int, Row]] = []
        position = after
        while len(rows) < limit and position < mark.last:
            for segment in await self._log.read_from(position, mark.number, _SEGMENTS):
                first = segment.head.last - len(segment.rows) + 1
                rows += [(place, row) for place, row in enumerate(segment.rows, first) if place > position]
                position = segment.head.last
        rows = rows[:limit]
        known = await self._known([row.id for _, row in rows])
        return [_copied(place, row, known[row.id], mark.until) for place, row in rows]

    async def keep_statements(self, statements: Sequence[CopiedStatement]) -> None:
        head = await self._materialiser.catch_up(patience=0)
        statements = await copied.not_there_yet(self, statements)
        if not statements:
            return
        if head.last != statements[0].position - 1 or statements[0].stored <= head.until:
            raise ConflictError(copied.NO_COPY)
        appended = await self._log.append(head, [_row(one) for one in statements], statements[-1].stored)
        if appended is None:
            raise ConflictError("something else writes into the target")
        await self._materialiser.apply(Segment(appended, [_row(one) for one in statements]))
        while await self._closure.work_off(_REFERRERS):
            pass
        for one in statements:
            if one.reduced:
                await self._cluster.update(STATEMENTS, {"_id": one.id}, {"$set": {"q": True}})

    async def page(self, shelf: Shelf, after: str | None, limit: int) -> ShelfPage:
        wanted: Fields = {} if after is None else {"_id": {"$gt": after}}
        found = await self._cluster.find(_COLLECTIONS[shelf], wanted, sort=[("_id", 1)], limit=limit, one_answer=False)
        return ShelfPage(dict(_row_of(shelf, one) for one in found), found[-1]["_id"] if len(found) == limit else None)

    async def rows(self, shelf: Shelf, keys: Sequence[str]) -> dict[str, bytes]:
        wanted = {"_id": {"$in": [_name(shelf, key) for key in keys]}}
        found = await self._cluster.find(_COLLECTIONS[shelf], wanted, limit=max(1, len(keys)), one_answer=False)
        return dict(_row_of(shelf, one) for one in found)

    async def write(self, shelf: Shelf, put: Mapping[str, bytes], remove: Sequence[str] = ()) -> None:
        for key in remove:
            await self._remove(shelf, key)
        for key in put if shelf is Shelf.CLIENT else ():
            await self._remove(shelf, key)  # its names may go to others, or be others'
        for key, row in put.items():
            await self._put(shelf, _fields(shelf, key, row))
            if shelf is Shelf.CLIENT:
                await self._name(row)

    async def mark(self, mark: Mark) -> int:
        found = await self._cluster.find_one(STATE, {"_id": _mark_id(mark)})
        return 0 if found is None else int(found["value"])

    async def set_mark(self, mark: Mark, value: int) -> None:
        if not await self._cluster.insert(STATE, {"_id": _mark_id(mark), "value": value}):
            await self._cluster.update(STATE, {"_id": _mark_id(mark)}, {"$set": {"value": value}})

    async def _known(self, names: list[str]) -> dict[str, Fields]:
        fields = {"x": 1, "q": 1}
        found = await self._cluster.find(STATEMENTS, {"_id": {"$in": names}}, fields, limit=max(1, len(names)), one_answer=False)
        return {one["_id"]: one for one in found}

    async def _put(self, shelf: Shelf, fields: Fields) -> None:
        if not await self._cluster.insert(_COLLECTIONS[shelf], fields):
            new = {name: value for name, value in fields.items() if name != "_id"}
            await self._cluster.update(_COLLECTIONS[shelf], {"_id": fields["_id"]}, {"$set": new})

    async def _name(self, row: bytes) -> None:
        client = copied.client_of(row)
        for name in sorted(names_of(client)):
            fields: Fields = {"client": client.id, "turn": "copied", "at": 0}
            if not await self._cluster.insert(NAMES, {"_id": name} | fields):
                await self._cluster.update(NAMES, {"_id": name}, {"$set": fields})

    async def _remove(self, shelf: Shelf, key: str) -> None:
        present = await self._cluster.find_one(_COLLECTIONS[shelf], {"_id": _name(shelf, key)}) if shelf is Shelf.CLIENT else None
        await self._cluster.delete(_COLLECTIONS[shelf], {"_id": _name(shelf, key)})
        if present is not None:
            for name in sorted(names_of(copied.client_of(bytes(present["content"])))):
                await self._cluster.delete(NAMES, {"_id": name})


def _mark_id(mark: Mark) -> str:
    return CLOSED_ID if mark is Mark.CLOSED else f"moving: {mark}"


def _row(one: CopiedStatement) -> Row:
    return row_of(copied.new_statement(one), one.stored, one.provider, one.client, may_void_any=one.voids > 1)


def _copied(place: int, row: Row, known: Fields, until: int) -> CopiedStatement:
    return CopiedStatement(
        place,
        row.id,
        row.stored,
        row.body,
        row.provider,
        row.client,
        row.target or None,
        row.voids,
        _digests(row),
        "q" in known,
        known["x"] <= until,
    )


def _digests(row: Row) -> tuple[str, ...]:
    if b'"sha2"' not in row.body:
        return ()
    return tuple(one for one in stored_terms(row.body)[2] if condition_keys(Condition(DIGEST_TERM + one))[0] in row.keys)


def _name(shelf: Shelf, key: str) -> str:
    if shelf is Shelf.ACTIVITY:
        return activity_id(*copied.activity_of_key(key))
    return document_name(copied.document_of_key(key)) if shelf is Shelf.DOCUMENT else key


def _row_of(shelf: Shelf, found: Fields) -> tuple[str, bytes]:
    match shelf:
        case Shelf.ACTIVITY:
            return copied.activity_key(found["p"], found["iri"]), copied.activity_row(found["first"], bytes(found["d"]))
        case Shelf.DOCUMENT:
            return copied.document_key(key_of(found)), copied.document_row(document_of(found))
        case Shelf.ATTACHMENT:
            return found["_id"], copied.number_row(found["size"])
        case Shelf.CHECKPOINT:
            return found["_id"], copied.number_row(found["position"])
    return found["_id"], copied.same_row(shelf, bytes(found["content"]))


def _fields(shelf: Shelf, key: str, row: bytes) -> dict[str, Any]:
    match shelf:
        case Shelf.CLIENT:
            return {"_id": key} | stored_client(copied.client_of(row))
        case Shelf.ACTIVITY:
            (provider, iri), (first, definition) = copied.activity_of_key(key), copied.activity_of_row(row)
            # It is of some statement that was copied: the next one that tells of it is a later one.
            return {"_id": _name(shelf, key), "iri": iri, "p": provider, "first": first, "at": first, "d": Binary(definition)}
        case Shelf.DOCUMENT:
            return document_fields(copied.document_of_key(key), copied.document_of_row(row))
        case Shelf.CHECKPOINT:
            return {"_id": key, "position": copied.number_of_row(row), "turn": "copied"}
    return {"_id": key, "content": Binary(row)}
