"""`/api/sessions`, `/api/session-forms`, `/api/objections`: what coaches and learners report, to be decided in the queue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from pydantic import AwareDatetime, Field

from credentials.access.principal import Principal
from credentials.ports.people import Persons
from credentials.queues.objection import About, Ground, Objection
from credentials.queues.session import Session
from credentials.services.attending import Attending
from credentials.services.casefile import MOST_FILES
from credentials.services.coaching import Coaching
from credentials.services.objections import Objections
from credentials.services.sign_in import day_of
from credentials.web.case_shapes import Said, case_view
from credentials.web.guards import PrincipalGuards
from credentials.web.shapes import After, Day, Digest, Identity, Limit, Shape, Slug, Text, known_parameters
from lrs.errors import InvalidRequestError, NotFoundError

_FIRST, _LAST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2999, 12, 31, tzinfo=UTC)
Moment = Annotated[AwareDatetime, Field(ge=_FIRST, le=_LAST)]
Files = Annotated[list[Digest], Field(max_length=MOST_FILES)]


class SessionPart(Shape):
    """A session; `batch`: of the coaching programme in the catalogue. `topic`: what it was about, never who."""

    kind: Literal["coaching", "mentoring"]
    batch: Slug
    starts: Moment
    minutes: Annotated[int, Field(ge=1, le=1_440)]
    topic: Text
    remote: bool = False
    note: Said = ""

    def session(self, coach: str) -> Session:
        """As the service takes it."""
        return Session(
            coach=coach, kind=self.kind, batch=self.batch, starts=self.starts, minutes=self.minutes, topic=self.topic, remote=self.remote
        )


class SessionIn(SessionPart):
    """Logged by the coach: the learner by the person's id, or by NIP or NI PPPK."""

    learner: Identity | None = None
    number: Annotated[str, Field(max_length=40)] | None = None


class FormIn(SessionPart):
    """Sent by the learner, with the scan of the form that the coach signed."""

    coach: Identity
    evidence: Files


class ObjectionIn(Shape):
    """'Bukan saya', a wrong name or date: to an entry, certificate, link, case or the own person, by its id."""

    ground: Ground
    about: About
    target: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9._~-]+$")]
    right_date: Day | None = None
    evidence: Files = Field(default_factory=list)
    note: Said = ""


@dataclass(frozen=True, slots=True)
class ReportServices:
    """What the routes call."""

    coaching: Coaching
    objections: Objections
    persons: Persons
    attending: Attending


def report_router(services: ReportServices, guards: PrincipalGuards) -> APIRouter:
    """The routes."""
    router = APIRouter(prefix="/api", tags=["queues"], dependencies=[Depends(known_parameters)])
    signed_in = Depends(guards.signed_in)
    _session_routes(router, services, signed_in)
    _objection_routes(router, services.objections, signed_in)
    return router


def _session_routes(router: APIRouter, services: ReportServices, signed_in: Principal) -> None:
    coaching = services.coaching

    @router.post("/sessions", status_code=201)
    async def log(body: SessionIn, principal: Principal = signed_in) -> dict[str, object]:
        """By a registered coach; counts once the learner approves it in their own cases."""
        learner = await _learner(body, services.persons, day_of(coaching.clock.now_us()))
        return case_view(await coaching.log(principal, learner, body.session(principal.person), body.note))

    @router.get("/sessions")
    async def logged(after: After = None, limit: Limit = 100, principal: Principal = signed_in) -> dict[str, object]:
        """Those of mine as a coach, newest first."""
        page = await coaching.casefile.cases.of_coach(principal.person, after, limit)
        return {"items": [case_view(one) for one in page.values], "more": page.more}

    @router.post("/session-forms", status_code=201)
    async def send_form(body: FormIn, principal: Principal = signed_in) -> dict[str, object]:
        """A session by a form with the coach's signature; counts once HR accepts it."""
        return case_view(await coaching.send_form(principal, body.session(body.coach), tuple(body.evidence), body.note))


def _objection_routes(router: APIRouter, objections: Objections, signed_in: Principal) -> None:
    @router.post("/objections", status_code=201)
    async def file(body: ObjectionIn, principal: Principal = signed_in) -> dict[str, object]:
        """Decided by HR or an overseer until `due`."""
        objection = Objection(ground=body.ground, about=body.about, target=body.target, right_date=body.right_date)
        return case_view(await objections.file(principal, objection, tuple(body.evidence), body.note))


async def _learner(body: SessionIn, persons: Persons, today: date) -> str:
    """Raises InvalidRequestError, NotFoundError: no text repeats the number."""
    if (body.learner is None) == (body.number is None):
        raise InvalidRequestError("name the learner by `learner` or by `number`, one of the two", where="learner")
    if body.learner is not None:
        return body.learner
    digits = "".join(letter for letter in body.number or "" if letter.isdigit())
    person = await persons.holder_of(digits, today)
    if not person:
        raise NotFoundError("nobody here has this number today", where="number")
    return person
