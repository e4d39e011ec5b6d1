"""What a learner sees of their own record, gathered from the services and made ready to be shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import orjson

from credentials.access.views import View
from credentials.certificate.issued import Certificate
from credentials.hours.balance import Balance, Line
from credentials.ports.people import Persons
from credentials.ports.records import Records
from credentials.queues.case import Case, Kind
from credentials.services.casefile import Casefile
from credentials.services.hours.balances import Balances
from credentials.services.looking import Looking
from credentials.services.reserving import Reserving
from credentials.services.sign_in import day_of
from credentials.stores.certificates import CERTIFICATES
from lrs.clock import Clock
from lrs.errors import NotFoundError
from lrs.ports import ClientStore
from schemas.loader import jp_channels, jp_switches
from verifier.language import Language

_MOST = 500  # certificates and cases that are shown
_LAST_VIEWS = 100


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line of the balance in words."""

    title: str
    provider: str
    channel: str
    day: str
    state: str
    claimed: str
    approved: str
    counted: str
    over: str
    reason: str
    rule: str
    certificate: str


@dataclass(frozen=True, slots=True)
class ShownYear:
    """A period. `goal`: the greater of floor and target, 0 for none; `share` of it in percent, at most 100. `assumed`: what the reasons
    name by number.
    """

    name: str
    counted: int
    goal: int
    floor: int | None
    target: int | None
    ceiling: int | None
    cite: str
    short: int
    over: int
    share: int
    lines: tuple[ShownLine, ...]
    channels: tuple[tuple[str, int], ...]
    assumed: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class ShownCertificate:
    """`state`: valid, revoked or suspended."""

    id: str
    title: str
    provider: str
    jp: float
    issued: int
    completed: datetime | None
    state: str


@dataclass(frozen=True, slots=True)
class LearnerRecord:
    """Reads only; whose record it is was decided before."""

    records: Records
    balances: Balances
    reserving: Reserving
    casefile: Casefile
    looking: Looking
    persons: Persons
    providers: ClientStore
    clock: Clock

    @property
    def year(self) -> int:
        """Of today in the capital."""
        return day_of(self.clock.now_us()).year

    async def name(self, person: str) -> str:
        return (await self.persons.names([person])).get(person, "")

    async def years(self, person: str, year: int, told: Language) -> list[ShownYear]:
        """Usually one; several for contract years that begin in one year. Empty for who is not in the register of persons."""
        try:
            balances = await self.balances.of(person, year)
        except NotFoundError:
            return []
        names = await self._provider_names(line.entry.provider for one in balances for line in (*one.lines, *one.taken_back))
        return [_year(one, names, told) for one in balances]

    async def certificates(self, person: str) -> list[ShownCertificate]:
        """Newest first."""
        page = await self.records.scan(CERTIFICATES, "person", (person,), limit=_MOST, descending=True)
        names = await self._provider_names(one.provider for one in page.values)
        return [await self._certificate(one, names) for one in page.values]

    async def chosen(self, person: str, wanted: Iterable[str]) -> list[ShownCertificate]:
        """Of these certificates those that are the person's."""
        ids = set(wanted)
        return [one for one in await self.certificates(person) if one.id in ids]

    async def to_confirm(self, person: str) -> list[Case]:
        """Sessions that a coach logged and that wait for the person's word."""
        return [one for one in await self._cases(person) if one.kind is Kind.SESSION and one.state == "open"]

    async def waiting(self, person: str) -> list[Case]:
        """What somebody else must decide, or the person must mend."""
        return [one for one in await self._cases(person) if one.state in ("open", "returned") and one.kind is not Kind.SESSION]

    async def views(self, person: str) -> list[tuple[View, str]]:
        """Who looked, newest first, with their names where they are persons."""
        views = (await self.looking.views.of(person, limit=_LAST_VIEWS)).values
        viewers = {one.viewer.removeprefix("person:") for one in views if one.viewer.startswith("person:")}
        names = await self.persons.names(sorted(viewers))
        return [(one, names.get(one.viewer.removeprefix("person:"), one.viewer.partition(":")[2])) for one in views]

    async def coach_names(self, cases: Iterable[Case]) -> dict[str, str]:
        return await self.persons.names(sorted({one.session.coach for one in cases if one.session is not None}))

    async def _cases(self, person: str) -> list[Case]:
        return (await self.casefile.cases.of_person(person, limit=_MOST)).values

    async def _certificate(self, one: Certificate, names: dict[str, str]) -> ShownCertificate:
        document = orjson.loads(one.document)
        issue = await self.reserving.issue(one.id)
        state = "valid" if issue is None or not (issue.revoked or issue.suspended) else "revoked" if issue.revoked else "suspended"
        awarded = document.get("awardedDate")
        completed = datetime.fromisoformat(awarded) if isinstance(awarded, str) else None
        jp = document["credentialSubject"].get("creditsEarned", 0)
        return ShownCertificate(one.id, one.title, names.get(one.provider, one.provider), jp, one.issued, completed, state)

    async def _provider_names(self, ids: Iterable[str]) -> dict[str, str]:
        found = {}
        for one in sorted({one for one in ids if one}):
            provider = await self.providers.provider(one)
            found[one] = provider.name if provider is not None else one
        return found


def _year(balance: Balance, names: dict[str, str], told: Language) -> ShownYear:
    duty = balance.duty
    goal = max(duty.floor or 0, duty.target or 0)
    cite = "" if duty.cite is None else duty.cite.id if told.code == "id" else duty.cite.en
    lines = (*balance.lines, *balance.taken_back)
    return ShownYear(
        name=str(balance.period.name),
        counted=balance.counted,
        goal=goal,
        floor=duty.floor,
        target=duty.target,
        ceiling=duty.ceiling,
        cite=cite,
        short=max(0, goal - balance.counted),
        over=balance.over_ceiling,
        share=min(100, balance.counted * 100 // goal) if goal else 0,
        lines=tuple(_line(line, names, told) for line in lines),
        channels=tuple((_channel(code, told), jp) for code, jp in sorted(balance.by_channel.items(), key=lambda one: -one[1]) if jp),
        assumed=_assumed({number for line in lines for number in line.decisions}, told),
    )


def _assumed(numbers: set[int], told: Language) -> tuple[tuple[int, str], ...]:
    """Each decision where the rule is unclear, in the words of its switches."""
    words: dict[int, list[str]] = {}
    for switch in jp_switches():
        if switch["decision"] in numbers:
            words.setdefault(switch["decision"], []).append(switch["says"][told.code])
    return tuple((number, ". ".join(said) + ".") for number, said in sorted(words.items()))


def _line(line: Line, names: dict[str, str], told: Language) -> ShownLine:
    entry, reason = line.entry, line.reason
    days = [day for day in (entry.started_on, entry.completed_on) if day is not None]
    return ShownLine(
        title=entry.title,
        provider=names.get(entry.provider, entry.provider),
        channel=_channel(entry.channel, told),
        day=" – ".join(dict.fromkeys(told.day(day) for day in days)),
        state=line.state,
        claimed="" if entry.claimed is None else str(entry.claimed),
        approved=str(line.approved),
        counted=str(line.counted),
        over=str(line.over_ceiling) if line.over_ceiling else "",
        reason=reason.id if told.code == "id" else reason.en,
        rule=line.rule,
        certificate=entry.certificate or "",
    )


def _channel(code: int, told: Language) -> str:
    name = jp_channels().get(code)
    if isinstance(name, dict):
        return str(name.get(told.code) or name.get("id"))
    return str(name or code)
