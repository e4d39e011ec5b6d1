"""What a page of the feed says: each statement read as far as evidence goes, with what it is about."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from credentials.evidence.facts import Basics, basics_of
from credentials.evidence.statement import Activity, Actor, Statement, Verb, around_whole, external_ids, identifier, read_statement
from credentials.evidence.vocabulary import Vocabulary
from credentials.services.projection.bindings import Bindings, Sought, external
from credentials.services.projection.patterns import NOTHING, UNBOUND, PatternKey, Reading, Together

_UNREADABLE = "a member of the statement is not of the kind that xAPI says: {}"


_LET_GO = Statement("", Actor(), Verb(""), Activity(), "")


class Heard(msgspec.Struct, gc=False):
    """`position` 0: not from the feed. `about`: what the object is known by; `around`: what it is a part of. `voids`: the statement that it
    voids. `bound`: what binds them, None until `bind` has found it. `reading`, `basics`: what it says to that, None until `read`.
    (A Struct, since each statement has one.)
    """

    provider: str
    id: str
    position: int
    stored: int
    body: bytes
    statement: Statement
    ifi: str
    voids: str = ""
    about: tuple[Sought, ...] = ()
    around: tuple[Sought, ...] = ()
    bound: Together | None = None
    reading: Reading = NOTHING
    basics: Basics | None = None

    def read(self, words: Vocabulary) -> None:
        """Once it is known what binds it. Of a mere act the statement is let go: hardly any is more, and a page has thousands.

        Raises ValueError or OverflowError for an id or a timestamp that is none.
        """
        assert self.bound is not None  # the caller looked
        statement = self.statement
        reading = self.bound.reading(statement.verb.id, statement.object.type, words)
        if reading.to:
            self.basics = basics_of(statement, reading.verb, reading.type, words)
            self.reading = reading
        if not reading.more_than_acts:
            self.statement, self.body = _LET_GO, b""


class Unreadable(Exception):
    """This statement cannot be evidence; the message says why, without a word of what it says."""


def hear(provider: str, id: str, position: int, stored: int, body: bytes, words: Vocabulary, *, externals: bool) -> Heard | None:
    """`externals`: ids besides IRIs are looked for. None for a statement that can never be evidence. Raises Unreadable."""
    try:
        statement = read_statement(body)
        target = statement.object
        if (voids := statement.voids) is not None:
            return Heard(provider, id, position, stored, body, statement, "", voids)
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
    """Finds what binds the activities of each that does not know it yet, or that one pattern only."""
    waiting = [one for one in heard if one.bound is None]
    if waiting:
        await bindings.load(dict.fromkeys((one.provider, sought) for one in waiting for sought in (*one.about, *one.around)))
        for one in waiting:
            one.bound = bindings.of(one.provider, one.about, one.around) or UNBOUND
    if only is not None:
        for one in heard:
            assert one.bound is not None  # since just now
            one.bound = one.bound.only(only)
