"""The JSON of cases: what is sent, and what is answered."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from credentials.hours.entry import DayOfLearning
from credentials.queues.case import Case
from credentials.queues.learning import Learning
from credentials.queues.risk import REASONS
from credentials.services.casefile import MOST_FILES, Sent
from credentials.services.deciding import MOST_AT_ONCE, Outcome
from credentials.stores.cases import Note
from credentials.web.shapes import Day, Digest, Identity, Shape, Slug, Text, Why, moment

Jp = Annotated[int, Field(ge=1, le=2_000)]
Said = Annotated[str, Field(max_length=2_000, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")]
_UNSAID = -1  # a channel that neither the sender nor the catalogue names: refused with a sentence


class DayIn(Shape):
    """A day of learning, and how many sessions it had."""

    on: Day
    sessions: Annotated[int, Field(ge=1, le=20)] = 1


class LearningIn(Shape):
    """What was learned. With `batch`, the catalogue says title, provider, channel, scope, mode and competence type."""

    title: Text | None = None
    jp: Jp
    channel: Annotated[int, Field(ge=0, le=25)] | None = None
    started_on: Day
    ended_on: Day
    provider: Slug | None = None
    organiser: Text | None = None
    batch: Slug | None = None
    scope: Literal["national", "international"] = "national"
    mode: Literal["online", "classroom", "blended"] = "online"
    competence_type: Literal["", "technical", "managerial", "socio-cultural"] = ""
    days: Annotated[list[DayIn], Field(max_length=400)] = Field(default_factory=list)
    certificate_number: Annotated[str, Field(max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""
    evidence: Annotated[list[Digest], Field(max_length=MOST_FILES)] = Field(default_factory=list)
    note: Said = ""

    def sent(self) -> Sent:
        """As the service takes it."""
        learning = Learning(
            title=self.title or "",
            jp=self.jp,
            channel=_UNSAID if self.channel is None else self.channel,
            started_on=self.started_on,
            ended_on=self.ended_on,
            provider=self.provider or "",
            organiser=self.organiser or "",
            batch=self.batch or "",
            scope=self.scope,
            mode=self.mode,
            competence_type=self.competence_type,
            days=tuple(DayOfLearning(day.on, day.sessions) for day in self.days),
            certificate_number=self.certificate_number,
        )
        return Sent(learning=learning, evidence=tuple(self.evidence), note=self.note)


class ManualIn(LearningIn):
    """Hours that an officer enters for somebody; another officer decides."""

    person: Identity


class DecisionIn(Shape):
    """One verdict on one or many cases; `jp` where fewer hours are given than were asked for."""

    cases: Annotated[list[Identity], Field(min_length=1, max_length=MOST_AT_ONCE)]
    verdict: Literal["approved", "returned", "rejected"]
    reason: Annotated[str, Field(max_length=500, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")] = ""
    jp: Jp | None = None


class WithdrawalIn(Shape):
    """Why it is taken back or reversed."""

    reason: Why


def case_view(case: Case) -> dict[str, object]:
    """A case, its reasons in both languages."""
    return {
        "id": case.id,
        "kind": case.kind,
        "state": case.state,
        "person": case.person,
        "agency": case.agency or None,
        "unit": case.unit or None,
        "sent_by": case.opened_by,
        "sent": moment(case.opened_at),
        "due": moment(case.due_at),
        "risk": case.risk,
        "reasons": [_reason_view(code) for code in case.reasons],
        "similar": list(case.similar),
        "evidence": list(case.evidence),
        "learning": _learning_view(case.learning) if case.learning else None,
        "session": _session_view(case) if case.session else None,
        "objection": _objection_view(case) if case.objection else None,
        "account": _account_view(case) if case.account else None,
        "jp": case.jp,
        "decided": moment(case.decided_at),
        "decided_by": case.decided_by or None,
        "decision": case.decision or None,
    }


def note_view(note: Note) -> dict[str, object]:
    """What somebody said about a case."""
    return {"at": moment(note.at), "by": note.by, "text": note.text}


def outcome_view(one: Outcome) -> dict[str, object]:
    """Of one of many."""
    return {
        "case": one.id,
        "state": one.case.state if one.case else None,
        "jp": one.case.jp if one.case else None,
        "error": one.error or None,
    }


def _reason_view(code: str) -> dict[str, str]:
    reason = REASONS.get(code)
    return {"code": code, "id": reason.id if reason else code, "en": reason.en if reason else code}


def _learning_view(learning: Learning) -> dict[str, object]:
    return {
        "title": learning.title,
        "jp": learning.jp,
        "channel": learning.channel,
        "started_on": learning.started_on,
        "ended_on": learning.ended_on,
        "days": [{"on": day.on, "sessions": day.sessions} for day in learning.days],
        "provider": learning.provider or None,
        "organiser": learning.organiser or None,
        "programme": learning.programme or None,
        "batch": learning.batch or None,
        "scope": learning.scope,
        "mode": learning.mode,
        "competence_type": learning.competence_type,
        "certificate_number": learning.certificate_number,
    }


def _session_view(case: Case) -> dict[str, object]:
    session = case.session
    assert session is not None
    return {
        "coach": session.coach,
        "kind": session.kind,
        "batch": session.batch,
        "starts": session.starts,
        "minutes": session.minutes,
        "topic": session.topic,
        "remote": session.remote,
    }


def _objection_view(case: Case) -> dict[str, object]:
    objection = case.objection
    assert objection is not None
    told = {"ground": objection.ground, "about": objection.about, "target": objection.target}
    return told | {"right_date": objection.right_date}


def _account_view(case: Case) -> dict[str, object]:
    account = case.account
    assert account is not None
    told = {"provider": case.provider, "home_page": account.home_page, "name": account.name}
    return told | {"since": account.since, "until": account.until}
