"""Signing in and out: `/masuk`, by OpenID Connect, or, on a developer's own machine, as anybody."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from urllib.parse import urlsplit

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from credentials.access.principal import Principal
from credentials.services.sign_in import SignIn, day_of
from jejak.pages.oidc import Attempt, OpenId
from jejak.pages.records import SESSION_US, PageSession, Sessions
from jejak.pages.rendering import HEADERS, language_of, page
from lrs.errors import ForbiddenError, StoreUnavailableError
from verifier.errors import RefusedError
from verifier.web.uploads import read_form

SESSION_COOKIE, _ATTEMPT_COOKIE = "jejak_session", "jejak_masuk"
_ATTEMPT_SECONDS = 600
_HOME = "/saya"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Whoever has the session."""

    principal: Principal
    session: PageSession
    token: str

    @property
    def person(self) -> str:
        return self.principal.person


@dataclass(frozen=True, slots=True)
class Door:
    """`seal`: a keyed hash over what the browser keeps between going and coming back. `secure`: whether the server is reached by https."""

    sign_in: SignIn
    sessions: Sessions
    openid: OpenId | None
    development: bool
    seal: Callable[[bytes], bytes]
    secure: bool

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter(include_in_schema=False)
        router.add_api_route("/masuk", self.show, methods=["GET"])
        router.add_api_route("/masuk/oidc", self.go, methods=["GET"])
        router.add_api_route("/masuk/kembali", self.come_back, methods=["GET"])
        router.add_api_route("/keluar", self.leave, methods=["POST"])
        if self.development:
            router.add_api_route("/masuk/dev", self.develop, methods=["POST"])
        return router

    async def signed_in(self, request: Request) -> SignedIn | None:
        """None for nobody, and for who was switched off since."""
        token = request.cookies.get(SESSION_COOKIE, "")
        session = await self.sessions.of(token) if token else None
        if session is None or not await self._may(session.person):
            return None
        return SignedIn(await self.sign_in.principal(session.person), session, token)

    async def show(self, request: Request) -> Response:
        """Where to sign in."""
        return self._page(request)

    async def go(self, request: Request) -> Response:
        """To the provider."""
        if self.openid is None:
            return self._page(request, status=404)
        try:
            address, attempt = await self.openid.begin()
        except StoreUnavailableError as error:
            return self._page(request, error.message, 503)
        answer = RedirectResponse(address, 303, headers=HEADERS)
        self._set(
            answer, _ATTEMPT_COOKIE, self._sealed({**asdict(attempt), "next": _local(request.query_params.get("next"))}), _ATTEMPT_SECONDS
        )
        return answer

    async def come_back(self, request: Request) -> Response:
        """From the provider, with a code."""
        kept = self._opened(request.cookies.get(_ATTEMPT_COOKIE, ""))
        if self.openid is None or kept is None:
            return self._page(request, "this sign-in was not begun here, or too long ago; begin again", 403)
        asked, attempt = request.query_params, Attempt(kept["state"], kept["nonce"], kept["verifier"])
        try:
            claim = await self.openid.finish(attempt, asked.get("state", ""), asked.get("code", ""), asked.get("iss", ""))
            return await self._entered(request, await self._person(claim), _local(kept.get("next")))
        except ForbiddenError as error:
            return self._page(request, error.message, 403)
        except StoreUnavailableError as error:
            return self._page(request, error.message, 503)

    async def develop(self, request: Request) -> Response:
        """As anybody, by a person's id or number."""
        try:
            typed = (await read_form(request)).fields.get("person", "").strip()
            person = typed if await self.sign_in.persons.known(typed) else await self._person(typed)
            return await self._entered(request, person, _HOME)
        except (ForbiddenError, RefusedError) as error:
            return self._page(request, str(error), 403)

    async def leave(self, request: Request) -> Response:
        """Ends the session."""
        who = await self.signed_in(request)
        if who is not None and await genuine(request, who) is not None:
            await self.sessions.end(who.token)
        answer = RedirectResponse("/masuk", 303, headers=HEADERS | {"Clear-Site-Data": '"cookies"'})
        answer.delete_cookie(SESSION_COOKIE)
        return answer

    async def _entered(self, request: Request, person: str, where: str) -> Response:
        if not await self._may(person):
            raise ForbiddenError("this user is switched off")
        old = request.cookies.get(SESSION_COOKIE, "")
        if old:
            await self.sessions.end(old)
        answer = RedirectResponse(where, 303, headers=HEADERS)
        self._set(answer, SESSION_COOKIE, await self.sessions.begin(person), SESSION_US // 1_000_000)
        answer.delete_cookie(_ATTEMPT_COOKIE)
        return answer

    async def _person(self, claim: str) -> str:
        """Whom the claim names: a login that was given, or a number of today. Raises ForbiddenError."""
        today = day_of(self.sign_in.clock.now_us())
        person = await self.sign_in.store.login(claim) or await self.sign_in.persons.holder_of(claim, today)
        if not person:
            raise ForbiddenError("nobody here is known by that sign-in; ask HR of your agency")
        return person

    async def _may(self, person: str) -> bool:
        kept = await self.sign_in.store.user(person)
        return kept.value.active if kept is not None else await self.sign_in.persons.known(person)

    def _page(self, request: Request, problem: str = "", status: int = 200) -> Response:
        told = language_of(request)
        values = {"problem": told.text(problem), "openid": self.openid is not None, "development": self.development}
        values["person"] = request.query_params.get("person", "")
        return page(request, "signin.html", status, next=_local(request.query_params.get("next")), **values)

    def _set(self, answer: Response, name: str, value: str, seconds: int) -> None:
        answer.set_cookie(name, value, max_age=seconds, path="/", secure=self.secure, httponly=True, samesite="lax")

    def _sealed(self, value: dict[str, str]) -> str:
        content = base64.urlsafe_b64encode(json.dumps(value).encode())
        return f"{content.decode()}.{self.seal(content).hex()}"

    def _opened(self, text: str) -> dict[str, str] | None:
        content, _, seal = text.partition(".")
        if not hmac.compare_digest(self.seal(content.encode()).hex(), seal):
            return None
        try:
            told: dict[str, str] = json.loads(base64.urlsafe_b64decode(content))
        except (ValueError, binascii.Error):
            return None
        return told


async def genuine(request: Request, who: SignedIn) -> dict[str, str] | None:
    """The fields of a form that one of our own pages sent; None for another's (cross-site request forgery)."""
    origin = request.headers.get("origin")
    if origin not in (None, "null") and urlsplit(origin).netloc != request.headers.get("host"):
        return None
    try:
        fields = (await read_form(request)).fields
    except RefusedError:
        return None
    return fields if hmac.compare_digest(fields.get("form", "").encode(), who.session.form.encode()) else None


def _local(path: str | None) -> str:
    """Only to pages of our own."""
    return path if path is not None and (path == _HOME or path.startswith((f"{_HOME}/", f"{_HOME}?"))) and "\\" not in path else _HOME
