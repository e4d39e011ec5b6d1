"""Which terms a document uses, and whether the pinned contexts define every one of them (JSON-LD 1.1 §4.1: scoped contexts and all).

What no context defines would be left out of a Data Integrity proof in silence. So a document is walked before it is signed, by a table
that is built once from the contexts, and refused for anything that a proof would not cover or that others read differently: an
undefined term, a relative address, null, an empty object or array, a control character.

The walk also tells which definitions the document uses. Everything else in the contexts cannot change what is signed, and leaving it out
makes the parser's work a tenth.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeAlias

from credentials.errors import UndefinedTermError
from schemas.loader import contexts

Json: TypeAlias = dict[str, Any]

_KNOWN_SETTINGS = {"@protected", "@version"}
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x20]+")
_MOST_SHAPES = 10_000  # kept in memory; certificates have some dozens
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(slots=True, eq=False)
class Term:
    """`context` and `name`: where it is defined. `kind`: "id", "type", "address", "word" (a term or an address), "value", or "refused".
    `scoped`: the contexts that hold under it.
    """

    context: int
    name: str
    kind: str
    scoped: tuple[int, ...]


@dataclass(slots=True, eq=False)
class _Scope:
    """The terms that hold somewhere in a document. `inner`: scopes that were made of it, by contexts applied; `typed`: by types, with the
    terms that name the types.
    """

    terms: dict[str, Term]
    inner: dict[tuple[int, ...], _Scope] = field(default_factory=dict)
    typed: dict[tuple[str, ...], tuple[_Scope, tuple[Term, ...]]] = field(default_factory=dict)


class _Table:
    """All contexts, nested ones too, by number; and the scope at the top."""

    def __init__(self, urls: tuple[str, ...]) -> None:
        known = contexts()
        if unknown := [url for url in urls if url not in known]:
            raise UndefinedTermError(f"this context is not pinned: {unknown[0]}")
        self._contexts: list[Json] = []
        self._terms: list[dict[str, Term]] = []
        self._shapes: dict[frozenset[Term], str] = {}
        self._tops = [self._number(context) for url in urls for context in _as_list(known[url]["@context"])]
        self.top = self.applied(_Scope({}), tuple(self._tops))

    def applied(self, scope: _Scope, numbers: tuple[int, ...]) -> _Scope:
        """The scope with these contexts on top."""
        found = scope.inner.get(numbers)
        if found is None:
            terms = dict(scope.terms)
            for number in numbers:
                terms |= self._terms[number]
            found = scope.inner[numbers] = _Scope(terms)
        return found

    def typed(self, scope: _Scope, types: tuple[str, ...]) -> tuple[_Scope, tuple[Term, ...]]:
        """The scope for an object of these types: their contexts on top, in the order of the types' names (JSON-LD 1.1 API §5.1.2)."""
        found = scope.typed.get(types)
        if found is None:
            own, named = scope, [scope.terms["type"]]
            for name in sorted(types):
                if (term := scope.terms.get(name)) is not None:
                    named.append(term)
                    own = self.applied(own, term.scoped) if term.scoped else own
            found = (own, tuple(named))
            if len(scope.typed) < _MOST_SHAPES:
                scope.typed[types] = found
        return found

    def pruned(self, used: frozenset[Term]) -> str:
        """The contexts as JSON, with the definitions in `used` only."""
        shape = self._shapes.get(used)
        if shape is None:
            shape = json.dumps([self._kept(number, used) for number in self._tops], ensure_ascii=False)
            if len(self._shapes) < _MOST_SHAPES:
                self._shapes[used] = shape
        return shape

    def _kept(self, number: int, used: frozenset[Term]) -> Json:
        context = self._contexts[number]
        names = {term.name for term in used if term.context == number} | _KNOWN_SETTINGS
        names |= {definition["@id"] for name in names if isinstance(definition := context.get(name), dict) and "@id" in definition}
        return {name: self._kept_term(number, name, definition, used) for name, definition in context.items() if name in names}

    def _kept_term(self, number: int, name: str, definition: Any, used: frozenset[Term]) -> Any:
        if not isinstance(definition, dict) or "@context" not in definition:
            return definition
        term = self._terms[number].get(name)
        scoped = term.scoped if term is not None else ()
        return definition | {"@context": [self._kept(inner, used) for inner in scoped]}

    def _number(self, context: Json) -> int:
        number = len(self._contexts)
        self._contexts.append(context)
        self._terms.append({})
        for name, definition in context.items():
            if not name.startswith("@"):
                self._terms[number][name] = self._term(number, name, definition)
            elif name not in _KNOWN_SETTINGS:
                raise UndefinedTermError(f"a context has {name}, which this version does not read")
        return number

    def _term(self, number: int, name: str, definition: Any) -> Term:
        if not isinstance(definition, dict):
            kind = {"@id": "id", "@type": "type"}.get(definition, "value" if definition else "refused")
            return Term(number, name, kind, ())
        scoped = _as_list(definition.get("@context", []))
        plain = definition.get("@container") in (None, "@set", "@list", "@graph") and all(isinstance(one, dict) for one in scoped)
        kind = {"@id": "address", "@vocab": "word", "@json": "refused"}.get(definition.get("@type", ""), "value")
        numbers = tuple(self._number(one) for one in scoped) if plain else ()
        return Term(number, name, kind if plain and definition.get("@id") else "refused", numbers)


class _Refused(Exception):
    """Why, and from the inside out where."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why
        self.path: list[str] = []


@cache
def _table(urls: tuple[str, ...]) -> _Table:
    return _Table(urls)


def check_terms(document: Json) -> None:
    """Raises UndefinedTermError for what a proof over the document would not cover, or others read differently."""
    _walk(document)


def needed_contexts(document: Json) -> str:
    """The contexts as far as the document needs them, in JSON. Raises UndefinedTermError as `check_terms` does."""
    table, used = _walk(document)
    return table.pruned(frozenset(used))


def _walk(document: Json) -> tuple[_Table, set[Term]]:
    table = _table(tuple(document["@context"]))
    used: set[Term] = set()
    try:
        _walk_node(table, table.top, {name: value for name, value in document.items() if name != "@context"}, used)
    except _Refused as refused:
        where = "".join(refused.path[::-1]).lstrip(".") or "the document"
        raise UndefinedTermError(f"{where[:200]}: {refused.why}") from None
    return table, used


def _walk_node(table: _Table, scope: _Scope, node: Json, used: set[Term]) -> None:
    """An object. Contexts of its types hold for its own members, those of a member for what is under it (JSON-LD 1.1 §4.1.5, §4.1.8)."""
    if not node:
        raise _Refused("this is empty, so no proof would cover it")
    own = scope
    if (types := node.get("type")) is not None:
        own, named = table.typed(scope, _types(types))
        used.update(named)
    terms = own.terms
    for name, value in node.items():
        member = terms.get(name)
        try:
            if member is None or member.kind == "refused":
                raise _Refused("no context defines this")
            used.add(member)
            if isinstance(value, str):
                _check_text(own, member.kind, value, used)
            else:
                below = table.applied(scope, member.scoped) if member.scoped else scope
                _walk_value(table, below, own, member.kind, value, used)
        except _Refused as refused:
            refused.path.append(f".{name}")
            raise


def _types(types: Any) -> tuple[str, ...]:
    if isinstance(types, list) and all(isinstance(one, str) for one in types):
        return tuple(types)
    if isinstance(types, str):
        return (types,)
    raise _Refused("a type is text")


def _walk_value(table: _Table, scope: _Scope, own: _Scope, kind: str, value: Any, used: set[Term]) -> None:
    """What is not text. `scope`: for objects below; `own`: for words."""
    if isinstance(value, list):
        _check_list(value)
        for number, one in enumerate(value):
            try:
                if isinstance(one, str):
                    _check_text(own, kind, one, used)
                else:
                    _walk_value(table, scope, own, kind, one, used)
            except _Refused as refused:
                refused.path.append(f"[{number}]")
                raise
    elif value is None or kind in ("id", "type"):
        raise _Refused("this is null, or not text where text must be")
    elif isinstance(value, dict):
        _walk_node(table, scope, value, used)


def _check_list(value: list[Any]) -> None:
    if not value or any(isinstance(one, list) for one in value):
        raise _Refused("an empty array, or one in another, is not covered as it is")
    texts = [one for one in value if isinstance(one, str)]
    if len(texts) > 1 and len(set(texts)) != len(texts):
        raise _Refused("what is said twice is covered once")


def _check_text(own: _Scope, kind: str, value: str, used: set[Term]) -> None:
    if not value.isprintable() and _CONTROL.search(value):  # the first is quick and says no to more than control characters
        raise _Refused("control characters are read differently by others")
    if kind == "value":
        return
    term = own.terms.get(value) if kind in ("type", "word") else None
    if term is not None and term.kind != "refused":
        used.add(term)
    elif _ABSOLUTE.fullmatch(value) is None:
        raise _Refused(f"{value[:80]!r} is no absolute address, and no context defines it")


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
