"""Which words of LMSs mean the same, and what they mean here. The words are data: `schemas/vocabulary.json`.

Verbs and activity types of older plugin releases are other IRIs for the same thing. Statements and rules are both read through these
aliases, so that a rule that names one of them holds with all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from schemas.loader import vocabulary as bundled


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """`verbs` and `types` lead from an alias to the IRI that stands for all.

    - `acts`: verbs of what learners do themselves; each makes the day on which it was done a day of learning.
    - `reported_*`: what an LMS reports by itself about a course (by a nightly job, say), though the verb is an act elsewhere: in these
      roles, or about activities of these types. It makes no day.
    - `takes_back`: verbs that take back what was said before of the same activity; `takes_back_course`: those that take back the course
      too, when they are about an award (a certificate, a badge: `award_types`) of it.
    - `weak_categories`, `weak_extensions`: by these a statement is known to come from the learner's own browser, by the source's name.
    - `doors`: categories of statements that came by a door for learning without an LMS, and which.
    - `external_ids`: extensions of an activity that carry an id of the provider's or of the catalogue.
    - `…_hints`: what the bytes of JSON contain that has one of these.
    """

    verbs: Mapping[str, str]
    types: Mapping[str, str]
    acts: frozenset[str]
    reported_roles: frozenset[str]
    reported_types: frozenset[str]
    reported_verbs: frozenset[str]
    takes_back: frozenset[str]
    takes_back_course: frozenset[str]
    award_types: frozenset[str]
    weak_categories: tuple[tuple[str, str], ...]
    weak_prefixes: tuple[str, ...]
    weak_extensions: tuple[tuple[str, str], ...]
    doors: Mapping[str, str]
    external_ids: tuple[str, ...]
    external_hints: tuple[bytes, ...]
    weak_hints: tuple[bytes, ...]
    event: str
    batch: str
    claimed: str
    number: str

    def verb(self, iri: str) -> str:
        """The IRI that stands for this verb."""
        return self.verbs.get(iri, iri)

    def type(self, iri: str) -> str:
        """The IRI that stands for this activity type."""
        return self.types.get(iri, iri)


@cache
def vocabulary() -> Vocabulary:
    """That of this release."""
    raw = bundled()
    reported, back, words = raw["reported"], raw["reversals"], raw["extensions"]
    weak: dict[str, dict[str, list[str]]] = raw["weak_sources"]
    return Vocabulary(
        verbs=_aliases(raw["verbs"]),
        types=_aliases(raw["types"]),
        acts=frozenset(raw["acts"]),
        reported_roles=frozenset(reported["roles"]),
        reported_types=frozenset(reported["types"]),
        reported_verbs=frozenset(reported["verbs"]),
        takes_back=frozenset(back["of_the_object"]),
        takes_back_course=frozenset(back["of_the_course"]),
        award_types=frozenset(back["awards"]),
        weak_categories=tuple((prefix, name) for name, signs in weak.items() for prefix in signs["category_prefixes"]),
        weak_prefixes=tuple(prefix for signs in weak.values() for prefix in signs["category_prefixes"]),
        weak_extensions=tuple((iri, name) for name, signs in weak.items() for iri in signs["object_extensions"]),
        doors={category: door for door, category in raw["doors"].items()},
        external_ids=(*words["external_ids"], words["catalogue_code"]),
        external_hints=tuple(_hint(iri) for iri in (*words["external_ids"], words["catalogue_code"])),
        weak_hints=tuple(_hint(iri) for signs in weak.values() for iri in signs["object_extensions"]),
        event=words["event"],
        batch=words["batch"],
        claimed=words["claimed"],
        number=words["number"],
    )


def _aliases(raw: Any) -> dict[str, str]:
    return {alias: meant for meant, aliases in raw.items() for alias in aliases}


def _hint(iri: str) -> bytes:
    """The last part of an IRI: JSON may write the slashes before it in two ways."""
    return iri.rpartition("/")[2].encode()
