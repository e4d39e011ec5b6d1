"""A learning event as somebody tells of it: what was learned, where, when, how many hours are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from credentials.errors import CaseError
from credentials.hours.entry import LAST_CHANNEL, DayOfLearning, Mode, Scope
from lrs.masking import masked

SELF_STUDY, COMMUNITY = 22, 23
COACHING, MENTORING = 14, 15
_MOST_JP = 2_000
_MOST_DAYS = 400  # that are told one by one
_LONGEST = 5 * 366  # days from the first to the last: a study assignment
_OLDEST = date(1990, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Learning:
    """`title`: of the course, never a person's name. `provider`: its id here, "" for one that is not here; `organiser`: as it calls itself.

    `programme`, `version`, `batch`: of the catalogue, "" and 0 when the event is not in it. `jp`: hours asked for. `ended_on`: the last
    day; `days`: those of learning, when they are known, by date. `channel`: jalur, 0 to 25. `certificate_number`: the organiser's.
    """

    title: str
    jp: int
    channel: int
    started_on: date
    ended_on: date
    provider: str = ""
    organiser: str = ""
    programme: str = ""
    version: int = 0
    batch: str = ""
    scope: Scope = "national"
    mode: Mode = "online"
    competence_type: str = ""
    days: tuple[DayOfLearning, ...] = ()
    certificate_number: str = ""

    def days_told(self) -> tuple[date, ...]:
        """The days of learning; where they are not told, every day from the first to the last."""
        if self.days:
            return tuple(day.on for day in self.days)
        return tuple(self.started_on + timedelta(days=number) for number in range((self.ended_on - self.started_on).days + 1))


def check_learning(learning: Learning, today: date) -> None:
    """Raises CaseError; `where` names the member, the message the fix."""
    if not learning.title.strip():
        raise CaseError("say what was learned", where="title")
    if masked(learning.title) != learning.title:
        raise CaseError("a title has no number of a person in it", where="title")
    if not learning.provider and not learning.organiser.strip():
        raise CaseError("say who organised it: a provider that is here, or the organiser's name", where="organiser")
    if not 0 <= learning.channel <= LAST_CHANNEL:
        raise CaseError("channels are 1 to 25, and 0 for a study assignment", where="channel")
    if not 1 <= learning.jp <= _MOST_JP:
        raise CaseError(f"hours are from 1 to {_MOST_JP:,} JP", where="jp")
    _check_dates(learning, today)


def check_claim(learning: Learning, today: date) -> None:
    """A claim: not of what has a way of its own. Raises CaseError."""
    check_learning(learning, today)
    if learning.channel in (SELF_STUDY, COMMUNITY):
        raise CaseError("self-study and learning in a community are sent to the superior: POST /api/studies", where="channel")
    if learning.channel in (COACHING, MENTORING):
        raise CaseError("coaching and mentoring are logged by the coach, session by session: POST /api/sessions", where="channel")


def check_study(learning: Learning, today: date) -> None:
    """Self-study or learning in a community, which the superior confirms. Raises CaseError."""
    check_learning(learning, today)
    if learning.channel not in (SELF_STUDY, COMMUNITY):
        raise CaseError(f"this is for self-study ({SELF_STUDY}) and learning in a community ({COMMUNITY})", where="channel")


def _check_dates(learning: Learning, today: date) -> None:
    if learning.ended_on < learning.started_on:
        raise CaseError("learning cannot end before it begins", where="ended_on")
    if learning.ended_on > today:
        raise CaseError("learning that is not over cannot be counted", where="ended_on")
    if learning.started_on < _OLDEST or (learning.ended_on - learning.started_on).days > _LONGEST:
        raise CaseError("the dates are too far from each other, or too long ago; look at the years", where="started_on")
    check_days(learning.days, learning.started_on, learning.ended_on)


def check_days(days: Sequence[DayOfLearning], first: date, last: date) -> None:
    """In order, each once, within the dates. Raises CaseError."""
    dates = [day.on for day in days]
    if len(dates) > _MOST_DAYS or dates != sorted(set(dates)):
        raise CaseError(f"days are at most {_MOST_DAYS}, in order, and each once", where="days")
    if dates and not first <= dates[0] <= dates[-1] <= last:
        raise CaseError("a day of learning lies outside the dates", where="days")
    if any(not 1 <= day.sessions <= 20 for day in days):
        raise CaseError("a day has 1 to 20 sessions", where="days")
