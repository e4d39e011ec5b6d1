"""Exports: a person's lines, an agency's people with their figures, all of an agency's lines. What was shown is written down."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from credentials.access.actions import Action
from credentials.access.principal import Principal
from credentials.access.rules import Subject, permit
from credentials.hours.balance import Balance, Line
from credentials.hours.figures import YearFigure
from credentials.people.person import Profile
from credentials.services.hours.balances import Balances
from credentials.services.hours.sheets import Rows, Value
from credentials.services.looking import Looking
from credentials.services.sign_in import day_of
from credentials.stores.figures import FigureRecords
from credentials.stores.people import PeopleRecords
from lrs.clock import Clock
from schemas.loader import jp_channels

_PERSON = ("person", "number", "name")
_NUMBERS = ("nip", "ni-pppk")
_AT_ONCE = 200  # persons whose lines are counted before some are sent

PEOPLE_COLUMNS = (
    *_PERSON,
    "unit",
    "kind",
    "position_kind",
    "period",
    "starts",
    "ends",
    "approved",
    "counted",
    "over_ceiling",
    "floor",
    "short_of_floor",
    "ceiling",
    "target",
    "short_of_target",
    "seminar_jp",
    "lines_waiting",
)
LINE_COLUMNS = (
    "period",
    "completed_on",
    "title",
    "channel",
    "channel_name",
    "scope",
    "provider",
    "programme",
    "version",
    "batch",
    "source",
    "claimed",
    "approved",
    "counted",
    "over_ceiling",
    "state",
    "flags",
    "rule",
    "article",
    "reason_id",
    "reason_en",
    "certificate",
    "certificate_number",
    "line",
)
AGENCY_LINE_COLUMNS = (*_PERSON, "unit", *LINE_COLUMNS)


@dataclass(frozen=True, slots=True)
class Exporting:
    """Each asks before it gives anything: NotAllowedError comes at once, not in the middle of a file."""

    figures: FigureRecords
    people: PeopleRecords
    balances: Balances
    looking: Looking
    clock: Clock

    async def lines_of(self, person: str, year: int) -> Rows:
        """One person's lines of the periods that begin in the year. Who may see them is decided before. Raises NotFoundError."""
        found = await self.balances.of(person, year)

        async def pages() -> Rows:
            yield [line_row(balance, line) for balance in found for line in (*balance.lines, *balance.taken_back)]

        return pages()

    def people_of(self, principal: Principal, agency: str, year: int) -> Rows:
        """A row for each person and period of an agency, by unit."""
        permit(principal, Action.HOURS_EXPORT, Subject(agency=agency))
        return self._people(principal, agency, year)

    def agency_lines(self, principal: Principal, agency: str, year: int) -> Rows:
        """Every line of everybody in an agency, by unit and person."""
        permit(principal, Action.HOURS_EXPORT, Subject(agency=agency))
        return self._agency_lines(principal, agency, year)

    async def _people(self, principal: Principal, agency: str, year: int) -> Rows:
        async for page in self.figures.of(agency, year):
            profiles = await self._shown(principal, agency, page, "hours export")
            yield [(*_who(one.person, profiles, self._today()), *_figure_row(one)) for one in page]

    async def _agency_lines(self, principal: Principal, agency: str, year: int) -> Rows:
        async for page in self.figures.of(agency, year):
            for start in range(0, len(page), _AT_ONCE):
                some = page[start : start + _AT_ONCE]
                profiles = await self._shown(principal, agency, some, "hours export")
                yield [row async for row in self._lines(some, profiles, year)]

    async def _lines(self, figures: Sequence[YearFigure], profiles: dict[str, Profile], year: int) -> AsyncIterator[Sequence[Value]]:
        for person in dict.fromkeys(one.person for one in figures):
            who = _who(person, profiles, self._today())
            units = {one.period: one.unit for one in figures if one.person == person}
            for balance in await self.balances.of(person, year):
                if balance.period.name in units:
                    for line in balance.lines:
                        yield (*who, units[balance.period.name], *line_row(balance, line))

    async def _shown(self, principal: Principal, agency: str, figures: Iterable[YearFigure], what: str) -> dict[str, Profile]:
        """Names and numbers; that they are handed out is written down first."""
        persons = list(dict.fromkeys(one.person for one in figures))
        warrant = permit(principal, Action.HOURS_EXPORT, Subject(agency=agency))
        await self.looking.note(principal, warrant, persons, what)
        return await self.people.profiles(persons)

    def _today(self) -> date:
        return day_of(self.clock.now_us())


def line_row(balance: Balance, line: Line) -> tuple[Value, ...]:
    """In the order of LINE_COLUMNS."""
    entry, reason = line.entry, line.reason
    return (
        balance.period.name,
        entry.completed_on,
        entry.title,
        entry.channel,
        jp_channels()[entry.channel]["id"],
        entry.scope,
        entry.provider,
        entry.programme,
        entry.version or None,
        entry.batch,
        entry.source,
        entry.claimed,
        line.approved,
        line.counted,
        line.over_ceiling,
        line.state,
        " ".join(line.flags),
        line.rule,
        line.cite.id if line.cite else "",
        reason.id,
        reason.en,
        entry.certificate or "",
        entry.certificate_number,
        entry.id,
    )


def _figure_row(one: YearFigure) -> tuple[Value, ...]:
    return (
        one.unit,
        one.kind,
        one.position_kind,
        one.period,
        one.starts,
        one.ends,
        one.approved,
        one.counted,
        one.over_ceiling,
        one.floor,
        None if one.floor is None else max(0, one.floor - one.counted),
        one.ceiling,
        one.target,
        None if one.target is None else max(0, one.target - one.counted),
        one.seminars,
        one.waiting,
    )


def _who(person: str, profiles: dict[str, Profile], today: date) -> tuple[str, str, str]:
    """Id, number and name; "" where they were erased."""
    profile = profiles.get(person)
    if profile is None:
        return person, "", ""
    numbers = [
        one.value for one in profile.identifiers if one.kind in _NUMBERS and not one.held and (one.until is None or one.until >= today)
    ]
    name = profile.name_on(today)
    return person, numbers[-1] if numbers else "", name.printed if name else ""
