"""Check 6: the contexts are the pinned ones, and they define every term.

What no context defines says nothing to a reader of linked data, and a Data Integrity proof does not cover it. The document is expanded
with an `@vocab` behind its contexts, under which every undefined term, and every relative address, shows.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pyld import jsonld

from schemas.loader import contexts
from verifier.errors import CheckError
from verifier.readers.presented import Json

_UNDEFINED = "https://undefined.invalid/"


def check_terms(document: Json) -> None:
    """Raises CheckError."""
    urls = document.get("@context")
    known = contexts()
    if not isinstance(urls, list) or not urls or not all(isinstance(url, str) and url in known for url in urls):
        raise CheckError("it uses a context that this verifier does not have")
    if any(value is None or value == [] for value in _values(document)):
        raise CheckError("it has an empty member, which no proof covers")
    options = {"base": _UNDEFINED, "documentLoader": _load}
    try:
        expanded = jsonld.expand(document | {"@context": [*urls, {"@vocab": _UNDEFINED}]}, options)
    except jsonld.JsonLdError as error:
        raise CheckError("it is no linked data that can be read") from error
    for text in _values(expanded):
        if isinstance(text, str) and text.startswith(_UNDEFINED):
            raise CheckError(f"no context defines {text.removeprefix(_UNDEFINED)[:80]!r}")


def _load(url: str, options: Json) -> Json:
    """PyLD's way to ask for a context."""
    return {"contextUrl": None, "documentUrl": url, "document": contexts()[url]}


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
