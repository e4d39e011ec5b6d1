"""Terms as integers: what a posting holds in place of an IRI.

A posting key is `term number * 2`, plus 1 for a related-only term. Terms are never deleted, so a number once committed may be remembered
for ever;
what a transaction adds is forgotten again when it is rolled back.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

import apsw

_REMEMBERED = 60_000  # terms in memory, about 15 MB; agents and activities repeat, so more gains little


def term_hash(term: str) -> bytes:
    """The 16 bytes by which a term lies in the file."""
    return blake2b(term.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def find_term(connection: apsw.Connection, term: str) -> int | None:
    """A term's number for reading, None when no statement has it."""
    number: int | None = connection.execute("SELECT id FROM term WHERE hash = ?", (term_hash(term),)).get
    return number


class Terms:
    """The writer's dictionary. `known`: numbers by term; what is not there has to be learnt first."""

    def __init__(self) -> None:
        self.known: dict[str, int] = {}
        self._added: list[str] = []

    def number(self, connection: apsw.Connection, term: str) -> int:
        """The term's number, given to it now when it has none."""
        if term not in self.known:
            self.learn(connection, (term,))
        return self.known[term]

    def learn(self, connection: apsw.Connection, terms: Iterable[str]) -> None:
        """Gives numbers to those of `terms` that have none, a few calls of SQLite for all of them: what follows finds them in memory."""
        known = self.known
        unknown = {term for term in terms if term not in known}
        if not unknown:
            return
        hashes = {term_hash(term): term for term in unknown}
        for number, digest in connection.execute("SELECT id, hash FROM term WHERE hash IN carray(?)", (apsw.carray(tuple(hashes)),)):
            self._remember(hashes.pop(digest), number)
        if hashes:
            connection.execute("INSERT INTO term(hash) SELECT value FROM carray(?)", (apsw.carray(tuple(hashes)),))
            first = connection.last_insert_rowid() - len(hashes) + 1
            for number, term in enumerate(hashes.values(), first):  # the numbers that one INSERT gives follow each other
                self._remember(term, number)

    def _remember(self, term: str, number: int) -> None:
        self.known[term] = number
        self._added.append(term)

    def mark(self) -> int:
        return len(self._added)

    def undo(self, mark: int) -> None:
        for term in self._added[mark:]:
            self.known.pop(term, None)
        del self._added[mark:]

    def committed(self) -> None:
        self._added.clear()
        if len(self.known) > _REMEMBERED:
            for term in list(self.known)[: _REMEMBERED // 2]:
                del self.known[term]
