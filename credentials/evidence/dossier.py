"""A dossier: what one provider's statements tell of one identifier and one bound activity, cut down and in order.

Telling is repeatable: the same statement told twice is there once, and what is told in another order gives the same dossier. So a dossier
can be filled by a projector that reads a page again, and from the beginning.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec

from credentials.catalogue.bindings import Match
from credentials.errors import EvidenceError
from credentials.evidence.facts import Basics, Fact, PathTexts, fact_of
from credentials.evidence.statement import Statement
from credentials.evidence.vocabulary import Vocabulary

QUARTER = 900_000_000  # microseconds; every zone is whole quarters of an hour from UTC, so a quarter lies in one day everywhere
MOST_FACTS = 5_000  # of one dossier: more is a machine, not a learner
_MOST_ACTS = 200  # of one quarter; a quarter with as many stays a time of learning whatever is voided
TAIL = 8  # bytes of a statement's id that an act is known by


class TakenBack(msgspec.Struct, frozen=True, array_like=True, gc=False):
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


class Meaning(msgspec.Struct, frozen=True, gc=False):
    """What a statement of some verb and type says about a bound activity, `direct` or of a part of it.

    `back`: something is taken back (`award`: by taking back an award of it). `fact`: rules look at it, also at `paths`. `act`: the learner
    did something then.
    """

    direct: bool
    back: bool = False
    award: bool = False
    fact: bool = False
    act: bool = False
    paths: PathTexts = ()

    @property
    def more_than_an_act(self) -> bool:
        return self.back or self.fact


def meaning(wanted: Wanted, words: Vocabulary, verb: str, type: str, *, direct: bool) -> Meaning:
    """`verb`, `type`: as the vocabulary says them."""
    verbs = wanted.direct_verbs if direct else wanted.nearby_verbs
    backs = verb in words.takes_back
    award = backs and not direct and verb in words.takes_back_course and type in words.award_types
    reported = verb in words.reported_verbs and ((direct and wanted.reported) or type in words.reported_types)
    return Meaning(
        direct,
        back=backs and (direct or award or wanted.nearby_verbs != frozenset()),
        award=award,
        fact=not backs and (verbs is None or verb in verbs),
        act=verb in words.acts and not reported,
        paths=wanted.paths,
    )


class OpenDossier:
    """A dossier that is being added to, with what was new in it.

    `moments`: of what was told; `backs`: of what took something back or fell away; `evidence`: whether there was more than acts.
    """

    __slots__ = ("_acts", "_facts", "_taken_back", "backs", "before", "evidence", "moments")

    def __init__(self, dossier: Dossier) -> None:
        self.before = dossier
        self._facts = {fact.statement: fact for fact in dossier.facts}
        self._taken_back = {one.statement: one for one in dossier.taken_back}
        self._acts = (dict(dossier.acts), dict(dossier.weak_acts))
        self.moments: list[int] = []
        self.backs: list[int] = []
        self.evidence = False

    @property
    def changed(self) -> bool:
        return bool(self.moments or self.backs)

    def tell(self, statement: Statement, basics: Basics, body: bytes, meaning: Meaning, words: Vocabulary) -> None:
        """Raises EvidenceError when a member that a rule looks at is too long to keep, or there would be too many facts."""
        if meaning.back:
            self._take_back(statement, basics, meaning, words)
        elif meaning.fact:
            self._add(fact_of(statement, basics, self.before.ifi, words, direct=meaning.direct, body=body, paths=meaning.paths))
        if meaning.act:
            self.act(basics)

    def act(self, basics: Basics) -> None:
        """Of a statement that means nothing more."""
        if _act(self._acts[1 if basics.weak else 0], basics.at // QUARTER, basics.statement[-TAIL:]):
            self.moments.append(basics.at)

    def _add(self, fact: Fact) -> None:
        before = self._facts.get(fact.statement)
        if before == fact:
            return
        if before is None and len(self._facts) >= MOST_FACTS:
            raise EvidenceError(f"one learner has more than {MOST_FACTS:,} pieces of evidence for one activity")
        self._facts[fact.statement] = fact
        self.moments.append(fact.at)
        self.evidence = True

    def _take_back(self, statement: Statement, basics: Basics, meaning: Meaning, words: Vocabulary) -> None:
        if basics.statement in self._taken_back:
            return
        batch = statement.context_extensions.get(words.batch)
        named = batch if isinstance(batch, str) else ""
        self._taken_back[basics.statement] = TakenBack(basics.statement, basics.at, statement.object.id, meaning.award, named)
        self.backs.append(basics.at)

    def forget(self, statement: bytes, at: int) -> None:
        """The statement was voided."""
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
        if found:
            self.backs.append(at)

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
            _ordered(self._acts[0]),
            _ordered(self._acts[1]),
        )


def _act(acts: dict[int, bytes], quarter: int, tail: bytes) -> bool:
    """Whether it was new."""
    tails = acts.get(quarter)
    if tails is None:
        acts[quarter] = tail
        return True
    at = tails.find(tail)
    while at >= 0 and at % TAIL:
        at = tails.find(tail, at + 1)
    if at >= 0 or len(tails) >= _MOST_ACTS * TAIL:
        return False
    acts[quarter] = tails + tail
    return True


def _ordered(acts: dict[int, bytes]) -> dict[int, bytes]:
    return {quarter: tails if len(tails) == TAIL else b"".join(sorted(_tails(tails))) for quarter, tails in sorted(acts.items())}


def _tails(tails: bytes) -> list[bytes]:
    return [tails[at : at + TAIL] for at in range(0, len(tails), TAIL)]
