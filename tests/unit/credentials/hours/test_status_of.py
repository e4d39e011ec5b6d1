"""A person of the register as dated status."""

from __future__ import annotations

from datetime import date

from credentials.hours import Contract as Held
from credentials.hours import DatedKind, DatedPost, check_status
from credentials.people.person import Contract, Person, Posting, Status
from credentials.services.hours.status import status_of


def test_a_fact_ends_the_day_before_the_next_begins() -> None:
    person = Person(
        "p",
        statuses=(Status(date(2024, 1, 1), "cpns"), Status(date(2025, 3, 1), "pns"), Status(date(2026, 2, 1), "pns", "leave")),
        postings=(
            Posting(date(2024, 1, 1), "a", "u", time_zone="Asia/Jayapura"),
            Posting(date(2025, 6, 1), "b", position_kind="functional"),
        ),
    )
    status = status_of(person)
    assert status.kinds == (DatedKind("cpns", date(2024, 1, 1), date(2025, 2, 28)), DatedKind("pns", date(2025, 3, 1)))
    assert status.posts == (
        DatedPost("a", date(2024, 1, 1), date(2025, 5, 31), "u", "", "Asia/Jayapura"),
        DatedPost("b", date(2025, 6, 1), None, "", "functional", "Asia/Jakarta"),
    )


def test_who_left_the_service_is_of_no_kind_and_may_come_back() -> None:
    told = (Status(date(2020, 1, 1), "pppk"), Status(date(2024, 1, 1), "pppk", "ended"), Status(date(2026, 1, 1), "pppk"))
    status = status_of(Person("p", statuses=told))
    assert status.kinds == (DatedKind("pppk", date(2020, 1, 1), date(2023, 12, 31)), DatedKind("pppk", date(2026, 1, 1)))
    assert status.kind_on(date(2025, 1, 1)) is None


def test_contracts_that_overlap_are_cut_at_the_later_ones_first_day() -> None:
    contracts = (
        Contract(date(2026, 1, 1), date(2026, 12, 31)),
        Contract(date(2024, 1, 1), date(2026, 6, 30)),
        Contract(date(2026, 1, 1), date(2027, 12, 31)),
    )
    status = status_of(Person("p", contracts=contracts))
    assert status.contracts == (Held(date(2024, 1, 1), date(2025, 12, 31)), Held(date(2026, 1, 1), date(2027, 12, 31)))
    check_status(status)
