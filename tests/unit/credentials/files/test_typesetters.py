"""Typesetters: one process for one template, which sets page after page and keeps nothing of them."""

from __future__ import annotations

import pytest

from credentials.errors import TemplateError
from credentials.files.typesetters import AT_ONCE, Typesetter, Typesetters


def _files(text: str) -> dict[str, bytes]:
    return {"main.typ": b'#include "template.typ"', "template.typ": text.encode(), "facts.json": b"{}"}


def test_a_process_sets_page_after_page_and_nothing_of_them_is_left() -> None:
    one = Typesetter(b"a")
    try:
        pages = [one.page(_files(text)) for text in ("Satu", "Dua dan tiga")]
        assert all(page.startswith(b"%PDF-") for page in pages)
        assert pages[0] != pages[1]
        assert list(one._folder.iterdir()) == []
        assert one.is_usable
    finally:
        folder = one._folder
        one.end()
    assert not folder.exists()
    assert not one.is_usable


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ("#nothing", "unknown variable"),
        ('#read("/etc/passwd")', "file not found"),
        ('#read("../../etc/passwd")', "would escape"),
        ("#for a in range(9000) { for b in range(9000) { for c in range(9000) { if a < c { } } } }", "too much"),
    ],
)
def test_a_template_that_is_wrong_or_wants_too_much_ends_its_process(template: str, reason: str) -> None:
    one = Typesetter(b"a", seconds=1)
    try:
        with pytest.raises(TemplateError, match=reason):
            one.page(_files(template))
        assert not one.is_usable
    finally:
        one.end()


def test_no_process_sets_pages_by_two_templates() -> None:
    waiting = Typesetters()
    first = waiting._taken(b"a")
    waiting._give_back(first)
    other = waiting._taken(b"b")
    assert other is not first
    again = waiting._taken(b"a")
    assert again is first
    for one in (again, other, waiting._taken(b"c")):
        waiting._give_back(one)
    assert [one.key for one in waiting._idle] == [b"b", b"c"]
    assert len(waiting._idle) == AT_ONCE
    assert not first.is_usable


def test_a_process_that_has_ended_by_itself_is_replaced() -> None:
    waiting = Typesetters()
    first = waiting._taken(b"a")
    waiting._give_back(first)
    first._process.kill()
    first._process.wait()
    assert waiting.page(b"a", _files("Satu")).startswith(b"%PDF-")
