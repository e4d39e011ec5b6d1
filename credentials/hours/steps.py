"""What happened to a line while it was counted, step by step, as values; `explain` says it in words."""

from __future__ import annotations

from datetime import date

import msgspec

from credentials.hours.rules import Words

StepValue = int | str | date | Words | tuple[date, ...]


class Step(msgspec.Struct, frozen=True):
    """`key` names a sentence of `words.SENTENCES`, `values` what stands in it, `decisions` the numbers of the assumptions behind it.

    A Struct, since every balance makes hundreds and a frozen dataclass takes several times as long to make.
    """

    key: str
    values: dict[str, StepValue] = {}
    decisions: tuple[int, ...] = ()
