"""Evidence from a weak source is held for HR, once, and the verdict asks the projector for a look."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from credentials.people.person import Person, Posting
from credentials.ports.records import Put, Records, scan_all
from credentials.ports.reviews import Doubtful
from credentials.queues.case import VERDICTS
from credentials.services.persons import RegisteredPersons
from credentials.services.reviews import Reviews, review_id
from credentials.stores.cases import CASES, CaseRecords
from credentials.stores.decisions import DecisionLog
from credentials.stores.looks import LOOKS, Look
from credentials.stores.memory import MemoryRecords
from credentials.stores.people import PERSONS, PeopleRecords
from tests.support.clock import SettableClock

_DOUBTFUL = Doubtful(
    person="budi",
    batch="pbj-1",
    programme="pbj",
    version=1,
    provider="balai",
    title="Pengadaan",
    jp=8,
    channel=3,
    started_on=date(2026, 11, 3),
    completed_on=date(2026, 11, 5),
    reasons=("weak-source:h5p", "weak-source:scorm", "provider-not-accredited"),
)


@pytest.fixture
async def records() -> Records:
    records = MemoryRecords()
    await records.commit(Put(PERSONS, Person("budi", postings=(Posting(date(2020, 1, 1), "a1", "u1"),))))
    return records


def _reviews(records: Records) -> Reviews:
    clock = SettableClock()
    return Reviews(CaseRecords(records), RegisteredPersons(PeopleRecords(records), clock), clock)


async def test_it_is_held_once_in_the_queue_of_the_persons_agency(records: Records) -> None:
    reviews = _reviews(records)
    assert await reviews.verdict("budi", "pbj-1") == ""
    for title in ("Pengadaan", "Lain"):
        await records.commit(*await reviews.hold(replace(_DOUBTFUL, title=title)))
    (case,) = await scan_all(records, CASES)
    assert (case.agency, case.unit, case.risk > 0, case.id) == ("a1", "u1", True, review_id("budi", "pbj-1"))
    assert case.reasons == ("weak-source", "not-accredited")
    assert case.learning is not None
    assert case.learning.title == "Pengadaan"
    assert await reviews.verdict("budi", "pbj-1") == "open"


@pytest.mark.parametrize("verdict", [one for one in VERDICTS if one != "returned"])
async def test_a_verdict_asks_for_a_look_and_is_not_forgotten_when_it_is_held_again(records: Records, verdict: str) -> None:
    reviews = _reviews(records)
    await records.commit(*await reviews.hold(_DOUBTFUL))
    case = (await scan_all(records, CASES))[0]
    follows = await reviews.effect(case, next(one for one in VERDICTS if one == verdict))
    log = DecisionLog(records, reviews.clock)
    decided = Put(CASES, replace(case, state=verdict))  # type: ignore[arg-type]  # a verdict by name
    subject, content = "person:budi", {"case": case.id, **follows.content}
    await log.append(decided, *follows.writes, actor="person:siti", kind=f"review.{verdict}", subject=subject, content=content)
    assert await scan_all(records, LOOKS) == [Look("budi", "pbj-1")]
    assert await reviews.verdict("budi", "pbj-1") == verdict
    await records.commit(*await reviews.hold(_DOUBTFUL))
    assert await reviews.verdict("budi", "pbj-1") == verdict


def test_reviews_of_different_persons_and_batches_are_different() -> None:
    assert len({review_id("a", "bc"), review_id("ab", "c"), review_id("a", "b"), review_id("b", "a")}) == 4
