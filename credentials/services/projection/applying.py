"""What a judgement changes: lines of hours, the completion, and whether a certificate is due or falls away. Ids follow from the event, so
that what is written twice is there once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from operator import attrgetter
from typing import TypeAlias

from credentials.evidence.judgement import Case, Judgement
from credentials.hours.entry import DayOfLearning, HoursEntry, Source, event_key, reversal
from credentials.ports.reviews import Doubtful
from credentials.services.projection.sessions import Printed, certificate_due, printed_of, settled_at
from credentials.services.reserving import Issue
from credentials.stores.completions import Completion

COACHING, MENTORING = 14, 15  # jalur
FELL_AWAY, CORRECTED, DOUBTED = "evidence-fell-away", "evidence-changed", "evidence-doubted"


CertificateId: TypeAlias = Callable[[int], str]


@dataclass(frozen=True, slots=True)
class Change:
    """`completion`: as it is to stand. `lines`: to be added to the ledger. `due`: a certificate is to be reserved; `revoked`: the one that
    falls away, "" for none; `corrects`: whether the one that is due takes its place. `doubtful`: what a person has to look at.
    """

    completion: Completion
    lines: tuple[HoursEntry, ...] = ()
    due: bool = False
    revoked: str = ""
    corrects: bool = False
    doubtful: Doubtful | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What there is: the completion, and the credit that it names, when that is open. `issue`: of sessions, the certificate that it names,
    whatever became of it.
    """

    completion: Completion | None = None
    line: HoursEntry | None = None
    issue: Issue | None = None

    @property
    def open(self) -> bool:
        return self.completion is not None and self.completion.state == "open"


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """A difference between what stands and what is judged of a person and a batch."""

    pair: tuple[str, str]
    case: Case
    standing: Standing
    change: Change


def change(person: str, case: Case, judgement: Judgement, standing: Standing, now: int, certificate: CertificateId) -> Change | None:
    """None when everything stands as it is judged. `certificate`: the id of the certificate of an issue number."""
    before = standing.completion
    if judgement.kind == "complete":
        return _completed(person, case, judgement, standing, now, certificate)
    if judgement.kind == "review":
        return _doubted(person, case, judgement, standing, now)
    if before is None or before.state == "closed":
        return None
    return _closed(before, standing, now, FELL_AWAY)


def line_id(person: str, case: Case, number: int) -> str:
    """Of the `number`th credit of an event, counted from 1."""
    return f"{line_stem(person, case)}-{number}"


def line_stem(person: str, case: Case) -> str:
    """What the ids of all its lines begin with."""
    key = event_key(person, case.programme.id, case.programme.version, case.batch.id)
    return "jp-" + hashlib.sha256(f"line/1\x00{key}".encode()).hexdigest()[:24]


def _completed(person: str, case: Case, judgement: Judgement, standing: Standing, now: int, certificate: CertificateId) -> Change | None:
    before = standing.completion
    valid = before.certificate if before is not None and standing.open else ""
    number = before.issue if before is not None else 0
    line = _kept_line(person, case, judgement, standing, now)
    due, later = _certificate_due(case, judgement, standing, valid, line, now)
    issue = number + due
    issued, revoked = certificate(issue) if due else valid, valid if due else ""
    if before is not None and line is not None:
        kept = _standing(person, case, judgement, before.changed, before.lines, before.entry, issued, issue, later)
        return None if kept == before else Change(replace(kept, changed=now), (), due, revoked, bool(revoked))
    lines = (before.lines if before is not None else 0) + 1
    stands = _standing(person, case, judgement, now, lines, line_id(person, case, lines), issued, issue, later)
    return Change(stands, (*_taken_back(standing, now, CORRECTED), credit_of(case, stands, now)), due, revoked, bool(revoked))


def _kept_line(person: str, case: Case, judgement: Judgement, standing: Standing, now: int) -> HoursEntry | None:
    """The line that stands, when it says what is judged."""
    before, line = standing.completion, standing.line
    if before is None or line is None or not standing.open:
        return None
    kept = _standing(person, case, judgement, now, before.lines, before.entry, "", before.issue, 0)
    return line if _same(credit_of(case, kept, now), line) else None


def _certificate_due(
    case: Case, judgement: Judgement, standing: Standing, valid: str, line: HoursEntry | None, now: int
) -> tuple[bool, int]:
    """(whether a certificate is to be made, or another in the place of the valid one, now; the moment when it is to be if later)."""
    before = standing.completion
    if before is not None and valid and before.issue <= case.renewed:
        return True, 0
    told = _printed(case, judgement)
    if case.rule.sessions:
        settled = settled_at(case.batch, line.recorded_at if line is not None else now)
        return certificate_due(case, judgement, told, standing.issue if valid else None, settled, now)
    return not valid or told != _printed_before(case, standing), 0


def _printed(case: Case, judgement: Judgement) -> Printed:
    assert judgement.learned_on is not None  # of what is complete
    return printed_of(case, _first(judgement.learned_on, judgement.days), judgement.at, case.programme.jp)


def _printed_before(case: Case, standing: Standing) -> Printed:
    """What the certificate of a completion that is no session's says: it is corrected with everything that changes."""
    before, line = standing.completion, standing.line
    assert before is not None  # of what stands
    return printed_of(case, first_day(before), before.at, line.approved if line is not None else case.programme.jp)


def _doubted(person: str, case: Case, judgement: Judgement, standing: Standing, now: int) -> Change | None:
    before = standing.completion
    lines, certificate, issue = (before.lines, before.certificate, before.issue) if before is not None else (0, "", 0)
    held = replace(_standing(person, case, judgement, now, lines, "", certificate, issue, 0), state="held")
    doubtful = doubtful_of(person, case, judgement)
    if before is not None and standing.open:
        return replace(_closed(before, standing, now, DOUBTED), completion=held, doubtful=doubtful)
    if before is not None and replace(held, changed=before.changed) == before:
        return None
    return Change(held, doubtful=doubtful)


def _closed(before: Completion, standing: Standing, now: int, reason: str) -> Change:
    closed = replace(before, state="closed", entry="", certificate_due=0, changed=now)
    return Change(closed, _taken_back(standing, now, reason), revoked=before.certificate if standing.open else "")


def _standing(
    person: str, case: Case, judgement: Judgement, now: int, lines: int, entry: str, certificate: str, issue: int, later: int
) -> Completion:
    assert judgement.learned_on is not None  # of everything that is not incomplete
    programme = case.programme
    return Completion(
        person=person,
        batch=case.batch.id,
        provider=case.batch.provider,
        programme=programme.id,
        version=programme.version,
        state="open",
        at=judgement.at,
        learned_on=judgement.learned_on,
        statements=judgement.statements,
        days=judgement.days,
        flags=judgement.flags,
        claimed=judgement.claimed,
        number=judgement.number,
        door=judgement.door,
        entry=entry,
        lines=lines,
        certificate=certificate,
        issue=issue,
        changed=now,
        certificate_due=later,
    )


def credit_of(case: Case, stands: Completion, now: int) -> HoursEntry:
    """The line of hours of what stands."""
    programme, person = case.programme, stands.person
    return HoursEntry(
        id=stands.entry,
        person=person,
        source=_source(stands.door, programme.channel),
        provider=stands.provider,
        programme=programme.id,
        version=programme.version,
        batch=stands.batch,
        title=programme.title,
        channel=programme.channel,
        approved=programme.jp,
        completed_at=stands.at,
        completed_on=stands.learned_on,
        event_key=event_key(person, programme.id, programme.version, stands.batch),
        recorded_at=now,
        scope=programme.scope,
        mode=programme.mode,
        competence_type=programme.competence_type,
        minutes=programme.minutes,
        claimed=stands.claimed,
        days=stands.days,
        started_on=first_day(stands),
        certificate=stands.certificate or None,
        certificate_number=stands.number,
        flags=stands.flags,
    )


def first_day(stands: Completion) -> date:
    """Of learning; the day of completion when no other is known."""
    return _first(stands.learned_on, stands.days)


def _first(learned_on: date, days: Sequence[DayOfLearning]) -> date:
    return min(learned_on, days[0].on) if days else learned_on


def doubtful_of(person: str, case: Case, judgement: Judgement) -> Doubtful:
    """What the queue for reviews is told."""
    assert judgement.learned_on is not None
    programme = case.programme
    return Doubtful(
        person=person,
        batch=case.batch.id,
        programme=programme.id,
        version=programme.version,
        provider=case.batch.provider,
        title=programme.title,
        jp=programme.jp,
        channel=programme.channel,
        started_on=_first(judgement.learned_on, judgement.days),
        completed_on=judgement.learned_on,
        reasons=judgement.reasons,
        seen=judgement.seen,
    )


def _source(door: str, channel: int) -> Source:
    if channel in (COACHING, MENTORING):
        return "coaching"
    return "attendance" if door == "attendance" else "lms"


def _taken_back(standing: Standing, now: int, reason: str) -> tuple[HoursEntry, ...]:
    line = standing.line
    return () if line is None or not standing.open else (reversal(line, id=f"{line.id}-r", recorded_at=now, reason=reason),)


_told = attrgetter(*(one.name for one in fields(HoursEntry) if one.name not in ("id", "recorded_at", "certificate")))


def _same(one: HoursEntry, other: HoursEntry) -> bool:
    """Whether the lines say the same; when and with which certificate they were written does not matter."""
    return bool(_told(one) == _told(other))
