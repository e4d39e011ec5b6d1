"""Timestamps (xAPI-Data 1.0.3 4.5; 2.0 4.2.7): ISO 8601 in the profile of RFC 3339."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrs.clock import format_us, to_us
from lrs.errors import InvalidRequestError
from lrs.xapi.timestamp import parse_timestamp, to_moment

NOON = to_us(datetime(2026, 11, 24, 12, tzinfo=UTC))
SECOND = 1_000_000
SAME = [
    "2026-11-24T12:00:00Z",
    "2026-11-24T12:00Z",
    "2026-11-24t12:00:00z",
    "2026-11-24 12:00:00Z",
    "2026-11-24T12:00:00.000Z",
    "2026-11-24T12:00:00,0Z",
    "2026-11-24T12:00:00+00:00",
    "2026-11-24T19:00:00+07:00",
    "2026-11-24T19:00:00+07",
    "2026-11-24T19:00:00+0700",
    "2026-11-24T00:30:00-11:30",
    "2026-11-24T11:59:60Z",
    "2026-11-24T12:00:00",
    "2026-11-24T12:00:00.0000009Z",
]
BAD = [
    "",
    "2026",
    "2026-11-24",
    "2026-11-24T",
    "2026-11-24T12Z",
    "20261124T120000Z",
    "2026-W48-2T12:00:00Z",
    "2026-328T12:00:00Z",
    "01/011/2015",
    "2026-13-01T12:00:00Z",
    "2026-02-30T12:00:00Z",
    "2026-11-24T24:00:00Z",
    "2026-11-24T12:60:00Z",
    "2026-11-24T12:00:61Z",
    "2026-11-24T12:00:00-00",
    "2026-11-24T12:00:00-0000",
    "2026-11-24T12:00:00-00:00",
    "2026-11-24T12:00:00+24:00",
    "2026-11-24T12:00:00+07:60",
    "2026-11-24T12:00:00 07:00",
    "2026-11-24T12:00:00Z ",
    "2026-11-24T12:00:00Z\n",
    "2026-11-24T12:00:00.Z",
    "+2026-11-24T12:00:00Z",
    "0000-01-01T00:00:00Z",
    "２０２６-11-24T12:00:00Z",
]


@pytest.mark.parametrize("text", SAME)
def test_the_same_moment_may_be_written_in_many_ways(text: str) -> None:
    assert to_moment(text) == NOON


@pytest.mark.parametrize("text", BAD)
def test_what_is_no_timestamp_is_refused(text: str) -> None:
    assert to_moment(text) is None
    with pytest.raises(InvalidRequestError) as caught:
        parse_timestamp(text, "parameter since")
    assert caught.value.where == "parameter since"


def test_a_leap_second_is_the_first_of_the_next_minute() -> None:
    assert to_moment("2016-12-31T23:59:60Z") == to_moment("2017-01-01T00:00:00Z")
    assert to_moment("2016-12-31T23:59:60.5Z") == (to_moment("2017-01-01T00:00:00Z") or 0) + SECOND // 2
    assert to_moment("9999-12-31T23:59:60Z") is not None


def test_the_first_and_last_years_hold_in_every_zone() -> None:
    for text in ("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00"):
        assert to_moment(text) is not None


@given(st.datetimes(timezones=st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))))
def test_every_moment_in_every_zone_is_read_to_the_microsecond(moment: datetime) -> None:
    text = moment.isoformat().replace("-00:00", "+00:00")
    assert to_moment(text) == to_us(moment)


@given(st.datetimes(min_value=datetime(1970, 1, 1), timezones=st.just(UTC)).map(to_us))
def test_what_we_write_is_read_again_in_27_characters(us: int) -> None:
    assert len(format_us(us)) == 27
    assert to_moment(format_us(us)) == us
