"""Who a person was on which day: kind of civil servant, agency and position, contracts. Plain dated values that anyone can write."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal, Protocol, TypeVar
from zoneinfo import ZoneInfo

from credentials.errors import HoursError

Kind = Literal["pns", "cpns", "pppk", "pppk-part-time"]
KINDS: tuple[Kind, ...] = ("pns", "cpns", "pppk", "pppk-part-time")
_WIDEST = timedelta(days=1)  # no civil time is farther from UTC


class _Dated(Protocol):
    @property
    def starts(self) -> date: ...
    @property
    def ends(self) -> date | None: ...


_D = TypeVar("_D", bound=_Dated)


@dataclass(frozen=True, slots=True)
class DatedKind:
    """What the person was from `starts` to `ends`, both included; None: until now and on."""

    kind: Kind
    starts: date
    ends: date | None = None


@dataclass(frozen=True, slots=True)
class DatedPost:
    """Where the person worked: agency, unit, kind of position (jabatan), and the time zone of the place (an IANA name)."""

    agency: str
    starts: date
    ends: date | None = None
    unit: str = ""
    position_kind: str = ""
    time_zone: str = "Asia/Jakarta"


@dataclass(frozen=True, slots=True)
class Contract:
    """A PPPK's contract, both days included. Its years run from its first day."""

    starts: date
    ends: date


@dataclass(frozen=True, slots=True)
class Status:
    """A person's dated status. Series are in order of their first days and do not overlap; gaps are allowed and mean: not known."""

    person: str
    kinds: tuple[DatedKind, ...]
    posts: tuple[DatedPost, ...] = ()
    contracts: tuple[Contract, ...] = ()

    def kind_on(self, day: date) -> Kind | None:
        found = _on(self.kinds, day)
        return found.kind if found else None

    def post_on(self, day: date) -> DatedPost | None:
        return _on(self.posts, day)

    def contract_on(self, day: date) -> Contract | None:
        return _on(self.contracts, day)

    def last_of(self, kinds: Collection[Kind], starts: date, ends: date) -> DatedKind | None:
        """The latest stretch with one of the kinds that held on a day from `starts` to `ends`."""
        return _last([one for one in self.kinds if one.kind in kinds], starts, ends)

    def last_post(self, starts: date, ends: date) -> DatedPost | None:
        """The latest that held on a day from `starts` to `ends`."""
        return _last(self.posts, starts, ends)

    def local_day(self, at_us: int) -> date | None:
        """The date, where the person worked then, of a moment (microseconds UTC). None when it is not known where that was."""
        moment = datetime.fromtimestamp(at_us / 1_000_000, UTC)
        for post in self.posts:
            if post.starts > (moment + _WIDEST).date() or (post.ends is not None and post.ends < (moment - _WIDEST).date()):
                continue
            day = moment.astimezone(ZoneInfo(post.time_zone)).date()
            if post.starts <= day and (post.ends is None or day <= post.ends):
                return day
        return None


def check_status(status: Status) -> None:
    """Raises HoursError when a series is out of order or overlaps itself."""
    for name, series in (("kinds", status.kinds), ("posts", status.posts), ("contracts", status.contracts)):
        _check_series(name, series)


def _check_series(name: str, series: Sequence[_Dated]) -> None:
    before: _Dated | None = None
    for number, one in enumerate(series):
        if one.ends is not None and one.ends < one.starts:
            raise HoursError("this ends before it starts", where=f"{name}[{number}]")
        if before is not None and (before.ends is None or one.starts <= before.ends):
            raise HoursError("this starts before the one before it has ended", where=f"{name}[{number}]")
        before = one


def _on(series: Sequence[_D], day: date) -> _D | None:
    for one in reversed(series):
        if one.starts <= day:
            return one if one.ends is None or day <= one.ends else None
    return None


def _last(series: Sequence[_D], starts: date, ends: date) -> _D | None:
    for one in reversed(series):
        if one.starts <= ends and (one.ends is None or one.ends >= starts):
            return one
    return None
