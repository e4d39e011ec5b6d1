"""The tables, as numbered migrations of a namespace of their own. `content` is the value as JSON; other columns are what is looked up."""

from __future__ import annotations

NAMESPACE = "credentials"

_ONE = """
CREATE TABLE programme(id TEXT NOT NULL, version INTEGER NOT NULL, content BLOB NOT NULL, PRIMARY KEY(id, version)) WITHOUT ROWID;
CREATE TABLE batch(id TEXT PRIMARY KEY, provider TEXT NOT NULL, content BLOB NOT NULL) WITHOUT ROWID;
CREATE INDEX batch_provider ON batch(provider, id);

-- Which activity is bound to which batch. Dates (YYYY-MM-DD) tell the batches of one activity apart.
CREATE TABLE binding(
  provider TEXT NOT NULL, activity TEXT NOT NULL, starts TEXT NOT NULL, ends TEXT NOT NULL, batch TEXT NOT NULL REFERENCES batch(id),
  PRIMARY KEY(provider, activity, starts)) WITHOUT ROWID;

CREATE TABLE person(id TEXT PRIMARY KEY, content BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE account(
  provider TEXT NOT NULL, home_page TEXT NOT NULL, name TEXT NOT NULL, person TEXT NOT NULL REFERENCES person(id),
  PRIMARY KEY(provider, home_page, name)) WITHOUT ROWID;

-- One row for each thing that a completion brings, all by the certificate's id, which follows from the completion.
CREATE TABLE completion(certificate TEXT PRIMARY KEY, completed INTEGER NOT NULL, statements BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE hours(id TEXT PRIMARY KEY, person TEXT NOT NULL, content BLOB NOT NULL) WITHOUT ROWID;
CREATE INDEX hours_person ON hours(person, id);

-- Looks that somebody asked for: "" is every person, or every batch.
CREATE TABLE asked(person TEXT NOT NULL, batch TEXT NOT NULL, PRIMARY KEY(person, batch)) WITHOUT ROWID;
"""

MIGRATIONS = (_ONE,)
