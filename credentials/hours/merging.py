"""From the ledger's lines to learning events: what was taken back is set apart, and what is told of twice is one. No order matters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from credentials.hours.entry import HoursEntry, Source

# Strongest first: what was seen by a system, by people, by hearsay.
_SOURCES: tuple[Source, ...] = ("lms", "attendance", "coaching", "self-study", "import", "claim", "manual")
_STRENGTH = {source: rank for rank, source in enumerate(_SOURCES)}


@dataclass(frozen=True, slots=True)
class Events:
    """`standing`: credits that were not taken back, in the order of learning. `merged`: ids of those whose event another one counts for,
    with its id. `reversed`: credits that were taken back, with the line that did it.
    """

    standing: list[HoursEntry]
    merged: dict[str, str]
    reversed: list[tuple[HoursEntry, HoursEntry]]


def events_of(lines: Iterable[HoursEntry], merges: Callable[[HoursEntry], bool]) -> Events:
    """`merges`: whether lines of the same event as this one are one, by the rules of its day.

    A line that is there twice is one. A reversal that names a reversal is inert: voiding a void brings nothing back.
    """
    known = _by_id(lines)
    reversals = [line for line in known.values() if line.kind == "reversal"]
    taken_back = {line.reverses: line for line in sorted(reversals, key=learning_order, reverse=True)}
    credits = sorted((line for line in known.values() if line.kind == "credit"), key=learning_order)
    standing = [line for line in credits if line.id not in taken_back]
    return Events(standing, _merged(standing, merges), [(line, taken_back[line.id]) for line in credits if line.id in taken_back])


def learning_order(line: HoursEntry) -> tuple[object, ...]:
    """The order in which caps and ceilings fill: by learning, never by arrival. What decides between lines of one moment comes from the
    event, so that a rebuild decides the same.
    """
    return line.completed_on, line.completed_at, line.event_key, _STRENGTH[line.source], line.id


def _by_id(lines: Iterable[HoursEntry]) -> dict[str, HoursEntry]:
    """Of two that share an id and differ, which a ledger never holds, always the same one."""
    known: dict[str, HoursEntry] = {}
    for line in lines:
        other = known.setdefault(line.id, line)
        if other is not line and other != line:
            known[line.id] = min(other, line, key=repr)
    return known


def _merged(standing: list[HoursEntry], merges: Callable[[HoursEntry], bool]) -> dict[str, str]:
    groups: dict[str, list[HoursEntry]] = defaultdict(list)
    for line in standing:
        if line.event_key:
            groups[line.event_key].append(line)
    aside: dict[str, str] = {}
    for group in groups.values():
        if len(group) > 1:
            strongest = min(group, key=lambda line: (_STRENGTH[line.source], learning_order(line)))
            if merges(strongest):
                aside |= {line.id: strongest.id for line in group if line is not strongest}
    return aside
