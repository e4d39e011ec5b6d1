"""The queue for weak evidence, as the projector sees it. A verdict asks for a look by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from credentials.evidence.judgement import ReviewVerdict
from credentials.ports.records import Write


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubtful:
    """A completion that a person has to look at before it counts. `reasons`: codes (`weak-source:h5p`, `provider-not-accredited`).
    `seen`: what a verdict will be about, the evidence and the doubts (see `credentials.evidence.judgement`).
    """

    person: str
    batch: str
    programme: str
    version: int
    provider: str
    title: str
    jp: int
    channel: int
    started_on: date
    completed_on: date
    reasons: tuple[str, ...]
    seen: str = ""


class ReviewQueue(Protocol):
    """Held evidence, by person and batch."""

    async def verdict(self, person: str, batch: str, seen: str = "") -> ReviewVerdict:
        """On exactly what was seen; "" when that was never held."""
        ...

    async def hold(self, doubtful: Doubtful) -> Sequence[Write]:
        """What puts it in the queue, for the projector's commit; what is there already stays, decided or not."""
        ...
