"""xAPI-Communication 1.0.3, 2.1.3, language filtering; RFC 4647, 3.4."""

from __future__ import annotations

import pytest

from lrs.xapi.languages import LanguagePreferences, choose_language, parse_accept_language


def chosen(header: str | None, *tags: str) -> str | None:
    return choose_language(tags, parse_accept_language(header))


def test_ranges_are_ordered_by_weight_and_then_as_sent() -> None:
    assert parse_accept_language("fr;q=0.5, en-GB, id;q=0.9, de;q=0.9") == LanguagePreferences(("en-gb", "id", "de", "fr"))


@pytest.mark.parametrize("header", ["", None, ";;;", "en_US", "q=1", "en;q=2", "en;q=0.1234", ",,,", "\x00", "toolonglanguage"])
def test_an_item_that_is_not_well_formed_is_passed_over(header: str | None) -> None:
    assert parse_accept_language(header) == LanguagePreferences()


def test_a_very_long_header_is_read_up_to_fifty_ranges() -> None:
    assert len(parse_accept_language(",".join(f"a{n}" if n % 2 else "id-x" + str(n) for n in range(10_000))).ranges) <= 50


@pytest.mark.parametrize(
    ("header", "tags", "expected"),
    [
        ("en-GB", ("en-US", "en-GB"), "en-GB"),
        ("EN-gb", ("en-US", "en-GB"), "en-GB"),
        ("en", ("fr", "en-US", "en-GB"), "en-US"),
        ("en-GB", ("fr", "en"), "en"),
        ("zh-Hant-CN-x-private1", ("fr", "zh-Hant"), "zh-Hant"),
        ("zh-Hant-CN-x-private1", ("zh-Hant-CN-x", "zh-Hant-CN"), "zh-Hant-CN"),
        ("en-GB", ("fr", "en-US"), "en-US"),
        ("en-GB, fr;q=0.5", ("fr", "en-US"), "fr"),
        ("id;q=0.1, en;q=0.9", ("id", "en"), "en"),
        ("id, en", ("en", "id"), "id"),
        ("*", ("id", "en"), "id"),
        ("en;q=0.5, *", ("en", "id"), "id"),
        ("en;q=0.5, *", ("en", "en-GB"), "en"),
        ("en;q=0, *", ("en", "en-GB", "id"), "id"),
        ("en-GB;q=0, en", ("en-GB", "en-US"), "en-US"),
        ("en-GB, *;q=0", ("id", "en-GB"), "en-GB"),
        ("*;q=0", ("id", "en"), "id"),
        ("en;q=0", ("en",), "en"),
        ("en;q=0", ("en", "en-GB"), "en"),
        ("ja", ("id", "en"), "id"),
        ("", ("id", "en"), "id"),
        (None, ("en", "id"), "en"),
        ("en", ("english", "id"), "english"),
    ],
)
def test_one_language_is_chosen_by_lookup(header: str | None, tags: tuple[str, ...], expected: str) -> None:
    assert chosen(header, *tags) == expected


def test_a_map_of_no_language_stays_empty() -> None:
    assert chosen("en") is None
