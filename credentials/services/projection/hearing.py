"""What a page of the feed says: each statement read as far as evidence goes, with what it is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

from credentials.evidence.facts import Basics, basics_of
from credentials.evidence.statement import Activity, Statement, around_whole, external_ids, identifier, read_statement
from credentials.evidence.vocabulary import Vocabulary
from credentials.services.projection.bindings import Bindings, Pattern, PatternKey, Sought, external

_UNREADABLE = "a member of the statement is not of the kind that xAPI says: {}"


@dataclass(slots=True)
class Heard:
    """`position` 0: not from the feed. `about`: what the object is known by; `around`: what it is a part of. `voids`: the statement that it
    voids. `patterns`: what binds them, and whether the object itself; known after `bound`.
    """

    provider: str
    id: str
    position: int
    stored: int
    body: bytes
    statement: Statement
    ifi: str
    voids: str = ""
    about: Sequence[Sought] = ()
    around: Sequence[Sought] = ()
    patterns: list[tuple[Pattern, bool]] = field(default_factory=list)

    def basics(self, words: Vocabulary) -> Basics:
        """Raises ValueError for an id or a timestamp that is none."""
        return basics_of(self.statement, words)

    def bound(self, bindings: Bindings, only: PatternKey | None = None) -> list[tuple[str, Sought]]:
        """Finds the patterns (or that one). Answers what has to be asked of the catalogue first."""
        known = bindings.known(self.provider)
        missing: list[tuple[str, Sought]] = []
        found: dict[Pattern, bool] = {}
        for direct, some in ((True, self.about), (False, self.around)):
            for one in some:
                patterns = known.get(one)
                if patterns is None:
                    missing.append((self.provider, one))
                    continue
                for pattern in patterns:
                    if pattern not in found and (only is None or pattern.key == only):
                        found[pattern] = direct
        self.patterns = list(found.items()) if found else []
        return missing


class Unreadable(Exception):
    """This statement cannot be evidence; the message says why, without a word of what it says."""


def hear(provider: str, id: str, position: int, stored: int, body: bytes, words: Vocabulary, *, externals: bool) -> Heard | None:
    """`externals`: ids besides IRIs are looked for. None for a statement that can never be evidence. Raises Unreadable."""
    try:
        statement = read_statement(body)
        voids = statement.voids
        if voids is not None:
            return Heard(provider, id, position, stored, body, statement, "", voids)
        target = statement.object
        ifi = identifier(statement.actor)
        if ifi is None or target.object_type != "Activity" or not target.id:
            return None
        about: tuple[Sought, ...] = (target.id,)
        around: tuple[Sought, ...] = tuple([activity.id for activity in statement.around])
        if externals:
            about += _external(target, words)
            around += tuple([one for activity in around_whole(body) for one in _external(activity, words)])
    except msgspec.MsgspecError as error:
        raise Unreadable(_UNREADABLE.format(str(error).rpartition(" - at ")[2] or "its JSON")) from None
    return Heard(provider, id, position, stored, body, statement, ifi, "", about, around)


def _external(activity: Activity, words: Vocabulary) -> tuple[Sought, ...]:
    return tuple([external(one) for one in sorted(external_ids(activity, words))])


async def bind(heard: Sequence[Heard], bindings: Bindings, only: PatternKey | None = None) -> None:
    """Finds what binds the activities of each."""
    waiting = [(one, missing) for one in heard if (missing := one.bound(bindings, only))]
    if waiting:
        await bindings.load(dict.fromkeys(pair for _, missing in waiting for pair in missing))
        for one, _ in waiting:
            one.bound(bindings, only)
