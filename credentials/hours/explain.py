"""Steps in words: a reason in Indonesian and English that names the rule and its article."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from credentials.hours.rules import Words
from credentials.hours.steps import Step, StepValue
from credentials.hours.words import ASSUMED, BASED_ON, MONTHS, MORE_DATES, SCOPES, SENTENCES
from schemas.loader import jp_channels

_SHOWN_DATES = 6
_Both = tuple[str, str]  # Indonesian, English


def _template(sentence: str) -> str:
    """For the operator %, which fills a sentence in half the time of `format_map`."""
    return re.sub(r"\{(\w+)\}", r"%(\1)s", sentence.replace("%", "%%"))


_TEMPLATES = {key: (_template(indonesian), _template(english)) for key, (indonesian, english) in SENTENCES.items()}


def sentences(steps: tuple[Step, ...], rule: str, cite: Words | None, decisions: tuple[int, ...]) -> Words:
    """All of a line's reason. `rule`: table, channel and scope (`bps-2019.1/16/national`)."""
    told = [step_in_words(step) for step in steps]
    if cite is not None:
        told.append(_based_on(rule, cite.id, cite.en))
    if decisions:
        told.append(_assumed(decisions))
    return Words(" ".join([one[0] for one in told]), " ".join([one[1] for one in told]))


def step_in_words(step: Step) -> tuple[str, str]:
    """One sentence, in both languages."""
    values = step.values
    indonesian, english = _TEMPLATES[step.key]
    first = second = values
    for name, value in values.items():
        if type(value) is not int and type(value) is not str:
            if first is values:
                first, second = values.copy(), values.copy()
            first[name], second[name] = _in_words(value)
    return indonesian % first, english % second


def date_in_words(day: date) -> tuple[str, str]:
    """3 Mei 2026, 3 May 2026."""
    return _dates((day,))


@lru_cache(maxsize=1_000)
def _based_on(rule: str, cite_id: str, cite_en: str) -> _Both:
    table, channel, scope = rule.split("/")
    names, scopes = jp_channels()[int(channel)], SCOPES[scope]
    places = [f"({names['id']}, {scopes[0]})", f"({names['en']}, {scopes[1]})"]
    if channel != "0":
        places = [f"jalur {channel} {places[0]}", f"channel {channel} {places[1]}"]
    return (
        BASED_ON[0].format(cite=cite_id, place=places[0], table=table),
        BASED_ON[1].format(cite=cite_en, place=places[1], table=table),
    )


@lru_cache(maxsize=1_000)
def _assumed(decisions: tuple[int, ...]) -> _Both:
    numbers = ", ".join(map(str, decisions))
    return ASSUMED[0].format(numbers=numbers), ASSUMED[1].format(numbers=numbers)


def _in_words(value: StepValue) -> _Both:
    if isinstance(value, tuple):
        return _dates(value)
    if isinstance(value, date):
        return date_in_words(value)
    return (value.id, value.en) if isinstance(value, Words) else (str(value), str(value))


def _dates(days: tuple[date, ...]) -> _Both:
    """Each year and month is said once: 3, 4 Mei, 1 Jun 2026."""
    told_id = told_en = comma = ""
    year = month = 0
    for day in reversed(days[:_SHOWN_DATES]):
        if day.year == year and day.month == month:
            told_id, told_en = f"{day.day}, {told_id}", f"{day.day}, {told_en}"
            continue
        name_id, name_en = MONTHS[day.month - 1]
        end = comma if day.year == year else f" {day.year}{comma}"
        told_id, told_en = f"{day.day} {name_id}{end}{told_id}", f"{day.day} {name_en}{end}{told_en}"
        year, month, comma = day.year, day.month, ", "
    if len(days) <= _SHOWN_DATES:
        return told_id, told_en
    more = len(days) - _SHOWN_DATES
    return f"{told_id}, {MORE_DATES[0].format(more=more)}", f"{told_en}, {MORE_DATES[1].format(more=more)}"
