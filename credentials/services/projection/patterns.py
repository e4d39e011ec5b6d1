"""Bound activities, and what statements about them say to whatever binds them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from credentials.catalogue.bindings import Match
from credentials.evidence.dossier import Meaning, Wanted, meaning
from credentials.evidence.vocabulary import Vocabulary
from credentials.evidence.withdrawn import Window
from credentials.stores.dossiers import Watch

_MOST_READINGS = 100  # verbs and types of the same activities
PatternKey: TypeAlias = tuple[str, Match, str]  # (provider, match, value)


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """A bound activity. `windows`: of every batch that binds it. `watch`: as it is kept; not `kept`: as it must be kept from now on."""

    key: PatternKey
    wanted: Wanted
    windows: tuple[Window, ...]
    watch: Watch
    kept: bool


Patterns: TypeAlias = tuple[tuple[Pattern, bool], ...]  # and whether each binds the statement's object itself


@dataclass(frozen=True, slots=True)
class Reading:
    """What statements of one verb and type say to everything that binds their activities. `verb`, `type`: as the vocabulary says them.
    `more_than_acts`: the statement itself is needed.
    """

    verb: str
    type: str
    to: tuple[tuple[Pattern, Meaning], ...]
    more_than_acts: bool


@dataclass(frozen=True, slots=True, eq=False)
class Together:
    """What binds a statement's activities. `readings`: by verb and type, as statements say them."""

    patterns: Patterns
    readings: dict[tuple[str, str], Reading] = field(default_factory=dict)

    def reading(self, verb: str, type: str, words: Vocabulary) -> Reading:
        """What a statement of this verb and type says."""
        found = self.readings.get((verb, type))
        if found is None:
            meant, kind = words.verb(verb), words.type(type)
            to = [(pattern, meaning(pattern.wanted, words, meant, kind, direct=direct)) for pattern, direct in self.patterns]
            told = tuple([(pattern, one) for pattern, one in to if one.act or one.more_than_an_act])
            found = Reading(meant, kind, told, any(one.more_than_an_act for _, one in told))
            if len(self.readings) < _MOST_READINGS:
                self.readings[verb, type] = found
        return found

    def only(self, key: PatternKey) -> Together:
        """Of these patterns that one."""
        return Together(tuple([(pattern, direct) for pattern, direct in self.patterns if pattern.key == key]))


UNBOUND = Together(())
NOTHING = Reading("", "", (), False)
