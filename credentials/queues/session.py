"""A session of coaching or mentoring, as the coach logs it or as a signed form tells of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from credentials.errors import CaseError
from credentials.queues.learning import COACHING, MENTORING
from lrs.masking import masked

_LEAST, _MOST = 15, 480  # minutes
_CHANNELS = {"coaching": COACHING, "mentoring": MENTORING}


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """`coach`: the person's id. `batch`: of the coaching programme in the catalogue, under whose provider it counts. `starts`: with its UTC
    offset. `topic`: what it was about, never who.
    """

    coach: str
    kind: Literal["coaching", "mentoring"]
    batch: str
    starts: datetime
    minutes: int
    topic: str
    remote: bool = False

    @property
    def ends(self) -> datetime:
        return self.starts + timedelta(minutes=self.minutes)


def check_session(session: Session, learner: str, channel: int, now: datetime) -> None:
    """`channel`: of the batch's programme. Raises CaseError."""
    if session.coach == learner:
        raise CaseError("nobody coaches themselves", where="learner")
    if masked(session.topic) != session.topic:
        raise CaseError("a topic has no number of a person in it", where="topic")
    if session.starts.utcoffset() is None:
        raise CaseError("the beginning needs its UTC offset: 2026-11-24T09:00:00+07:00", where="starts")
    if not _LEAST <= session.minutes <= _MOST:
        raise CaseError(f"a session has from {_LEAST} to {_MOST} minutes", where="minutes")
    if session.ends > now:
        raise CaseError("a session is logged when it is over", where="starts")
    if now - session.starts > timedelta(days=366):
        raise CaseError("this is more than a year ago; HR can enter it by hand", where="starts")
    if _CHANNELS[session.kind] != channel:
        raise CaseError(f"the batch is of channel {channel}; {session.kind} is {_CHANNELS[session.kind]}", where="batch")


def overlap(one: Session, other: Session) -> bool:
    """Whether both would be at the same time."""
    return one.starts < other.ends and other.starts < one.ends
