"""Durations (xAPI-Data 1.0.3 4.6; ISO 8601:2004 4.4.3.2)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrs.xapi.duration import is_duration, truncate_duration

# fmt: off
GOOD = [
    "P3Y", "P4W", "P1.5W", "P1D", "PT0S", "PT1H0M0.1S", "PT16559.14S", "P3Y1M29DT4H35M59.14S", "P1DT12H", "PT1,5H", "PT36H",
    "P0001Y", "PT0.000000001S", "P1Y2D", "P1MT1M",
]
BAD = [
    "P", "PT", "P1", "1Y", "PA1H0M0S", "PT1H2", "P1H", "PT1D", "P1YT", "P-1Y", "-P1D", "P1W2D", "PT1.5H3M", "P1.5Y1M", "PT.5S",
    "PT1.S", "P1S", "pt1s", "P1y", "P0003-06-04T12:30:05", "P1YM",
]
# fmt: on


@pytest.mark.parametrize("text", GOOD)
def test_a_duration_is_accepted(text: str) -> None:
    assert is_duration(text)


@pytest.mark.parametrize("text", [*BAD, "", "P1D ", " P1D", "P1D\n", "P١D"])
def test_what_is_none_is_refused(text: str) -> None:
    assert not is_duration(text)


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("PT1.999S", "PT1.99S"),
        ("PT1.999,5S", "PT1.999,5S"),
        ("PT1,239S", "PT1.23S"),
        ("PT1.10S", "PT1.1S"),
        ("PT1.004S", "PT1S"),
        ("PT1S", "PT1S"),
        ("P1DT2H3.456S", "P1DT2H3.45S"),
        ("PT1.999M", "PT1.999M"),
        ("P1W", "P1W"),
        ("nothing", "nothing"),
    ],
)
def test_seconds_are_cut_to_a_hundredth_and_not_rounded(text: str, cut: str) -> None:
    assert truncate_duration(text) == cut


@given(st.integers(0, 10**6), st.integers(0, 99), st.text("0123456789", max_size=6))
def test_what_differs_behind_the_hundredth_is_the_same_duration(whole: int, hundredths: int, further: str) -> None:
    plain = truncate_duration(f"PT{whole}.{hundredths:02d}S")
    assert truncate_duration(f"PT{whole}.{hundredths:02d}{further}S") == plain
    assert is_duration(plain)
