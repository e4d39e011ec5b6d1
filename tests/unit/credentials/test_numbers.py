"""NIP, old NIP and NI PPPK. Every number here is invented: the birth years lie in the future."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import PeopleError
from credentials.people.numbers import NumberKind, as_entered, parse_number, plain_kind, told

_NIP, _PPPK = "203104172056012003", "203104172056212003"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (_NIP, "nip"),
        ("20310417 205601 2 003", "nip"),
        ("20310417.205612.1.999", "nip"),
        ("\u00a0203104172056012003\ufeff", "nip"),
        ("'203104172056012003", "nip"),
        ('="203104172056012003"', "nip"),
        (_PPPK, "ni-pppk"),
        ("203104172056292003", "ni-pppk"),
        ("203104172056242001", "ni-pppk"),  # part-time
        ("130123456", "nip-old"),
        ("203202292056012003", "nip"),  # 2032 is a leap year
    ],
)
def test_a_number_of_a_known_pattern_is_recognised_and_not_held(text: str, kind: NumberKind) -> None:
    found = parse_number(text)
    assert (found.kind, found.warnings, found.held) == (kind, (), False)
    assert found.digits.isdigit()


@pytest.mark.parametrize(
    ("text", "warnings"),
    [
        ("203113172056012003", ("birth-date",)),  # month 13
        ("203102292056012003", ("birth-date",)),  # 2031 is no leap year
        ("203104172056132003", ("pattern",)),
        ("203104172056202003", ("pattern",)),
        ("203104172056302003", ("pattern",)),
        ("203104172056002003", ("pattern",)),
        ("203104172030012003", ("appointment",)),
        ("203104172056013003", ("sex",)),
        ("203104172056010003", ("sex",)),
        ("203104172056012000", ("serial",)),
        ("20310417205601200", ("length",)),
        ("2031041720560120031", ("length",)),
        ("123", ("length",)),
        ("203199992030133000", ("birth-date", "pattern", "sex", "serial")),
    ],
)
def test_an_unknown_pattern_warns_and_is_held_and_never_refused(text: str, warnings: tuple[str, ...]) -> None:
    found = parse_number(text)
    assert found.warnings == warnings
    assert found.held
    assert found.digits == text
    assert all(told(code) and text not in told(code) for code in warnings)


@pytest.mark.parametrize(
    ("text", "warnings"),
    [
        ("203104172047032003", ("age",)),  # 15 years and 11 months
        ("203104172047042003", ()),  # 16 years
        ("203104172091042003", ()),  # 60 years
        ("203104172092042003", ("age",)),  # 61 years
        ("203104172046212003", ("age",)),  # a contract in the year in which the person was 15
        ("203104172047212003", ()),
    ],
)
def test_an_odd_age_at_appointment_is_told_and_does_not_hold_the_number(text: str, warnings: tuple[str, ...]) -> None:
    found = parse_number(text)
    assert (found.warnings, found.held) == (warnings, False)


@pytest.mark.parametrize(
    "text", ["1.98503E+17", "2,03104E+17", "2e17", "", "  ", "NIP 203104172056012003", "203104172056012OO3", "٢٠٣١٠٤١٧", "1" * 31, "-"]
)
def test_what_is_no_number_is_refused_with_the_member_named_and_without_repeating_it(text: str) -> None:
    with pytest.raises(PeopleError) as caught:
        parse_number(text, where="nip")
    assert caught.value.where == "nip"
    assert not text.strip() or text not in caught.value.message or text == "-"


def test_scientific_notation_is_refused_with_the_fix() -> None:
    with pytest.raises(PeopleError, match="format the column as text"):
        parse_number("2.03104E+17")


def test_a_number_entered_as_another_kind_than_its_pattern_says_is_held() -> None:
    assert as_entered(parse_number(_PPPK), "ni-pppk").held is False
    mismatch = as_entered(parse_number(_PPPK), "nip")
    assert (mismatch.warnings, mismatch.held) == (("kind",), True)
    assert as_entered(parse_number("12345"), "nip").warnings == ("length",)


@given(st.text(max_size=40))
def test_any_text_gives_a_number_or_a_clear_refusal(text: str) -> None:
    try:
        found = parse_number(text)
    except PeopleError as error:
        assert error.message
        return
    assert found.digits.isascii()
    assert found.digits.isdigit()
    assert parse_number(found.digits) == found


@given(st.one_of(st.from_regex(r"\A[12][0-9]{17}\Z"), st.text("0123456789", min_size=17, max_size=19), st.text(max_size=18)))
def test_a_plain_number_is_one_of_which_the_long_way_says_nothing_either(text: str) -> None:
    kind = plain_kind(text)
    if kind is not None:
        found = parse_number(text)
        assert (found.kind, found.warnings, found.digits) == (kind, (), text)


@given(st.dates(), st.integers(16, 59), st.integers(1, 12), st.sampled_from("12"), st.integers(1, 999))
def test_every_well_formed_nip_is_one(born: object, age: int, month: int, sex: str, serial: int) -> None:
    day = str(born).replace("-", "")
    if int(day[:4]) + age + 1 > 9999:
        return
    found = parse_number(f"{day}{int(day[:4]) + age + 1:04d}{month:02d}{sex}{serial:03d}")
    assert (found.kind, found.warnings) == ("nip", ())
    assert plain_kind(found.digits) in ("nip", None)
