"""What the projector keeps: dossiers by identifier, how far it has read, which activities it watches, what it has parked.

All of it can be made anew from the statements. `generation` counts the rebuilds: each fills dossiers of the next one beside those in use.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from credentials.catalogue.bindings import Match
from credentials.evidence.dossier import Dossier
from credentials.ports.records import Parts, Table


@dataclass(frozen=True, slots=True)
class KeptDossier:
    """A dossier of a generation."""

    generation: int
    dossier: Dossier


@dataclass(frozen=True, slots=True)
class Progress:
    """One of each consumer ("projector", "rebuild"): the feed up to `position` is in the dossiers of `generation`.

    It is also the fence: whatever is judged is written in one commit with it, at the revision that was there before anything was read.
    `turns` counts those commits. `version`: of the program, of a rebuild; what another one began is begun anew.
    """

    consumer: str
    generation: int
    position: int
    turns: int = 0
    version: str = ""


@dataclass(frozen=True, slots=True)
class Watch:
    """A bound activity whose statements go into dossiers, and what of them is kept: as `credentials.evidence.dossier.Wanted`, with None
    for any verb and paths as JSON.

    `filled`: what was there before the watch began is in the dossiers too. Until then nothing is judged by it. `cursor`: how far that is.
    """

    generation: int
    provider: str
    match: Match
    value: str
    direct_verbs: tuple[str, ...] | None = ()
    nearby_verbs: tuple[str, ...] | None = ()
    paths: tuple[str, ...] = ()
    reported: bool = False
    filled: bool = False
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class EarlyVoid:
    """A statement was voided by its provider before it came."""

    generation: int
    provider: str
    statement: str


@dataclass(frozen=True, slots=True)
class ForeignVoid:
    """A statement of `provider` was voided by somebody else: it is hidden from queries, and counts for hours as before."""

    provider: str
    statement: str


@dataclass(frozen=True, slots=True)
class OwnVoid:
    """A statement of `provider` was voided by the provider itself: it counts for nothing, whoever else voids it too."""

    provider: str
    statement: str


@dataclass(frozen=True, slots=True)
class Parked:
    """What could not be processed: a statement ("statement", its id), or a judgement ("judgement", person and batch), or a look ("look").

    `provider`: whose statement or batch it is, "" for a look at a person or batch. `reason` is for people and holds no name and no
    identifier. `position`: of the statement in the feed. `tries` counts.
    """

    kind: str
    id: str
    reason: str
    provider: str = ""
    batch: str = ""
    position: int = 0
    first: int = 0
    last: int = 0
    tries: int = 1


@dataclass(frozen=True, slots=True)
class LookTaken:
    """A look that is being taken: asked for again meanwhile, it is taken again."""

    person: str
    batch: str
    provider: str


def bound_key(generation: int, provider: str, match: str, value: str) -> Parts:
    """Of a watched activity."""
    return (generation, provider, match, value)


def dossier_key(generation: int, dossier: Dossier) -> Parts:
    """By identifier first: whoever is linked to it brings all its evidence along, of every provider."""
    return (generation, dossier.ifi, dossier.provider, dossier.match, dossier.value)


DOSSIERS: Table[KeptDossier] = Table(
    "dossier",
    KeptDossier,
    key=lambda one: dossier_key(one.generation, one.dossier),
    indexes={"bound": lambda one: [bound_key(one.generation, one.dossier.provider, one.dossier.match, one.dossier.value)]},
    fixed=frozenset({"bound"}),
)
PROGRESS: Table[Progress] = Table("projector_progress", Progress, key=lambda one: (one.consumer,))
WATCHES: Table[Watch] = Table(
    "watch",
    Watch,
    key=lambda one: bound_key(one.generation, one.provider, one.match, one.value),
    indexes={"unfilled": lambda one: [] if one.filled else [bound_key(one.generation, one.provider, one.match, one.value)]},
)
EARLY_VOIDS: Table[EarlyVoid] = Table("early_void", EarlyVoid, key=lambda one: (one.generation, one.provider, one.statement))
FOREIGN_VOIDS: Table[ForeignVoid] = Table("foreign_void", ForeignVoid, key=lambda one: (one.provider, one.statement))
OWN_VOIDS: Table[OwnVoid] = Table("own_void", OwnVoid, key=lambda one: (one.provider, one.statement))
PARKED: Table[Parked] = Table(
    "parked",
    Parked,
    key=lambda one: (one.kind, one.id, one.batch),
    indexes={"provider": lambda one: [(one.provider,)] if one.provider else []},
)
LOOKS_TAKEN: Table[LookTaken] = Table("look_taken", LookTaken, key=lambda one: (one.person, one.batch, one.provider))
PROJECTOR_TABLES: tuple[Table[Any], ...] = (DOSSIERS, PROGRESS, WATCHES, EARLY_VOIDS, FOREIGN_VOIDS, OWN_VOIDS, PARKED, LOOKS_TAKEN)
