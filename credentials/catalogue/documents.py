"""Entries of the catalogue as JSON has them, and back: what the API answers, and what export and import carry without loss."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeAlias, TypeVar

import msgspec

from credentials.catalogue.competences import Competence, Field
from credentials.catalogue.model import Batch, Programme
from credentials.catalogue.provider import ProviderProfile
from credentials.errors import CatalogueError

Document: TypeAlias = dict[str, Any]
Entry: TypeAlias = Programme | Batch | ProviderProfile | Competence | Field
C = TypeVar("C")
T = TypeVar("T", Programme, Batch, ProviderProfile, Competence, Field)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TIMES = ("history", "reviews")  # lists whose members carry a moment
_ANSWERED = frozenset({"state"})  # follows from the history: told, and not read
_MISSING = re.compile(r"Object missing required field `(\w+)`")
_PATH = re.compile(r" - at `\$\.?([^`]*)`$")


def document(entry: Entry) -> Document:
    """Days as YYYY-MM-DD, moments as ISO 8601 in UTC with six decimals; `state` is told beside the history that it follows from."""
    told: Document = _plain(asdict(entry))
    for name in _TIMES:
        for one in told.get(name, []):
            one["at"] = _moment(one["at"])
    if isinstance(entry, Programme | Batch):
        told["state"] = entry.state
    return told


def entry(kind: type[T], told: Mapping[str, Any]) -> T:
    """The entry that a document tells of. Members that are left out have their default.

    Raises CatalogueError (`where` is the path) for a member that is unknown, missing, or of another type.
    """
    known = {one.name for one in fields(kind)}
    if unknown := sorted(set(map(str, told)) - known - _ANSWERED):
        raise CatalogueError(f"there is no such member; the members are: {', '.join(sorted(known))}", where=unknown[0][:80])
    members = {name: value for name, value in told.items() if name in known}
    for name in _TIMES:
        if name in members:
            members[name] = [_with_time(one, f"{name}[{number}]") for number, one in enumerate(_listed(members[name], name))]
    return convert(kind, members)


def convert(kind: type[C], members: Mapping[str, Any]) -> C:
    """A value of any of the catalogue's dataclasses. Raises CatalogueError (`where` is the path)."""
    known = {one.name for one in fields(kind)}  # type: ignore[arg-type]  # it is one
    if unknown := sorted(set(members) - known):
        raise CatalogueError(f"there is no such member; the members are: {', '.join(sorted(known))}", where=unknown[0][:80])
    try:
        return msgspec.convert(dict(members), kind)
    except msgspec.ValidationError as error:
        raise _told(str(error)) from error


def _told(message: str) -> CatalogueError:
    """What msgspec says, with the path apart."""
    at = _PATH.search(message)
    where, text = at[1] if at else "", _PATH.sub("", message)
    if (missing := _MISSING.fullmatch(text)) is not None:
        return CatalogueError("this must be given", where=f"{where}.{missing[1]}" if where else missing[1])
    return CatalogueError(text, where=where)


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value


def _moment(us: int) -> str:
    return (_EPOCH + timedelta(microseconds=us)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _listed(value: object, where: str) -> list[object]:
    if not isinstance(value, list):
        raise CatalogueError("this must be a list", where=where)
    return value


def _with_time(one: object, where: str) -> object:
    if not isinstance(one, dict) or not isinstance(one.get("at"), str):
        raise CatalogueError("each of these is an object with the moment `at`", where=where)
    try:
        moment = datetime.fromisoformat(one["at"])
    except ValueError as error:
        raise CatalogueError("a moment is ISO 8601, such as 2026-11-24T08:00:00Z", where=f"{where}.at") from error
    passed = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - _EPOCH
    return {**one, "at": passed // timedelta(microseconds=1)}
