"""Lines of the ledger that a person's decision makes: all that is needed stands in the decision, so a rebuild reads nothing but the log.

Kinds of decisions: "claim.approved", "manual.approved", "study.approved" make a credit; "….reversed" its reversal; "objection.approved" may
reverse a line, and write it again under another date.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import cast

from credentials.decisions import Content, Decision
from credentials.hours.entry import DayOfLearning, HoursEntry, Mode, Scope, Source, event_key, noon, reversal
from credentials.queues.case import Case, Kind

_SOURCES: dict[str, Source] = {Kind.CLAIM: "claim", Kind.MANUAL: "manual", Kind.STUDY: "self-study"}


def gives_hours(kind: str) -> bool:
    """Whether an approval of this kind of case is itself a line of the ledger (others are evidence, or change something else)."""
    return kind in _SOURCES


def line_id(case: str) -> str:
    """Of the credit; it follows from the case, so that it is written once."""
    return f"case-{case}"


def told(case: Case) -> Content:
    """What the decision that approves the case says of it: ids, dates and numbers, and the course's title."""
    learning = case.learning
    assert learning is not None  # only what gives hours is told so
    return {
        "case": case.id,
        "jp": case.jp,
        "claimed": learning.jp,
        "title": learning.title,
        "provider": learning.provider,
        "programme": learning.programme,
        "version": learning.version,
        "batch": learning.batch,
        "channel": learning.channel,
        "scope": learning.scope,
        "mode": learning.mode,
        "competence_type": learning.competence_type,
        "started_on": learning.started_on.isoformat(),
        "completed_on": learning.ended_on.isoformat(),
        "days": [day.on.isoformat() for day in learning.days],
        "sessions": [str(day.sessions) for day in learning.days],
        "certificate_number": learning.certificate_number,
    }


def case_of_line(line: str) -> str:
    """The case that a line came from; "" for one that came from statements."""
    return line.removeprefix("case-").partition("~")[0] if line.startswith("case-") else ""


@dataclass(frozen=True, slots=True)
class Line:
    """What a decision does to the ledger: a credit, or the reversal of the line `reverses`, written again for `right_date` when there is
    one.
    """

    credit: HoursEntry | None = None
    reverses: str = ""
    right_date: date | None = None


def line_of(decision: Decision) -> Line | None:
    """None for a decision that makes no line of itself."""
    if decision.kind == "objection.approved":
        return _corrected(decision.content)
    kind, _, step = decision.kind.partition(".")
    if kind not in _SOURCES:
        return None
    if step == "approved":
        return Line(credit=_credit(decision, kind))
    if step == "reversed":
        return Line(reverses=str(decision.content["line"]))
    return None


def reversal_of(credit: HoursEntry, decision: Decision) -> HoursEntry:
    """The counter-entry of a credit that a decision takes back."""
    return reversal(credit, id=f"{credit.id}-r", recorded_at=decision.at, reason=decision.reason, decided_by=str(decision.number))


def corrected(credit: HoursEntry, day: date, decision: Decision) -> HoursEntry:
    """The same event on the day that is right; single days of learning, which may have been wrong too, are left out."""
    started = day if credit.started_on is None else min(day, day - (credit.completed_on - credit.started_on))
    return replace(
        credit,
        id=f"{credit.id}~{decision.number}",
        completed_on=day,
        completed_at=noon(day),
        started_on=started,
        days=(),
        recorded_at=decision.at,
        reason=decision.reason,
        decided_by=str(decision.number),
    )


def _corrected(content: Content) -> Line | None:
    if "reverses" not in content:
        return None
    day = content.get("right_date")
    return Line(reverses=str(content["reverses"]), right_date=date.fromisoformat(str(day)) if day else None)


def _credit(decision: Decision, kind: str) -> HoursEntry:
    content = decision.content
    person = decision.subject.removeprefix("person:")
    programme, version, batch = str(content["programme"]), _number(content, "version"), str(content["batch"])
    completed = date.fromisoformat(str(content["completed_on"]))
    return HoursEntry(
        id=line_id(str(content["case"])),
        person=person,
        source=_SOURCES[kind],
        provider=str(content["provider"]),
        programme=programme,
        version=version,
        batch=batch,
        title=str(content["title"]),
        channel=_number(content, "channel"),
        approved=_number(content, "jp"),
        completed_at=noon(completed),
        completed_on=completed,
        event_key=event_key(person, programme, version, batch) if batch else "",
        recorded_at=decision.at,
        scope=cast(Scope, content["scope"]),
        mode=cast(Mode, content["mode"]),
        competence_type=str(content["competence_type"]),
        claimed=_number(content, "claimed"),
        days=_days(content),
        started_on=date.fromisoformat(str(content["started_on"])),
        certificate_number=str(content["certificate_number"]),
        decided_by=str(decision.number),
        reason=decision.reason,
    )


def _days(content: Content) -> tuple[DayOfLearning, ...]:
    days, sessions = content["days"], content["sessions"]
    assert isinstance(days, list)
    assert isinstance(sessions, list)
    return tuple(DayOfLearning(date.fromisoformat(on), int(many)) for on, many in zip(days, sessions, strict=True))


def _number(content: Content, name: str) -> int:
    return int(cast(int, content[name]))
