"""A person of the register as the dated status that counting reads."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from credentials.hours.status import Contract, DatedKind, DatedPost, Status
from credentials.people.person import Person

_DAY = timedelta(days=1)


def status_of(person: Person) -> Status:
    """Facts that hold "from this day on" get the day before the next one as their end; who left the service is of no kind from then on.

    Of two contracts that overlap, which a correction can leave behind, the later one holds on the days of both.
    """
    return Status(person.id, _kinds(person), _posts(person), _contracts(person))


def _kinds(person: Person) -> tuple[DatedKind, ...]:
    told: list[DatedKind] = []
    for number, one in enumerate(person.statuses):
        ends = _end(person.statuses[number + 1].since if number + 1 < len(person.statuses) else None)
        if one.standing == "ended":
            continue
        if told and told[-1].kind == one.kind and told[-1].ends == one.since - _DAY:
            told[-1] = replace(told[-1], ends=ends)
        else:
            told.append(DatedKind(one.kind, one.since, ends))
    return tuple(told)


def _posts(person: Person) -> tuple[DatedPost, ...]:
    ends = [*(_end(after.since) for after in person.postings[1:]), None]
    return tuple(
        DatedPost(one.agency, one.since, end, one.unit, one.position_kind, one.time_zone)
        for one, end in zip(person.postings, ends, strict=False)  # nobody works anywhere: one end too many
    )


def _contracts(person: Person) -> tuple[Contract, ...]:
    told: list[Contract] = []
    for one in sorted(person.contracts, key=lambda contract: (contract.starts, contract.ends)):
        if told and told[-1].ends >= one.starts:
            before = told.pop()
            if before.starts < one.starts:
                told.append(Contract(before.starts, one.starts - _DAY))
        told.append(Contract(one.starts, one.ends))
    return tuple(told)


def _end(next_since: date | None) -> date | None:
    return next_since - _DAY if next_since else None
