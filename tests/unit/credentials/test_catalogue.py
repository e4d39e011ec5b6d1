"""Entries of the catalogue that make no sense are refused; batches that could take each other's evidence are seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from credentials.catalogue.checks import check_batch, check_programme
from credentials.catalogue.model import Batch, Binding, Programme, overlaps
from credentials.evidence.presets import evidence_rule
from lrs.errors import InvalidRequestError

_PROGRAMME = Programme("pbj", 1, "balai", "Pengadaan", "…", "…", 8)
_BINDINGS = (Binding("course", "https://lms.test/c/1"), Binding("quiz", "https://lms.test/q/1"))
_RULE = evidence_rule("course-completed-and-quiz-passed")
_BATCH = Batch("b1", "pbj", 1, "balai", "I", date(2026, 1, 1), date(2026, 1, 31), "Asia/Jakarta", _RULE.id, _BINDINGS)


def test_a_batch_that_fits_is_let_in() -> None:
    check_batch(_BATCH, _PROGRAMME, _RULE.roles())


@pytest.mark.parametrize(
    ("batch", "where"),
    [
        (replace(_BATCH, provider="lain"), "programme"),
        (replace(_BATCH, ends=date(2025, 12, 31)), "ends"),
        (replace(_BATCH, time_zone="Asia/Atlantis"), "time_zone"),
        (replace(_BATCH, time_zone="../etc/passwd"), "time_zone"),
        (replace(_BATCH, bindings=_BINDINGS[:1]), "bindings"),
        (replace(_BATCH, bindings=(*_BINDINGS, _BINDINGS[0])), "bindings"),
    ],
)
def test_a_batch_that_does_not_fit_is_refused_with_the_member_named(batch: Batch, where: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        check_batch(batch, _PROGRAMME, _RULE.roles())
    assert caught.value.where == where


@pytest.mark.parametrize(("change", "where"), [({"jp": 0}, "jp"), ({"jp": 2_001}, "jp"), ({"version": 0}, "version")])
def test_a_programme_that_makes_no_sense_is_refused(change: dict[str, int], where: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        check_programme(replace(_PROGRAMME, **change))  # type: ignore[arg-type]  # members are numbers here
    assert caught.value.where == where


def test_batches_overlap_only_with_a_shared_activity_and_a_shared_day_of_one_provider() -> None:
    assert overlaps(_BATCH, replace(_BATCH, id="b2", starts=date(2026, 1, 31), ends=date(2026, 2, 28)))
    assert not overlaps(_BATCH, replace(_BATCH, id="b2", starts=date(2026, 2, 1), ends=date(2026, 2, 28)))
    assert not overlaps(_BATCH, replace(_BATCH, id="b2", provider="lain"))
    assert not overlaps(_BATCH, replace(_BATCH, id="b2", bindings=(Binding("course", "https://lms.test/c/2"),)))
