"""Deciding on cases: who may, on what is still open, one by one or many at once; each a decision with its reason and what follows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from credentials.access.principal import Principal
from credentials.access.rules import Reach, Subject, Warrant, permit, reach, reaches
from credentials.decisions import Content, Decision
from credentials.errors import CaseError, NotAllowedError
from credentials.ports.records import Kept, Page, Replace, Write
from credentials.queues.case import DECIDING, Case, Kind, State, Verdict, decided, reversed_
from credentials.queues.entries import case_of_line, gives_hours, line_of, reversal_of, told
from credentials.services.comparing import Comparing
from credentials.services.looking import Looking
from credentials.stores.cases import CASES, CaseRecords
from credentials.stores.decisions import DecisionLog
from credentials.stores.ledger import LedgerRecords
from lrs.clock import Clock
from lrs.errors import ConflictError, LrsError, NotFoundError

MOST_AT_ONCE = 200  # decisions in one request


@dataclass(frozen=True, slots=True)
class Follows:
    """What follows from a verdict: `writes` in the commit of the decision, and `lines`, which need the decision itself; `content` for a
    rebuild; `then` once it is committed.
    """

    writes: tuple[Write, ...] = ()
    content: Content = field(default_factory=dict)
    lines: Callable[[Decision], Sequence[Write]] = lambda decision: ()
    then: Callable[[], Awaitable[None]] | None = None


Effect = Callable[[Case, Verdict], Awaitable[Follows]]
"""Of a kind of case: asked before the commit, with the case as it will be. May raise what refuses the verdict."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of one of many: the case as it is now, or why it was not decided."""

    id: str
    case: Case | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Deciding:
    """`effects`: of the kinds whose approval is no line of the ledger of itself."""

    cases: CaseRecords
    ledger: LedgerRecords
    comparing: Comparing
    looking: Looking
    log: DecisionLog
    clock: Clock
    effects: Mapping[Kind, Effect] = field(default_factory=dict)

    async def queue(
        self, principal: Principal, kinds: Sequence[Kind], state: State, after: str | None = None, limit: int = 100
    ) -> Page[Case]:
        """What waits for this principal, the highest risk first; each person in it is a look. Raises NotAllowedError for no role at all."""
        wanted = {kind: extent for kind in kinds if (extent := _extent(principal, kind)) != Reach()}
        if not wanted:
            raise NotAllowedError("you have no role that decides on these", scope="queue")
        page = await self.cases.queue(wanted, state, after=after, limit=limit)
        shown: dict[Warrant, list[str]] = {}
        for case in page.values:
            if (warrant := _warrant(principal, case)) is not None:
                shown.setdefault(warrant, []).append(case.person)
        for warrant, persons in shown.items():
            await self.looking.note(principal, warrant, persons, "queue")
        return page

    async def seen(self, principal: Principal, case_id: str, reason: str = "") -> Case:
        """One case: for its person, for who sent it, for who decides on such, and for who may read the record. Raises NotFoundError,
        AccessError (who must say why).
        """
        kept = await self.cases.case(case_id)
        if kept is None:
            raise _absent()
        case = kept.value
        if case.person == principal.person or case.opened_by in principal.identities():
            return case
        if (warrant := _warrant(principal, case)) is not None:
            await self.looking.note(principal, warrant, [case.person], "case")
        else:
            await self.looking.look(principal, case.person, "case", reason)
        return case

    async def why(self, case: Case) -> str:
        """What was said with the last decision on it; "" while there is none, or when nothing was said."""
        told = await self.log.read(case.decision - 1, 1) if case.decision else []
        return told[0].reason if told else ""

    async def decide(self, principal: Principal, case_id: str, verdict: Verdict, reason: str, jp: int | None = None) -> Case:
        """Raises NotFoundError (also for what is outside the principal's reach), NotAllowedError, ConflictError, CaseError."""
        if verdict != "approved" and not reason.strip():
            raise CaseError("say why it is returned or rejected", where="reason")
        kept = await self._placed(principal, case_id)
        case = kept.value
        subject = _subject(case, jp)
        self._permit(principal, case, subject)
        done = decided(case, verdict, by=principal.actor, at=self.clock.now_us(), jp=jp)
        done = await self._capped(done)
        await self._commit(principal, kept, done, verdict, reason)
        return done

    async def decide_many(
        self, principal: Principal, ids: Sequence[str], verdict: Verdict, reason: str, jp: int | None = None
    ) -> list[Outcome]:
        """One decision each; what cannot be decided says why and stops nobody else's."""
        outcomes = []
        for case_id in dict.fromkeys(ids):
            try:
                outcomes.append(Outcome(case_id, await self.decide(principal, case_id, verdict, reason, jp)))
            except LrsError as error:
                outcomes.append(Outcome(case_id, error=error.message))
        return outcomes

    async def reverse(self, principal: Principal, case_id: str, reason: str) -> Case:
        """Takes an approval of hours back: a counter-entry in the ledger. By who may decide on such. Raises as `decide`."""
        kept = await self._placed(principal, case_id)
        case = kept.value
        self._permit(principal, case, _subject(case, 0))
        if not gives_hours(case.kind):
            raise CaseError("what gave no hours of itself cannot be reversed here", where="case")
        undone = reversed_(case, by=principal.actor, at=self.clock.now_us())
        await self._commit_reversal(principal, kept, undone, reason)
        return undone

    async def _commit(self, principal: Principal, kept: Kept[Case], done: Case, verdict: Verdict, reason: str) -> None:
        effect = self.effects.get(done.kind)
        follows = await effect(done, verdict) if effect is not None else Follows()
        content: Content = {"case": done.id, **follows.content}
        if verdict == "approved" and gives_hours(done.kind):
            content = told(done)

        def then(decision: Decision) -> list[Write]:
            line = line_of(decision)
            credit = self.ledger.writes(line.credit) if line is not None and line.credit is not None else ()
            return [
                Replace(CASES, replace(done, decision=decision.number), kept.revision),
                *credit,
                *follows.writes,
                *follows.lines(decision),
            ]

        await self._append(principal, done, verdict, reason, content, then)
        if follows.then is not None:
            await follows.then()

    async def _commit_reversal(self, principal: Principal, kept: Kept[Case], undone: Case, reason: str) -> None:
        credits = await self.ledger.open_credits(undone.person)
        credit = next((line for line in credits if case_of_line(line.id) == undone.id), None)
        if credit is None:
            raise ConflictError("the ledger has no open line of this case", where="case")

        def then(decision: Decision) -> list[Write]:
            changed = Replace(CASES, replace(undone, decision=decision.number), kept.revision)
            return [changed, *self.ledger.writes(reversal_of(credit, decision))]

        await self._append(principal, undone, "reversed", reason, {"case": undone.id, "line": credit.id}, then)

    async def _append(
        self,
        principal: Principal,
        case: Case,
        step: str,
        reason: str,
        content: Content,
        then: Callable[[Decision], Sequence[Write]],
    ) -> None:
        await self.log.append(
            actor=principal.actor, kind=f"{case.kind}.{step}", subject=f"person:{case.person}", reason=reason, content=content, then=then
        )

    async def _placed(self, principal: Principal, case_id: str) -> Kept[Case]:
        """With the person's place of today. One that moved on goes to the queue where the person works now, and is not decided here.

        Raises NotFoundError, ConflictError.
        """
        kept = await self.cases.case(case_id)
        if kept is None:
            raise _absent()
        case = kept.value
        now = await self.looking.subject(case.person)
        moved = replace(case, agency=now.agency, unit=now.unit, superior=now.superior)
        if moved == case or case.state != "open":
            return Kept(moved, kept.revision)
        await self.cases.records.commit(Replace(CASES, moved, kept.revision))
        extent = _extent(principal, case.kind)
        if reaches(extent, _subject(case)) and not reaches(extent, _subject(moved)):
            raise ConflictError("the person works elsewhere now; the case went to the queue there", where="case")
        return Kept(moved, kept.revision + 1)

    @staticmethod
    def _permit(principal: Principal, case: Case, subject: Subject) -> None:
        """Raises NotAllowedError for a role that would do but for a rule; NotFoundError for what is outside the principal's reach."""
        try:
            permit(principal, DECIDING[case.kind], subject)
        except NotAllowedError:
            if reaches(_extent(principal, case.kind), subject) or case.person == principal.person:
                raise
            raise _absent() from None

    async def _capped(self, case: Case) -> Case:
        """The catalogue has authority: what is given is at most what it approved."""
        if case.jp is None or case.learning is None:
            return case
        most = await self.comparing.catalogue_jp(case.learning)
        return case if most is None or case.jp <= most else replace(case, jp=most)


def _extent(principal: Principal, kind: Kind) -> Reach:
    return replace(reach(principal, DECIDING[kind]), own="")


def _subject(case: Case, jp: int | None = None) -> Subject:
    return case.subject(agency=case.agency, unit=case.unit, superior=case.superior, jp=jp)


def _warrant(principal: Principal, case: Case) -> Warrant | None:
    """Of seeing it in order to decide on such cases; None for the own record, and for what lies outside the scope."""
    try:
        return permit(principal, DECIDING[case.kind], replace(_subject(case, 0), hands=frozenset()))
    except NotAllowedError:
        return None


def _absent() -> NotFoundError:
    return NotFoundError("there is no case with this id within your reach", where="case")
