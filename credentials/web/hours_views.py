"""Balances as JSON values: the same for the API, the command line and whoever counts again."""

from __future__ import annotations

from credentials.hours.balance import Balance, Line
from credentials.hours.rules import Words
from schemas.loader import jp_channels


def balance_view(balance: Balance) -> dict[str, object]:
    """With every line and its reason."""
    period, duty = balance.period, balance.duty
    return {
        "period": {"name": period.name, "basis": period.basis, "year": period.year, "starts": period.starts, "ends": period.ends},
        "kind": balance.kind,
        "agency": balance.agency or None,
        "unit": balance.unit or None,
        "position_kind": balance.position_kind or None,
        "floor": duty.floor,
        "ceiling": duty.ceiling,
        "target": duty.target,
        "duty_cite": _words(duty.cite),
        "target_decree": duty.target_decree or None,
        "approved": balance.approved,
        "counted": balance.counted,
        "over_ceiling": balance.over_ceiling,
        "short_of_floor": balance.short_of_floor if duty.floor is not None else None,
        "short_of_target": balance.short_of_target if duty.target is not None else None,
        "waiting": balance.waiting,
        "by_channel": [{"channel": code, "name": jp_channels()[code], "counted": jp} for code, jp in balance.by_channel.items()],
        "lines": [line_view(line) for line in balance.lines],
        "taken_back": [line_view(line) for line in balance.taken_back],
    }


def line_view(line: Line) -> dict[str, object]:
    """One line, its three figures, and why."""
    entry, reason = line.entry, line.reason
    return {
        "id": entry.id,
        "state": line.state,
        "title": entry.title,
        "source": entry.source,
        "provider": entry.provider or None,
        "programme": entry.programme or None,
        "version": entry.version or None,
        "batch": entry.batch or None,
        "channel": entry.channel,
        "scope": entry.scope,
        "mode": entry.mode,
        "competence_type": entry.competence_type or None,
        "started_on": entry.started_on,
        "completed_on": entry.completed_on,
        "days": [{"on": day.on, "sessions": day.sessions} for day in entry.days],
        "claimed": entry.claimed,
        "approved": line.approved,
        "counted": line.counted,
        "over_ceiling": line.over_ceiling,
        "rule": line.rule or None,
        "cite": _words(line.cite),
        "reason": {"id": reason.id, "en": reason.en},
        "decisions": line.decisions,
        "flags": line.flags,
        "same_as": line.same_as or None,
        "certificate": entry.certificate,
        "certificate_number": entry.certificate_number or None,
    }


def _words(words: Words | None) -> dict[str, str] | None:
    return None if words is None else {"id": words.id, "en": words.en}
