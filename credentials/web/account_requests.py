"""`/api/account-requests`: a learner says which account at a provider is theirs, and who decides on it sees what is known of it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import Field

from credentials.access.principal import Principal
from credentials.queues.account import AskedAccount
from credentials.services.account_requests import AccountRequests, KnownAccount
from credentials.services.casefile import MOST_FILES
from credentials.web.case_shapes import Said, case_view
from credentials.web.guards import PrincipalGuards
from credentials.web.identifiers import AccountName, Iri
from credentials.web.shapes import Day, Digest, Identity, Shape, Slug, known_parameters, moment


class AccountRequestIn(Shape):
    """An account as the provider's statements name it, and the days of learning on which it was one's own (null: no bound)."""

    provider: Slug
    home_page: Iri
    name: AccountName
    since: Day | None = None
    until: Day | None = None
    evidence: Annotated[list[Digest], Field(max_length=MOST_FILES)] = Field(default_factory=list)
    note: Said = ""


def account_request_router(requests: AccountRequests, guards: PrincipalGuards) -> APIRouter:
    """The routes."""
    router = APIRouter(prefix="/api", tags=["queues"], dependencies=[Depends(known_parameters)])
    signed_in = Depends(guards.signed_in)

    @router.post("/account-requests", status_code=201)
    async def ask(body: AccountRequestIn, principal: Principal = signed_in) -> dict[str, object]:
        """Asks that an account be linked to oneself. The answer is the same whether there is such an account or not. Its state stands in
        `/api/me/cases`; `/api/cases/ID/withdraw` takes it back.
        """
        account = AskedAccount(home_page=body.home_page, name=body.name, since=body.since, until=body.until)
        return case_view(await requests.ask(principal, body.provider, account, tuple(body.evidence), body.note))

    @router.get("/account-requests/{case_id}/known")
    async def known(case_id: Identity, principal: Principal = signed_in) -> dict[str, object]:
        """For who decides on the request: what waits for the account, and whether it is somebody's."""
        return _known_view(await requests.known(principal, case_id))

    return router


def _known_view(known: KnownAccount) -> dict[str, object]:
    waiting = known.waiting
    return {
        "waiting": None
        if waiting is None
        else {"statements": waiting.statements, "first": moment(waiting.first), "last": moment(waiting.last)},
        "linked": list(known.linked),
        "refused": known.refused,
    }
