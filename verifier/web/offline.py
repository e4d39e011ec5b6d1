"""The page that works without a network, and what it keeps: trust list, root, status lists. Each is public; lists come through here, so no
issuer learns who is checked.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Protocol

from fastapi import APIRouter, Request, Response

from verifier.errors import UnavailableError
from verifier.language import Language
from verifier.trust import KnownIssuer
from verifier.web.rendering import HEADERS, language_of, page
from verifier.web.site import Site
from verifier.web.wording import offline_texts

_LONGEST = 2_000  # characters of a parameter
_FIVE_MINUTES = HEADERS | {"Cache-Control": "public, max-age=300"}


class TrustFiles(Protocol):
    """The trust list and the built-in root as they were signed. None: there is none."""

    async def trust_list(self) -> bytes | None: ...

    async def root(self) -> bytes | None: ...


@dataclass(frozen=True, slots=True)
class Offline:
    """The routes. They stand before `/v/{certificate_id}`."""

    site: Site
    files: TrustFiles

    def router(self) -> APIRouter:
        """`/v/offline`, and what it fetches."""
        router = APIRouter(include_in_schema=False)
        router.add_api_route("/v/offline", self.page, methods=["GET"])
        router.add_api_route("/v/trust.json", self.trust_list, methods=["GET"])
        router.add_api_route("/v/root.json", self.root, methods=["GET"])
        router.add_api_route("/v/lists", self.status_list, methods=["GET"])
        return router

    async def page(self, request: Request) -> Response:
        """Kept by the service worker."""
        told: Language = language_of(request)
        return page(request, "offline.html", self.site.host, texts=offline_texts(told))

    async def trust_list(self) -> Response:
        """As the overseer signed it."""
        return _json(await self.files.trust_list())

    async def root(self) -> Response:
        """The root that this verifier trusts."""
        return _json(await self.files.root())

    async def status_list(self, issuer: str = "", purpose: str = "", number: str = "") -> Response:
        """A list of an issuer on the trust list, as a token. 404 for one that it does not have."""
        known = None if len(issuer) > _LONGEST else await asyncio.to_thread(self._issuer, issuer)
        if (
            known is None
            or purpose not in ("revocation", "suspension")
            or not (number.isascii() and number.isdecimal() and len(number) < 6)
        ):
            return Response(status_code=404, headers=HEADERS)
        template = known.revocations if purpose == "revocation" else known.suspensions
        try:
            found = await asyncio.to_thread(self.site.sources.status_list, template.replace("{list}", number))
        except UnavailableError:
            return Response(status_code=404, headers=HEADERS)
        return Response(found.text, media_type="text/plain", headers=_FIVE_MINUTES)

    def _issuer(self, did: str) -> KnownIssuer | None:
        try:
            return self.site.sources.issuer(did)
        except UnavailableError:
            return None


def _json(content: bytes | None) -> Response:
    if content is None:
        return Response(status_code=404, headers=HEADERS)
    return Response(content, media_type="application/json", headers=_FIVE_MINUTES)
