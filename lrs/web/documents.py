"""State, Activity Profile and Agent Profile (xAPI-Communication 1.0.3 2.3, 2.6, 2.7; 2.0 4.1.6.2, 4.1.6.5, 4.1.6.6)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from email.utils import format_datetime
from functools import partial

import orjson

from lrs.clock import to_datetime
from lrs.errors import ForbiddenError, InvalidRequestError, NotFoundError
from lrs.ports import DocumentKey, DocumentKind, DocumentStore, Scope
from lrs.services.principal import Principal
from lrs.web.exchange import Request, Response
from lrs.web.params import known_params
from lrs.xapi.actor import agent_id, parse_agent
from lrs.xapi.documents import Preconditions, delete_decision, is_known_already, post_decision, put_decision
from lrs.xapi.identifiers import parse_uuid
from lrs.xapi.iri import check_iri
from lrs.xapi.strict_json import JsonLimits
from lrs.xapi.timestamp import parse_timestamp

_READ_INLINE_BYTES = 262_144  # of JSON, read in some 5 ms; more is read in a thread, beside other requests
_SCOPES = {DocumentKind.STATE: Scope.STATE, DocumentKind.ACTIVITY_PROFILE: Scope.PROFILE, DocumentKind.AGENT_PROFILE: Scope.PROFILE}
_WHERE = {
    DocumentKind.STATE: ("activityId", "agent"),
    DocumentKind.ACTIVITY_PROFILE: ("activityId",),
    DocumentKind.AGENT_PROFILE: ("agent",),
}


@dataclass(frozen=True, slots=True)
class _Wanted:
    """`key.id` is "" where the request names no document; `any_registration` where it names no registration."""

    key: DocumentKey
    since: int | None
    any_registration: bool


class DocumentsResource:
    """One of the three, by its kind."""

    def __init__(self, store: DocumentStore, kind: DocumentKind, limits: JsonLimits) -> None:
        self._store = store
        self._limits = limits
        self._kind = kind
        self._id = "stateId" if kind is DocumentKind.STATE else "profileId"

    async def get(self, request: Request) -> Response:
        """One document's bytes (304 where the caller has them already), or the ids of those that match."""
        _require(request.principal, _SCOPES[self._kind], Scope.ALL_READ)
        wanted = self._wanted(request, id_required=False)
        if not wanted.key.id:
            ids = await self._store.ids(wanted.key, any_registration=wanted.any_registration, since=wanted.since)
            return Response(200, orjson.dumps(ids), [("Content-Type", "application/json")])
        document = await self._store.get(wanted.key)
        if document is None:
            raise NotFoundError("there is no such document", where=f"parameter {self._id}")
        modified = format_datetime(to_datetime(document.updated), usegmt=True)
        headers = [("ETag", f'"{document.etag}"'), ("Last-Modified", modified)]
        if is_known_already(_preconditions(request), document):
            return Response(304, b"", headers)
        return Response(200, document.content, [("Content-Type", document.content_type), *headers])

    async def put(self, request: Request) -> Response:
        """Replaces a document: 204."""
        _require(request.principal, _SCOPES[self._kind])
        wanted = self._wanted(request, id_required=True)
        profile = self._kind is not DocumentKind.STATE
        decide = put_decision(request.version, _preconditions(request), request.body, _content_type(request), profile=profile)
        await self._store.change(wanted.key, decide)
        return Response(204)

    async def post(self, request: Request) -> Response:
        """Merges into a document: 204."""
        _require(request.principal, _SCOPES[self._kind])
        wanted = self._wanted(request, id_required=True)
        decision = partial(post_decision, _preconditions(request), request.body, _content_type(request), self._limits)
        decide = decision() if len(request.body) <= _READ_INLINE_BYTES else await asyncio.to_thread(decision)
        await self._store.change(wanted.key, decide)
        return Response(204)

    async def delete(self, request: Request) -> Response:
        """Deletes a document; State without a stateId: all that match. 204."""
        _require(request.principal, _SCOPES[self._kind])
        wanted = self._wanted(request, id_required=self._kind is not DocumentKind.STATE)
        if wanted.key.id:
            await self._store.change(wanted.key, delete_decision(_preconditions(request)))
        else:
            await self._store.delete_all(wanted.key, any_registration=wanted.any_registration)
        return Response(204)

    def _wanted(self, request: Request, *, id_required: bool) -> _Wanted:
        required = _WHERE[self._kind] + ((self._id,) if id_required else ())
        optional: tuple[str, ...] = () if id_required else (self._id,)
        if self._kind is DocumentKind.STATE:
            optional += ("registration",)
        if request.method == "GET" and not any(name == self._id for name, _ in request.params):
            optional += ("since",)
        params = known_params(request.params, required, optional)
        if params.get(self._id) == "":
            raise InvalidRequestError("an id is not empty", where=f"parameter {self._id}", clause="xAPI-Communication 2.2")
        key = DocumentKey(self._kind, request.principal.provider, params.get(self._id, ""))
        if "activityId" in params:
            key = replace(key, activity=check_iri(params["activityId"], "parameter activityId"))
        if "agent" in params:
            key = replace(key, agent=agent_id(parse_agent(params["agent"], where="parameter agent", allow_group=True)))
        if "registration" in params:
            key = replace(key, registration=parse_uuid(params["registration"], "parameter registration"))
        since = parse_timestamp(params["since"], "parameter since") if "since" in params else None
        wanted = _Wanted(key, since, self._kind is DocumentKind.STATE and "registration" not in params)
        _check_binding(request.principal, wanted)
        return wanted


def _require(principal: Principal, *scopes: Scope) -> None:
    if not principal.has(*scopes):
        raise ForbiddenError(f"this client lacks the scope {scopes[0]}", scope=scopes[0], clause="xAPI-Communication 4.2")


def _check_binding(principal: Principal, wanted: _Wanted) -> None:
    """A client that is bound to one learner and registration reaches no other's documents, and not those of all registrations at once."""
    key, bound = wanted.key, principal.bound_registration.lower()
    if principal.bound_actor and key.agent and key.agent != principal.bound_actor:
        raise ForbiddenError("this client is bound to another agent", where="parameter agent")
    if not bound or key.kind is not DocumentKind.STATE:
        return
    if key.registration not in ("", bound) or (wanted.any_registration and not key.id):
        raise ForbiddenError("this client is bound to one registration: name it", where="parameter registration")


def _preconditions(request: Request) -> Preconditions:
    return Preconditions(request.headers.get("if-match"), request.headers.get("if-none-match"))


def _content_type(request: Request) -> str:
    return request.headers.get("content-type") or "application/octet-stream"
