"""When somebody asked for accounts lately: a row of each person, so that the store itself decides how many there may be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from credentials.ports.records import Table


@dataclass(frozen=True, slots=True)
class AskedLately:
    """`moments`: microseconds UTC."""

    person: str
    moments: tuple[int, ...]


ASKED_LATELY: Table[AskedLately] = Table("account_asked", AskedLately, key=lambda one: (one.person,))
ACCOUNT_REQUEST_TABLES: tuple[Table[Any], ...] = (ASKED_LATELY,)
