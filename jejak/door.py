"""The credential module's door to the LRS: statements under a provider's authority, by a client that nobody can sign in with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from credentials.queues.statements import Statement
from lrs.clock import Clock
from lrs.errors import ConflictError, ForbiddenError, NotFoundError
from lrs.ports import Client, Scope, Stores
from lrs.services.identifiers import Uuid7Source
from lrs.services.principal import Principal
from lrs.services.secrets import new_key
from lrs.services.signatures import SignaturePolicy, Signatures
from lrs.services.statements import StatementWrites
from lrs.xapi.statements import parse_statements
from lrs.xapi.strict_json import JsonLimits
from lrs.xapi.versions import Version

_LABEL = "Jejak: daftar hadir dan coaching"
_SCOPES = frozenset({Scope.STATEMENTS_WRITE, Scope.DEFINE})
_AT_ONCE = 500  # statements in one batch


@dataclass(frozen=True, slots=True)
class LrsDoor:
    """See `credentials.ports.door.StatementDoor`. `home_page`: of the account in the authority."""

    stores: Stores
    clock: Clock
    home_page: str

    async def post(self, provider: str, statements: Sequence[Statement]) -> None:
        """In batches of at most 500; told again after a failure, what was stored is passed over."""
        client = await self._client(provider)
        principal = Principal(provider, client.id, client.scopes, client.authority)
        writes = StatementWrites(self.stores, Uuid7Source(self.clock), Signatures(SignaturePolicy(), self.clock))
        for start in range(0, len(statements), _AT_ONCE):
            body = orjson.dumps(list(statements[start : start + _AT_ONCE]))
            await writes.store_statements(principal, parse_statements(body, Version.V1, JsonLimits(), _AT_ONCE))

    async def _client(self, provider: str) -> Client:
        """The provider's door, made when it is needed first; an administrator sees it, and can switch it off."""
        there = await self.stores.clients.provider(provider)
        if there is None:
            raise NotFoundError("there is no provider with this id", where="provider")
        client_id = f"door-{provider}"
        found = await self.stores.clients.client(client_id)
        if found is None:
            found = await self._made(client_id, provider)
        if not there.active or not found.active:
            raise ForbiddenError("the provider, or its door for lists and sessions, is switched off")
        return found

    async def _made(self, client_id: str, provider: str) -> Client:
        account = {"homePage": self.home_page, "name": client_id}
        authority = orjson.dumps({"objectType": "Agent", "name": _LABEL, "account": account})
        client = Client(client_id, new_key(), provider, _LABEL, _SCOPES, authority, created=self.clock.now_us())
        try:
            await self.stores.clients.add_client(client)
        except ConflictError:  # another process was faster
            found = await self.stores.clients.client(client_id)
            assert found is not None
            return found
        return client
