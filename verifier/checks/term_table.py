"""Which terms the pinned contexts define, and where: JSON-LD 1.1 §4.1.2 and §4.1.3 worked out once, then looked up.

Expanding a certificate takes milliseconds; walking it beside this table, microseconds. Only what the pinned contexts use is worked out
(scoped contexts, `@type`, aliases of keywords); a document with anything else goes the long way (`terms.py`), and so does one with other
contexts. A test holds the two ways against each other.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from schemas.loader import contexts

Json = dict[str, Any]
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_KEYWORD_ALIASES = ("@id", "@type")


class NotInTableError(Exception):
    """The document uses something that the table does not know: look at it the long way."""


class _Term:
    __slots__ = ("keyword", "kind", "local")

    def __init__(self, definition: Any) -> None:
        address = definition.get("@id") if isinstance(definition, dict) else definition
        self.keyword: str = address if address in _KEYWORD_ALIASES else ""
        self.kind: str = definition.get("@type", "") if isinstance(definition, dict) else ""
        self.local: Any = definition.get("@context", _NONE) if isinstance(definition, dict) else _NONE


_NONE = object()


class State:
    """An active context. `outer` is what holds again inside a node's own nodes, where this one comes of a type (it does not
    propagate)."""

    __slots__ = ("_of_property", "_of_types", "outer", "terms")

    def __init__(self, terms: dict[str, _Term], outer: State | None = None) -> None:
        self.terms = terms
        self.outer = outer
        self._of_property: dict[str, State] = {}
        self._of_types: dict[tuple[str, ...], State] = {}

    def inside(self, name: str, term: _Term) -> State:
        """The context of the value of this property."""
        found = self._of_property.get(name)
        if found is None:
            base = self.outer or self
            found = self._of_property[name] = base if term.local is _NONE else _applied(base, term.local)
        return found

    def typed(self, types: tuple[str, ...]) -> State:
        """The context of a node of these types (JSON-LD 1.1 API §5.1.2, step 11: in the order of their names)."""
        found = self._of_types.get(types)
        if found is None:
            found = self
            for name in sorted(types):
                term = self.terms.get(name)
                if term is not None and term.local is not _NONE:
                    found = State(_applied(found, term.local).terms, self)
            if len(self._of_types) < 1_000:  # types come from strangers
                self._of_types[types] = found
        return found


def _applied(state: State, local: Any) -> State:
    """`local` on top of it; null forgets everything."""
    if local is None:
        return State({})
    terms = dict(state.terms)
    for one in local if isinstance(local, list) else [local]:
        for name, definition in one.items():
            if not name.startswith("@"):
                terms[name] = _Term(definition)
    return State(terms)


@cache
def _start(urls: tuple[str, ...]) -> State:
    state = State({})
    for url in urls:
        state = _applied(state, contexts()[url]["@context"])
    return state


def first_undefined(document: Json) -> str | None:
    """A term that no context defines, or a relative address; None where there is none. Raises NotInTableError."""
    urls = document.get("@context")
    if not isinstance(urls, list) or not all(isinstance(url, str) and url in contexts() for url in urls):
        raise NotInTableError
    return _node(document, _start(tuple(urls)), top=True)


def _node(node: Json, state: State, *, top: bool = False) -> str | None:
    types = _types(node, state)
    typed = state.typed(types) if types else state
    for name, value in node.items():
        if name.startswith("@"):
            if top and name == "@context":
                continue
            raise NotInTableError
        term = typed.terms.get(name)
        if term is None:
            return name
        found = _keyword(term.keyword, value, types, state) if term.keyword else _value(value, name, term, typed)
        if found is not None:
            return found
    return None


def _types(node: Json, state: State) -> tuple[str, ...]:
    value = node.get("type", ())
    types = (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else ()
    if not all(isinstance(one, str) for one in types):
        raise NotInTableError
    return types if "type" in state.terms or not types else ()


def _keyword(keyword: str, value: Any, types: tuple[str, ...], state: State) -> str | None:
    if keyword == "@type":
        return next((name for name in types if name not in state.terms and not _ABSOLUTE.match(name)), None)
    if not isinstance(value, str):
        raise NotInTableError
    return None if _ABSOLUTE.match(value) else value


def _value(value: Any, name: str, term: _Term, state: State) -> str | None:
    if term.kind == "@json":
        return None
    if isinstance(value, dict):
        return _node(value, state.inside(name, term))
    if isinstance(value, list):
        for one in value:
            if (found := _value(one, name, term, state)) is not None:
                return found
        return None
    if isinstance(value, str) and term.kind in ("@id", "@vocab") and not _ABSOLUTE.match(value):
        return None if term.kind == "@vocab" and value in state.terms else value
    return None
