"""Worked cases of the switches on missing rows, repeats and claims, and of reversals. Each JP is worked out by hand."""

from __future__ import annotations

from credentials.hours import reversal
from tests.support.hours import Case, agency_table, line, switched, with_agency

_EVENT = {"event_key": "p-1/pbj/1/pbj-1", "programme": "pbj", "batch": "pbj-1"}
_COURSE = {"programme": "pbj"}
_TWO_RUNS = [line(3, 8, "2026-04-10", id="a", **_COURSE), line(3, 8, "2026-09-10", id="b", **_COURSE)]
NO_ROW = [
    Case("7 otherwise: nothing", "0, and it does not wait", [line(24, 5, "2026-05-04")], [0], rules=switched(no_row="zero")),
    Case("7 otherwise: as approved", "5", [line(24, 5, "2026-05-04")], [5], rules=switched(no_row="programme")),
    Case("7 by an agency: as approved", "5", [line(24, 5, "2026-05-04")], [5], rules=with_agency(agency_table(no_row="programme"))),
]
REPEATS = [
    Case("8: a repeated course counts", "8 and 8", _TWO_RUNS, [8, 8]),
    Case(
        "8 otherwise: once a year",
        "the earliest: 8, then nothing",
        _TWO_RUNS,
        [8, 0],
        rules=switched(repeats="once-per-year"),
        states={1: "repeat"},
    ),
    Case(
        "8 by the agency: once a year",
        "the earliest: 8, then nothing",
        _TWO_RUNS,
        [8, 0],
        rules=with_agency(agency_table(repeats="once-per-year")),
        states={1: "repeat"},
    ),
    Case(
        "8 otherwise: once in each year",
        "2026 and 2027 are two years: 8 and 8",
        [line(3, 8, "2026-04-10", id="a", **_COURSE), line(3, 8, "2027-04-10", id="b", **_COURSE)],
        [8, 8],
        rules=switched(repeats="once-per-year"),
    ),
    Case(
        "8 otherwise: sessions of coaching are no repeats",
        "2 sessions x 2 = 4, in two lines",
        [line(14, 2, "2026-05-04", id="a", **_COURSE), line(14, 2, "2026-05-11", id="b", **_COURSE)],
        [2, 2],
        rules=switched(repeats="once-per-year"),
    ),
    Case(
        "8: one event from the LMS and as a claim is one",
        "the LMS's line counts, with its 2 days: 6 of 8; the claim is merged",
        [
            line(16, 8, "2026-05-04", "2026-05-05", id="a", **_EVENT),
            line(16, 8, "2026-05-04", "2026-05-05", "2026-05-06", id="b", source="claim", **_EVENT),
        ],
        [6, 0],
        states={1: "merged"},
    ),
    Case(
        "8: an attendance list is stronger than a claim",
        "one day on the list: 4; the claim of two days is merged",
        [
            line(9, 8, "2026-05-04", "2026-05-05", id="a", source="claim", **_EVENT),
            line(9, 8, "2026-05-04", id="b", source="attendance", **_EVENT),
        ],
        [0, 4],
        states={0: "merged"},
    ),
    Case(
        "8 otherwise: each of them counts",
        "8 and 8",
        [line(3, 8, "2026-05-04", id="a", **_EVENT), line(3, 8, "2026-05-05", id="b", source="claim", **_EVENT)],
        [8, 8],
        rules=switched(same_event="each"),
    ),
    Case(
        "8: voiding one of two copies leaves the other",
        "the LMS's line is reversed, so the claim counts: 8",
        [
            (voided := line(3, 8, "2026-05-04", id="a", **_EVENT)),
            line(3, 8, "2026-05-05", id="b", source="claim", **_EVENT),
            reversal(voided, id="r", recorded_at=9, reason="void"),
        ],
        [0, 8],
        states={0: "reversed"},
    ),
]
CLAIMS = [
    Case("9: a claim above the catalogue is capped", "12 claimed, 8 approved: 8", [line(3, 8, "2026-05-04", claimed=12)], [8]),
    Case("9: a claim below does not lower", "5 claimed, 8 approved: 8", [line(3, 8, "2026-05-04", claimed=5)], [8]),
    Case(
        "9 otherwise: the lower figure",
        "5 claimed, 8 approved: 5",
        [line(3, 8, "2026-05-04", claimed=5)],
        [5],
        rules=switched(figures="lower"),
    ),
    Case(
        "9 otherwise: a claim above stays capped",
        "12 claimed, 8 approved: 8",
        [line(3, 8, "2026-05-04", claimed=12)],
        [8],
        rules=switched(figures="lower"),
    ),
    Case(
        "9: a claim of e-learning above what its days allow",
        "40 claimed, 8 approved, 1 day: 3",
        [line(16, 8, "2026-05-04", claimed=40)],
        [3],
    ),
    Case("11: an expired identifier counts, with its flag", "8", [line(3, 8, "2026-05-04", flags=("expired-identifier",))], [8]),
    Case(
        "12: a reversal that comes before its line",
        "nothing is left",
        [reversal(line(3, 8, "2026-05-04", id="a"), id="r", recorded_at=1, reason="forfeited"), line(3, 8, "2026-05-04", id="a")],
        [0],
        states={0: "reversed"},
    ),
    Case(
        "12: a void of a void is inert",
        "the first reversal stands: 0",
        [
            (gone := line(3, 8, "2026-05-04", id="a")),
            (first := reversal(gone, id="r1", recorded_at=1, reason="void")),
            reversal(first, id="r2", recorded_at=2, reason="void of the void"),
        ],
        [0],
        states={0: "reversed"},
    ),
]
ALL = [*NO_ROW, *REPEATS, *CLAIMS]
