"""The quick way to a `ParsedStatement`: parts of a statement that came before, byte for byte, are not read again (`quick_parts`).

A statement is split into its members without looking into them; each member is looked up by its bytes, or read by the decoders and rules
that `parse_statement` uses. Whatever is out of the ordinary (white space between members, sub-statements, voiding, a broken rule, …) is
answered with None: then `parse_statement` decides. Of every statement that this one takes, both say the same; a test compares them.

Why no duplicate key is overlooked: the lengths of the members that were found add up to the length of the whole exactly when there is no
other byte in it. Why nothing else is, that strict JSON refuses: msgspec checks what it passes over, but for UTF-8 and surrogates, and every
member is looked at for those.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

import msgspec
from msgspec import UNSET, UnsetType

from lrs.errors import InvalidRequestError
from lrs.xapi.attachment import Attachment
from lrs.xapi.iri import is_iri
from lrs.xapi.langmap import is_language_tag
from lrs.xapi.pieces import AroundPiece, Pieces, Terms
from lrs.xapi.quick_parts import Memory, Parts, Reader, UnusualError
from lrs.xapi.result import Result
from lrs.xapi.statement import ParsedStatement
from lrs.xapi.strict_json import JsonLimits, check_json
from lrs.xapi.timestamp import USUAL
from lrs.xapi.versions import Version

Raw = msgspec.Raw

_DEPTH = 3  # how deep in a statement the deepest part stands
_is_uuid = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}").fullmatch
_is_usual_timestamp = re.compile(USUAL, re.ASCII).fullmatch
_VERSIONS = {
    Version.V1: frozenset(("1.0.0", "1.0.1", "1.0.2", "1.0.3")),
    Version.V2: frozenset(("1.0.0", "1.0.1", "1.0.2", "1.0.3", "2.0.0")),
}
_QUOTE, _BACKSLASH = 0x22, 0x5C


class _Context(msgspec.Struct, forbid_unknown_fields=True, gc=False, rename="camel"):
    """A context's members, what is not plain text unread; not all that it may have."""

    registration: str | UnsetType = UNSET
    context_activities: Raw | UnsetType = UNSET
    instructor: Raw | UnsetType = UNSET
    team: Raw | UnsetType = UNSET
    platform: str | UnsetType = UNSET
    revision: str | UnsetType = UNSET
    language: str | UnsetType = UNSET
    extensions: Raw | UnsetType = UNSET


class _Statement(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """A statement's members, likewise."""

    actor: Raw
    verb: Raw
    object: Raw
    id: str | UnsetType = UNSET
    timestamp: str | UnsetType = UNSET
    context: _Context | UnsetType = UNSET
    result: Raw | UnsetType = UNSET
    version: str | UnsetType = UNSET
    attachments: Raw | UnsetType = UNSET


_Read = tuple[int, Terms, Terms, AroundPiece, bool]  # length, registration, terms of agents, activities around, "for an Activity only"

_statement = msgspec.json.Decoder(_Statement)
_extensions = msgspec.json.Decoder(dict[str, Raw])
_attachments = msgspec.json.Decoder(list[Attachment])
_result = msgspec.json.Decoder(Result)
_NOTHING_AROUND = AroundPiece()
_NO_CONTEXT: _Read = (0, (), (), _NOTHING_AROUND, False)


class QuickParser:
    """For statements of one version under one set of limits. Remembers at most some 32 MB."""

    def __init__(self, version: Version, limits: JsonLimits) -> None:
        self._version = version
        self._versions = _VERSIONS[version]
        self._limits = replace(limits, nesting=max(1, limits.nesting - _DEPTH))
        reader, memory = Reader(self._limits), Memory()
        self._verbs = Parts(reader.verb, memory)
        self._actors = Parts(reader.actor, memory)
        self._teams = Parts(reader.team, memory)
        self._targets = Parts(reader.target, memory)
        self._around = Parts(reader.around, memory)

    def parse(self, raw: bytes) -> ParsedStatement | None:
        """What `parse_statement` would answer, or None when that has to be asked."""
        try:
            return self._parse(raw) if len(raw) <= self._limits.size else None
        except (msgspec.MsgspecError, InvalidRequestError, UnusualError, RecursionError, UnicodeError):
            return None

    def _parse(self, raw: bytes) -> ParsedStatement:
        """The length of a text is that of its bytes only when it is ASCII without escapes: others do not add up."""
        value = _statement.decode(raw)
        actor, verb, thing = bytes(value.actor), bytes(value.verb), bytes(value.object)
        size = 28 + len(actor) + len(verb) + len(thing)  # {"actor":…,"verb":…,"object":…}, and a comma more than they have
        own_id, context = None, _NO_CONTEXT
        if value.id is not UNSET:
            if _is_uuid(value.id) is None:
                raise UnusualError
            size += 44  # "id":"…",
            own_id = value.id.lower()
        if value.timestamp is not UNSET:
            if _is_usual_timestamp(value.timestamp) is None:
                raise UnusualError
            size += 15 + len(value.timestamp)
        if value.context is not UNSET:
            context = self._read_context(value.context)
            size += 11 + context[0]
        if value.result is not UNSET:
            result = bytes(value.result)
            size += 10 + len(result)
            check_json(result, self._limits)
            _result.decode(result)
        if value.version is not UNSET:
            if value.version not in self._versions:
                raise UnusualError
            size += 13 + len(value.version)
        attachments: tuple[Attachment, ...] = ()
        if value.attachments is not UNSET:
            size += 15 + len(value.attachments)
            attachments = self._read_attachments(value.attachments)
        if size != len(raw):
            raise UnusualError
        who = (*(self._actors.known.get(actor) or self._actors.learn(actor)), self._verbs.known.get(verb) or self._verbs.learn(verb))
        target = self._targets.known.get(thing) or self._targets.learn(thing)
        _, registration, agents, around, for_activity = context
        if for_activity and not target.is_activity:
            raise UnusualError
        return ParsedStatement(
            raw,
            self._version,
            own_id,
            Pieces(who, target, registration, agents, around),
            value.timestamp is not UNSET,
            target.reference,
            attachments=attachments,
            own_attachments=attachments,
            has_version=value.version is not UNSET,
            has_single=around.has_single,
        )

    def _read_context(self, value: _Context) -> _Read:
        registration: Terms = ()
        agents: Terms = ()
        around = _NOTHING_AROUND
        size = 1
        if value.registration is not UNSET:
            if _is_uuid(value.registration) is None:
                raise UnusualError
            size += 54  # "registration":"…",
            registration = ("r" + value.registration.lower(),)
        if value.context_activities is not UNSET:
            part = bytes(value.context_activities)
            size += 21 + len(part)
            around = self._around.known.get(part) or self._around.learn(part)
        if value.instructor is not UNSET:
            part = bytes(value.instructor)
            size += 14 + len(part)
            agents = self._actors.known.get(part) or self._actors.learn(part)
        if value.team is not UNSET:
            part = bytes(value.team)
            size += 8 + len(part)
            agents = tuple(dict.fromkeys(agents + (self._teams.known.get(part) or self._teams.learn(part))))
        if value.language is not UNSET:
            if not is_language_tag(value.language):
                raise UnusualError
            size += 14 + len(value.language)
        for_activity = False
        for text in (value.platform, value.revision):
            if text is not UNSET:
                size += 14 + len(text)
                for_activity = True
        if value.extensions is not UNSET:
            size += 14 + len(value.extensions)
            self._check_extensions(value.extensions)
        return size, registration, agents, around, for_activity

    def _check_extensions(self, raw: Raw) -> None:
        """Texts without escapes, which nearly all are, need no more than to be UTF-8, and keys no more than to add up."""
        extensions = _extensions.decode(raw)
        size = 1 if extensions else 2
        for key, value in extensions.items():
            if not is_iri(key):
                raise UnusualError
            token = bytes(value)
            size += len(key) + 4 + len(token)
            if token[0] == _QUOTE and _BACKSLASH not in token:
                token.decode()
            else:
                check_json(token, self._limits)
        if size != len(raw):
            check_json(bytes(raw), self._limits)

    def _read_attachments(self, raw: Raw) -> tuple[Attachment, ...]:
        check_json(bytes(raw), self._limits)
        return tuple(_attachments.decode(raw))


@lru_cache(maxsize=8)
def quick_parser(version: Version, limits: JsonLimits) -> QuickParser:
    """The one that remembers for all requests of that kind."""
    return QuickParser(version, limits)
