"""Indonesian has every sentence, with the same places in it; nothing is said in one language only."""

from __future__ import annotations

import string
from datetime import UTC, datetime
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import verifier
from tests.support.messages import sentences
from verifier.language import choose_language, language
from verifier.messages import message

_VERIFIER = Path(verifier.__file__).parent
_PACKAGES = (_VERIFIER, _VERIFIER.parent / "jejak" / "pages")


def _places(text: str) -> set[tuple[str | None, str | None]]:
    return {(name, reading) for _, name, reading, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("package", _PACKAGES, ids=lambda package: package.name)
def test_every_sentence_of_code_and_templates_has_an_indonesian_one_and_none_is_left_over(package: Path) -> None:
    with (package / "locale" / "id.po").open("rb") as file:
        told = {entry.id: entry.string for entry in read_po(file) if entry.id}
    assert set(told) == sentences(package)
    for english, indonesian in told.items():
        assert isinstance(english, str)
        assert isinstance(indonesian, str)
        assert indonesian, english
        assert _places(english) == _places(indonesian), english


def test_a_message_is_told_with_times_in_wib() -> None:
    told = message("it was valid until {until:moment}", until=datetime(2026, 11, 25, 20, 5, tzinfo=UTC).isoformat())
    assert language("id").say(told) == "berlaku sampai 26 November 2026 03.05 WIB"
    assert language("en").say(told) == "it was valid until 26 November 2026 03:05 WIB"


@pytest.mark.parametrize(
    ("asked", "accepted", "code"),
    [
        (None, None, "id"),
        ("en", None, "en"),
        ("fr", "en-GB;q=0.8", "en"),
        (None, "fr, en-GB;q=0.8", "en"),
        ("id", "en", "id"),
        ("", "de", "id"),
    ],
)
def test_the_visitors_wish_wins_then_the_browsers_then_indonesian(asked: str | None, accepted: str | None, code: str) -> None:
    assert choose_language(asked, accepted).code == code


def test_a_strangers_text_in_a_sentence_is_cut_and_has_no_control_characters() -> None:
    told = language("en").say(message("no context defines {term}", term="x\x1b[2J\n" + "y" * 500))
    assert len(told) < 160
    assert told.isprintable()
