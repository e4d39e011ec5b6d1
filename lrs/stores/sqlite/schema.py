"""The tables of the LRS in one SQLite file, as numbered migrations. Why they look like this: docs/adr/0010-index-layout.md."""

from __future__ import annotations

NAMESPACE = "lrs"

# Statement flags
VOIDED = 1  # hidden from queries
VOIDING = 2  # its verb is `voided`; can never be voided itself
VOIDS_ANY = 4  # a voiding statement by scope `all`

_ONE = """
-- A term (see lrs.ports.statements) by 16 bytes of BLAKE2b; the number is what postings hold.
CREATE TABLE term(id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE);

-- Which client of which provider sent a statement.
CREATE TABLE origin(id INTEGER PRIMARY KEY, provider TEXT NOT NULL, client TEXT NOT NULL, UNIQUE(provider, client));

-- seq: 1, 2, 3 … in stored order. keys: the posting keys (32-bit, native order: little-endian), the first two those of provider and client.
-- codec: 0 raw, else the number of the zstd dictionary. body: what a GET returns.
CREATE TABLE statement(
  seq INTEGER PRIMARY KEY, id BLOB NOT NULL, stored INTEGER NOT NULL, origin INTEGER NOT NULL, flags INTEGER NOT NULL,
  codec INTEGER NOT NULL, target BLOB, keys BLOB NOT NULL, body BLOB NOT NULL);
CREATE UNIQUE INDEX statement_id ON statement(id);
CREATE INDEX statement_target ON statement(target) WHERE target IS NOT NULL;

-- Sealed postings: for each run of statements and each key the offsets (16-bit) in the run. Written once, in key order.
CREATE TABLE posting(segment INTEGER NOT NULL, key INTEGER NOT NULL, offsets BLOB NOT NULL, PRIMARY KEY(segment, key)) WITHOUT ROWID;

-- Postings that a statement got after it was stored: terms of a StatementRef target that came later.
CREATE TABLE late(key INTEGER NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY(key, seq)) WITHOUT ROWID;
CREATE INDEX late_seq ON late(seq, key);

-- Statements whose referrers have still to be told of new terms; done: the last referrer told; floor: `stored` of the late target.
CREATE TABLE closure(number INTEGER PRIMARY KEY, seq INTEGER NOT NULL, done INTEGER NOT NULL, floor INTEGER NOT NULL);

CREATE TABLE dictionary(number INTEGER PRIMARY KEY, content BLOB NOT NULL);
CREATE TABLE number(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE activity(
  provider TEXT NOT NULL, iri TEXT NOT NULL, first INTEGER NOT NULL, definition BLOB NOT NULL, PRIMARY KEY(iri, provider)) WITHOUT ROWID;
CREATE TABLE attachment(digest TEXT PRIMARY KEY, size INTEGER NOT NULL, content BLOB);
CREATE TABLE document(
  provider TEXT NOT NULL, kind TEXT NOT NULL, activity TEXT NOT NULL, agent TEXT NOT NULL, registration TEXT NOT NULL, id TEXT NOT NULL,
  content BLOB NOT NULL, content_type TEXT NOT NULL, etag TEXT NOT NULL, updated INTEGER NOT NULL,
  PRIMARY KEY(provider, kind, activity, agent, registration, id));
CREATE TABLE checkpoint(consumer TEXT PRIMARY KEY, position INTEGER NOT NULL);

CREATE TABLE provider(id TEXT PRIMARY KEY, content BLOB NOT NULL);
CREATE TABLE client(
  id TEXT PRIMARY KEY, key TEXT NOT NULL UNIQUE, provider TEXT NOT NULL REFERENCES provider(id), subject TEXT UNIQUE,
  version INTEGER NOT NULL, content BLOB NOT NULL);
CREATE INDEX client_provider ON client(provider);
CREATE TABLE administrator(name TEXT PRIMARY KEY, content BLOB NOT NULL);
"""

MIGRATIONS = (_ONE,)
