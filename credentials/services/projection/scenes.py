"""What statements are about, and within what, known by its bytes: of most statements both came before, and are not read again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import msgspec

from credentials.evidence.facts import weak_category, weak_object
from credentials.evidence.statement import Activity, around_whole, external_ids, read_activity, read_around
from credentials.evidence.vocabulary import Vocabulary
from credentials.services.projection.patterns import Together

Sought: TypeAlias = str  # an IRI, or what `external` makes of an external id
EXTERNAL = "\x00"  # no IRI begins with it
_LONGEST = 4_000  # bytes: what is longer hardly comes again
_UNREADABLE = "a member of the statement is not of the kind that xAPI says: {}"


class Unreadable(Exception):
    """This statement cannot be evidence; the message says why, without a word of what it says."""


@dataclass(slots=True, eq=False)
class Scene:
    """`about`: what the object is known by; `around`: what it is a part of. `type`: the object's, as the statement says it. `weak`: the
    weak source that statements like this come from. `bound`: what binds these activities, None until somebody has looked.
    """

    about: tuple[Sought, ...]
    around: tuple[Sought, ...]
    type: str
    weak: str
    bound: Together | None = None


class _Surroundings(NamedTuple):
    ids: tuple[Sought, ...]
    weak: str


class Scenes:
    """Of one provider. `externals`: ids besides IRIs are looked for. `size`: bytes of JSON that are known, half of what they take."""

    def __init__(self, words: Vocabulary, *, externals: bool) -> None:
        self._words = words
        self._externals = externals
        self.size = 0
        self._known: dict[tuple[bytes, bytes], Scene | None] = {}
        self._surroundings: dict[bytes, _Surroundings] = {}  # new objects (attempts, posts) come within known ones

    def of(self, target: msgspec.Raw, around: msgspec.Raw) -> Scene | None:
        """`target`, `around`: a statement's object and its context's activities. None for an object that no evidence is about.

        Raises Unreadable.
        """
        key = (bytes(target), bytes(around))
        try:
            return self._known[key]
        except KeyError:
            found = self._read(*key)
        length = len(key[0]) + len(key[1])
        if length <= _LONGEST:
            self._known[key] = found
            self.size += length
        return found

    def forget(self) -> None:
        """All of them, when they are too many: those that come again are soon known again."""
        self._known.clear()
        self._surroundings.clear()
        self.size = 0

    def _read(self, content: bytes, surroundings: bytes) -> Scene | None:
        try:
            target = read_activity(content)
            if target.object_type != "Activity" or not target.id:
                return None
            about, weak = (target.id, *self._ids(target)), weak_object(target, self._words)
        except msgspec.MsgspecError as error:
            raise unreadable(error, "$.object") from None
        around = self._surroundings.get(surroundings)
        if around is None:
            around = self._read_around(surroundings)
            if len(surroundings) <= _LONGEST:
                self._surroundings[surroundings] = around
                self.size += len(surroundings)
        return Scene(about, around.ids, target.type, around.weak or weak)

    def _read_around(self, content: bytes) -> _Surroundings:
        try:
            around = read_around(content)
            whole = around_whole(content) if self._externals else []
        except msgspec.MsgspecError as error:
            raise unreadable(error, "$.context.contextActivities") from None
        within = [one.id for one in (*around.parent, *around.grouping)]
        others = [one for activity in whole for one in self._ids(activity)]
        return _Surroundings((*within, *others), weak_category(around.category, self._words))

    def _ids(self, activity: Activity) -> list[Sought]:
        return [external(one) for one in sorted(external_ids(activity, self._words))] if self._externals else []


def external(id: str) -> Sought:
    """An id of the provider's or of the catalogue, in place of an IRI."""
    return EXTERNAL + id


def unreadable(error: msgspec.MsgspecError, within: str = "$") -> Unreadable:
    """`within`: where in the statement that was, which could not be read."""
    place = str(error).rpartition(" - at ")[2].replace("`$", f"`{within}", 1)
    return Unreadable(_UNREADABLE.format(place or "its JSON"))
