"""Evidence rule x statements -> a completion, or why not. Pure: no clock, no store.

What the caller vouches for: the statements are those of the batch's provider, and none of them is voided. Everything else is looked at
here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from credentials.catalogue.model import Batch
from credentials.evidence.evaluate import Seen
from credentials.evidence.evaluate import evaluate as evaluate_rule
from credentials.evidence.facts import fact_of
from credentials.evidence.rule import MINIMUM_SCORE, EvidenceRule
from credentials.evidence.statement import read_statement
from credentials.evidence.vocabulary import vocabulary
from credentials.people.model import Person


@dataclass(frozen=True, slots=True)
class Completed:
    """The rule holds. `statements`: one id for each condition, in its order; `at`: when the last of them happened; `learned_on`: that
    moment's
    date in the batch's time zone.
    """

    statements: tuple[str, ...]
    at: datetime
    learned_on: date


@dataclass(frozen=True, slots=True)
class Incomplete:
    """The rule does not hold: `missing` names the conditions that nothing satisfies, `used` what satisfies the others."""

    missing: tuple[str, ...]
    used: tuple[str, ...]


def evaluate(rule: EvidenceRule, batch: Batch, person: Person, statements: Iterable[dict[str, Any]]) -> Completed | Incomplete:
    """The earliest satisfying statement counts for each condition, so the order of arrival does not matter."""
    words = vocabulary()
    roles = {binding.activity: binding.role for binding in batch.bindings}
    seen = []
    for told in statements:
        if _in_time(batch, person, told) is None:
            continue
        body = json.dumps(told).encode()
        statement = read_statement(body)
        fact = fact_of(statement, "", words, direct=True, body=body, paths=rule.paths)
        seen.append(Seen(fact, roles.get(statement.object.id, "")))
    parameters = {MINIMUM_SCORE: batch.minimum_score} if batch.minimum_score is not None else {}
    outcome = evaluate_rule(rule, seen, parameters)
    if outcome.at is None:
        return Incomplete(outcome.missing, outcome.statements)
    at = datetime.fromtimestamp(outcome.at / 1_000_000, UTC)
    return Completed(outcome.statements, at, at.astimezone(ZoneInfo(batch.time_zone)).date())


def _in_time(batch: Batch, person: Person, statement: dict[str, Any]) -> datetime | None:
    """The statement's moment in UTC when it is this person's own and within the batch's dates."""
    account = statement.get("actor", {}).get("account")
    if not isinstance(account, dict) or not any(
        one.provider == batch.provider and one.home_page == account.get("homePage") and one.name == account.get("name")
        for one in person.accounts
    ):
        return None
    zone = ZoneInfo(batch.time_zone)
    try:
        moment = datetime.fromisoformat(str(statement.get("timestamp")))
    except ValueError:
        return None
    moment = moment.replace(tzinfo=zone) if moment.tzinfo is None else moment
    return moment.astimezone(UTC) if batch.starts <= moment.astimezone(zone).date() <= batch.ends else None
