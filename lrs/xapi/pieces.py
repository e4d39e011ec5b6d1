"""What is known of the parts of a statement without reading them again: their terms and definitions (see `quick_parts`)."""

from __future__ import annotations

import msgspec

Terms = tuple[str, ...]
Definitions = tuple[tuple[str, bytes], ...]


class TargetPiece(msgspec.Struct, frozen=True, gc=False):
    """An object: its terms and definition; the id of a StatementRef."""

    terms: Terms = ()
    activities: Definitions = ()
    is_activity: bool = False
    reference: str | None = None


class AroundPiece(msgspec.Struct, frozen=True, gc=False):
    """A context's activities. `has_single`: one stands without its array."""

    terms: Terms = ()
    activities: Definitions = ()
    has_single: bool = False


class Pieces(msgspec.Struct, frozen=True, gc=False):
    """A statement's. `who`: terms of actor and verb; `agents`: of instructor and team."""

    who: Terms
    target: TargetPiece
    registration: Terms = ()
    agents: Terms = ()
    around: AroundPiece = AroundPiece()

    def terms(self) -> tuple[Terms, Terms]:
        """(direct, related that are not direct), each once."""
        direct = self.who + self.target.terms + self.registration
        if not self.target.is_activity:
            direct = tuple(dict.fromkeys(direct))
        related = self.agents + self.around.terms
        if related and not set(direct).isdisjoint(related):
            related = tuple([term for term in related if term not in direct])
        return direct, related

    def definitions(self) -> Definitions:
        """(IRI, definition as JSON) of each activity that brings one."""
        return self.target.activities + self.around.activities
