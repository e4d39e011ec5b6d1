"""A dossier: what one provider's statements tell of one identifier and one bound activity, cut down and in order.

Telling is repeatable: the same statement told twice is there once, and what is told in another order gives the same dossier. So a dossier
can be filled by a projector that reads a page again, and from the beginning.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec

from credentials.catalogue.bindings import Match
from credentials.errors import EvidenceError
from credentials.evidence.facts import Fact, PathTexts, fact_of
from credentials.evidence.statement import Statement
from credentials.evidence.vocabulary import Vocabulary

QUARTER = 900_000_000  # microseconds; every zone is whole quarters of an hour from UTC, so a quarter lies in one day everywhere
MOST_FACTS = 5_000  # of one dossier: more is a machine, not a learner
_MOST_ACTS = 200  # of one quarter; a quarter with as many stays a time of learning whatever is voided
TAIL = 8  # bytes of a statement's id that an act is known by


class TakenBack(msgspec.Struct, frozen=True, array_like=True):
    """`award`: a certificate or badge of the bound activity was taken back, and with it the completion. `batch`: that it names."""

    statement: bytes
    at: int
    activity: str
    award: bool = False
    batch: str = ""


@dataclass(frozen=True, slots=True)
class Dossier:
    """`match`, `value`: the bound activity, as the catalogue has it. `acts`: quarters of an hour in which the learner did something
    (and in `weak_acts`, in which a weak source says so), each with the tails of the statements' ids.
    """

    provider: str
    ifi: str
    match: Match
    value: str
    facts: tuple[Fact, ...] = ()
    taken_back: tuple[TakenBack, ...] = ()
    acts: dict[int, bytes] = field(default_factory=dict)
    weak_acts: dict[int, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the rules of all batches that bind an activity ask of statements: about itself (`direct_verbs`) and about its parts
    (`nearby_verbs`), None for any verb; and the paths to keep. `reported`: it is bound in a role that LMSs report on by themselves.
    """

    direct_verbs: frozenset[str] | None = frozenset()
    nearby_verbs: frozenset[str] | None = frozenset()
    paths: PathTexts = ()
    reported: bool = False

    def asks(self, verb: str, direct: bool) -> bool:
        """Whether a statement with the verb may satisfy a condition."""
        verbs = self.direct_verbs if direct else self.nearby_verbs
        return verbs is None or verb in verbs


@dataclass(frozen=True, slots=True)
class Told:
    """What a statement adds to a dossier. `act`: it makes its quarter of an hour a time of learning; `weak`: a weak source says so."""

    statement: bytes
    at: int
    fact: Fact | None
    taken_back: TakenBack | None
    act: bool
    weak: bool

    @property
    def nothing(self) -> bool:
        return self.fact is None and self.taken_back is None and not self.act


def told_by(statement: Statement, body: bytes, ifi: str, wanted: Wanted, words: Vocabulary, *, direct: bool) -> Told:
    """Raises EvidenceError when a member that a rule looks at is too long to keep."""
    verb, kind = words.verb(statement.verb.id), words.type(statement.object.type)
    back = verb in words.takes_back
    award = not direct and verb in words.takes_back_course and kind in words.award_types
    asked = wanted.asks(verb, direct) and not back
    fact = fact_of(
        statement, ifi, words, direct=direct, body=body, paths=wanted.paths if asked else ()
    )  # its moment and source are needed for an act too
    reported = verb in words.reported_verbs and (kind in words.reported_types or (direct and wanted.reported))
    taken = None
    if back and (direct or award or wanted.nearby_verbs != frozenset()):
        taken = TakenBack(fact.statement, fact.at, statement.object.id, award, fact.batch)
    return Told(fact.statement, fact.at, fact if asked else None, taken, verb in words.acts and not reported, bool(fact.weak))


class OpenDossier:
    """A dossier that is being added to."""

    def __init__(self, dossier: Dossier) -> None:
        self.before = dossier
        self._facts = {fact.statement: fact for fact in dossier.facts}
        self._taken_back = {one.statement: one for one in dossier.taken_back}
        self._acts = (dict(dossier.acts), dict(dossier.weak_acts))
        self.changed = False

    def tell(self, told: Told) -> bool:
        """Whether it was new. Raises EvidenceError when there would be too many facts."""
        new = False
        if told.fact is not None and self._facts.get(told.statement) != told.fact:
            if len(self._facts) >= MOST_FACTS and told.statement not in self._facts:
                raise EvidenceError(f"one learner has more than {MOST_FACTS:,} pieces of evidence for one activity")
            self._facts[told.statement] = told.fact
            new = True
        if told.taken_back is not None and told.statement not in self._taken_back:
            self._taken_back[told.statement] = told.taken_back
            new = True
        if told.act and self._act(self._acts[told.weak], told.at // QUARTER, told.statement[-TAIL:]):
            new = True
        self.changed = self.changed or new
        return new

    def forget(self, statement: bytes, at: int) -> bool:
        """The statement was voided. Whether there was anything of it."""
        found = self._facts.pop(statement, None) is not None or self._taken_back.pop(statement, None) is not None
        quarter, tail = at // QUARTER, statement[-TAIL:]
        for acts in self._acts:
            tails = acts.get(quarter, b"")
            if len(tails) < _MOST_ACTS * TAIL and tail in (some := _tails(tails)):
                some.remove(tail)
                found = True
                if some:
                    acts[quarter] = b"".join(some)
                else:
                    del acts[quarter]
        self.changed = self.changed or found
        return found

    def closed(self) -> Dossier:
        """As it is now."""
        before = self.before
        return Dossier(
            before.provider,
            before.ifi,
            before.match,
            before.value,
            tuple(sorted(self._facts.values(), key=lambda fact: (fact.at, fact.statement))),
            tuple(sorted(self._taken_back.values(), key=lambda one: (one.at, one.statement))),
            dict(sorted(self._acts[0].items())),
            dict(sorted(self._acts[1].items())),
        )

    def _act(self, acts: dict[int, bytes], quarter: int, tail: bytes) -> bool:
        some = _tails(acts.get(quarter, b""))
        if len(some) >= _MOST_ACTS or tail in some:
            return False
        acts[quarter] = b"".join(sorted([*some, tail]))
        return True


def _tails(tails: bytes) -> list[bytes]:
    return [tails[at : at + TAIL] for at in range(0, len(tails), TAIL)]
