"""About, Activities and Agents (xAPI-Communication 1.0.3 2.8, 2.5, 2.4; 2.0 4.1.6.7, 4.1.6.4, 4.1.6.3)."""

from __future__ import annotations

import orjson
from msgspec import UNSET

from lrs.errors import ForbiddenError
from lrs.ports import Condition, Scope, StatementQuery, Stores, Wall
from lrs.services.principal import Principal
from lrs.web.exchange import Request, Response
from lrs.web.params import known_params
from lrs.xapi.actor import agent_id, parse_agent
from lrs.xapi.iri import check_iri
from lrs.xapi.person import names_in, person_of
from lrs.xapi.versions import Version

_JSON = [("Content-Type", "application/json")]
_LOOKED_AT = 100  # newest statements about an agent in which its names are looked for
_ABOUT = orjson.dumps({"version": [version.value for version in Version], "extensions": {}})
_READING = (Scope.STATEMENTS_READ, Scope.STATEMENTS_READ_MINE, Scope.ALL_READ, Scope.PROFILE, Scope.STATE, Scope.DEFINE)


def about() -> Response:
    """The versions served; open to all."""
    return Response(200, _ABOUT, _JSON)


class DirectoryResource:
    """What is known of an activity or an agent, within the caller's wall."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores

    async def get_activity(self, request: Request) -> Response:
        """The activity with its merged definition; with its id alone when none is known."""
        _require_reading(request.principal)
        activity = check_iri(known_params(request.params, ("activityId",))["activityId"], "parameter activityId")
        wall = request.principal.read_wall() or Wall(provider=request.principal.provider)
        definition = await self._stores.directory.definition(activity, wall)
        head = b'{"objectType":"Activity","id":' + orjson.dumps(activity)
        return Response(200, head + (b',"definition":' + definition if definition is not None else b"") + b"}", _JSON)

    async def get_agent(self, request: Request) -> Response:
        """A Person: the identifier asked for, and every name that statements give it."""
        _require_reading(request.principal)
        agent = parse_agent(known_params(request.params, ("agent",))["agent"], where="parameter agent", allow_group=False)
        names = [] if agent.name is UNSET else [agent.name]
        wall, own_id = request.principal.read_wall(), agent_id(agent)
        if wall is not None and request.principal.bound_actor in ("", own_id):
            page = await self._stores.statements.query(StatementQuery((Condition("a" + own_id),), limit=_LOOKED_AT), wall)
            names += [name for body in page.bodies for name in names_in(body, own_id)]
        return Response(200, orjson.dumps(person_of(agent, names)), _JSON)


def _require_reading(principal: Principal) -> None:
    if not principal.has(*_READING):
        raise ForbiddenError("this client lacks the scope statements/read", scope=Scope.STATEMENTS_READ, clause="xAPI-Communication 4.2")
