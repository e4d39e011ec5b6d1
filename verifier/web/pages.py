"""Pages for people: `/v` (check anything), `/v/ID` (where the QR leads), and comparing a NIP. They need no script in the browser."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from verifier.checks.digest import credential_digest
from verifier.errors import BusyError, CheckError, RefusedError, UnavailableError
from verifier.messages import marked, message
from verifier.readers.number import read_number
from verifier.readers.presented import Exhibit
from verifier.readers.text import read_text
from verifier.report import Facts, Report, Step
from verifier.running import Run
from verifier.verdict import Verdict
from verifier.verification import verify
from verifier.web.rendering import HEADERS, language_of, page, shown
from verifier.web.site import Kept, Match, Site
from verifier.web.uploads import read_form
from verifier.web.wording import fragment_texts

_LONGEST_ID = 64
_LONGEST_NIP = 30
_NOT_KEPT: dict[str, Any] = {"downloads": (), "replaced_by": "", "match_action": "", "matched": "", "match_text": "", "data": None}
_MATCHED = {
    Match.SAME: marked("Yes: this NIP belongs to the holder of this certificate."),
    Match.DIFFERENT: marked("No: this NIP does not belong to the holder of this certificate."),
    Match.TOO_OFTEN: marked("It has been tried too often for this certificate. Contact the provider (hubungi penerbit)."),
}


@dataclass(frozen=True, slots=True)
class Pages:
    """The routes."""

    site: Site
    batches: bool = False

    def router(self) -> APIRouter:
        """Everything under `/v` that is a page."""
        router = APIRouter(include_in_schema=False)
        router.add_api_route("/v", self.form, methods=["GET"])
        router.add_api_route("/v", self.check, methods=["POST"])
        router.add_api_route("/v/{certificate_id}", self.scan, methods=["GET"])
        router.add_api_route("/v/{certificate_id}/match", self.match, methods=["POST"])
        return router

    async def form(self, request: Request) -> Response:
        """The form. `?n=` is a number that somebody typed elsewhere."""
        return self._form(request)

    async def check(self, request: Request) -> Response:
        """The verdict on what was sent: a file, or a number, link or text."""
        told = language_of(request)
        try:
            form = await read_form(request)
            typed = form.fields.get("certificate", "")
            if form.file is None and (certificate_id := read_number(typed)) is not None:
                return RedirectResponse(f"/v/{certificate_id}?lang={told.code}", 303, headers=HEADERS)
            content = form.file if form.file is not None else typed.encode("utf-8", "replace")
            if not content.strip():
                raise RefusedError("choose a file, or type a number, a link or a text")
            report = await self.site.pool.examine(content)
        except RefusedError as error:
            return self._form(request, told.say(error.reason), error.status)
        except BusyError as error:
            answer = self._form(request, told.say(error.reason), 503)
            answer.headers["Retry-After"] = str(error.retry)
            return answer
        return page(request, "result.html", self.site.host, **(shown(report, told, self.site.now()) | _NOT_KEPT))

    async def scan(self, request: Request, certificate_id: str) -> Response:
        """The verdict on a certificate that is kept here."""
        return await self._kept(request, certificate_id[:_LONGEST_ID])

    async def match(self, request: Request, certificate_id: str) -> Response:
        """Whether a NIP is the holder's. It comes in the body and is not kept."""
        told, certificate_id = language_of(request), certificate_id[:_LONGEST_ID]
        if self.site.match is None or await self.site.certificates.kept(certificate_id) is None:
            return self._missing(request)
        try:
            typed = (await read_form(request)).fields.get("nip", "")
        except RefusedError as error:
            return self._form(request, told.say(error.reason), error.status)
        nip = "".join(letter for letter in typed[:_LONGEST_NIP] if letter.isalnum())
        found = await self.site.match.compare(certificate_id, nip) if nip else Match.DIFFERENT
        return await self._kept(request, certificate_id, found)

    async def _kept(self, request: Request, certificate_id: str, matched: Match | None = None) -> Response:
        kept = await self.site.certificates.kept(certificate_id)
        if kept is None:
            return self._missing(request)
        told = language_of(request)
        report, data = await asyncio.to_thread(self._verified, kept)
        values = {
            "downloads": kept.downloads,
            "replaced_by": kept.replaced_by if report.verdict is Verdict.REVOKED else "",
            "match_action": f"/v/{certificate_id}/match?lang={told.code}" if self.site.match is not None else "",
            "matched": "" if matched is None else matched.value,
            "match_text": "" if matched is None else told.text(_MATCHED[matched]),
            "data": None if data is None else data | fragment_texts(told),
        }
        shows = shown(report, told, self.site.now(), certificate_id)
        return page(request, "result.html", self.site.host, 429 if matched is Match.TOO_OFTEN else 200, **shows, **values)

    def _verified(self, kept: Kept) -> tuple[Report, dict[str, object] | None]:
        """In a thread. Both proofs must be of the same text: whoever can write the database still cannot forge."""
        report = verify(Exhibit("link", kept.token), self.site.sources, self.site.now())
        if report.verdict is not Verdict.ALTERED and not _same(kept):
            run = Run("link")
            run.failed(Step.SIGNATURE, message("the two proofs of this certificate are not of the same text"))
            return run.report(), None
        return report, None if report.facts is None else self._data(kept, report.facts)

    def _data(self, kept: Kept, facts: Facts) -> dict[str, object]:
        """For `static/fragment.js`, which compares the QR's own object, if the page was opened by one."""
        try:
            issuer = self.site.sources.issuer(facts.issuer)
        except UnavailableError:
            issuer = None
        methods = [] if issuer is None else issuer.did_document.get("verificationMethod", [])
        keys = [one["publicKeyJwk"] for one in methods if one.get("publicKeyJwk")]
        digest = credential_digest(read_text(kept.token).document).hex()
        return {"digest": digest, "keys": keys, "issuer": facts.issuer if facts.provider else "", "offline": self.site.offline}

    def _form(self, request: Request, problem: str = "", status: int = 200) -> Response:
        typed = request.query_params.get("n", "")[:60]
        values = {"problem": problem, "typed": typed, "batches": self.batches, "offline": self.site.offline}
        return page(request, "check.html", self.site.host, status, **values)

    def _missing(self, request: Request) -> Response:
        return page(request, "missing.html", self.site.host, 404)


def _same(kept: Kept) -> bool:
    try:
        return read_text(kept.token).document == read_text(kept.document).document
    except CheckError:
        return False
