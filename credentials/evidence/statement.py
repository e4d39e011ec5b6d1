"""Reading a stored statement as far as evidence goes: who, what, about which activities, when. The rest is passed over unread."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec

from credentials.evidence.clauses import Json
from credentials.evidence.numbers import read_json
from credentials.evidence.vocabulary import Vocabulary
from lrs.clock import to_us
from lrs.ports import account_term, mbox_sha1sum_term, mbox_term, openid_term

VOIDED = "http://adlnet.gov/expapi/verbs/voided"
_NONE = msgspec.Raw(b"")
_ZONE = re.compile(r"([+-]\d\d)(\d\d)?$")


class _Account(msgspec.Struct, rename="camel", gc=False):
    home_page: str
    name: str


class Actor(msgspec.Struct, rename="camel", gc=False):
    """An actor, by whatever identifies it."""

    object_type: str = "Agent"
    account: _Account | None = None
    mbox: str = ""
    mbox_sha1sum: str = msgspec.field(default="", name="mbox_sha1sum")
    openid: str = ""


class Verb(msgspec.Struct, gc=False):
    """A verb, by its id."""

    id: str


class Definition(msgspec.Struct, gc=False):
    """Of an activity; `extensions` as JSON, empty when there are none."""

    type: str = ""
    extensions: msgspec.Raw = _NONE


class Activity(msgspec.Struct, rename="camel", gc=False):
    """An activity, or whatever else stands where one may stand (then `object_type` says so)."""

    id: str = ""
    object_type: str = "Activity"
    definition: Definition | None = None

    @property
    def type(self) -> str:
        return self.definition.type if self.definition is not None else ""

    @property
    def extensions(self) -> dict[str, Json]:
        return extensions(self.definition.extensions) if self.definition is not None else {}


class Result(msgspec.Struct, gc=False):
    """`score` as JSON, empty when there is none."""

    success: bool | None = None
    completion: bool | None = None
    duration: str = ""
    score: msgspec.Raw = _NONE
    extensions: msgspec.Raw = _NONE

    @property
    def scored(self) -> bool:
        return self.score is not _NONE


NO_RESULT = Result()


class Near(msgspec.Struct, gc=False):
    """An activity of the context, as far as nearly every reader needs it."""

    id: str = ""


class Around(msgspec.Struct, gc=False):
    """The activities of a context, by how they are related."""

    parent: list[Near] = []
    grouping: list[Near] = []
    category: list[Near] = []


class _Context(msgspec.Struct, rename="camel", gc=False):
    context_activities: Around | None = None
    extensions: msgspec.Raw = _NONE


class Statement(msgspec.Struct, gc=False):
    """The members that evidence needs."""

    id: str
    actor: Actor
    verb: Verb
    object: Activity
    timestamp: str
    result: Result | None = None
    context: _Context | None = None

    @property
    def categories(self) -> list[Near]:
        around = self.context.context_activities if self.context is not None else None
        return around.category if around is not None else []

    @property
    def context_extensions(self) -> dict[str, Json]:
        return extensions(self.context.extensions) if self.context is not None else {}

    @property
    def result_extensions(self) -> dict[str, Json]:
        return extensions(self.result.extensions) if self.result is not None else {}


class _BriefContext(msgspec.Struct, rename="camel", gc=False):
    context_activities: msgspec.Raw = _NONE


class Brief(msgspec.Struct, gc=False):
    """A statement as far as every one is read. `object` stays JSON, and so do the activities around it: of most statements they came
    before. (They are parts of the statement's bytes, and keep these in memory.)
    """

    id: str
    actor: Actor
    verb: Verb
    object: msgspec.Raw
    timestamp: str
    context: _BriefContext | None = None

    @property
    def around(self) -> msgspec.Raw:
        """The context's activities; empty when there are none."""
        return self.context.context_activities if self.context is not None else _NONE


class _Whole(msgspec.Struct, gc=False):
    parent: list[Activity] = []
    grouping: list[Activity] = []


_NOTHING_AROUND = Around()
_read_whole = msgspec.json.Decoder(_Whole).decode
_read_around = msgspec.json.Decoder(Around | None).decode
read_activity = msgspec.json.Decoder(Activity).decode
read_brief = msgspec.json.Decoder(Brief).decode
_decoder = msgspec.json.Decoder(Statement)


def read_statement(body: bytes) -> Statement:
    """Raises msgspec.MsgspecError for what cannot be evidence because a member is not what xAPI says it is."""
    return _decoder.decode(body)


def extensions(raw: msgspec.Raw) -> dict[str, Json]:
    """An object of extensions."""
    found = None if raw is _NONE else read_json(raw)
    return found if isinstance(found, dict) else {}


def mentions(raw: msgspec.Raw, some: Iterable[bytes]) -> bool:
    """Whether JSON could have a member whose name contains one of these: a look at the bytes, so that hardly any need be read."""
    if raw is _NONE:
        return False
    content = bytes(raw)
    for one in some:  # noqa: SIM110  # a generator for each statement costs more than the look
        if one in content:
            return True
    return False


def identifier(actor: Actor) -> str | None:
    """The actor as an index term. None for a Group: what a group did together is no evidence of any one of its members."""
    if actor.object_type != "Agent":
        return None
    if actor.account is not None:
        return account_term(actor.account.home_page, actor.account.name)
    if actor.mbox:
        return mbox_term(actor.mbox)
    if actor.mbox_sha1sum:
        return mbox_sha1sum_term(actor.mbox_sha1sum)
    return openid_term(actor.openid) if actor.openid else None


def read_around(content: bytes) -> Around:
    """The activities of a context, of which nothing may be said. Raises as `read_statement`."""
    return (_read_around(content) if content else None) or _NOTHING_AROUND


def around_whole(content: bytes) -> list[Activity]:
    """Those of them that the object is part of, with what the statement says of them. Raises as `read_statement`."""
    if not content:
        return []
    whole = _read_whole(content)
    return whole.parent + whole.grouping


def external_ids(activity: Activity, words: Vocabulary) -> frozenset[str]:
    """The ids that the statement gives the activity besides its IRI."""
    definition = activity.definition
    if definition is None or not mentions(definition.extensions, words.external_hints):
        return frozenset()
    told = activity.extensions
    return frozenset(value for name in words.external_ids if isinstance(value := told.get(name), str) and value)


def moment(timestamp: str) -> int:
    """Microseconds since 1970 of a timestamp that the LRS has accepted; no zone means UTC (xAPI-Data 1.0.3 4.5)."""
    try:
        found = datetime.fromisoformat(timestamp)
    except ValueError:
        return _unusual_moment(timestamp)
    return to_us(found if found.tzinfo is not None else found.replace(tzinfo=UTC))


def _unusual_moment(timestamp: str) -> int:
    """Second 60, small letters, a zone of hours alone: rare, and valid."""
    text = _ZONE.sub(lambda found: f"{found[1]}:{found[2] or '00'}", timestamp.upper().replace(" ", "T").replace(",", "."))
    leap = 0
    if text[17:19] == "60":
        text, leap = f"{text[:17]}59{text[19:]}", 1_000_000
    found = datetime.fromisoformat(text)
    return to_us(found if found.tzinfo is not None else found.replace(tzinfo=UTC)) + leap
