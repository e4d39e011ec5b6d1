"""Worked cases of the switches on days, uplift, years and ceiling: what the national table decides, and what other values would."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from credentials.hours import Contract, DatedKind, DatedPost, Row, Rules, RuleTable, Status, bundled_rules
from tests.support.hours import (
    BEGIN,
    PERSON,
    PPPK,
    Case,
    abroad,
    agency_table,
    line,
    row,
    switched,
    with_agency,
)

_MOVED = Status(
    PERSON, (DatedKind("pns", BEGIN),), (DatedPost("dinas-a", BEGIN, date(2026, 6, 30)), DatedPost("dinas-b", date(2026, 7, 1)))
)
_BECAME_PNS = replace(PPPK, kinds=(DatedKind("pppk", date(2026, 3, 1), date(2026, 10, 31)), DatedKind("pns", date(2026, 11, 1))))
_TWO_CONTRACTS = replace(PPPK, contracts=(Contract(date(2026, 3, 1), date(2026, 8, 31)), Contract(date(2026, 9, 1), date(2027, 8, 31))))
_CROSSING = [line(3, 20, "2026-04-10", id="a"), line(3, 10, "2026-05-10", id="b"), line(3, 4, "2026-06-10", id="c")]
_LATER_ROW = agency_table(row(3, "event", jp=1), since="2027-01-01")


def _next_national(*rows: Row) -> Rules:
    """A second national table from July 2026, with these rows in the place of the first's."""
    (first,) = bundled_rules().national
    places = {one.place for one in rows}
    kept = tuple(one for one in first.rows if one.place not in places)
    fresh = tuple(replace(one, source="bps-2019") for one in rows)
    second: RuleTable = replace(first, id="nasional-2026", effective_from=date(2026, 7, 1), rows=(*kept, *fresh))
    return Rules((second, first))


DAYS = [
    Case("1: a seminar's day counts whatever was approved", "2 x 4 = 8, 6 approved", [line(9, 6, "2026-05-04", "2026-05-05")], [8]),
    Case(
        "1 otherwise: a seminar's day caps",
        "6 approved, room for 2 x 4 = 8: 6",
        [line(9, 6, "2026-05-04", "2026-05-05")],
        [6],
        rules=switched(day_rows="cap"),
    ),
    Case(
        "1 otherwise: a seminar's day caps what is longer",
        "of 20 at most 2 x 4 = 8",
        [line(9, 20, "2026-05-04", "2026-05-05")],
        [8],
        rules=switched(day_rows="cap"),
    ),
    Case(
        "1 otherwise: each event of a day counts",
        "4 and 4",
        [line(9, 4, "2026-05-04", id="a"), line(9, 4, "2026-05-04", id="b")],
        [4, 4],
        rules=switched(same_day="each"),
    ),
    Case(
        "2 otherwise: each entry has the caps to itself",
        "e-learning 3 and 3 on one day; coaching 2 x 2 and 2 x 2 in one month",
        [
            line(16, 9, "2026-05-04", id="a"),
            line(16, 9, "2026-05-04", id="b"),
            line(14, 4, "2026-05-04*2", id="c"),
            line(14, 4, "2026-05-05*2", id="d"),
        ],
        [3, 3, 4, 4],
        rules=switched(caps_hold="entry"),
    ),
    Case(
        "3: the day of a reported completion is no day of learning", "4 May only: 3 of 8", [line(16, 8, "2026-05-04", on="2026-05-06")], [3]
    ),
    Case(
        "3 otherwise: it is",
        "4 and 6 May: 2 x 3 = 6 of 8",
        [line(16, 8, "2026-05-04", on="2026-05-06")],
        [6],
        rules=switched(active_days="own-acts-and-completion"),
    ),
]
UPLIFT = [
    Case("4: uplift after the cap", "5 capped to 2 x 2 = 4; 4 x 1.2 = 4.8: 4", [abroad(22, 5, "2026-05-04", "2026-05-05")], [4]),
    Case(
        "4 otherwise: uplift before the cap",
        "3 x 1.2 = 3.6: 3, room for 4: 3",
        [abroad(22, 3, "2026-05-04", "2026-05-05")],
        [3],
        rules=switched(uplift="before-caps"),
    ),
    Case(
        "4 otherwise: uplift before the cap, and the cap holds",
        "5 x 1.2 = 6, room for 4: 4",
        [abroad(22, 5, "2026-05-04", "2026-05-05")],
        [4],
        rules=switched(uplift="before-caps"),
    ),
    Case("4: the part hour is dropped", "24 x 1.2 = 28.8: 28", [abroad(3, 24, "2026-05-04")], [28]),
    Case(
        "4 otherwise: the part hour is rounded",
        "24 x 1.2 = 28.8: 29",
        [abroad(3, 24, "2026-05-04")],
        [29],
        rules=switched(part_hours="half-up"),
    ),
    Case("4: whole hours of minutes", "500 / 45 = 11.1: 11", [line(3, 11, "2026-05-04", minutes=500)], [11]),
    Case("4: minutes short of an hour", "539 / 45 = 11.98: 11", [line(3, 11, "2026-05-04", minutes=539)], [11]),
    Case(
        "4 otherwise: minutes rounded",
        "539 / 45 = 11.98: 12",
        [line(3, 11, "2026-05-04", minutes=539)],
        [12],
        rules=switched(part_hours="half-up"),
    ),
    Case("4: minutes, then uplift", "500 / 45: 11; 11 x 1.2 = 13.2: 13", [abroad(3, 11, "2026-05-04", minutes=500)], [13]),
]
_OVER_THE_BORDER = [line(3, 20, "2027-02-10", id="a"), line(3, 10, "2027-02-28", "2027-03-01", id="b")]
YEARS = [
    Case(
        "5: the year in which the evidence was complete",
        "20 in the first contract year, 10 in the second",
        _OVER_THE_BORDER,
        [20, 10],
        PPPK,
    ),
    Case(
        "5 otherwise: the year of the first day",
        "20, then 4 of 10 in the first contract year",
        _OVER_THE_BORDER,
        [20, 4],
        PPPK,
        switched(year_by="first-day"),
        over={1: 6},
    ),
    Case(
        "5: the table of the day of completion",
        "4 for each day before 1 July, 3 from then",
        [line(9, 4, "2026-06-30"), line(9, 4, "2026-07-01")],
        [4, 3],
        rules=_next_national(row(9, "day", jp=3)),
    ),
    Case(
        "5: one row for the whole entry",
        "completed on 1 July: 2 x 3 = 6",
        [line(9, 8, "2026-06-30", "2026-07-01")],
        [6],
        rules=_next_national(row(9, "day", jp=3)),
    ),
    Case(
        "5 otherwise: the table of the first day",
        "begun on 30 June: 2 x 4 = 8",
        [line(9, 8, "2026-06-30", "2026-07-01")],
        [8],
        rules=Rules(
            tuple(replace(one, switches=one.switches | {"table_by": "first-day"}) for one in _next_national(row(9, "day", jp=3)).national)
        ),
    ),
    Case(
        "5: the agency's row from its day on",
        "1 by the agency's row in 2027, 8 before",
        [line(3, 8, "2026-12-31"), line(3, 8, "2027-01-01")],
        [8, 1],
        rules=with_agency(_LATER_ROW),
    ),
    Case(
        "5: an agency's table that has ended",
        "until 30 June 1 for the event, then as approved",
        [line(3, 8, "2026-06-30"), line(3, 8, "2026-07-01")],
        [1, 8],
        rules=with_agency(agency_table(row(3, "event", jp=1), until="2026-06-30")),
    ),
    Case(
        "5: the row of the agency of that day",
        "agency A's row until it was left",
        [line(3, 8, "2026-06-30"), line(3, 8, "2026-07-01")],
        [1, 8],
        _MOVED,
        with_agency(agency_table(row(3, "event", jp=1))),
    ),
    Case(
        "5: other agencies' tables do not matter",
        "as approved",
        [line(3, 8, "2026-06-30")],
        [8],
        rules=with_agency(agency_table(row(3, "event", jp=1), agency="dinas-z")),
    ),
]
CEILING = [
    Case("6: the crossing entry is split", "20; 4 and 6 over; 4 over", _CROSSING, [20, 4, 0], PPPK, over={1: 6, 2: 4}),
    Case(
        "6 otherwise: it is over as a whole",
        "20; 10 do not fit; 4 do",
        _CROSSING,
        [20, 0, 4],
        PPPK,
        switched(crossing_entry="whole-over"),
        over={1: 10},
    ),
    Case(
        "6 otherwise: contract years by the first contract's anniversaries",
        "the new contract goes on in the year from 1 March 2026: 20, then 4 of 10",
        [line(3, 20, "2026-08-31", id="a"), line(3, 10, "2026-09-01", id="b")],
        [20, 4],
        _TWO_CONTRACTS,
        switched(new_contract="anniversaries"),
        over={1: 6},
    ),
    Case(
        "6 otherwise: hours as PPPK move to the calendar year",
        "no ceiling holds in the calendar year: 30 and 8",
        [line(3, 30, "2026-10-31", id="a"), line(3, 8, "2026-11-01", id="b")],
        [30, 8],
        _BECAME_PNS,
        switched(status_change="calendar-year"),
    ),
    Case(
        "6 otherwise: self-study outside the ceiling",
        "24 by courses, 2 of self-study on top",
        [line(3, 24, "2026-04-10"), line(22, 2, "2026-05-04")],
        [24, 2],
        PPPK,
        switched(self_directed="outside"),
    ),
]
ALL = [*DAYS, *UPLIFT, *YEARS, *CEILING]
