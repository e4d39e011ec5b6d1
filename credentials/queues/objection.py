"""A learner's objection: this was not me, my name is wrong, the date is wrong. Its answer has a deadline (UU PDP art. 30: 3 × 24 hours)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from credentials.errors import CaseError

Ground = Literal["not-me", "wrong-name", "wrong-date", "wrong-hours", "other"]
About = Literal["entry", "certificate", "link", "case", "person"]
_OF: dict[str, frozenset[str]] = {
    "not-me": frozenset({"entry", "certificate", "link"}),
    "wrong-name": frozenset({"certificate", "person"}),
    "wrong-date": frozenset({"entry", "certificate", "person"}),
    "wrong-hours": frozenset({"entry"}),
    "other": frozenset({"entry", "certificate", "link", "case", "person"}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """`about` and `target`: to what, by id. `right_date`: what it should be, for a wrong date."""

    ground: Ground
    about: About
    target: str
    right_date: date | None = None


def check_objection(objection: Objection, today: date) -> None:
    """Raises CaseError."""
    if objection.about not in _OF[objection.ground]:
        told = ", ".join(sorted(_OF[objection.ground]))
        raise CaseError(f"an objection {objection.ground} is about one of: {told}", where="about")
    if objection.ground == "wrong-date" and objection.right_date is None:
        raise CaseError("say which date is right", where="right_date")
    if objection.ground != "wrong-date" and objection.right_date is not None:
        raise CaseError("a right date goes with a wrong one", where="right_date")
    if objection.right_date is not None and objection.right_date > today:
        raise CaseError("the right date cannot lie ahead", where="right_date")
