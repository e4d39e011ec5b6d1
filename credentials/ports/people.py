"""What queues, guards and privacy ask about persons, whoever keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody works: codes of agency and unit, and the id of the superior; "" for what is not known."""

    agency: str = ""
    unit: str = ""
    superior: str = ""


class Persons(Protocol):
    """Persons of the register."""

    async def known(self, person: str) -> bool:
        """Whether there is a person with this id."""
        ...

    async def place(self, person: str, on: date) -> Place:
        """Where the person works on that day; an empty place for nobody, or nowhere."""
        ...

    async def employed(self, person: str, on: date) -> bool:
        """Whether the person has a status (PNS, PPPK …) on that day that has not ended."""
        ...

    async def holder_of(self, value: str, on: date) -> str:
        """Id of whom a NIP, NI PPPK or other identifier names on that day; "" for nobody. One that has run out names nobody."""
        ...

    async def names(self, persons: list[str]) -> dict[str, str]:
        """The names of today, of those who have one."""
        ...
