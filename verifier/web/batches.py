"""A ZIP of many files, for people (`/v/batch`) and for programs (`POST /verify/batch`): a job with progress and a table as CSV."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from verifier.batch import MOST_FILES, as_csv
from verifier.errors import BusyError, RefusedError
from verifier.jobs import Job, Jobs
from verifier.language import VERDICTS, Language
from verifier.messages import message
from verifier.verdict import Verdict
from verifier.web.api import ANYWHERE, refusal
from verifier.web.rendering import HEADERS, because, language_of, page
from verifier.web.site import Site
from verifier.web.telling import report_json
from verifier.web.uploads import spooled_file

_LONGEST_ID = 64
_REFRESH = 2  # seconds until a page that shows progress loads itself anew


@dataclass(frozen=True, slots=True)
class Batches:
    """The routes."""

    site: Site
    jobs: Jobs

    def router(self) -> APIRouter:
        """They stand before `/v/{certificate_id}`."""
        router = APIRouter(tags=["verifier"])
        router.add_api_route("/v/batch", self.form, methods=["GET"], include_in_schema=False)
        router.add_api_route("/v/batch", self.start, methods=["POST"], include_in_schema=False)
        router.add_api_route("/v/batch/{job_id}.csv", self.csv, methods=["GET"], include_in_schema=False)
        router.add_api_route("/v/batch/{job_id}", self.show, methods=["GET"], include_in_schema=False)
        router.add_api_route("/verify/batch", self.api_start, methods=["POST"], status_code=202, summary="Check a ZIP of files")
        router.add_api_route("/verify/batch/{job_id}.csv", self.csv, methods=["GET"], summary="The table of a batch, as CSV")
        router.add_api_route("/verify/batch/{job_id}", self.api_show, methods=["GET"], summary="Progress and reports of a batch")
        return router

    async def form(self, request: Request) -> Response:
        """Where a ZIP is chosen."""
        return self._form(request)

    async def start(self, request: Request) -> Response:
        """Starts the job and leads to its page."""
        told = language_of(request)
        try:
            job = await self._start(request)
        except RefusedError as error:
            return self._form(request, told.say(error.reason), error.status)
        except BusyError as error:
            answer = self._form(request, told.say(error.reason), 503)
            answer.headers["Retry-After"] = str(error.retry)
            return answer
        return RedirectResponse(f"/v/batch/{job.id}?lang={told.code}", 303, headers=HEADERS)

    async def show(self, request: Request, job_id: str) -> Response:
        """Progress, then what came of it. It loads itself anew while it goes on; that needs no script."""
        job, told = self.jobs.job(job_id[:_LONGEST_ID]), language_of(request)
        if job is None:
            return self._form(request, told.text("This check is over and forgotten, or was never begun."), 404)
        answer = page(request, "job.html", self.site.host, **_shown(job, told))
        if not (job.finished or job.failed):
            answer.headers["Refresh"] = str(_REFRESH)
        return answer

    async def csv(self, request: Request, job_id: str) -> Response:
        """The table, as far as it goes."""
        job = self.jobs.job(job_id[:_LONGEST_ID])
        if job is None:
            return refusal(404, message("This check is over and forgotten, or was never begun."))
        content = "\ufeff" + as_csv(job.results, language_of(request))
        named = {"Content-Disposition": 'attachment; filename="jejak-verifikasi.csv"'}
        return Response(content, media_type="text/csv; charset=utf-8", headers=HEADERS | named)

    async def api_start(self, request: Request) -> JSONResponse:
        """The body is a ZIP of at most 500 files (or a form with it as `file`). 202 with where to look."""
        try:
            job = await self._start(request)
        except RefusedError as error:
            return refusal(error.status, error.reason)
        except BusyError as error:
            return refusal(503, error.reason, {"Retry-After": str(error.retry)})
        where = f"/verify/batch/{job.id}"
        return JSONResponse(_job_json(job, whole=False), status_code=202, headers=ANYWHERE | {"Location": where})

    async def api_show(self, request: Request, job_id: str) -> JSONResponse:
        """`reports` as far as they go, in the order of the files."""
        job = self.jobs.job(job_id[:_LONGEST_ID])
        if job is None:
            return refusal(404, message("This check is over and forgotten, or was never begun."))
        return JSONResponse(_job_json(job, whole=True), headers=ANYWHERE)

    async def _start(self, request: Request) -> Job:
        file = await spooled_file(request)
        try:
            return await self.jobs.start(file)
        except BaseException:
            file.close()
            raise

    def _form(self, request: Request, problem: str = "", status: int = 200) -> Response:
        return page(request, "batch.html", self.site.host, status, problem=problem, most=MOST_FILES)


def _shown(job: Job, told: Language) -> dict[str, Any]:
    lines = [
        {
            "name": result.name,
            "verdict": result.report.verdict.value,
            "told": told.text(VERDICTS[result.report.verdict]),
            "holder": result.report.facts.holder if result.report.facts else "",
            "title": result.report.facts.title if result.report.facts else "",
            "because": told.say(because(result.report)),
        }
        for result in job.results
    ]
    lines.sort(key=lambda line: list(Verdict).index(Verdict(line["verdict"])))
    counts = [(verdict.value, told.text(VERDICTS[verdict]), count) for verdict, count in job.counts.items()]
    return {"job": job, "done": len(job.found), "lines": lines, "counts": counts}


def _job_json(job: Job, *, whole: bool) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": job.id,
        "total": job.total,
        "done": len(job.found),
        "finished": job.finished,
        "failed": job.failed,
        "counts": {verdict.value: count for verdict, count in job.counts.items()},
        "csv": f"/verify/batch/{job.id}.csv",
    }
    if whole:
        told["reports"] = [{"file": result.name} | report_json(result.report) for result in job.results]
    return told
