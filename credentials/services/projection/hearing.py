"""What a page of the feed says: each statement read as far as evidence goes, with what it is about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import msgspec

from credentials.evidence.statement import Statement, external_ids, identifier, read_statement
from credentials.evidence.vocabulary import Vocabulary
from credentials.services.projection.bindings import Bindings, Pattern, PatternKey, Sought

_UNREADABLE = "a member of the statement is not of the kind that xAPI says: {}"


@dataclass(slots=True)
class Heard:
    """`position` 0: not from the feed. `about`: what the object is known by; `around`: what it is a part of. `voids`: the statement that it
    voids. `ifi` "": nobody in particular.
    """

    provider: str
    id: str
    position: int
    stored: int
    body: bytes
    statement: Statement
    ifi: str
    voids: str = ""
    about: list[Sought] = field(default_factory=list)
    around: list[Sought] = field(default_factory=list)

    def sought(self) -> Iterator[tuple[str, Sought]]:
        """Everything by which it could be evidence."""
        for one in self.about:
            yield self.provider, one
        for one in self.around:
            yield self.provider, one

    def patterns(self, bindings: Bindings, only: PatternKey | None = None) -> dict[Pattern, bool]:
        """What binds its activities (or that one, when it does): itself (True), or one that it is a part of."""
        found: dict[Pattern, bool] = {}
        for direct, some in ((True, self.about), (False, self.around)):
            for one in some:
                for pattern in bindings.of(self.provider, one):
                    if only is None or pattern.key == only:
                        found.setdefault(pattern, direct)
        return found


class Unreadable(Exception):
    """This statement cannot be evidence; the message says why, without a word of what it says."""


def hear(provider: str, id: str, position: int, stored: int, body: bytes, words: Vocabulary) -> Heard | None:
    """None for a statement that can never be evidence. Raises Unreadable."""
    try:
        statement = read_statement(body)
        voids = statement.voids
        if voids is not None:
            return Heard(provider, id, position, stored, body, statement, "", voids)
        ifi = identifier(statement.actor)
        if ifi is None or statement.object.object_type != "Activity" or not statement.object.id:
            return None
        heard = Heard(provider, id, position, stored, body, statement, ifi)
        heard.about = [(statement.object.id, False), *((one, True) for one in sorted(external_ids(statement.object, words)))]
        for activity in statement.around:
            heard.around.append((activity.id, False))
            heard.around += [(one, True) for one in sorted(external_ids(activity, words))]
    except msgspec.MsgspecError as error:
        raise Unreadable(_UNREADABLE.format(str(error).rpartition(" - at ")[2] or "its JSON")) from None
    return heard


def unknown(heard: Sequence[Heard], bindings: Bindings) -> list[tuple[str, Sought]]:
    """What has to be asked of the catalogue first."""
    return list(dict.fromkeys(pair for one in heard for pair in one.sought() if bindings.unknown(*pair)))
