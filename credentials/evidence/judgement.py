"""The judgement of one person and one batch: a function of the evidence, the catalogue, the links and the decisions as they stand.

Nothing of what was judged before goes in, so that whatever the order in which things became known, the same things give the same
judgement.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from hashlib import sha256
from typing import Literal

import msgspec

from credentials.catalogue.counting import Ruling, ruling
from credentials.catalogue.model import Batch, Programme
from credentials.catalogue.provider import ProviderProfile
from credentials.evidence.compiled import in_time
from credentials.evidence.dossier import QUARTER, Dossier
from credentials.evidence.evaluate import Outcome, evaluate
from credentials.evidence.facts import Fact
from credentials.evidence.places import LocalDay
from credentials.evidence.rule import MINIMUM_SCORE, PLANNED_MINUTES, EvidenceRule
from credentials.evidence.withdrawn import Window, withdrawn
from credentials.hours.entry import MINUTES_OF_A_JP, DayOfLearning, noon
from credentials.people.links import Held

MOST_DAYS = 2_000  # of one completion, as the ledger takes them
MOST_SESSIONS = 100  # of one day
EXPIRED_IDENTIFIER, REVIEWED = "expired-identifier", "reviewed"


ReviewVerdict = Literal["", "open", "approved", "rejected"]
"""What a person decided about weak evidence; "" when nobody was asked, "open" while nobody has answered."""


class Piece(msgspec.Struct, frozen=True, gc=False):
    """A dossier, by what it names the person, and the windows of every batch that binds its activity."""

    held: Held
    dossier: Dossier
    windows: tuple[Window, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """Everything that is looked at. `excluded`: it was decided that this event is not the person's, whatever statements say.
    `right_date`: of completion, as a person decided it. `renewed`: see `credentials.stores.corrections`. `rulings`: what the catalogue
    was found to say of days, shared by all persons of the batch.
    """

    batch: Batch
    programme: Programme
    provider: ProviderProfile
    rule: EvidenceRule
    pieces: tuple[Piece, ...]
    local_day: LocalDay
    verdict: ReviewVerdict = ""
    excluded: bool = False
    right_date: date | None = None
    renewed: int = 0
    rulings: dict[date, Ruling] = field(default_factory=dict, compare=False)

    @property
    def parameters(self) -> Mapping[str, float]:
        """The numbers that rules may ask for."""
        planned = self.programme.minutes or self.programme.jp * MINUTES_OF_A_JP
        score = {MINIMUM_SCORE: self.batch.minimum_score} if self.batch.minimum_score is not None else {}
        return {PLANNED_MINUTES: float(planned)} | score


class Sorted(msgspec.Struct, frozen=True, gc=False):
    """A piece of evidence. `aside`: why it does not count by itself ("" when it does): `other-batch`, `outside-the-dates`, `taken-back`,
    `not-linked-then`, `weak-source`. `ruling`: what the catalogue says of its day.
    """

    fact: Fact
    role: str
    held: Held
    day: date
    ruling: Ruling
    aside: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """`complete`: the hours are due. `review`: they are once a person has approved the evidence. `incomplete`: they are not.

    `at`, `learned_on`: when the evidence was complete, and the learner's date then. `days`: of learning, up to then; of a rule with
    sessions, every session's, and `at` is the last one's. `reasons`: codes, for a review or for evidence that the catalogue bars.
    `seen`: of a review, what a verdict on it is about: the evidence and the doubts. `claimed`, `number`: what the statements that were
    used claim. `door`: by which all of them came, "" when one is an LMS's.
    """

    kind: Literal["complete", "review", "incomplete"]
    outcome: Outcome
    at: int = 0
    learned_on: date | None = None
    statements: tuple[str, ...] = ()
    days: tuple[DayOfLearning, ...] = ()
    flags: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    claimed: int | None = None
    number: str = ""
    door: str = ""
    evidence: tuple[Sorted, ...] = field(default=(), compare=False)
    seen: str = ""


def judge(case: Case) -> Judgement:
    """Raises EvidenceError when the rule takes too much work."""
    found = _Judging(case).judgement()
    return found if case.right_date is None or found.learned_on is None else _redated(found, found.learned_on, case.right_date)


def _redated(judgement: Judgement, told: date, right: date) -> Judgement:
    """On the day that is right. Days of learning stay where they were before it; else the sender's clock was wrong, for all of them."""
    days = judgement.days
    if any(one.on > right for one in days):
        days = tuple(replace(one, on=one.on + (right - told)) for one in days)
    return replace(judgement, at=noon(right), learned_on=right, days=days)


class _Judging:
    def __init__(self, case: Case) -> None:
        self._case = case
        self._taken_back = any(one.dossier.taken_back for one in case.pieces)
        self._evidence = [one for piece in case.pieces for one in self._sorted(piece)]

    def judgement(self) -> Judgement:
        if self._case.excluded:
            nothing = self._evaluated([])
            return Judgement("incomplete", nothing, reasons=("excluded",), evidence=tuple(self._evidence))
        usable = [one for one in self._evidence if one.aside in ("", "weak-source") and one.ruling.outcome in ("counts", "review")]
        strong = [one for one in usable if not one.aside]
        outcome = self._evaluated(strong)
        if self._stands(outcome):
            return self._told("complete", outcome, strong)
        on_good_days = [one for one in strong if one.ruling.outcome == "counts"]
        if len(on_good_days) < len(strong) and self._stands(later := self._evaluated(on_good_days)):
            return self._told("complete", later, on_good_days)
        asked = self._evaluated(usable) if len(usable) > len(strong) else outcome
        if asked.at is None or self._case.verdict == "rejected":
            return Judgement("incomplete", outcome, reasons=self._barred(asked), evidence=tuple(self._evidence))
        if self._case.verdict == "approved":
            return self._told("complete", asked, usable, (REVIEWED,))
        doubted = self._told("review", asked, usable, reasons=self._doubts(asked, usable))
        return replace(doubted, seen=_seen(doubted.reasons, [one.fact for one in usable if one.fact.statement in asked.used]))

    def _barred(self, asked: Outcome) -> tuple[str, ...]:
        """Why evidence does not count that is there."""
        reasons = {str(one.ruling.reason) for one in self._evidence if one.ruling.outcome in ("no", "waits")}
        return tuple(sorted(reasons | ({"review-rejected"} if asked.at is not None else set())))

    def _doubts(self, asked: Outcome, usable: Sequence[Sorted]) -> tuple[str, ...]:
        """What a person has to look at."""
        assert asked.at is not None  # the caller looked
        doubts = {f"weak-source:{one.fact.weak}" for one in usable if one.fact.weak and one.fact.statement in asked.used}
        ruled = self._ruling(self._day(asked.at))
        return tuple(sorted(doubts | ({str(ruled.reason)} if ruled.outcome == "review" else set())))

    def _evaluated(self, evidence: Sequence[Sorted]) -> Outcome:
        return evaluate(self._case.rule, evidence, self._case.parameters)

    def _stands(self, outcome: Outcome) -> bool:
        """Complete, on a day for which the catalogue says that it counts."""
        return outcome.at is not None and self._ruling(self._day(outcome.at)).outcome == "counts"

    def _told(
        self,
        kind: Literal["complete", "review"],
        outcome: Outcome,
        evidence: Sequence[Sorted],
        flags: tuple[str, ...] = (),
        reasons: tuple[str, ...] = (),
    ) -> Judgement:
        assert outcome.at is not None  # the callers looked
        at, statements = outcome.at, outcome.statements
        if self._case.rule.sessions:  # each session that comes belongs to it
            sessions = self._sessions(evidence)
            at, statements = max(one.fact.at for one in sessions), tuple(one.fact.id for one in sessions)
            days, used = _session_days(sessions), frozenset([one.fact.statement for one in sessions])
        else:
            days, used = self._days(at, weak=REVIEWED in flags), outcome.used
        facts = sorted((one for one in evidence if one.fact.statement in used), key=in_time)
        if any(one.held.expired is not None and one.day > one.held.expired for one in facts):
            flags = (*flags, EXPIRED_IDENTIFIER)
        return Judgement(
            kind,
            outcome,
            at,
            self._day(at),
            statements,
            days,
            tuple(sorted(flags)),
            reasons,
            next((one.fact.claimed for one in reversed(facts) if one.fact.claimed is not None), None),
            next((one.fact.number for one in reversed(facts) if one.fact.number), ""),
            min((one.fact.door for one in facts), default=""),
            tuple(self._evidence),
        )

    def _days(self, until: int, *, weak: bool) -> tuple[DayOfLearning, ...]:
        found: set[date] = set()
        for piece in self._case.pieces:
            for acts in (piece.dossier.acts, piece.dossier.weak_acts) if weak else (piece.dossier.acts,):
                found |= self._act_days(piece, acts, until)
        return tuple([_learnt(day) for day in sorted(found)[:MOST_DAYS]])

    def _act_days(self, piece: Piece, acts: Mapping[int, bytes], until: int) -> set[date]:
        local_day = self._case.local_day
        found: set[date] = set()
        for window in piece.windows:
            if window.batch == self._case.batch.id:
                first, last = -(-window.since // QUARTER), min(window.until - 1, until) // QUARTER
                found.update([local_day(quarter) for quarter in acts if first <= quarter <= last])
        return {day for day in found if piece.held.holds_on(day) and self._ruling(day).outcome in ("counts", "review")}

    def _sessions(self, evidence: Sequence[Sorted]) -> list[Sorted]:
        """What passes the rule's condition of sessions, in order; what was sent again once."""
        rule = self._case.rule
        check = rule.checks[rule.sessions]
        passing = [one for one in evidence if check(one, self._case.parameters, {}) is True]
        return list({one.fact.repeat: one for one in sorted(passing, key=in_time, reverse=True)}.values())[::-1]

    def _sorted(self, piece: Piece) -> list[Sorted]:
        mine = [window for window in piece.windows if window.batch == self._case.batch.id]
        gone = self._withdrawn(piece) if self._taken_back else frozenset()
        found = []
        for fact in piece.dossier.facts:
            window = next((one for one in mine if one.covers(fact.at)), None) if len(mine) != 1 or not mine[0].covers(fact.at) else mine[0]
            role = "" if window is None or not fact.direct else window.role
            day = self._day(fact.at)
            found.append(Sorted(fact, role, piece.held, day, self._ruling(day), self._aside(piece, fact, window, gone, day)))
        return found

    def _aside(self, piece: Piece, fact: Fact, window: Window | None, gone: frozenset[bytes], day: date) -> str:
        if fact.batch and fact.batch != self._case.batch.id:
            return "other-batch"
        if window is None:
            return "outside-the-dates"
        if fact.statement in gone:
            return "taken-back"
        if not piece.held.holds_on(day):
            return "not-linked-then"
        return "weak-source" if fact.weak else ""

    def _withdrawn(self, piece: Piece) -> frozenset[bytes]:
        """By whatever name of the person it was taken back: an LMS may have renamed the account meanwhile."""
        same = [one for one in self._case.pieces if (one.dossier.match, one.dossier.value) == (piece.dossier.match, piece.dossier.value)]
        taken = [back for one in same for back in one.dossier.taken_back if one is piece or one.held.holds_on(self._day(back.at))]
        facts = sorted((fact for one in same for fact in one.dossier.facts), key=lambda fact: (fact.at, fact.statement))
        return withdrawn(facts, taken, piece.windows)

    def _day(self, at: int) -> date:
        return self._case.local_day(at // QUARTER)

    def _ruling(self, day: date) -> Ruling:
        found = self._case.rulings.get(day)
        if found is None:
            case = self._case
            found = case.rulings[day] = ruling(case.programme, case.batch, case.provider, day)
        return found


def _seen(reasons: Sequence[str], facts: Sequence[Fact]) -> str:
    """By verb, activity and moment, which neither a retry under another id nor a reduction changes."""
    told = sorted({f"{fact.at}\x00{fact.verb}\x00{fact.activity}" for fact in facts})
    return sha256("\x01".join([*reasons, *told]).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _session_days(sessions: Sequence[Sorted]) -> tuple[DayOfLearning, ...]:
    many = Counter(one.day for one in sessions)
    return tuple(DayOfLearning(day, min(many[day], MOST_SESSIONS)) for day in sorted(many)[:MOST_DAYS])


@lru_cache(maxsize=10_000)
def _learnt(day: date) -> DayOfLearning:
    return DayOfLearning(day)
