"""Evidence rule x statements -> a completion, or why not. Pure: no clock, no store.

What the caller vouches for: the statements are those of the batch's provider, and none of them is voided. Everything else is looked at
here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from credentials.catalogue.model import Batch
from credentials.catalogue.rules import Condition, EvidenceRule
from credentials.people.model import Person

_PASSED = "http://adlnet.gov/expapi/verbs/passed"


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
    told = [(statement, moment) for statement in statements if (moment := _in_time(batch, person, statement)) is not None]
    best: list[tuple[datetime, str]] = []
    missing: list[str] = []
    for condition in rule.conditions:
        activity = batch.activity(condition.role)
        found = [(moment, str(one["id"])) for one, moment in told if _satisfies(condition, activity, batch.minimum_score, one)]
        if found:
            best.append(min(found))
        else:
            missing.append(condition.name)
    used = tuple(statement_id for _, statement_id in best)
    if missing or not best:
        return Incomplete(tuple(missing), used)
    at = max(moment for moment, _ in best)
    return Completed(used, at, at.astimezone(ZoneInfo(batch.time_zone)).date())


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


def _satisfies(condition: Condition, activity: str | None, least: float | None, statement: dict[str, Any]) -> bool:
    target = statement.get("object", {})
    if target.get("objectType", "Activity") != "Activity" or target.get("id") != activity:
        return False
    verb = statement.get("verb", {}).get("id")
    if verb not in condition.verbs:
        return False
    result = statement.get("result") or {}
    if condition.success and not (result.get("success") is True or (verb == _PASSED and result.get("success") is not False)):
        return False
    if condition.scored and least is not None:
        scaled = scaled_score(result.get("score"))
        return scaled is not None and scaled >= least
    return True


def scaled_score(score: object) -> float | None:
    """`scaled`, or else the place of `raw` between `min` (0 when absent) and `max` (xAPI-Data 1.0.3 2.4.5.1); None when it cannot be
    told.
    """
    if not isinstance(score, dict):
        return None
    if isinstance(scaled := score.get("scaled"), int | float):
        return float(scaled)
    raw, low, high = score.get("raw"), score.get("min", 0), score.get("max")
    if not (isinstance(raw, int | float) and isinstance(low, int | float) and isinstance(high, int | float)) or high <= low:
        return None
    try:
        return (float(raw) - low) / (high - low)
    except OverflowError:  # a whole number of some hundred digits is a valid raw score
        return None
