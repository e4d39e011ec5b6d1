"""Whether learning on a day counts for a batch, as far as catalogue and provider decide it. Pure.

What counts is the day of learning: a suspension works from its date on, and does not undo what was completed before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from credentials.catalogue.model import Batch, Programme
from credentials.catalogue.provider import ProviderProfile
from credentials.catalogue.states import state_on

Outcome = Literal["counts", "review", "waits", "no"]
Reason = Literal[
    "",
    "provider-suspended",
    "provider-not-accredited",
    "programme-not-approved",
    "programme-suspended",
    "programme-closed",
    "programme-not-valid",
    "batch-not-open",
    "batch-suspended",
    "batch-closed",
]


@dataclass(frozen=True, slots=True)
class Ruling:
    """`counts`; `review`: a person decides (a weak source); `waits`: it may count once something is decided; `no`: it does not."""

    outcome: Outcome
    reason: Reason = ""


def ruling(programme: Programme, batch: Batch, provider: ProviderProfile, day: date) -> Ruling:
    """For a completion whose day of learning is `day`."""
    if provider.suspended_on(day):
        return Ruling("no", "provider-suspended")
    for found in (_of_programme(programme, day), _of_batch(batch, day)):
        if found is not None:
            return found
    if not provider.accredited_on(day):
        return Ruling("review", "provider-not-accredited")
    return Ruling("counts")


def _of_programme(programme: Programme, day: date) -> Ruling | None:
    match state_on(programme.history, day):
        case "approved":
            late = programme.valid_until is not None and day > programme.valid_until
            early = programme.valid_from is not None and day < programme.valid_from
            return Ruling("no", "programme-not-valid") if late or early else None
        case "suspended":
            return Ruling("no", "programme-suspended")
        case "closed":
            return Ruling("no", "programme-closed")
    return Ruling("waits", "programme-not-approved")


def _of_batch(batch: Batch, day: date) -> Ruling | None:
    match state_on(batch.history, day):
        case "open":
            return None
        case "suspended":
            return Ruling("no", "batch-suspended")
        case "closed":
            return Ruling("no", "batch-closed")
    return Ruling("waits", "batch-not-open")
