"""Worked cases, one for every row of the national table. Each JP is worked out by hand from docs/hours.md."""

from __future__ import annotations

from tests.support.hours import Case, abroad, line, run_of_days

PROGRAMMES = [
    Case("leadership training in Indonesia", "hours as approved: 120", [line(1, 120, "2026-05-29")], [120]),
    Case("functional training in Indonesia", "hours as approved: 30", [line(2, 30, "2026-05-29")], [30]),
    Case("functional training abroad", "30 x 1.2 = 36", [abroad(2, 30, "2026-05-29")], [36]),
    Case("technical training in Indonesia", "hours as approved: 24", [line(3, 24, "2026-05-29")], [24]),
    Case("technical training abroad", "24 x 1.2 = 28.8, the part hour is dropped: 28", [abroad(3, 24, "2026-05-29")], [28]),
    Case("managerial training in Indonesia", "hours as approved: 16", [line(5, 16, "2026-05-29")], [16]),
    Case("managerial training abroad", "16 x 1.2 = 19.2: 19", [abroad(5, 16, "2026-05-29")], [19]),
    Case("socio-cultural training in Indonesia", "hours as approved: 10", [line(6, 10, "2026-05-29")], [10]),
    Case("socio-cultural training abroad", "10 x 1.2 = 12", [abroad(6, 10, "2026-05-29")], [12]),
    Case("bimtek in Indonesia", "hours as approved: 12", [line(8, 12, "2026-05-29")], [12]),
    Case("bimtek abroad", "12 x 1.2 = 14.4: 14", [abroad(8, 12, "2026-05-29")], [14]),
    Case("course in Indonesia", "hours as approved: 40", [line(11, 40, "2026-05-29")], [40]),
    Case("course abroad", "40 x 1.2 = 48", [abroad(11, 40, "2026-05-29")], [48]),
    Case("penataran in Indonesia", "hours as approved: 9", [line(12, 9, "2026-05-29")], [9]),
    Case("penataran abroad", "9 x 1.2 = 10.8: 10", [abroad(12, 9, "2026-05-29")], [10]),
    Case("distance training in Indonesia", "hours as approved: 15", [line(17, 15, "2026-05-29")], [15]),
    Case("distance training abroad", "15 x 1.2 = 18", [abroad(17, 15, "2026-05-29")], [18]),
    Case("outbond in Indonesia", "hours as approved: 6", [line(19, 6, "2026-05-29")], [6]),
    Case("outbond abroad", "6 x 1.2 = 7.2: 7", [abroad(19, 6, "2026-05-29")], [7]),
]
DAYS = [
    Case("workshop in Indonesia, two days", "2 days x 5 = 10, though 16 were approved", [line(4, 16, "2026-05-04", "2026-05-05")], [10]),
    Case("workshop abroad, two days", "2 days x 7 = 14", [abroad(4, 16, "2026-05-04", "2026-05-05")], [14]),
    Case("briefing in Indonesia, one day", "1 day x 4 = 4, though 2 were approved", [line(7, 2, "2026-05-04")], [4]),
    Case("briefing abroad, three days", "3 days x 6 = 18", [abroad(7, 2, *run_of_days("2026-05-04", 3))], [18]),
    Case("seminar in Indonesia, three days", "3 days x 4 = 12", [line(9, 12, *run_of_days("2026-05-04", 3))], [12]),
    Case("seminar abroad, one day", "1 day x 6 = 6", [abroad(9, 3, "2026-05-04")], [6]),
    Case(
        "seminar on days that do not follow each other",
        "4 May and 11 May are 2 days attended, 5 to 10 May are not: 2 x 4 = 8",
        [line(9, 20, "2026-05-04", "2026-05-11")],
        [8],
    ),
    Case(
        "seminar of a whole week in two hours a day",
        "whatever a day's length: 5 x 4 = 20",
        [line(9, 10, *run_of_days("2026-05-04", 5))],
        [20],
    ),
]
SESSIONS = [
    Case("coaching in Indonesia, one session", "1 session x 2 = 2", [line(14, 2, "2026-05-04")], [2]),
    Case("coaching, two sessions in a month", "2 sessions x 2 = 4", [line(14, 4, "2026-05-04", "2026-05-18")], [4]),
    Case(
        "coaching, three sessions in a month",
        "at most 2 sessions a month: 2 x 2 = 4",
        [line(14, 6, "2026-05-04", "2026-05-11", "2026-05-18")],
        [4],
    ),
    Case("coaching, two sessions on one day", "2 sessions x 2 = 4", [line(14, 4, "2026-05-04*2")], [4]),
    Case("coaching, three sessions on one day", "2 of them count: 2 x 2 = 4", [line(14, 6, "2026-05-04*3")], [4]),
    Case(
        "coaching over two months",
        "May: 2 of 3 sessions; June: 1 session; (2 + 1) x 2 = 6",
        [line(14, 8, "2026-05-04", "2026-05-11", "2026-05-18", "2026-06-01")],
        [6],
    ),
    Case("coaching abroad, one session day", "1 day x 4 = 4", [abroad(14, 4, "2026-05-04")], [4]),
    Case("coaching abroad, three sessions on one day", "it is one session day: 4", [abroad(14, 12, "2026-05-04*3")], [4]),
    Case(
        "coaching abroad, three days in a month",
        "at most 2 session days a month: 2 x 4 = 8",
        [abroad(14, 12, *run_of_days("2026-05-04", 3))],
        [8],
    ),
    Case("mentoring in Indonesia, two sessions", "2 sessions x 2 = 4", [line(15, 4, "2026-05-04", "2026-05-18")], [4]),
    Case("mentoring abroad, two session days", "2 days x 4 = 8", [abroad(15, 8, "2026-05-04", "2026-05-18")], [8]),
]
DAY_MOSTS = [
    Case("e-learning on two days", "at most 2 x 3 = 6 of the 8 approved", [line(16, 8, "2026-05-04", "2026-05-05")], [6]),
    Case("e-learning on three days", "3 x 3 = 9 have room for all 8", [line(16, 8, *run_of_days("2026-05-04", 3))], [8]),
    Case("e-learning on one day", "at most 3 of the 40 approved", [line(16, 40, "2026-05-04")], [3]),
    Case(
        "e-learning abroad on two days",
        "at most 2 x 4 = 8 of the 10 approved, and no uplift: 8",
        [abroad(16, 10, "2026-05-04", "2026-05-05")],
        [8],
    ),
    Case("self-study on two days", "at most 2 x 2 = 4 of the 5 approved", [line(22, 5, "2026-05-04", "2026-05-05")], [4]),
    Case("self-study abroad", "at most 2 x 2 = 4 of 5, then 4 x 1.2 = 4.8: 4", [abroad(22, 5, "2026-05-04", "2026-05-05")], [4]),
    Case("learning community on one day", "at most 2 of the 3 approved", [line(23, 3, "2026-05-04")], [2]),
    Case(
        "learning community abroad on five days",
        "5 x 2 = 10 of 10, then 10 x 1.2 = 12",
        [abroad(23, 10, *run_of_days("2026-05-04", 5))],
        [12],
    ),
]
EVENTS = [
    Case("internship in Indonesia", "20 for the event, though 80 were approved", [line(10, 80, on="2026-05-29")], [20]),
    Case("internship abroad", "24 for the event", [abroad(10, 80, on="2026-05-29")], [24]),
    Case("secondment in Indonesia", "20 for the event, though 8 were approved", [line(18, 8, on="2026-05-29")], [20]),
    Case("secondment abroad", "24 for the event", [abroad(18, 8, on="2026-05-29")], [24]),
    Case("benchmarking in Indonesia", "10 for the event", [line(20, 16, on="2026-05-29")], [10]),
    Case("benchmarking abroad", "20 for the event", [abroad(20, 16, on="2026-05-29")], [20]),
    Case("exchange in Indonesia", "20 for the event", [line(21, 16, on="2026-05-29")], [20]),
    Case("exchange abroad", "24 for the event", [abroad(21, 16, on="2026-05-29")], [24]),
    Case("study assignment, one semester", "1 semester x 20 = 20", [line(0, 20, "2026-06-30")], [20]),
    Case("study assignment, two semesters in one line", "2 semesters x 20 = 40", [line(0, 40, "2026-01-31", "2026-06-30")], [40]),
    Case("study assignment abroad", "1 semester x 20 = 20, as in Indonesia", [abroad(0, 20, "2026-06-30")], [20]),
]
ALL = [*PROGRAMMES, *DAYS, *SESSIONS, *DAY_MOSTS, *EVENTS]
