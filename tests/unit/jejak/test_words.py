"""Roles and parts of a record are named in both languages on the page that tells who looked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from credentials.access.roles import Role
from jejak.pages.rendering import _language
from jejak.pages.words import part_name, role_name

_ROOT = Path(__file__).parents[3]
_NOTED = re.compile(r"looking\.(?:note|look)\([^\n]*?\"([a-z ]+)\"|_shown\([^\n]*?\"([a-z ]+)\"")


@pytest.mark.parametrize("role", Role)
def test_every_role_has_an_indonesian_name(role: Role) -> None:
    name = _language("id").text(role_name(role))
    assert name
    assert name != role or role in (Role.COACH, Role.AUDITOR)  # the same word


def test_everything_that_is_noted_as_looked_at_has_a_name() -> None:
    noted = {name for path in (_ROOT / "credentials").rglob("*.py") for pair in _NOTED.findall(path.read_text()) for name in pair if name}
    noted.discard("judgement")  # a kind of what is noted, in the same line
    assert len(noted) > 8
    assert {name for name in noted if _language("id").text(part_name(name)) == name} == set()


def test_what_is_not_known_any_more_is_told_as_it_was_written() -> None:
    assert (role_name("duke"), part_name("dreams")) == ("duke", "dreams")
