"""Reading a stored statement as far as evidence goes: who, what, about which activities, when. The rest is passed over unread."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec

from credentials.evidence.clauses import Json
from credentials.evidence.vocabulary import Vocabulary
from lrs.clock import to_us
from lrs.ports import account_term, mbox_sha1sum_term, mbox_term, openid_term

_VOIDED = "http://adlnet.gov/expapi/verbs/voided"
_NONE = msgspec.Raw(b"")
_ZONE = re.compile(r"([+-]\d\d)(\d\d)?$")


class _Account(msgspec.Struct, rename="camel"):
    home_page: str
    name: str


class _Actor(msgspec.Struct, rename="camel"):
    object_type: str = "Agent"
    account: _Account | None = None
    mbox: str = ""
    mbox_sha1sum: str = msgspec.field(default="", name="mbox_sha1sum")
    openid: str = ""


class _Verb(msgspec.Struct):
    id: str


class Definition(msgspec.Struct):
    """Of an activity; `extensions` as JSON, empty when there are none."""

    type: str = ""
    extensions: msgspec.Raw = _NONE


class Activity(msgspec.Struct, rename="camel"):
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


class Result(msgspec.Struct):
    """`score` as JSON, empty when there is none."""

    success: bool | None = None
    completion: bool | None = None
    duration: str = ""
    score: msgspec.Raw = _NONE
    extensions: msgspec.Raw = _NONE


class _Around(msgspec.Struct):
    parent: list[Activity] = []
    grouping: list[Activity] = []
    category: list[Activity] = []


class _Context(msgspec.Struct, rename="camel"):
    context_activities: _Around | None = None
    extensions: msgspec.Raw = _NONE


class Statement(msgspec.Struct):
    """The members that evidence needs."""

    id: str
    actor: _Actor
    verb: _Verb
    object: Activity
    timestamp: str
    result: Result | None = None
    context: _Context | None = None

    @property
    def voids(self) -> str | None:
        """The id of the statement that this one voids."""
        return self.object.id.lower() if self.verb.id == _VOIDED and self.object.object_type == "StatementRef" else None

    @property
    def around(self) -> Iterator[Activity]:
        """The activities that the object is part of: parents, then groupings."""
        if self.context is not None and self.context.context_activities is not None:
            yield from self.context.context_activities.parent
            yield from self.context.context_activities.grouping

    @property
    def categories(self) -> list[Activity]:
        around = self.context.context_activities if self.context is not None else None
        return around.category if around is not None else []

    @property
    def context_extensions(self) -> dict[str, Json]:
        return extensions(self.context.extensions) if self.context is not None else {}

    @property
    def result_extensions(self) -> dict[str, Json]:
        return extensions(self.result.extensions) if self.result is not None else {}


_decoder = msgspec.json.Decoder(Statement)
_json = msgspec.json.Decoder()


def read_statement(body: bytes) -> Statement:
    """Raises msgspec.MsgspecError for what cannot be evidence because a member is not what xAPI says it is."""
    return _decoder.decode(body)


def extensions(raw: msgspec.Raw) -> dict[str, Json]:
    """An object of extensions."""
    found = _json.decode(raw) if len(memoryview(raw)) else None
    return found if isinstance(found, dict) else {}


def identifier(actor: _Actor) -> str | None:
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


def external_ids(activity: Activity, words: Vocabulary) -> frozenset[str]:
    """The ids that the statement gives the activity besides its IRI."""
    if activity.definition is None or not len(memoryview(activity.definition.extensions)):
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
