"""What a page of the feed says: each statement read as far as evidence goes, with what it is about."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from credentials.evidence.facts import Basics, basics_of
from credentials.evidence.statement import VOIDED, Brief, Statement, identifier, read_activity, read_brief, read_statement
from credentials.evidence.vocabulary import Vocabulary
from credentials.services.projection.bindings import Bindings
from credentials.services.projection.patterns import NOTHING, UNBOUND, PatternKey, Reading, Together
from credentials.services.projection.scenes import Scene, Scenes, unreadable


class Heard(msgspec.Struct, gc=False):
    """`position` 0: not from the feed. `voids`: the statement that it voids; any other is what `ifi` did, in a `scene`. `bound`: what binds
    that, None until somebody has looked. `reading`, `basics`, and `statement` where it is more than an act: known since `read`.
    (A Struct, since each statement has one.)
    """

    provider: str
    id: str
    position: int
    stored: int
    body: bytes
    brief: Brief | None
    ifi: str
    scene: Scene
    voids: str = ""
    bound: Together | None = None
    reading: Reading = NOTHING
    basics: Basics | None = None
    statement: Statement | None = None

    def read(self, words: Vocabulary) -> None:
        """Once it is known what binds it. Of a mere act nothing else is kept: hardly any is more, and a page has thousands.

        Raises Unreadable, and ValueError or OverflowError for an id or a timestamp that is none.
        """
        brief, bound, scene = self.brief, self.bound, self.scene
        assert brief is not None  # read once
        assert bound is not None  # the caller looked
        reading = bound.reading(brief.verb.id, scene.type, words)
        if reading.to:
            self.basics = basics_of(brief.id, brief.timestamp, reading.verb, reading.type, scene.weak)
            self.reading = reading
        self.brief = None
        if reading.more_than_acts:
            try:
                self.statement = read_statement(self.body)
            except msgspec.MsgspecError as error:
                raise unreadable(error) from None
        else:
            self.body = b""


_NO_SCENE = Scene((), (), "", "", UNBOUND)


def hear(provider: str, id: str, position: int, stored: int, body: bytes, scenes: Scenes) -> Heard | None:
    """None for a statement that can never be evidence. Raises Unreadable."""
    try:
        brief = read_brief(body)
        if brief.verb.id == VOIDED and (target := read_activity(brief.object)).object_type == "StatementRef":
            return Heard(provider, id, position, stored, b"", None, "", _NO_SCENE, target.id.lower())
        ifi = identifier(brief.actor)
    except msgspec.MsgspecError as error:
        raise unreadable(error) from None
    scene = scenes.of(brief.object, brief.around) if ifi is not None else None
    if ifi is None or scene is None:
        return None
    return Heard(provider, id, position, stored, body, brief, ifi, scene, "", scene.bound)


async def bind(heard: Sequence[Heard], bindings: Bindings, only: PatternKey | None = None) -> None:
    """Finds what binds the activities of each that does not know it yet, or that one pattern only."""
    waiting = [one for one in heard if one.bound is None]
    if waiting:
        scenes = [(one.provider, one.scene) for one in waiting]
        await bindings.load(dict.fromkeys((provider, sought) for provider, scene in scenes for sought in (*scene.about, *scene.around)))
        for one in waiting:
            one.bound = bindings.of(one.provider, one.scene) or UNBOUND
    if only is not None:
        for one in heard:
            assert one.bound is not None  # since just now
            one.bound = one.bound.only(only)
