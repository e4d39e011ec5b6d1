"""Which definitions of activities a statement brings (xAPI-Data 1.0.3 2.4.4.1; 2.0 4.2.3.1)."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import UNSET

from lrs.xapi.activity import Activity, definitions
from lrs.xapi.pieces import Definitions, Pieces
from lrs.xapi.statement import ParsedStatement, Part


def activities_of(parsed: ParsedStatement) -> Definitions:
    """(activity IRI, definition as JSON) of every activity in a statement that brings a definition."""
    if isinstance(parsed.content, Pieces):
        return parsed.content.definitions()
    return definitions(activity for part in parsed.content for activity in _every(part))


def _every(part: Part) -> Iterator[Activity]:
    if isinstance(part.target, Activity):
        yield part.target
    if part.context is not UNSET and part.context.context_activities is not UNSET:
        yield from part.context.context_activities.every()
