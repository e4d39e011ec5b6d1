"""Views: who looked at whose record, when, as what and why. The person reads them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class View:
    """`viewer`: the actor. `role`, `grant`: by which it was allowed. `what`: the part that was looked at ("hours", "claim", "export" …).

    `reason`: as the viewer said it, "" where none is asked for. `at`: microseconds UTC.
    """

    person: str
    at: int
    viewer: str
    role: str
    what: str
    grant: str = ""
    reason: str = ""
