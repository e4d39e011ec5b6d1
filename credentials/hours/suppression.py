"""Small-cell suppression: figures in which few persons stand are held back, and enough beside them that they cannot be worked out. Pure.

A table is one breakdown of a whole: rows, each with its persons and how many of them have a property, and the totals of both. What is
hidden in a column is two rows or more, which together have nobody or at least `least` persons, so that a total less what is shown tells of
no small group; a total that is small itself is for the caller to hold back (`small`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

LEAST = 10  # persons


@dataclass(frozen=True, slots=True)
class Group:
    """A row: how many persons, and how many of them for each property (the same properties in every row)."""

    name: str
    persons: int
    having: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """The row as it may be shown: None where a figure is held back."""

    name: str
    persons: int | None
    having: tuple[int | None, ...]


def small(persons: int, least: int = LEAST) -> bool:
    """Whether a figure stands for so few that it is held back."""
    return 0 < persons < least


def suppressed(groups: Sequence[Group], least: int = LEAST) -> tuple[Shown, ...]:
    """In the same order. A property is held back where fewer than `least` persons have it, or fewer than `least` do not, unless all or none
    do; a row without any persons is shown.
    """
    persons = [one.persons for one in groups]
    rows = _with_company({at for at, one in enumerate(groups) if small(one.persons, least)}, (persons,), least)
    columns = []
    for number in range(len(groups[0].having) if groups else 0):
        having = [one.having[number] for one in groups]
        lacking = [of - some for of, some in zip(persons, having, strict=True)]
        few = {at for at in range(len(groups)) if small(having[at], least) or small(lacking[at], least)}
        columns.append(_with_company(rows | few, (having, lacking), least))
    return tuple(
        Shown(
            one.name,
            None if at in rows else one.persons,
            tuple(None if at in columns[number] else some for number, some in enumerate(one.having)),
        )
        for at, one in enumerate(groups)
    )


def _with_company(hidden: set[int], measures: Sequence[Sequence[int]], least: int) -> set[int]:
    """`hidden` with the smallest others, until it is empty, or two rows or more in which every measure is nought or `least` together: the
    total less what is shown tells just these sums.
    """
    if not hidden:
        return hidden
    whole = set(hidden)
    others = [at for at in range(len(measures[0])) if at not in whole and any(one[at] for one in measures)]
    others.sort(key=lambda at: sum(one[at] for one in measures))
    while others and (len(whole) < 2 or any(small(sum(one[at] for at in whole), least) for one in measures)):
        whole.add(others.pop(0))
    return whole
