"""A case: something that waits until a person has decided on it, and what becomes of it. Nothing is deleted; each step is a decision.

open → approved | returned | rejected | withdrawn;  returned → open (amended) | withdrawn;  approved → reversed
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal

from credentials.access.actions import Action
from credentials.access.rules import Subject
from credentials.errors import CaseError
from credentials.queues.account import AskedAccount
from credentials.queues.learning import Learning
from credentials.queues.objection import Objection
from credentials.queues.session import Session
from lrs.errors import ConflictError

State = Literal["open", "returned", "approved", "rejected", "withdrawn", "reversed"]
Verdict = Literal["approved", "returned", "rejected"]
CLOSED: tuple[State, ...] = ("approved", "rejected", "withdrawn", "reversed")
VERDICTS: tuple[Verdict, ...] = ("approved", "returned", "rejected")


class Kind(StrEnum):
    """What is decided on."""

    CLAIM = "claim"  # a learner's, with evidence
    REVIEW = "review"  # evidence from a weak source, held by the projector
    MANUAL = "manual"  # hours that an officer enters
    STUDY = "study"  # self-study, learning in a community
    SESSION = "session"  # of coaching or mentoring, to be confirmed by the learner
    FORM = "form"  # a session by a form that the coach signed, to be accepted by HR
    OBJECTION = "objection"  # "bukan saya", a wrong name or date
    ACCOUNT = "account"  # at a provider, that the learner says is theirs
    ERASURE = "erasure"  # of names and identifiers; hours and certificates stay


DECIDING: dict[Kind, Action] = {
    Kind.CLAIM: Action.CLAIM_DECIDE,
    Kind.REVIEW: Action.REVIEW_DECIDE,
    Kind.MANUAL: Action.MANUAL_DECIDE,
    Kind.STUDY: Action.STUDY_DECIDE,
    Kind.SESSION: Action.COACHING_CONFIRM,
    Kind.FORM: Action.COACHING_ACCEPT,
    Kind.OBJECTION: Action.OBJECTION_DECIDE,
    Kind.ACCOUNT: Action.ACCOUNT_DECIDE,
    Kind.ERASURE: Action.ERASURE_DECIDE,
}
"""Which line of the table of roles says who decides."""

RETURNABLE = frozenset({Kind.CLAIM, Kind.MANUAL, Kind.STUDY, Kind.FORM, Kind.SESSION})
"""What goes back to who sent it; the others are approved or rejected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """`agency`, `unit`, `superior`: the person's when it was sent, or when it was last moved on. `hands`: actors who had a hand in it.
    `risk`: 0 to 1,000, and `reasons`: the codes that make it (see `credentials.queues.risk`). `similar`: ids of lines and cases that may be
    the same event. `evidence`: digests of files. `due_at`: until when it must be decided, None for no deadline. `jp`: hours that were
    given. `decision`: its number in the log. `cleared`: its notes, files and account were erased after their time. Times in microseconds
    UTC.
    """

    id: str
    kind: Kind
    person: str
    opened_at: int
    opened_by: str
    state: State = "open"
    agency: str = ""
    unit: str = ""
    superior: str = ""
    provider: str = ""
    hands: tuple[str, ...] = ()
    risk: int = 0
    reasons: tuple[str, ...] = ()
    similar: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    due_at: int | None = None
    learning: Learning | None = None
    session: Session | None = None
    objection: Objection | None = None
    account: AskedAccount | None = None
    jp: int | None = None
    decided_at: int | None = None
    decided_by: str = ""
    decision: int = 0
    cleared: bool = False

    @property
    def asked(self) -> int:
        """Hours that it would give; 0 where it gives none of itself."""
        return self.learning.jp if self.learning is not None else 0

    def subject(self, *, agency: str, unit: str, superior: str, jp: int | None = None) -> Subject:
        """As the table of roles looks at it, with the person's place of today."""
        given = self.asked if jp is None else jp
        return Subject(self.person, agency, unit, superior, self.provider, hands=frozenset(self.hands), jp=given)


def decided(case: Case, verdict: Verdict, *, by: str, at: int, jp: int | None = None) -> Case:
    """With the verdict. Raises ConflictError when it does not wait for one, CaseError for a verdict that makes no sense."""
    if case.state != "open":
        raise ConflictError(f"this is {case.state}: somebody was faster", where="state")
    if verdict == "returned" and case.kind not in RETURNABLE:
        raise CaseError("this cannot be returned: approve or reject it", where="verdict")
    if jp is not None and (verdict != "approved" or case.learning is None):
        raise CaseError("hours are given where hours are approved", where="jp")
    if jp is not None and not 1 <= jp <= case.asked:
        raise CaseError(f"from 1 to the {case.asked} JP that were asked for; return it when it should be more", where="jp")
    given = (case.asked if jp is None else jp) if verdict == "approved" and case.learning is not None else None
    return replace(case, state=verdict, decided_by=by, decided_at=at, jp=given)


def amended(case: Case, change: Case, *, by: str, at: int) -> Case:
    """Sent again, with what `change` has in place of it. Raises ConflictError, CaseError (it is somebody else's)."""
    if by != case.opened_by:
        raise CaseError("whoever sent it amends it", where="case")
    if case.state != "returned":
        raise ConflictError(f"this is {case.state}; only what was returned is amended", where="state")
    return replace(change, state="open", opened_at=at, decided_at=None, decided_by="", jp=None)


def withdrawn(case: Case, *, by: str, at: int) -> Case:
    """Taken back by who sent it. Raises ConflictError when it is decided, CaseError when it is somebody else's."""
    if by != case.opened_by:
        raise CaseError("whoever sent it withdraws it", where="case")
    if case.state not in ("open", "returned"):
        raise ConflictError(f"this is {case.state}; it cannot be withdrawn", where="state")
    return replace(case, state="withdrawn", decided_by=by, decided_at=at)


def reversed_(case: Case, *, by: str, at: int) -> Case:
    """An approval taken back. Raises ConflictError when it is not approved."""
    if case.state != "approved":
        raise ConflictError(f"this is {case.state}; only an approval is reversed", where="state")
    return replace(case, state="reversed", decided_by=by, decided_at=at)
