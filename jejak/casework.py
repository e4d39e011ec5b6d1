"""What joins signing in, roles and queues to the rest: secrets and tokens of the server, records of the credential module."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter

from credentials.ports import CredentialStore
from credentials.ports.people import Place
from credentials.services.access import Granting
from credentials.services.looking import Looking
from credentials.services.sign_in import SignIn
from credentials.services.users import Users
from credentials.stores.access import AccessStore
from credentials.stores.views import ViewLog
from credentials.web.access import AccessServices, access_router
from credentials.web.guards import PrincipalGuards
from jejak.issuing import Credentials
from jejak.settings import Settings
from jejak.signing_in import PersonalTokens
from lrs.clock import Clock
from lrs.services.rate_limit import FailureLimits
from lrs.services.secrets import SecretHasher
from lrs.services.tokens import JwksTokens
from lrs.web.auth import AdministratorGuards


@dataclass(frozen=True, slots=True)
class Casework:
    """The services of roles, queues and privacy, made."""

    sign_in: SignIn
    access: AccessServices

    def guards(self, administrators: AdministratorGuards) -> PrincipalGuards:
        """For every route that a person may call."""
        return PrincipalGuards(self.sign_in, administrators)

    def routers(self, guards: PrincipalGuards) -> list[APIRouter]:
        """All under `/api`."""
        return [access_router(self.access, guards)]


@dataclass(frozen=True, slots=True)
class RegisteredPersons:
    """See `credentials.ports.people.Persons`; persons of the catalogue's store have neither place nor identifier."""

    store: CredentialStore

    async def known(self, person: str) -> bool:
        return await self.store.person(person) is not None

    async def place(self, person: str, on: date) -> Place:
        return Place()

    async def holder_of(self, value: str, on: date) -> str:
        return ""

    async def names(self, persons: list[str]) -> dict[str, str]:
        found = [await self.store.person(person) for person in persons]
        return {one.id: one.name for one in found if one is not None}


def make_casework(credentials: Credentials, hasher: SecretHasher, clock: Clock, settings: Settings, tokens: JwksTokens | None) -> Casework:
    """The parts, joined."""
    records, log = credentials.records, credentials.decisions
    persons, access = RegisteredPersons(credentials.catalogue.store), AccessStore(records)
    clients = frozenset(filter(None, (one.strip() for one in settings.oauth_person_clients.split(","))))
    personal = PersonalTokens(tokens, clients, settings.oauth_person_claim) if tokens is not None and clients else None
    sign_in = SignIn(access, persons, hasher, FailureLimits(), clock, personal)
    looking = Looking(persons, ViewLog(records), clock)
    services = AccessServices(Granting(access, persons, log, clock), Users(access, persons, hasher, log, clock), looking)
    return Casework(sign_in, services)
