"""What joins signing in, roles and queues to the rest: secrets and tokens of the server, records of the credential module."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter

from credentials.queues.case import Kind
from credentials.services.access import Granting
from credentials.services.casefile import Casefile
from credentials.services.comparing import Comparing
from credentials.services.deciding import Deciding, Effect
from credentials.services.files import Files
from credentials.services.looking import Looking
from credentials.services.persons import RegisteredPersons
from credentials.services.reviews import Reviews
from credentials.services.sign_in import SignIn
from credentials.services.users import Users
from credentials.stores.access import AccessStore
from credentials.stores.cases import CaseRecords
from credentials.stores.catalogue import CatalogueRecords
from credentials.stores.files import FileRecords
from credentials.stores.ledger import LedgerRecords
from credentials.stores.people import PeopleRecords
from credentials.stores.providers import ProviderRecords
from credentials.stores.views import ViewLog
from credentials.web.access import AccessServices, access_router
from credentials.web.cases import CaseServices, case_router
from credentials.web.guards import PrincipalGuards
from jejak.issuing import Credentials
from jejak.settings import Settings
from jejak.signing_in import PersonalTokens
from lrs.clock import Clock
from lrs.ports import ClientStore
from lrs.services.rate_limit import FailureLimits
from lrs.services.secrets import SecretHasher
from lrs.services.tokens import JwksTokens
from lrs.web.auth import AdministratorGuards


@dataclass(frozen=True, slots=True)
class Casework:
    """The services of roles, queues and privacy, made."""

    sign_in: SignIn
    access: AccessServices
    cases: CaseServices
    reviews: Reviews

    def guards(self, administrators: AdministratorGuards) -> PrincipalGuards:
        """For every route that a person may call."""
        return PrincipalGuards(self.sign_in, administrators)

    def routers(self, guards: PrincipalGuards) -> list[APIRouter]:
        """All under `/api`."""
        return [access_router(self.access, guards), case_router(self.cases, guards)]


def make_casework(
    credentials: Credentials, clients: ClientStore, hasher: SecretHasher, clock: Clock, settings: Settings, tokens: JwksTokens | None
) -> Casework:
    """The parts, joined."""
    records, log = credentials.records, credentials.decisions
    persons, access = RegisteredPersons(PeopleRecords(records), clock), AccessStore(records)
    sign_in = SignIn(access, persons, hasher, FailureLimits(), clock, _personal_tokens(settings, tokens))
    looking = Looking(persons, ViewLog(records), clock)
    services = AccessServices(Granting(access, persons, log, clock), Users(access, persons, hasher, log, clock), looking)
    cases, files, ledger = CaseRecords(records), FileRecords(records), LedgerRecords(records)
    comparing = Comparing(cases, ledger, CatalogueRecords(records), ProviderRecords(records), clients, persons, clock)
    reviews = Reviews(cases, persons, clock)
    effects: dict[Kind, Effect] = {Kind.REVIEW: reviews.effect}
    deciding = Deciding(cases, ledger, comparing, looking, log, clock, effects)
    casefile = Casefile(cases, files, comparing, looking, log, clock)
    case_services = CaseServices(casefile, deciding, Files(files, deciding, clock, settings.limit_evidence))
    return Casework(sign_in, services, case_services, reviews)


def _personal_tokens(settings: Settings, tokens: JwksTokens | None) -> PersonalTokens | None:
    clients = frozenset(filter(None, (one.strip() for one in settings.oauth_person_clients.split(","))))
    return PersonalTokens(tokens, clients, settings.oauth_person_claim) if tokens is not None and clients else None
