"""The learner's own pages: `/saya`. Hours with their reasons, certificates and links to share, what waits, who has looked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, get_args
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from credentials.queues.case import Verdict
from credentials.services.deciding import Deciding
from jejak.pages.door import Door, SignedIn, genuine
from jejak.pages.record import LearnerRecord
from jejak.pages.records import PARTS, Shares
from jejak.pages.rendering import HEADERS, language_of, page
from jejak.pages.words import part_name, role_name
from jejak.verifying import FORMATS
from lrs.errors import LrsError
from verifier.messages import marked

_FIRST_YEAR, _LAST_YEAR = 1990, 2200
_MOST_SHARED = 50  # certificates behind one link
_TOO_OLD = marked("The page was open too long, or was not ours. Try again.")


@dataclass(frozen=True, slots=True)
class LearnerPages:
    """`url`: the public address, for links to share."""

    door: Door
    record: LearnerRecord
    shares: Shares
    deciding: Deciding
    url: str

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter(include_in_schema=False)
        router.add_api_route("/saya", self.home, methods=["GET"])
        router.add_api_route("/saya/sertifikat", self.certificates, methods=["GET"])
        router.add_api_route("/saya/bagikan", self.share, methods=["POST"])
        router.add_api_route("/saya/cabut", self.unshare, methods=["POST"])
        router.add_api_route("/saya/menunggu", self.waiting, methods=["GET"])
        router.add_api_route("/saya/sesi", self.confirm, methods=["POST"])
        router.add_api_route("/saya/dilihat", self.views, methods=["GET"])
        router.add_api_route("/bagi/{token}", self.shared, methods=["GET"])
        return router

    async def home(self, request: Request) -> Response:
        """The year in one screen, then each line with its reason."""
        who = await self.door.signed_in(request)
        if who is None:
            return _to_door(request)
        told, now = language_of(request), self.record.year
        year = _year(request.query_params.get("tahun"), now)
        years = await self.record.years(who.person, year, told)
        to_confirm, waiting = await self.record.to_confirm(who.person), await self.record.waiting(who.person)
        values: dict[str, Any] = {"years": years, "year": year, "this_year": now}
        values |= {"to_confirm": len(to_confirm), "waiting": len(waiting)}
        return await self._page(request, who, "home.html", "home", **values)

    async def certificates(self, request: Request) -> Response:
        """With downloads and links to share."""
        who = await self.door.signed_in(request)
        return _to_door(request) if who is None else await self._certificates(request, who)

    async def share(self, request: Request) -> Response:
        """A new link: it is told once, on the page that answers."""
        who = await self.door.signed_in(request)
        if who is None:
            return _to_door(request)
        fields = await genuine(request, who)
        if fields is None:
            return await self._certificates(request, who, problem=_TOO_OLD, status=403)
        wanted = {name.removeprefix("c-") for name in fields if name.startswith("c-")}
        chosen = tuple(one.id for one in await self.record.chosen(who.person, wanted))[:_MOST_SHARED]
        if not chosen:
            return await self._certificates(request, who, problem=marked("Choose at least one certificate."), status=400)
        token = await self.shares.make(who.person, chosen, tuple(part for part in PARTS if f"p-{part}" in fields))
        return await self._certificates(request, who, link=f"{self.url}/bagi/{token}")

    async def unshare(self, request: Request) -> Response:
        """The link shows nothing any more."""
        who = await self.door.signed_in(request)
        if who is None:
            return _to_door(request)
        fields = await genuine(request, who)
        if fields is None:
            return await self._certificates(request, who, problem=_TOO_OLD, status=403)
        await self.shares.revoke(who.person, fields.get("share", ""))
        return _see("/saya/sertifikat", request)

    async def waiting(self, request: Request) -> Response:
        """Sessions to confirm, and what waits for others."""
        who = await self.door.signed_in(request)
        return _to_door(request) if who is None else await self._waiting(request, who)

    async def confirm(self, request: Request) -> Response:
        """The learner's word on a session that a coach logged."""
        who = await self.door.signed_in(request)
        if who is None:
            return _to_door(request)
        fields = await genuine(request, who)
        if fields is None:
            return await self._waiting(request, who, problem=_TOO_OLD, status=403)
        verdict = next((one for one in get_args(Verdict) if one == fields.get("verdict")), None)
        if verdict is None:
            return await self._waiting(request, who, problem=marked("Say whether the session took place."), status=400)
        try:
            await self.deciding.decide(who.principal, fields.get("case", ""), verdict, fields.get("reason", "").strip())
        except LrsError as error:
            return await self._waiting(request, who, problem=error.message, status=400)
        return _see("/saya/menunggu", request)

    async def views(self, request: Request) -> Response:
        """Who has looked at the record, when, as what and why."""
        who = await self.door.signed_in(request)
        if who is None:
            return _to_door(request)
        return await self._page(
            request, who, "views.html", "views", views=await self.record.views(who.person), role_name=role_name, part_name=part_name
        )

    async def shared(self, request: Request, token: str) -> Response:
        """What a link shows: what was chosen, and nothing else. Nobody signs in."""
        share = await self.shares.live(token[:100])
        if share is None:
            return page(request, "shared.html", 404, share=None)
        chosen = await self.record.chosen(share.person, share.certificates)
        name = await self.record.name(share.person) if "name" in share.parts else ""
        return page(request, "shared.html", share=share, certificates=chosen, name=name)

    async def _certificates(self, request: Request, who: SignedIn, *, link: str = "", problem: str = "", status: int = 200) -> Response:
        now = self.record.clock.now_us()
        certificates = await self.record.certificates(who.person)
        titles = {one.id: one.title for one in certificates}
        shares = [
            (one, one.live(now), [titles.get(known, known) for known in one.certificates]) for one in await self.shares.of(who.person)
        ]
        values = {"certificates": certificates, "formats": FORMATS, "parts": PARTS, "shares": shares, "link": link, "problem": problem}
        return await self._page(request, who, "certificates.html", "certificates", status, **values)

    async def _waiting(self, request: Request, who: SignedIn, *, problem: str = "", status: int = 200) -> Response:
        sessions, waiting = await self.record.to_confirm(who.person), await self.record.waiting(who.person)
        coaches = await self.record.coach_names(sessions)
        values = {"sessions": sessions, "waiting": waiting, "coaches": coaches, "problem": problem}
        return await self._page(request, who, "waiting.html", "waiting", status, **values)

    async def _page(self, request: Request, who: SignedIn, template: str, here: str, status: int = 200, **values: Any) -> Response:
        name = await self.record.name(who.person)
        return page(request, template, status, name=name, form=who.session.form, here=here, **values)


def _to_door(request: Request) -> Response:
    return RedirectResponse(f"/masuk?next={quote(request.url.path)}", 303, headers=HEADERS)


def _see(path: str, request: Request) -> Response:
    return RedirectResponse(f"{path}?lang={language_of(request).code}", 303, headers=HEADERS)


def _year(asked: str | None, now: int) -> int:
    given = asked if asked is not None and asked.isascii() and asked.isdecimal() and len(asked) == 4 else str(now)
    return min(max(int(given), _FIRST_YEAR), _LAST_YEAR)
