"""docs/hours.md and the rule data say the same; its examples are right."""

from __future__ import annotations

import doctest
import json

from credentials.hours import read_table
from tests.docs.hours_tables import PAGE, put_in


def test_every_row_source_confidence_and_switch_stands_in_the_documentation() -> None:
    page = PAGE.read_text()
    assert put_in(page) == page, "run: python -m tests.docs.hours_tables"


def test_the_examples_are_right() -> None:
    assert doctest.testfile(str(PAGE), module_relative=False).failed == 0


def test_the_agency_table_that_is_shown_is_taken() -> None:
    shown = PAGE.read_text().partition("```json\n")[2].partition("\n```")[0]
    assert read_table(json.loads(shown)).agency
