"""When a certificate of sessions (coaching) is made or corrected: once the coaching is over and no session has come for a while.

Hours count session by session, and a certificate that were made with the first one would have to be corrected with each that follows.
What is printed and stands no more is corrected at once, as everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from credentials.catalogue.model import Batch
from credentials.certificate.reservation import Draft
from credentials.evidence.judgement import Case, Judgement
from credentials.evidence.places import day_in
from credentials.services.reserving import Issue
from lrs.clock import to_us

QUIET = 14 * 86_400_000_000  # the days that most queues give, in which the last sessions are confirmed


@dataclass(frozen=True, slots=True)
class Printed:
    """What a certificate says that later evidence may change; days are the learner's for the first, the batch's for the last."""

    first: date
    last: date
    jp: int


def printed_of(case: Case, first: date, completed: int, jp: int) -> Printed:
    """`completed`: the moment of the last evidence."""
    return Printed(first, day_in(case.batch.time_zone, completed), jp)


def settled_at(batch: Batch, changed: int) -> int:
    """The moment from which no session is expected any more. `changed`: when the hours of these sessions were written."""
    return max(_over_at(batch), changed) + QUIET


def certificate_due(case: Case, judgement: Judgement, now: Printed, issue: Issue | None, settled: int, at: int) -> tuple[bool, int]:
    """(whether one is to be made or corrected at the moment `at`, when it is to be if later; 0 for never).

    `now`: what one would say now; `issue`: the one that stands, None when there is none. One that somebody revoked is not given back.
    """
    if issue is None:
        return (True, 0) if settled <= at else (False, settled)
    if issue.revoked:
        return False, 0
    draft = issue.reservation.draft
    told = printed_of(case, draft.started_on, draft.completed, draft.jp)
    if told.jp != now.jp or _stands_no_more(draft, judgement):
        return True, 0
    if told == now:
        return False, 0
    grown = now.first <= told.first and told.last <= now.last and len(judgement.statements) > len(draft.statements)
    return (True, 0) if settled <= at or not grown else (False, settled)


def _over_at(batch: Batch) -> int:
    """The end of its last day, or when it was closed before that."""
    zone = ZoneInfo(batch.time_zone)
    over = _midnight(batch.ends + timedelta(days=1), zone)
    if batch.state != "closed":
        return over
    closed = batch.history[-1]
    return min(over, max(closed.at, _midnight(closed.since, zone) if closed.since is not None else 0))


def _midnight(day: date, zone: ZoneInfo) -> int:
    return to_us(datetime.combine(day, time(), zone))


def _stands_no_more(draft: Draft, judgement: Judgement) -> bool:
    """Whether a session that is named as evidence is none any more. One that was sent twice is one session, by whichever id."""
    named = frozenset(judgement.statements)
    used = {one.fact.repeat for one in judgement.evidence if one.fact.id in named}
    standing = {one.fact.id for one in judgement.evidence if one.fact.repeat in used}
    return not standing.issuperset(draft.statements)
