"""Development hours (jam pelajaran, JP): from lines of the ledger, a person's status and rule tables to a balance with its reasons. Pure.

Anyone can check a number without a server:

>>> from datetime import date
>>> from credentials.hours import Contract, DatedKind, DayOfLearning, HoursEntry, Status, balances_of, bundled_rules
>>> status = Status("p-1", (DatedKind("pppk", date(2026, 3, 1)),), contracts=(Contract(date(2026, 3, 1), date(2027, 2, 28)),))
>>> course = HoursEntry(
...     id="jp-1", person="p-1", source="lms", provider="balai", programme="pbj", version=1, batch="pbj-1", title="Pengadaan",
...     channel=16, approved=8, completed_at=1_777_800_000_000_000, completed_on=date(2026, 5, 3), event_key="p-1/pbj/1/pbj-1",
...     recorded_at=1_777_800_100_000_000, days=(DayOfLearning(date(2026, 5, 2)), DayOfLearning(date(2026, 5, 3))),
... )
>>> (year,) = balances_of(status, bundled_rules(), [course], 2026)
>>> year.period.name, year.counted, year.over_ceiling, year.duty.ceiling
('2026-03-01/2027-02-28', 6, 0, 24)
>>> (line,) = year.lines
>>> line.claimed, line.approved, line.counted, line.rule
(None, 8, 6, 'bps-2019.1/16/national')
>>> print(line.reason.en)
At most 3 JP for each day of learning (2, 3 May 2026): 2 x 3 = 6 JP; of 8 JP approved, 6 JP. Rule: annex to the letter \
B-031/BPS/2600/02/2019 of the principal secretary of BPS, channel 16 (E-learning, national) (table bps-2019.1). Assumed: 3.

`entry` defines a line of the ledger, `status` who a person was when, `rules` the tables; `reading` reads a table from JSON. What a balance
is stands in `balance`; the fold itself in `folding`, `placing` (which year, which rules), `merging` (one event, however told), `converting`
(rows and caps) and `judging` (ceiling, repeats, what waits); `words` holds the sentences.
"""

from credentials.hours.balance import Balance, Duty, Line
from credentials.hours.entry import DayOfLearning, HoursEntry, check_entry, event_key, hours_of_minutes, reversal
from credentials.hours.folding import balances, balances_of
from credentials.hours.periods import Period
from credentials.hours.reading import read_table, written_table
from credentials.hours.rulebook import RuleBook, bundled_rules
from credentials.hours.rules import AgencyTarget, Obligation, Row, Rules, RuleSource, RuleTable, Switches, Words
from credentials.hours.status import Contract, DatedKind, DatedPost, Status, check_status

__all__ = [
    "AgencyTarget",
    "Balance",
    "Contract",
    "DatedKind",
    "DatedPost",
    "DayOfLearning",
    "Duty",
    "HoursEntry",
    "Line",
    "Obligation",
    "Period",
    "Row",
    "RuleBook",
    "RuleSource",
    "RuleTable",
    "Rules",
    "Status",
    "Switches",
    "Words",
    "balances",
    "balances_of",
    "bundled_rules",
    "check_entry",
    "check_status",
    "event_key",
    "hours_of_minutes",
    "read_table",
    "reversal",
    "written_table",
]
