"""A certificate that is due: everything that its text depends on and that may change later, fixed in the commit that counts the hours.

Signing, logging and drawing follow, as often as it takes; they add nothing that is not here, in the programme's version or in the batch.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class StatusPlace:
    """A place in an issuer's status lists: `list` from 1, `index` from 0."""

    list: int
    index: int


@dataclass(frozen=True, slots=True)
class Draft:
    """What is asked to be issued. `number`: of the issue for this person and batch, from 1; it rises by one after each revocation.

    `holder`: the printed name. `jp`: approved in the catalogue now. `completed`: the moment of the last evidence, in microseconds;
    `started_on`, `learned_on`: the learner's local dates of the first day of learning and of that moment. `statements`: ids of the
    evidence. `provider_number`: the provider's own number for the certificate, "" for none. `replaces`: the certificate that this one
    corrects.
    """

    provider: str
    person: str
    programme: str
    version: int
    batch: str
    number: int
    holder: str
    jp: int
    completed: int
    started_on: date
    learned_on: date
    statements: tuple[str, ...]
    provider_number: str = ""
    replaces: str = ""


@dataclass(frozen=True, slots=True)
class Reservation:
    """A draft with its id and its place in the status lists. `reserved`: microseconds, whole seconds; the certificate's `validFrom`."""

    id: str
    draft: Draft
    place: StatusPlace
    reserved: int
