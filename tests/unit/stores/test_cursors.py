"""Cursors say where a page ended, and nothing else is taken for one."""

from __future__ import annotations

import pytest

from lrs.errors import InvalidRequestError
from lrs.stores.cursors import read_cursor, write_cursor


@pytest.mark.parametrize("stored", [0, 1, 35, 36, 1_764_000_000_000_000, 253_402_300_799_999_999])
def test_a_cursor_is_read_as_the_moment_that_it_was_written_for(stored: int) -> None:
    assert read_cursor(write_cursor(stored)) == stored


@pytest.mark.parametrize("cursor", ["", "-1", "A", "1.0", " 1", "1_0", "é", "1" * 13])
def test_what_was_never_given_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidRequestError, match="not given by this server"):
        read_cursor(cursor)
