"""Reports as JSON, for programs (docs/verifier.md, "As JSON"). Sentences come in both languages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from verifier.language import ADVICE, LANGUAGES, PASSING, STEPS, VERDICTS, language
from verifier.messages import Message, message
from verifier.report import Check, Facts, Outcome, Report

Json = dict[str, Any]


def report_json(report: Report) -> Json:
    """The whole report."""
    return {
        "verdict": report.verdict.value,
        "title": both(message(VERDICTS[report.verdict])),
        "advice": both(message(ADVICE[report.verdict])),
        "form": report.form or None,
        "statusAt": _time(report.status_at),
        "checks": [_check(check) for check in report.checks],
        "certificate": None if report.facts is None else _facts(report.facts),
    }


def both(told: Message) -> dict[str, str]:
    """In Indonesian and in English."""
    return {code: language(code).say(told) for code in LANGUAGES}


def _check(check: Check) -> Json:
    reason = check.reason or (message(PASSING[check.step]) if check.outcome is Outcome.PASSED else check.reason)
    return {
        "number": check.step.number,
        "check": check.step.value,
        "name": both(message(STEPS[check.step])),
        "outcome": check.outcome.value,
        "reason": both(reason),
        "means": None if check.verdict is None else check.verdict.value,
        "at": _time(check.at),
    }


def _facts(facts: Facts) -> Json:
    return {
        "id": facts.id,
        "title": facts.title,
        "holder": facts.holder or None,
        "provider": facts.provider or None,
        "claimedProvider": facts.claimed_provider or None,
        "issuer": facts.issuer,
        "jp": facts.jp,
        "kind": {"code": facts.kind, "name": facts.kind_name} if facts.kind else None,
        "batch": facts.batch or None,
        "learnedFrom": facts.learned_from or None,
        "learnedUntil": facts.learned_until or None,
        "completed": _time(facts.completed),
        "issued": _time(facts.issued),
        "expires": _time(facts.expires),
        "criteria": facts.criteria or None,
        "providerNumber": facts.number or None,
        "corrects": facts.replaces or None,
        "textsCut": facts.cut,
    }


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
