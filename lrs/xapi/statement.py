"""Statements: from the bytes of a request to checked values that keep the sender's bytes (xAPI-Data 1.0.3 2.4; 2.0 4.2.1).

Structs check what a member may be; `__post_init__` and the functions here check what members must be to each other. The object is decoded
by its objectType. Nothing is changed: `ParsedStatement.raw` is what was sent.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import msgspec
from msgspec import UNSET, UnsetType

from lrs.errors import InvalidStatementError
from lrs.xapi.activity import Activity
from lrs.xapi.actor import Actor, Agent, Group
from lrs.xapi.attachment import Attachment
from lrs.xapi.context import Context, Context2, StatementRef
from lrs.xapi.identifiers import require_uuid
from lrs.xapi.iri import require_iri
from lrs.xapi.langmap import require_langmap
from lrs.xapi.pieces import Pieces
from lrs.xapi.result import Result
from lrs.xapi.rule import as_statement_error, broken, join
from lrs.xapi.strict_json import JsonLimits, check_json
from lrs.xapi.timestamp import is_local, require_timestamp
from lrs.xapi.versions import Version
from lrs.xapi.voiding import check_voiding

_FIRST = re.compile(r"1\.0(\.\d+)?", re.ASCII)
_BOTH = re.compile(r"1\.0(\.\d+)?|2\.0\.\d+", re.ASCII)


class Verb(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was done, by its IRI (2.4.3)."""

    id: str
    display: dict[str, str] | UnsetType = UNSET

    def __post_init__(self) -> None:
        require_iri("id", self.id, "xAPI-Data 2.4.3")
        require_langmap("display", self.display)


class _Parts(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a statement and a sub-statement have in common."""

    actor: Actor
    verb: Verb
    object: msgspec.Raw
    result: Result | UnsetType = UNSET
    context: Context | UnsetType = UNSET
    timestamp: str | UnsetType = UNSET
    attachments: list[Attachment] | UnsetType = UNSET

    def __post_init__(self) -> None:
        require_timestamp("timestamp", self.timestamp)


class SubStatement(_Parts, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A statement inside a statement (2.4.4.3): no id, stored, version or authority, and none inside it."""

    object_type: Literal["SubStatement"] = msgspec.field(name="objectType")


class SubStatement2(SubStatement, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A sub-statement of 2.0."""

    context: Context2 | UnsetType = UNSET


class Statement(_Parts, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A statement of 1.0.3, which refuses every `version` that does not begin with 1.0 (xAPI-Data 1.0.3 2.4.10)."""

    versions: ClassVar[re.Pattern[str]] = _FIRST
    refusal: ClassVar[str] = "version must be 1.0.x: 2.0.x is sent with the header X-Experience-API-Version: 2.0.0"

    id: str | UnsetType = UNSET
    stored: str | UnsetType = UNSET
    authority: Actor | UnsetType = UNSET
    version: str | UnsetType = UNSET

    def __post_init__(self) -> None:
        require_uuid("id", self.id, "xAPI-Data 2.4.1")
        require_timestamp("timestamp", self.timestamp)
        require_timestamp("stored", self.stored)
        if self.version is not UNSET and self.versions.fullmatch(self.version) is None:
            raise broken("version", self.refusal, "xAPI-Data 2.4.10")
        if self.authority is not UNSET and self.authority.object_type == "Group":
            identified = any(
                one is not UNSET
                for one in (self.authority.mbox, self.authority.mbox_sha1sum, self.authority.openid, self.authority.account)
            )
            if identified or self.authority.member is UNSET or len(self.authority.member) != 2:
                raise broken("authority", "an authority that is a Group must be anonymous, with exactly two Agents", "xAPI-Data 2.4.9")


class Statement2(Statement, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A statement of 2.0, which takes both."""

    versions: ClassVar[re.Pattern[str]] = _BOTH
    refusal: ClassVar[str] = "version must be 1.0.x or 2.0.x"

    context: Context2 | UnsetType = UNSET


class _Kind(msgspec.Struct, frozen=True):
    """Enough of an object to tell what it is."""

    object_type: str = msgspec.field(default="Activity", name="objectType")


Target = Activity | Agent | Group | StatementRef | SubStatement
_STATEMENTS: dict[Version, msgspec.json.Decoder[Any]] = {
    Version.V1: msgspec.json.Decoder(Statement),
    Version.V2: msgspec.json.Decoder(Statement2),
}
_KIND = msgspec.json.Decoder(_Kind)
_TARGETS: dict[Version, dict[str, msgspec.json.Decoder[Any]]] = {
    version: {
        "Activity": msgspec.json.Decoder(Activity),
        "Agent": msgspec.json.Decoder(Agent),
        "Group": msgspec.json.Decoder(Group),
        "StatementRef": msgspec.json.Decoder(StatementRef),
        "SubStatement": msgspec.json.Decoder(sub),
    }
    for version, sub in ((Version.V1, SubStatement), (Version.V2, SubStatement2))
}


@dataclass(frozen=True, slots=True)
class Part:
    """A statement, or the sub-statement in it, with its object decoded."""

    actor: Actor
    verb: Verb
    target: Target
    context: Context | UnsetType
    attachments: list[Attachment] | UnsetType


class ParsedStatement(msgspec.Struct, frozen=True, gc=False):
    """A checked statement. `raw`: the sender's bytes, without white space around.

    `id`: lower case, None when the sender gave none. `content`: the statement and, if it has one, its sub-statement; or what is known of
    its parts. `target`: the id (lower case) of the StatementRef that is its object. `voids`: it is a voiding statement. `attachments`: all
    that it declares; `own_attachments`: without its sub-statement's. `has_single`: an Activity stands in contextActivities without its
    array. `local_timestamp`: its timestamp, when that names no zone.
    """

    raw: bytes
    version: Version
    id: str | None
    content: tuple[Part, ...] | Pieces
    has_timestamp: bool
    target: str | None = None
    voids: bool = False
    attachments: tuple[Attachment, ...] = ()
    own_attachments: tuple[Attachment, ...] = ()
    has_version: bool = False
    has_stored_or_authority: bool = False
    has_single: bool = False
    local_timestamp: str | None = None


def parse_statement(raw: bytes, version: Version, limits: JsonLimits) -> ParsedStatement:
    """One statement. Raises InvalidStatementError, TooLargeError."""
    check_json(raw, limits)
    try:
        value: Statement = _STATEMENTS[version].decode(raw)
    except msgspec.MsgspecError as error:
        raise as_statement_error(error, clause="xAPI-Data 2.4") from error
    target = _decode_object(value.object, version, "object")
    part = Part(value.actor, value.verb, target, value.context, value.attachments)
    try:
        voids = check_voiding(value.verb.id, about_statement=isinstance(target, StatementRef))
        _check_context(part)
    except ValueError as error:
        raise as_statement_error(msgspec.ValidationError(str(error))) from error
    parts = (part, _parse_sub(target, version)) if isinstance(target, SubStatement) else (part,)
    return _parsed(raw, version, value, parts, voids)


def _parsed(raw: bytes, version: Version, value: Statement, parts: tuple[Part, ...], voids: bool) -> ParsedStatement:
    target = parts[0].target
    return ParsedStatement(
        raw=raw,
        version=version,
        id=None if value.id is UNSET else value.id.lower(),
        content=parts,
        has_timestamp=value.timestamp is not UNSET,
        target=target.id.lower() if isinstance(target, StatementRef) else None,
        voids=voids,
        attachments=tuple(one for part in parts if part.attachments is not UNSET for one in part.attachments),
        own_attachments=tuple(value.attachments or ()),
        has_version=value.version is not UNSET,
        has_stored_or_authority=value.stored is not UNSET or value.authority is not UNSET,
        has_single=any(_has_single(part) for part in parts),
        local_timestamp=value.timestamp if value.timestamp is not UNSET and is_local(value.timestamp) else None,
    )


def _has_single(part: Part) -> bool:
    context = part.context
    return context is not UNSET and context.context_activities is not UNSET and context.context_activities.has_single()


def _decode_object(raw: msgspec.Raw, version: Version, prefix: str) -> Target:
    try:
        kind = _KIND.decode(raw).object_type
        decoder = _TARGETS[version].get(kind)
        if decoder is None:
            raise InvalidStatementError(f"there is no objectType {kind[:60]!r}", where=join(prefix, "objectType"), clause="xAPI-Data 2.4.4")
        target: Target = decoder.decode(raw)
    except msgspec.MsgspecError as error:
        raise as_statement_error(error, prefix, "xAPI-Data 2.4.4") from error
    return target


def _parse_sub(sub: SubStatement, version: Version) -> Part:
    target = _decode_object(sub.object, version, "object.object")
    if isinstance(target, SubStatement):
        raise InvalidStatementError("a sub-statement cannot hold another", where="object.object", clause="xAPI-Data 2.4.4.3")
    part = Part(sub.actor, sub.verb, target, sub.context, sub.attachments)
    try:
        check_voiding(sub.verb.id, about_statement=isinstance(target, StatementRef))
        _check_context(part)
    except ValueError as error:
        raise as_statement_error(msgspec.ValidationError(str(error)), "object") from error
    return part


def _check_context(part: Part) -> None:
    """`revision` and `platform` describe an Activity's edition and nothing else's (2.4.6)."""
    context = part.context
    if context is UNSET or isinstance(part.target, Activity):
        return
    for member, value in (("revision", context.revision), ("platform", context.platform)):
        if value is not UNSET:
            raise broken(f"context.{member}", f"{member} is only for statements about an Activity", "xAPI-Data 2.4.6")
