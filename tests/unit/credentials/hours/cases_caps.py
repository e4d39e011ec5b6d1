"""Worked cases of caps that several lines share, of the ceiling and of years. Each JP is worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from credentials.hours import Contract, DatedKind, DatedPost, Status
from tests.support.hours import (
    BEGIN,
    CPNS,
    PART_TIME,
    PERSON,
    PPPK,
    Case,
    abroad,
    agency_table,
    line,
    row,
    run_of_days,
    with_agency,
)

_TWO = [line(16, 3, "2026-05-04", id="a"), line(16, 5, "2026-05-04", "2026-05-05", id="b")]
_FULL = [line(3, 20, "2026-04-10", id="a"), line(3, 10, "2026-05-10", id="b"), line(3, 5, "2026-06-10", id="c")]
_BECAME_PNS = Status(
    PERSON,
    (DatedKind("pppk", date(2026, 3, 1), date(2026, 10, 31)), DatedKind("pns", date(2026, 11, 1))),
    PPPK.posts,
    PPPK.contracts,
)
_ECHELON = replace(
    PPPK, posts=(DatedPost("dinas-a", BEGIN, date(2026, 5, 31)), DatedPost("dinas-a", date(2026, 6, 1), position_kind="jpt-madya"))
)
_TWO_CONTRACTS = replace(PPPK, contracts=(Contract(date(2026, 3, 1), date(2026, 8, 31)), Contract(date(2026, 9, 1), date(2027, 8, 31))))

SHARED = [
    Case("two e-learning courses on one day", "4 May: 3 for the first. The second has 5 May only: 3 of 5", _TWO, [3, 3]),
    Case(
        "e-learning of two providers on one day",
        "the cap holds over all providers: 2 for the first, 1 is left of 3",
        [line(16, 2, "2026-05-04", id="a"), line(16, 4, "2026-05-04", id="b", provider="lain")],
        [2, 1],
    ),
    Case(
        "national and international e-learning on one day",
        "3 used of the day; the international most is 4, so 1 is left",
        [line(16, 6, "2026-05-04", id="a"), abroad(16, 6, "2026-05-04", id="b")],
        [3, 1],
    ),
    Case(
        "e-learning and self-study on one day",
        "each channel has its own cap: 3 and 2",
        [line(16, 6, "2026-05-04"), line(22, 6, "2026-05-04")],
        [3, 2],
    ),
    Case(
        "coaching and mentoring in one month",
        "each has its own cap of 2 sessions: 2 x 2 = 4 and 2 x 2 = 4",
        [line(14, 6, "2026-05-04*3"), line(15, 6, "2026-05-05*3")],
        [4, 4],
    ),
    Case(
        "coaching by two coaches in one month",
        "the cap holds over both: 2 sessions, then none is left",
        [line(14, 4, "2026-05-04*2", id="a"), line(14, 4, "2026-05-11*2", id="b")],
        [4, 0],
    ),
    Case(
        "coaching in Indonesia, then abroad, in one month",
        "1 session x 2 = 2; 1 of 2 is left for a session day abroad: 4",
        [line(14, 2, "2026-05-04", id="a"), abroad(14, 8, "2026-05-11", "2026-05-12", id="b")],
        [2, 4],
    ),
    Case(
        "two seminars on one day",
        "the day counts once: 4, then nothing",
        [line(9, 4, "2026-05-04", id="a"), line(9, 4, "2026-05-04", id="b")],
        [4, 0],
    ),
    Case(
        "two seminars that share one of their days",
        "4 and 5 May for the first: 8; of 5 and 6 May the second has 6 May: 4",
        [line(9, 8, "2026-05-04", "2026-05-05", id="a"), line(9, 8, "2026-05-05", "2026-05-06", id="b")],
        [8, 4],
    ),
    Case(
        "a seminar and a workshop on one day",
        "two channels: 4 and 5",
        [line(9, 4, "2026-05-04"), line(4, 4, "2026-05-04")],
        [4, 5],
    ),
    Case(
        "an agency's most for a month",
        "at most 6 self-study JP a month: May 2 x 2 + 2 x 2 = 8, of which 4 + 2; June 2 is free",
        [
            line(22, 4, "2026-05-04", "2026-05-05", id="a"),
            line(22, 4, "2026-05-11", "2026-05-12", id="b"),
            line(22, 2, "2026-06-01", id="c"),
        ],
        [4, 2, 2],
        rules=with_agency(agency_table(row(22, jp_per_day=2, jp_per_month=6))),
    ),
    Case(
        "an agency's most for a year",
        "at most 10 JP of courses a year: 8, then 2; the next year 10 of 12",
        [line(11, 8, "2026-05-04", id="a"), line(11, 8, "2026-06-04", id="b"), line(11, 12, "2027-01-04", id="c")],
        [8, 2, 10],
        rules=with_agency(agency_table(row(11, jp_per_year=10))),
    ),
]
CEILING = [
    Case("PPPK under the ceiling", "20 of 24", [line(3, 20, "2026-04-10")], [20], PPPK),
    Case("PPPK over the ceiling", "20; then 4 to 24 and 6 over; then 5 over", _FULL, [20, 4, 0], PPPK, over={1: 6, 2: 5}),
    Case("part-time PPPK over the ceiling", "as for PPPK", _FULL, [20, 4, 0], PART_TIME, over={1: 6, 2: 5}),
    Case("PNS have no ceiling", "20 + 10 + 5", _FULL, [20, 10, 5]),
    Case("CPNS have no ceiling", "20 + 10 + 5", _FULL, [20, 10, 5], CPNS),
    Case(
        "the second contract year has a ceiling of its own",
        "24 of 30 until 28 February 2027; from 1 March 2027 24 of 25",
        [line(3, 30, "2027-02-28", id="a"), line(3, 25, "2027-03-01", id="b")],
        [24, 24],
        PPPK,
        over={0: 6, 1: 1},
    ),
    Case(
        "a new contract starts a new year with a fresh ceiling",
        "24 of 30 under the first contract, 24 of 30 under the second",
        [line(3, 30, "2026-08-31", id="a"), line(3, 30, "2026-09-01", id="b")],
        [24, 24],
        _TWO_CONTRACTS,
        over={0: 6, 1: 6},
    ),
    Case(
        "the ceiling fills after the caps",
        "e-learning 2 days x 3 = 6 of 40, well under 24",
        [line(16, 40, "2026-05-04", "2026-05-05")],
        [6],
        PPPK,
    ),
    Case(
        "the ceiling cuts the uplifted hours",
        "22 x 1.2 = 26.4: 26, of which 24 count and 2 are over",
        [abroad(3, 22, "2026-05-04")],
        [24],
        PPPK,
        over={0: 2},
    ),
    Case(
        "no ceiling in a leading position",
        "20; then as JPT madya 10 without ceiling, which use nothing of it",
        [line(3, 20, "2026-04-10", id="a"), line(3, 10, "2026-06-10", id="b")],
        [20, 10],
        _ECHELON,
    ),
    Case(
        "self-study is inside the ceiling",
        "24 by courses, then 2 of self-study are over",
        [line(3, 24, "2026-04-10"), line(22, 2, "2026-05-04")],
        [24, 0],
        PPPK,
        over={1: 2},
    ),
    Case(
        "hours as PPPK do not count again for the PNS year",
        "as PPPK 24 of 30; as PNS 8 in a year of its own",
        [line(3, 30, "2026-10-31", id="a"), line(3, 8, "2026-11-01", id="b")],
        [24, 8],
        _BECAME_PNS,
        over={0: 6},
    ),
    Case(
        "ten days of e-learning fill it",
        "10 x 3 = 30 of 30: 24 and 6 over",
        [line(16, 30, *run_of_days("2026-05-04", 10))],
        [24],
        PPPK,
        over={0: 6},
    ),
]
WAITING = [
    Case("guidance at the workplace has no row", "it waits", [line(24, 5, "2026-05-04")], [0], states={0: "waiting"}),
    Case("other classroom training has no row", "it waits", [line(13, 5, "2026-05-04")], [0], states={0: "waiting"}),
    Case("other non-classroom training has no row", "it waits", [line(25, 5, "2026-05-04")], [0], states={0: "waiting"}),
    Case("leadership training abroad has no row", "it waits", [abroad(1, 5, "2026-05-04")], [0], states={0: "waiting"}),
    Case(
        "the agency decides what has no row",
        "its row: 3 for each day, 2 days: 6",
        [line(24, 5, "2026-05-04", "2026-05-05")],
        [6],
        rules=with_agency(agency_table(row(24, "day", jp=3))),
    ),
    Case(
        "no table was in force",
        "before 1 February 2019 it waits",
        [line(3, 5, "2019-01-31")],
        [0],
        replace(CPNS, kinds=(DatedKind("pns", date(2010, 1, 1)),)),
        states={0: "waiting"},
    ),
    Case(
        "status not known", "before 2020 nothing is known of the person: it waits", [line(3, 5, "2019-12-31")], [0], states={0: "waiting"}
    ),
    Case("outside the contract", "no contract on 1 March 2028: it waits", [line(3, 5, "2028-03-01")], [0], PPPK, states={0: "waiting"}),
    Case("e-learning without a day of its own", "a completion by a nightly job makes no day: 0", [line(16, 8, on="2026-05-04")], [0]),
    Case("a seminar without a day of its own", "no day attended: 0", [line(9, 8, on="2026-05-04")], [0]),
    Case("coaching without a session", "no session: 0", [line(14, 2, on="2026-05-04")], [0]),
]
ALL = [*SHARED, *CEILING, *WAITING]
