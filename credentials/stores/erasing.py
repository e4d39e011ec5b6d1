"""Erasures that were decided and are not done to the end yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from credentials.ports.records import Table


@dataclass(frozen=True, slots=True)
class EraseDue:
    """Whose names are to be erased, by which case."""

    person: str
    case: str


ERASE_DUE: Table[EraseDue] = Table("erase_due", EraseDue, key=lambda one: (one.person,))
ERASING_TABLES: tuple[Table[Any], ...] = (ERASE_DUE,)
