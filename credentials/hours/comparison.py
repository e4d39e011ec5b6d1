"""What other rules would change: balances by the rules in force beside those by proposed ones, summed over persons. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from credentials.hours.balance import Balance
from credentials.hours.figures import CellSums, Sums, figure_of, total
from credentials.hours.rules import Rules, RuleTable


@dataclass(frozen=True, slots=True)
class RowChange:
    """Lines that a row gave hours before, or would give, and the JP that count of them. `row`: table and row, "" where none applied."""

    row: str
    lines: int
    counted_before: int
    counted_after: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """`moved`: persons whose counted JP would be other; of those, `gaining` and `losing`. `newly_met`, `newly_short`: of the floor."""

    persons: int
    moved: int
    gaining: int
    losing: int
    newly_met: int
    newly_short: int
    before: Sums
    after: Sums
    rows: tuple[RowChange, ...]


def as_if_in_force(rules: Rules, table: RuleTable, since: date) -> Rules:
    """The rules as they would be if `table` had come into force on `since`, as the latest of its kind."""
    proposed = replace(table, effective_from=since, effective_to=None)
    if table.agency:
        kept = tuple(one for one in rules.agencies if one.agency != table.agency or (one.id != table.id and one.effective_from < since))
        return replace(rules, agencies=(*kept, proposed))
    return replace(rules, national=(*(one for one in rules.national if one.id != table.id and one.effective_from < since), proposed))


class Comparing:
    """Takes one person after the other."""

    def __init__(self) -> None:
        self._persons = self._gaining = self._losing = self._met = self._short = 0
        self._before, self._after = CellSums(), CellSums()
        self._rows: dict[str, list[int]] = {}

    def add(self, before: Sequence[Balance], after: Sequence[Balance]) -> None:
        """The person's balances of the same year by both."""
        self._persons += 1
        change = sum(one.counted for one in after) - sum(one.counted for one in before)
        self._gaining += change > 0
        self._losing += change < 0
        was, will = _short(before), _short(after)
        self._met += was and not will
        self._short += will and not was
        self._before.add(figure_of(one) for one in before if one.kind)
        self._after.add(figure_of(one) for one in after if one.kind)
        self._add_rows(before, after)

    def result(self) -> Comparison:
        """Rows with the largest change first."""
        rows = [RowChange(name, *numbers) for name, numbers in self._rows.items() if numbers[1] != numbers[2]]
        rows.sort(key=lambda one: (-abs(one.counted_after - one.counted_before), one.row))
        return Comparison(
            persons=self._persons,
            moved=self._gaining + self._losing,
            gaining=self._gaining,
            losing=self._losing,
            newly_met=self._met,
            newly_short=self._short,
            before=total(self._before.cells()),
            after=total(self._after.cells()),
            rows=tuple(rows),
        )

    def _add_rows(self, before: Sequence[Balance], after: Sequence[Balance]) -> None:
        """By the row that would apply; a line that no row would take is under the one that did."""
        counted = {line.entry.id: (line.rule, line.counted) for balance in before for line in balance.lines}
        for balance in after:
            for line in balance.lines:
                rule, was = counted.get(line.entry.id, ("", 0))
                if (line.rule, line.counted) == (rule, was):
                    continue
                numbers = self._rows.setdefault(line.rule or rule, [0, 0, 0])
                for at, number in enumerate((1, was, line.counted)):
                    numbers[at] += number


def _short(found: Iterable[Balance]) -> bool:
    return any(one.short_of_floor for one in found)
