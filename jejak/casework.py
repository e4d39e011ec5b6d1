"""What joins signing in, roles and queues to the rest: secrets and tokens of the server, records of the credential module."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from fastapi import APIRouter

from credentials.keys import Derived
from credentials.queues.case import Kind
from credentials.services.access import Granting
from credentials.services.account_requests import AccountRequests
from credentials.services.attending import Attending
from credentials.services.casefile import Casefile
from credentials.services.coaching import Coaching
from credentials.services.comparing import Comparing
from credentials.services.correcting import Correcting
from credentials.services.deciding import Deciding, Effect
from credentials.services.doorkeeping import Doorkeeper
from credentials.services.files import Files
from credentials.services.looking import Looking
from credentials.services.objections import Objections
from credentials.services.own_accounts import OwnAccounts
from credentials.services.persons import RegisteredPersons
from credentials.services.previews import Previews
from credentials.services.proposals import Proposals
from credentials.services.reviews import Reviews
from credentials.services.sign_in import SignIn
from credentials.services.users import Users
from credentials.stores.access import AccessStore
from credentials.stores.attendance import AttendanceRecords
from credentials.stores.cases import CaseRecords
from credentials.stores.catalogue import CatalogueRecords
from credentials.stores.corrections import CorrectionRecords
from credentials.stores.door import DoorRecords
from credentials.stores.files import FileRecords
from credentials.stores.ledger import LedgerRecords
from credentials.stores.links import LinkRecords
from credentials.stores.people import PeopleRecords
from credentials.stores.providers import ProviderRecords
from credentials.stores.views import ViewLog
from credentials.web.access import AccessServices, access_router
from credentials.web.account_requests import account_request_router
from credentials.web.attendance import attendance_router
from credentials.web.cases import CaseServices, case_router
from credentials.web.coaching import ReportServices, report_router
from credentials.web.guards import PrincipalGuards
from credentials.web.privacy import PrivacyServices, privacy_router
from credentials.web.supervision import SupervisionServices, supervision_router
from jejak.door import LrsDoor
from jejak.issuing import Credentials
from jejak.privacy import make_privacy
from jejak.settings import Settings
from jejak.signing_in import PersonalTokens
from lrs.background import end
from lrs.clock import Clock
from lrs.ports import Stores
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
    reports: ReportServices
    accounts: AccountRequests
    supervision: SupervisionServices
    privacy: PrivacyServices
    reviews: Reviews

    def guards(self, administrators: AdministratorGuards) -> PrincipalGuards:
        """For every route that a person may call."""
        return PrincipalGuards(self.sign_in, administrators)

    def routers(self, guards: PrincipalGuards) -> list[APIRouter]:
        """All under `/api`."""
        return [
            access_router(self.access, guards),
            case_router(self.cases, guards),
            report_router(self.reports, guards),
            account_request_router(self.accounts, guards),
            attendance_router(self.reports.attending, guards),
            supervision_router(self.supervision, guards),
            privacy_router(self.privacy, guards),
        ]

    @asynccontextmanager
    async def keeping_doors(self) -> AsyncIterator[None]:
        """What was decided and could not be carried out at once is carried out, as long as this lasts."""
        work = {"doorkeeper": self.reports.coaching.doorkeeper.run(), "erasing": self.privacy.erasing.run()}
        running = [asyncio.create_task(one, name=name) for name, one in work.items()]
        try:
            yield
        finally:
            await end(*running)


def make_casework(
    credentials: Credentials,
    stores: Stores,
    hasher: SecretHasher,
    clock: Clock,
    settings: Settings,
    tokens: JwksTokens | None,
    derived: Derived,
) -> Casework:
    """The parts, joined."""
    records, log = credentials.records, credentials.decisions
    persons, access = RegisteredPersons(PeopleRecords(records), clock), AccessStore(records)
    sign_in = SignIn(access, persons, hasher, FailureLimits(), clock, _personal_tokens(settings, tokens))
    looking = Looking(persons, ViewLog(records), clock)
    services = AccessServices(Granting(access, persons, log, clock), Users(access, persons, hasher, log, clock), looking)
    cases, files, ledger, catalogue = CaseRecords(records), FileRecords(records), LedgerRecords(records), CatalogueRecords(records)
    links = LinkRecords(records, settings.asn_page)
    comparing = Comparing(cases, ledger, catalogue, ProviderRecords(records), stores.clients, persons, clock)
    casefile = Casefile(cases, files, comparing, looking, log, clock)
    own, door = OwnAccounts(links, log, settings.url), LrsDoor(stores, clock, settings.url)
    doorkeeper = Doorkeeper(
        door, DoorRecords(records), cases, files, catalogue, AttendanceRecords(records), own, settings.url, settings.asn_page
    )
    coaching = Coaching(casefile, access, catalogue, doorkeeper, clock)
    attending = Attending(AttendanceRecords(records), casefile, catalogue, persons, doorkeeper, log, clock, settings.limit_evidence)
    correcting = Correcting(credentials.certificates.reserving, PeopleRecords(records), CorrectionRecords(records))
    objections = Objections(casefile, ledger, links, correcting, clock, settings.objection_hours)
    reviews = Reviews(cases, persons, clock)
    reserved = frozenset({settings.asn_page, own.home_page})
    accounts = AccountRequests(casefile, credentials.register.links, clock, reserved)
    privacy = make_privacy(stores, casefile, looking, credentials.register.links.waiting, own, log, clock, settings, derived)
    effects: dict[Kind, Effect] = {
        Kind.REVIEW: reviews.effect,
        Kind.SESSION: coaching.effect,
        Kind.FORM: coaching.effect,
        Kind.OBJECTION: objections.effect,
        Kind.ACCOUNT: accounts.effect,
        Kind.ERASURE: privacy.erasing.effect,
    }
    deciding = Deciding(cases, ledger, comparing, looking, log, clock, effects)
    case_services = CaseServices(casefile, deciding, Files(files, deciding, clock, settings.limit_evidence))
    register = credentials.register
    supervision = SupervisionServices(
        Proposals(register.programmes, register.competences), Previews(ledger, catalogue, stores.clients, persons, looking), log
    )
    return Casework(
        sign_in, services, case_services, ReportServices(coaching, objections, persons, attending), accounts, supervision, privacy, reviews
    )


def _personal_tokens(settings: Settings, tokens: JwksTokens | None) -> PersonalTokens | None:
    clients = frozenset(filter(None, (one.strip() for one in settings.oauth_person_clients.split(","))))
    return PersonalTokens(tokens, clients, settings.oauth_person_claim) if tokens is not None and clients else None
