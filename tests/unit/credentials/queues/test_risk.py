"""Why a case should be looked at."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.hours.entry import HoursEntry
from credentials.queues.learning import Learning
from credentials.queues.risk import MOST, REASONS, Known, alike, assess, risk_of

_DAY = date(2026, 11, 3)
_CLAIM = Learning(title="Pengadaan Barang dan Jasa", jp=8, channel=3, started_on=_DAY, ended_on=_DAY, provider="balai")
_LINE = HoursEntry(
    id="line-1",
    person="budi",
    source="lms",
    provider="balai",
    programme="pbj",
    version=1,
    batch="pbj-1",
    title="Pengadaan barang & jasa",
    channel=3,
    approved=8,
    completed_at=1,
    completed_on=_DAY,
    event_key="",
    recorded_at=1,
    certificate_number="9/2026",
)
_QUIET = Known(accredited=True, suspended=False)


@pytest.mark.parametrize(
    ("change", "known", "reasons"),
    [
        ({}, _QUIET, ()),
        ({"batch": "pbj-1", "title": "Lain"}, replace(_QUIET, lines=[_LINE]), ("same-event",)),
        ({"certificate_number": "9 / 2026", "title": "Lain"}, replace(_QUIET, lines=[_LINE]), ("same-certificate",)),
        ({"title": "PENGADAAN barang dan jasa"}, replace(_QUIET, lines=[_LINE]), ("like-event",)),
        ({"started_on": date(2026, 10, 1), "ended_on": date(2026, 10, 2)}, replace(_QUIET, lines=[_LINE]), ()),
        ({}, replace(_QUIET, others=[("case-9", _CLAIM)]), ("like-event",)),
        ({"batch": "b"}, replace(_QUIET, others=[("case-9", replace(_CLAIM, batch="b"))]), ("same-event",)),
        ({}, replace(_QUIET, files=["case-7"]), ("same-file",)),
        ({"jp": 11}, _QUIET, ("too-many-hours",)),
        ({"jp": 20, "started_on": _DAY - timedelta(days=1)}, _QUIET, ()),
        ({}, replace(_QUIET, catalogue_jp=6), ("above-catalogue",)),
        ({}, replace(_QUIET, accredited=False), ("not-accredited",)),
        ({}, replace(_QUIET, suspended=True), ("provider-suspended",)),
        ({"provider": "", "organiser": "Lain"}, Known(), ("unknown-organiser",)),
        ({}, replace(_QUIET, recent=10), ("many",)),
        ({}, replace(_QUIET, employed=False), ("no-status",)),
        ({"started_on": date(2025, 1, 1), "ended_on": date(2025, 1, 2)}, _QUIET, ("late",)),
    ],
)
def test_each_reason_is_found_alone(change: dict[str, object], known: Known, reasons: tuple[str, ...]) -> None:
    learning = replace(_CLAIM, **change)  # type: ignore[arg-type]  # members by name
    assert assess(learning, ["a" * 64], known, date(2026, 11, 24)).reasons == reasons


def test_a_claim_without_evidence_says_so_and_what_is_like_it_is_named() -> None:
    found = assess(_CLAIM, [], replace(_QUIET, lines=[_LINE], files=["case-7"]), _DAY)
    assert set(found.reasons) == {"no-evidence", "like-event", "same-file"}
    assert found.similar == ("line-1", "case-7")


@given(st.lists(st.sampled_from([*REASONS, "unheard-of"])))
def test_the_risk_is_bounded_and_a_further_reason_never_lowers_it(reasons: list[str]) -> None:
    assert 0 <= risk_of(reasons) <= MOST
    assert risk_of([*reasons, "late"]) >= risk_of(reasons)
    assert risk_of(reasons * 2) == risk_of(reasons)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Bimtek  Arsip", "bimtek arsip", True),
        ("Pelatihan Kepemimpinan Pengawas", "Pelatihan Kepemimpinan Administrator", False),
        ("Kursus A", "Kursus A.", True),
        ("…", "!!!", True),
        ("", "Kursus", False),
    ],
)
def test_titles_are_alike_whatever_their_case_and_signs(one: str, other: str, same: bool) -> None:
    assert alike(one, other) == alike(other, one) == same
