"""Rule tables as values. Every number comes from data (`schemas/jp_tables.json`, an overseer's or an agency's table), none stands here."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from credentials.hours.entry import Scope
from credentials.hours.status import Kind

Basis = Literal["programme", "day", "session", "session-day", "event", "semester"]
Confidence = Literal["H", "M", "L", "U"]


@dataclass(frozen=True, slots=True)
class Words:
    """The same in Indonesian and in English."""

    id: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSource:
    """The document that a number comes from. `cite`: with its article, as a reason names it. `dated`: the document's date. `where`: in
    what it was read, on `read_on`.
    """

    cite: Words
    dated: str
    read_on: date
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What counts in a channel and scope. `jp`: of one day, session, session day, event or semester; None with the basis "programme",
    where the hours approved count.

    Caps: the most hours of one day, month, year; the most sessions (or days with a session) of one month. `locked`: no agency may
    override it. `confidence_of`: of single members, where it is another than the row's.
    """

    channel: int
    scope: Scope
    basis: Basis
    source: str
    confidence: Confidence
    jp: int | None = None
    uplift_percent: int = 0
    jp_per_day: int | None = None
    jp_per_month: int | None = None
    jp_per_year: int | None = None
    sessions_per_month: int | None = None
    evidence: Words | None = None
    locked: bool = False
    confidence_of: dict[str, Confidence] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """Its place in a table."""
        return f"{self.channel}/{self.scope}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation:
    """What a kind of civil servant owes (`floor`), or may have counted at most (`ceiling`), in a calendar year or a contract year.

    The ceiling does not apply to who holds one of `exempt_positions` on the day of learning.
    """

    kind: Kind
    year: Literal["calendar", "contract"]
    source: str
    confidence: Confidence
    floor: int | None = None
    ceiling: int | None = None
    exempt_positions: tuple[str, ...] = ()
    confidence_of: dict[str, Confidence] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Switches:
    """How it is decided where the rule is unclear. What each value means: `schemas/jp_switches.json` and docs/hours.md."""

    day_rows: Literal["each-day", "cap"]
    same_day: Literal["once", "each"]
    caps_hold: Literal["person-and-channel", "entry"]
    active_days: Literal["own-acts", "own-acts-and-completion"]
    uplift: Literal["after-caps", "before-caps"]
    part_hours: Literal["drop", "half-up"]
    year_by: Literal["completion", "first-day"]
    table_by: Literal["completion", "first-day"]
    crossing_entry: Literal["split", "whole-over"]
    new_contract: Literal["new-year", "anniversaries"]
    status_change: Literal["by-day", "calendar-year"]
    self_directed: Literal["inside", "outside"]
    no_row: Literal["wait", "zero", "programme"]
    repeats: Literal["count-each", "once-per-year"]
    same_event: Literal["merge", "each"]
    figures: Literal["catalogue", "lower"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTable:
    """A table in one version. A national one is whole; an agency's overrides single rows and switches while it is in force.

    Of two that are in force on a day, the one that came into force later holds, then the higher version.
    """

    id: str
    version: int
    title: Words
    issuing_body: str
    effective_from: date
    sources: dict[str, RuleSource]
    rows: tuple[Row, ...] = ()
    switches: dict[str, str] = field(default_factory=dict)
    effective_to: date | None = None
    agency: str = ""
    minutes_per_jp: int | None = None
    minutes_source: str = ""
    minutes_confidence: Confidence = "U"
    obligations: tuple[Obligation, ...] = ()

    @property
    def level(self) -> Literal["national", "agency"]:
        return "agency" if self.agency else "national"

    @property
    def name(self) -> str:
        """How a reason names it: `bps-2019.1`."""
        return f"{self.id}.{self.version}"

    def holds_on(self, day: date) -> bool:
        return self.effective_from <= day and (self.effective_to is None or day <= self.effective_to)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyTarget:
    """JP that an agency wants of its people of a kind in a year, for years that begin on `effective_from` or later. Shown beside the
    floor; it changes no count. `decree`: what says so. `jp` 0 ends an earlier target.
    """

    agency: str
    kind: Kind
    jp: int
    effective_from: date
    decree: str = ""


@dataclass(frozen=True, slots=True)
class Rules:
    """All that counting reads: national tables, agencies' tables, agencies' targets. The order of each does not matter."""

    national: tuple[RuleTable, ...]
    agencies: tuple[RuleTable, ...] = ()
    targets: tuple[AgencyTarget, ...] = ()
