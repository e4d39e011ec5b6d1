"""Every term is defined: part of check 1.

What no context defines says nothing to a reader of linked data, and a Data Integrity proof does not cover it. The long way: the document is
expanded with an `@vocab` behind its contexts, under which every undefined term, and every relative address, shows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pyld import jsonld

from schemas.loader import contexts
from verifier.checks.term_table import NotInTableError, first_undefined
from verifier.errors import CheckError
from verifier.readers.presented import Json
from verifier.verdict import Verdict

_UNDEFINED = "https://undefined.invalid/"
MOST_CONTEXTS = 10


def check_terms(document: Json, fetched: Mapping[str, Json]) -> None:
    """`fetched`: contexts beside the pinned ones. Raises CheckError."""
    if empty := _empty_member(document):
        raise CheckError("its member {name} is empty, which no proof covers", Verdict.ALTERED, name=empty)
    try:
        undefined = first_undefined(document)
    except NotInTableError:
        undefined = expanded_undefined(document, fetched)
    if undefined is not None:
        raise CheckError("no context defines {term}", Verdict.ALTERED, term=repr(undefined))


def foreign_contexts(document: Json) -> list[str]:
    """The contexts that must be fetched to understand it. Raises CheckError."""
    urls = document.get("@context")
    if not isinstance(urls, list) or not 0 < len(urls) <= MOST_CONTEXTS or not all(isinstance(url, str) for url in urls):
        raise CheckError("its contexts are not a short list of addresses", Verdict.CANNOT_CHECK)
    return [url for url in urls if url not in contexts()]


def expanded_undefined(document: Json, fetched: Mapping[str, Json]) -> str | None:
    """The long way. Raises CheckError."""
    known = contexts() | dict(fetched)

    def load(url: str, options: Json) -> Json:
        if url not in known:
            raise CheckError("it uses a context that this verifier does not have: {url}", Verdict.CANNOT_CHECK, url=url)
        return {"contextUrl": None, "documentUrl": url, "document": known[url]}

    try:
        urls = document["@context"]
        last = [] if any(_has_vocabulary(one) for one in fetched.values()) else [{"@vocab": _UNDEFINED}]
        expanded = jsonld.expand(document | {"@context": [*urls, *last]}, {"base": _UNDEFINED, "documentLoader": load})
    except (jsonld.JsonLdError, TypeError, ValueError, AttributeError, KeyError) as error:
        raise CheckError("it is no linked data that can be read", Verdict.CANNOT_CHECK) from error
    texts = (text for text in _values(expanded) if isinstance(text, str) and text.startswith(_UNDEFINED))
    return next((text.removeprefix(_UNDEFINED) for text in texts), None)


def _has_vocabulary(context: Json) -> bool:
    """Whether it defines every term there is, as contexts for examples do."""
    inner = context.get("@context")
    return any(isinstance(one, dict) and one.get("@vocab") for one in (inner if isinstance(inner, list) else [inner]))


def _empty_member(value: Json) -> str:
    """The name of the first member that holds nothing, at any depth."""
    for name, inner in value.items():
        for one in inner if isinstance(inner, list) else (inner,):
            if one is None or one == []:
                return name
            if isinstance(one, dict) and (found := _empty_member(one)):
                return found
        if inner == []:
            return name
    return ""


def _values(value: Any) -> Iterator[Any]:
    """Every member's name and every value, at any depth."""
    yield value
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from _values(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _values(inner)
