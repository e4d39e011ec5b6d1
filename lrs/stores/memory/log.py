"""What was stored, in stored order, and the rules that follow from it: who refers to whom, what is voided, what a term finds."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import msgspec

from lrs.clock import Clock, format_us
from lrs.errors import ConflictError, ForbiddenError
from lrs.ports import Batch, Condition, NewStatement, Reduced, StoredStatement
from lrs.xapi.activity import merge_definitions
from lrs.xapi.equality import same_statement


@dataclass(frozen=True, slots=True)
class Kept:
    """One stored statement with what a reader of it is not told. `position` counts from 1 in stored order."""

    position: int
    new: NewStatement
    answer: StoredStatement
    may_void_any: bool

    @property
    def provider(self) -> str:
        return self.answer.provider


class StatementLog:
    """The statements. Indexes are only added to, but for what is reduced; what else a question needs is worked out when it is asked."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._promised = 0
        self._kept: list[Kept] = []
        self._by_id: dict[str, Kept] = {}
        self._by_term: dict[Condition, list[Kept]] = defaultdict(list)
        self._referrers: dict[str, list[Kept]] = defaultdict(list)
        self.known: dict[tuple[str, str], tuple[int, bytes]] = {}  # by provider and IRI: who defined it first, and the definition
        self.given: deque[int] = deque()  # moments of statements that are copied from another store
        self._listeners: list[Callable[[], None]] = []
        self.reduced: set[str] = set()

    def __len__(self) -> int:
        return len(self._kept)

    def on_append(self, listener: Callable[[], None]) -> None:
        """Calls `listener` after each batch that stored something."""
        self._listeners.append(listener)

    def append(self, batch: Batch) -> None:
        """See `StatementStore.put`. Everything that can fail comes before the first change."""
        fresh = self._checked(batch)
        definitions = self._merged(batch.provider, fresh)
        for statement in fresh:
            self._append(batch, statement)
        for iri, definition in definitions.items():
            first = next(self._by_id[one.id].position for one in fresh if iri in dict(one.activities))
            self.known[batch.provider, iri] = (self.known.get((batch.provider, iri), (first, b""))[0], definition)
        if fresh:
            for listener in self._listeners:
                listener()

    def consistent_through(self) -> int:
        """The present moment: what is stored is visible at once. Nothing may be stored at or before it any more."""
        moment = self._clock.now_us()
        self._promised = max(self._promised, moment)
        return moment

    def find(self, statement_id: str) -> Kept | None:
        return self._by_id.get(statement_id)

    def is_voided(self, kept: Kept) -> bool:
        """xAPI-Data 1.0.3 2.3.2; see `lrs.ports.statements`. A voiding statement cannot be voided."""
        if kept.new.voids:
            return False
        return any(
            other.new.voids and (other.provider == kept.provider or other.may_void_any) for other in self._referrers.get(kept.answer.id, ())
        )

    def matching(self, condition: Condition) -> set[int]:
        """The positions of all that satisfy `condition`: those with the term, their referrers, the referrers' referrers, and so on.

        The StatementRef rule (xAPI-Communication 1.0.3 2.1.3) turned round: going from the targets to who refers to them needs no regard
        for the order of arrival, and ends on cycles because nobody is visited twice.
        """
        ahead = list(self._by_term.get(Condition(condition.term), ()))
        if condition.related:
            ahead += self._by_term.get(Condition(condition.term, related=True), ())
        found = {kept.position for kept in ahead}
        while ahead:
            target = ahead.pop()
            for referrer in self._referrers.get(target.answer.id, ()):
                if referrer.provider == target.provider and referrer.position not in found:
                    found.add(referrer.position)
                    ahead.append(referrer)
        return found

    def between(self, since: int, until: int | None, *, ascending: bool) -> Iterator[Kept]:
        """Those stored after `since` and not after `until` (None: without end)."""
        low = bisect_right(self._kept, since, key=lambda kept: kept.answer.stored)
        high = len(self._kept) if until is None else bisect_right(self._kept, until, key=lambda kept: kept.answer.stored)
        return (self._kept[index] for index in (range(low, high) if ascending else range(high - 1, low - 1, -1)))

    def after(self, position: int, limit: int) -> list[Kept]:
        """The next ones after `position`."""
        return self._kept[max(position, 0) : max(position, 0) + limit]

    def definitions(self, activity_id: str) -> dict[str, bytes]:
        """By provider, whoever defined it first first."""
        found = sorted((first, provider, definition) for (provider, iri), (first, definition) in self.known.items() if iri == activity_id)
        return {provider: definition for _, provider, definition in found}

    def with_term(self, term: str) -> list[Kept]:
        """Those that have it of themselves, direct or related, in stored order."""
        found = {kept.position: kept for related in (False, True) for kept in self._by_term.get(Condition(term, related), ())}
        return [found[position] for position in sorted(found)]

    def reduce(self, statement: Reduced) -> None:
        """See `StatementReduction.reduce`."""
        old = self._by_id.get(statement.id)
        if old is None:
            return
        new = msgspec.structs.replace(
            old.new, head=statement.body, direct=statement.direct, related=statement.related, digests=(), activities=()
        )
        kept = replace(old, new=new, answer=replace(old.answer, body=statement.body))
        self._kept[old.position - 1] = self._by_id[statement.id] = kept
        for terms, related in ((old.new.direct, False), (old.new.related, True)):
            for term in terms:
                self._by_term[Condition(term, related)].remove(old)
        self._index(kept)
        if old.new.target is not None:
            referrers = self._referrers[old.new.target]
            referrers[referrers.index(old)] = kept
        self.reduced.add(statement.id)

    def _checked(self, batch: Batch) -> list[NewStatement]:
        """Those of the batch that are not stored yet. Raises as `StatementStore.put`."""
        fresh: dict[str, NewStatement] = {}
        for index, statement in enumerate(batch.statements):
            present = self._by_id.get(statement.id)
            if present is not None or statement.id in fresh:
                stored = _body(fresh[statement.id], 0) if present is None else present.answer.body
                same_provider = present is None or present.provider == batch.provider
                known = statement.id in self.reduced or same_statement(stored, _body(statement, 0))
                if not same_provider or not known:
                    raise ConflictError(
                        f"another statement has the id {statement.id}", where=f"statements[{index}].id", clause="xAPI-Communication 2.1.1"
                    )
                continue
            if statement.voids and not batch.may_void_any:
                self._check_void(batch.provider, statement, index)
            fresh[statement.id] = statement
        return list(fresh.values())

    def _check_void(self, provider: str, statement: NewStatement, index: int) -> None:
        target = self._by_id.get(statement.target or "")
        if target is not None and target.provider != provider:
            raise ForbiddenError(
                "this voids a statement of another provider", scope="all", where=f"statements[{index}].object.id", clause="xAPI-Data 2.3.2"
            )

    def _merged(self, provider: str, fresh: list[NewStatement]) -> dict[str, bytes]:
        merged: dict[str, bytes] = {}
        for statement in fresh:
            for iri, definition in statement.activities:
                old = merged.get(iri, self.known.get((provider, iri), (0, None))[1])
                merged[iri] = merge_definitions(old, definition)
        return merged

    def _append(self, batch: Batch, statement: NewStatement) -> None:
        stored = self._next_stored()
        answer = StoredStatement(statement.id, stored, _body(statement, stored), batch.provider, batch.client)
        kept = Kept(len(self._kept) + 1, statement, answer, batch.may_void_any)
        self._kept.append(kept)
        self._by_id[statement.id] = kept
        self._index(kept)
        if statement.target is not None:
            self._referrers[statement.target].append(kept)

    def _index(self, kept: Kept) -> None:
        for term in kept.new.direct:
            self._by_term[Condition(term)].append(kept)
        for term in kept.new.related:
            self._by_term[Condition(term, related=True)].append(kept)

    def _next_stored(self) -> int:
        if self.given:
            return self.given.popleft()
        last = self._kept[-1].answer.stored if self._kept else 0
        return max(self._clock.now_us(), last + 1, self._promised + 1)


def _body(statement: NewStatement, stored: int) -> bytes:
    """The statement as it will be returned (see `NewStatement.head`)."""
    moment = format_us(stored).encode()
    if statement.timestamp_missing:
        return b'%b,"timestamp":"%b","stored":"%b"}' % (statement.head, moment, moment)
    return b'%b,"stored":"%b"}' % (statement.head, moment)
