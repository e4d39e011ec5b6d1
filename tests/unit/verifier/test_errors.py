"""An error can always be told, also where its sentence says how a place is read."""

from __future__ import annotations

import pytest

from tests.support.messages import sentences
from verifier.errors import CheckError


@pytest.mark.parametrize("text", sorted(sentences()))
def test_every_sentence_can_be_told_with_and_without_values(text: str) -> None:
    assert str(CheckError(text)) == text
    told = str(CheckError(text, until="2026-11-25T00:00:00+00:00", url="https://x.test"))
    assert "{until" not in told
    assert "{url" not in told
