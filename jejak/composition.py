"""The composition root: every part is made here and handed to those that need it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from fastapi import APIRouter, FastAPI

from credentials.keys import Derived
from credentials.services.projector import CONSUMER
from jejak import VERSION
from jejak.access import Access, open_access
from jejak.anchors import signature_policy
from jejak.api_page import api_page_router
from jejak.casework import Casework, make_casework
from jejak.deadline_metrics import DeadlineMetrics
from jejak.description import describe_truly
from jejak.hours import Hours, make_hours
from jejak.issuing import Credentials, open_credentials
from jejak.observability import Observations, Observed, Refreshed, operator_routes
from jejak.people_pages import pages_routers
from jejak.settings import Settings
from jejak.welcome import welcome_router
from lrs.clock import Clock, SystemClock
from lrs.errors import ConflictError, OperatorError
from lrs.ports import Scope, Stores
from lrs.services.administrators import Administrators
from lrs.services.authentication import ClientAuthenticator
from lrs.services.clients import ClientAdministration
from lrs.services.identifiers import Uuid7Source
from lrs.services.secrets import SecretHasher
from lrs.services.signature_reports import SignatureReports
from lrs.services.statement_reads import PageLimits
from lrs.services.tokens import Issuer, JwksTokens
from lrs.web.admin import admin_router
from lrs.web.app import MOUNTS, WebLimits, XapiApp
from lrs.web.auth import AdministratorGuards
from lrs.web.framework import install_errors
from lrs.web.signatures import signatures_router
from lrs.web.statements import StatementLimits, StatementsResource
from lrs.xapi.strict_json import JsonLimits

_FIRST_PROVIDER = "default"


@dataclass(frozen=True, slots=True)
class FirstRun:
    """What was made because the store was empty: shown once."""

    administrator: str
    administrator_secret: str
    key: str
    secret: str


@dataclass(frozen=True, slots=True)
class Product:
    """The parts, made and opened. `first_run` is None when there was something already, or the first client was seeded."""

    settings: Settings
    stores: Stores
    hasher: SecretHasher
    administrators: Administrators
    clients: ClientAdministration
    credentials: Credentials
    casework: Casework
    hours: Hours
    tokens: JwksTokens | None
    derived: Derived
    first_run: FirstRun | None

    async def close(self) -> None:
        """Finishes what was accepted."""
        self.hasher.close()
        await self.stores.engine.close()


async def open_product(settings: Settings, *, seed: bool = True) -> Product:
    """Opens the store and makes the services; with `seed`, an empty store gets its first provider, client and administrator.

    Raises ConfigurationError (the key file is not this store's), StoreVersionError, StoreUnavailableError.
    """
    clock = SystemClock()
    access = await open_access(settings, clock)
    try:
        return await _product(access, clock, seed=seed)
    except BaseException:
        await access.close()
        raise


async def _product(access: Access, clock: Clock, *, seed: bool) -> Product:
    settings, stores, hasher, derived = access.settings, access.stores, access.hasher, Derived(access.key)
    credentials = await open_credentials(stores, access.key, clock, settings)
    tokens = _tokens(settings)
    casework = make_casework(credentials, stores, hasher, clock, settings, tokens, derived)
    hours = make_hours(credentials.records, stores.clients, credentials.decisions, clock)
    first_run = await _first_run(access) if seed else None
    return Product(
        settings, stores, hasher, access.administrators, access.clients, credentials, casework, hours, tokens, derived, first_run
    )


def _tokens(settings: Settings) -> JwksTokens | None:
    if not settings.oauth_issuer:
        return None
    return JwksTokens(Issuer(settings.oauth_issuer, settings.oauth_audience, settings.oauth_jwks_url))


async def _first_run(access: Access) -> FirstRun | None:
    settings, clients = access.settings, access.clients
    if await access.stores.clients.providers():
        return None
    try:
        await clients.add_provider(_FIRST_PROVIDER, "Penyelenggara pertama")
    except ConflictError:
        return None  # another server, started at the same moment, does it
    everything = frozenset({Scope.ALL})
    if settings.seed_key:
        await clients.add_client(_FIRST_PROVIDER, "seed", everything, key=settings.seed_key, secret=settings.seed_secret)
        return None
    issued = await clients.add_client(_FIRST_PROVIDER, "first", everything)
    return FirstRun("admin", await access.administrators.create("admin"), issued.client.key, issued.secret)


class Application:
    """The ASGI application: xAPI paths go to the statement path at once, all else to FastAPI."""

    def __init__(self, settings: Settings, announce: Callable[[Product], None] = lambda product: None) -> None:
        self._settings = settings
        self._announce = announce
        self._xapi: XapiApp | None = None
        self._observations = Observations()
        self.failure: OperatorError | None = None
        # The framework's own page of documentation fetches scripts from elsewhere: ours is made here.
        self._framework = FastAPI(
            title="Jejak", version=VERSION, lifespan=self._lifespan, docs_url=None, openapi_url="/api/openapi.json", redoc_url=None
        )
        install_errors(self._framework)
        describe_truly(self._framework, bearer=bool(settings.oauth_issuer))
        self._observed = Observed(self._framework, self._observations)

    async def __call__(
        self,
        scope: MutableMapping[str, Any],
        receive: Callable[[], Awaitable[MutableMapping[str, Any]]],
        send: Callable[[MutableMapping[str, Any]], Awaitable[None]],
    ) -> None:
        if scope["type"] == "http" and self._xapi is not None:
            path: str = scope["path"]
            slash = path.find("/", 1)
            if (path if slash < 0 else path[:slash]) in MOUNTS:
                await self._xapi(scope, receive, send)
                return
        await self._observed(scope, receive, send)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Product]:
        """Opened and ready to be called; closed at the end. A server does the same through the lifespan protocol."""
        try:
            product = await open_product(self._settings)
        except OperatorError as error:
            self.failure = error
            raise
        self._xapi = _xapi_app(product, self._observations)
        framework, guards = self._framework, AdministratorGuards(product.administrators)
        framework.include_router(operator_routes(product.stores, self._observations, (CONSUMER,), _metrics(product)))
        framework.include_router(welcome_router(product.settings.url))
        framework.include_router(api_page_router(framework))
        framework.include_router(admin_router(product.stores, product.clients, product.administrators, guards))
        framework.include_router(signatures_router(SignatureReports(product.stores, signature_policy(self._settings)), guards))
        persons = product.casework.guards(guards)
        looking = product.casework.access.looking
        register = product.credentials.register.routers(persons, looking, self._settings.limit_import)
        learned = [make(persons, looking) for make in (product.credentials.evidence_router, product.credentials.batch_certificates_router)]
        own = (*register, *learned, *product.hours.routers(persons, looking))
        for router in (*product.credentials.routers(guards), *own, *product.casework.routers(persons), *_pages(product)):
            framework.include_router(router)
        self._announce(product)
        try:
            async with product.credentials.projecting(), product.casework.keeping_doors(), product.hours.running():
                yield product
        finally:
            await product.close()

    @asynccontextmanager
    async def _lifespan(self, framework: FastAPI) -> AsyncIterator[None]:
        async with self.running():
            yield


def _metrics(product: Product) -> tuple[Refreshed, ...]:
    return product.credentials.metrics, DeadlineMetrics(product.casework.cases.deciding.cases, SystemClock())


def _pages(product: Product) -> list[APIRouter]:
    return pages_routers(product.credentials, product.casework, product.hours, product.derived, SystemClock(), product.settings)


def _xapi_app(product: Product, observations: Observations) -> XapiApp:
    settings, clock = product.settings, SystemClock()
    json = JsonLimits(nesting=settings.limit_nesting, size=settings.limit_json)
    limits = StatementLimits(
        statements=settings.limit_statements,
        attachment_bytes=settings.limit_attachment,
        json=json,
        page=PageLimits(settings.limit_page, settings.limit_page_bytes),
    )
    statements = StatementsResource(product.stores, clock, Uuid7Source(clock), limits, signature_policy(settings))
    authenticator = ClientAuthenticator(product.stores.clients, product.hasher, clock, product.tokens)
    web = WebLimits(settings.limit_body, settings.limit_bodies, settings.limit_query, json)
    return XapiApp(product.stores, authenticator, statements, clock, web, observations, urlsplit(settings.url).path)
