"""What issuers publish: keys (did:web) and status lists. All of it can be kept by a cache, and served as static files as well."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from credentials.certificate.status import TTL_MS, Purpose
from credentials.keys import IssuerKeys
from credentials.services.status_lists import StatusLists
from credentials.web.answers import LONGEST_ID, etag_of, kept_for, tagged
from lrs.errors import NotFoundError

_DID_SECONDS = 300  # a rotated key is seen within five minutes
_LIST = kept_for(TTL_MS // 1000)
_LOOK_AGAIN = 1.0  # seconds until this process looks whether a list was signed anew
_MOST_KEPT = 1_000  # lists in memory, some 20 KB each
_TYPES = {"": "application/vc", ".jwt": "text/plain"}


@dataclass(slots=True)
class _Fresh:
    content: bytes
    etag: str
    read: float


def issuers_router(keys: IssuerKeys, lists: StatusLists) -> APIRouter:
    """`/issuers/PROVIDER/…`."""
    router = APIRouter(tags=["issuers"])
    fresh: dict[tuple[str, str, str], _Fresh] = {}

    @router.get("/issuers/{provider}/did.json")
    async def did_document(request: Request, provider: str) -> Response:
        """The issuer's keys (did:web 1.0)."""
        content = await keys.did_document(provider[:LONGEST_ID])
        if content is None:
            raise NotFoundError("nobody with this name has issued anything here", where="path")
        return tagged(request, json.dumps(content).encode(), "application/did+json", kept_for(_DID_SECONDS))

    @router.get("/issuers/{provider}/status/{purpose}/{number}")
    async def status_list(request: Request, provider: str, purpose: str, number: str) -> Response:
        """A status list (Bitstring Status List 1.0): with a Data Integrity proof, or with `.jwt` behind it as `vc+jwt`."""
        key = (provider[:LONGEST_ID], purpose, number)
        one, now = fresh.get(key), time.monotonic()
        if one is None or now - one.read > _LOOK_AGAIN:
            content = await _served(lists, *key)
            if len(fresh) >= _MOST_KEPT:
                fresh.clear()
            one = fresh[key] = _Fresh(content, etag_of(content), now)
        return tagged(request, one.content, _TYPES[".jwt" if number.endswith(".jwt") else ""], _LIST, one.etag)

    return router


async def _served(lists: StatusLists, provider: str, purpose: str, number: str) -> bytes:
    digits, dot, ending = number.partition(".")
    found = None
    if purpose in tuple(Purpose) and dot + ending in _TYPES and digits.isascii() and digits.isdecimal() and len(digits) < 10:
        found = await lists.signed(provider, Purpose(purpose), int(digits)) if digits == str(int(digits)) else None
    if found is None:
        raise NotFoundError("there is no such status list", where="path")
    return found.token.encode() if ending else found.document
