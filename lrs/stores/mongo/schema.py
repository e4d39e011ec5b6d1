"""Collections, their indexes and the operators that the stores send. A test holds every command to this page.

Every `_id` is a string. Who was first is said by an insert and its duplicate-key error alone; a change names the revision that it read.
"""

from __future__ import annotations

from dataclasses import dataclass

VERSION = 1  # of the collections; kept in `state`
NEVER = 2**62  # microseconds that do not come: the moment of a void, or a floor, that is not there

STATE = "state"  # single documents: the watermark, the version, the key mark
SEGMENTS = "segment"  # the log: what was stored, in stored order, a group of requests in each
PARTS = "part"  # pieces of a segment that is too large for one document
STATEMENTS = "statement"  # for queries: made of the segments
REDUCTIONS = "reduction"  # statements that are reduced, as long as something of them may be found
CLOSURE = "closure"  # late targets whose referrers are still to be told
ACTIVITIES = "activity"
DOCUMENTS = "document"
ATTACHMENTS = "attachment"
CHUNKS = "attachment_chunk"
PROVIDERS = "provider"
CLIENTS = "client"
NAMES = "name"  # keys and subjects, each with the client that has it
ADMINISTRATORS = "administrator"
CHECKPOINTS = "checkpoint"


@dataclass(frozen=True, slots=True)
class Index:
    """`keys`: (field, 1 or -1), equality first, then the sort, then what bounds it."""

    collection: str
    keys: tuple[tuple[str, int], ...]
    sparse: bool = False

    @property
    def name(self) -> str:
        return "_".join(f"{field}_{'up' if direction > 0 else 'down'}" for field, direction in self.keys)


INDEXES = (
    Index(SEGMENTS, (("to", 1),), sparse=True),
    Index(PARTS, (("number", 1),)),
    Index(STATEMENTS, (("s", -1),)),
    Index(STATEMENTS, (("p", 1), ("s", -1))),
    Index(STATEMENTS, (("k", 1), ("s", -1))),
    Index(STATEMENTS, (("p", 1), ("k", 1), ("s", -1))),
    Index(STATEMENTS, (("t", 1), ("s", 1)), sparse=True),
    Index(CLOSURE, (("floor", 1),)),
    Index(ACTIVITIES, (("iri", 1), ("first", 1))),
    Index(DOCUMENTS, (("scope", 1), ("id", 1))),
    Index(DOCUMENTS, (("wide", 1), ("id", 1))),
    Index(DOCUMENTS, (("about", 1), ("_id", 1)), sparse=True),
    Index(DOCUMENTS, (("touched", 1),), sparse=True),
    Index(CLIENTS, (("key", 1),)),
    Index(CLIENTS, (("subject", 1),), sparse=True),
    Index(CLIENTS, (("provider", 1), ("_id", 1))),
)

# Filters that no index bounds, on fields of few values or by revision: they are looked at in what an index found.
BESIDE = {
    SEGMENTS: frozenset({"_id"}),
    STATEMENTS: frozenset({"p", "c", "k", "v", "x"}),
    DOCUMENTS: frozenset({"updated"}),
}

OPERATORS = frozenset({"$and", "$in", "$gt", "$gte", "$lt", "$lte", "$set", "$min", "$addToSet", "$each", "$unset"})
_ALWAYS = frozenset({"$db", "lsid", "txnNumber", "$clusterTime", "$readPreference", "readConcern", "writeConcern"})
# Each command with its options: what MongoDB documents and both servers of the tests serve.
COMMANDS = {
    "find": _ALWAYS | {"find", "filter", "projection", "sort", "limit", "batchSize", "singleBatch"},
    "getMore": _ALWAYS | {"getMore", "collection", "batchSize"},
    "killCursors": _ALWAYS | {"killCursors", "cursors"},
    "findAndModify": _ALWAYS | {"findAndModify", "query", "update", "new", "upsert", "remove"},
    "insert": _ALWAYS | {"insert", "documents", "ordered"},
    "update": _ALWAYS | {"update", "updates", "ordered"},
    "delete": _ALWAYS | {"delete", "deletes", "ordered"},
    "createIndexes": _ALWAYS | {"createIndexes", "indexes"},
    "listIndexes": _ALWAYS | {"listIndexes", "cursor"},
    "dbStats": _ALWAYS | {"dbStats"},
    "hello": _ALWAYS | {"hello"},
}
