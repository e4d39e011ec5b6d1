"""Persons and catalogue, made: their services over one store of records, and their routes."""

from __future__ import annotations

import base64
import uuid
from dataclasses import dataclass

from fastapi import APIRouter

from credentials.keys import Derived
from credentials.ports import Records
from credentials.services.batches import Batches
from credentials.services.catalogue_entering import Entering
from credentials.services.catalogue_export import CatalogueExport
from credentials.services.competences import Competences
from credentials.services.links import Links
from credentials.services.looking import Looking
from credentials.services.people import People
from credentials.services.people_chunk import ChunkWriter
from credentials.services.programmes import Programmes
from credentials.services.providers import ProviderStandings
from credentials.services.random_ids import RandomIds
from credentials.stores.catalogue import CatalogueRecords
from credentials.stores.competences import CompetenceRecords
from credentials.stores.decisions import DecisionLog
from credentials.stores.evidence_rules import EvidenceRuleRecords
from credentials.stores.links import LinkRecords
from credentials.stores.people import PeopleRecords
from credentials.stores.providers import ProviderRecords
from credentials.stores.trial import TrialRecords
from credentials.stores.waiting import WaitingRecords
from credentials.web.catalogue import catalogue_router
from credentials.web.guards import PrincipalGuards
from credentials.web.imports import Importing, imports_router
from credentials.web.links import links_router
from credentials.web.people import PeopleServices, people_router
from credentials.web.standings import standings_router
from lrs.ports import ClientStore, account_term


@dataclass(frozen=True, slots=True)
class Register:
    """Who the persons are and what there is to learn."""

    people: People
    links: Links
    programmes: Programmes
    batches: Batches
    standings: ProviderStandings
    competences: Competences
    chunks: ChunkWriter

    def entering(self, dry_run: bool = False) -> Entering:
        """For one import of the catalogue. With `dry_run` everything is as it would be, and nothing is stored."""
        if not dry_run:
            return Entering(self.programmes, self.batches, self.standings, self.competences, self.standings.providers)
        records, providers = TrialRecords(self.programmes.catalogue.records), self.standings.providers
        log, catalogue = DecisionLog(records, self.programmes.log.clock), CatalogueRecords(records)
        competences = Competences(CompetenceRecords(records), log)
        programmes = Programmes(catalogue, log, providers, competences)
        standings = ProviderStandings(ProviderRecords(records), log, providers)
        return Entering(programmes, Batches(catalogue, log, self.batches.rules), standings, competences, providers)

    def export(self) -> CatalogueExport:
        """For exports of the catalogue."""
        return CatalogueExport(self.programmes.catalogue, self.competences.list, self.standings.profiles)

    def routers(self, guards: PrincipalGuards, looking: Looking, most_import_bytes: int) -> list[APIRouter]:
        """All under `/api`."""
        services = PeopleServices(self.people, self.links, looking)
        return [
            catalogue_router(self.programmes, self.batches, guards),
            standings_router(self.standings, self.competences, guards),
            people_router(services, guards),
            links_router(services, guards),
            imports_router(Importing(self.chunks, self.entering, self.export(), most_import_bytes), guards),
        ]


def make_register(
    records: Records,
    log: DecisionLog,
    rules: EvidenceRuleRecords,
    providers: ClientStore,
    derived: Derived,
    asn_home_page: str,
    url: str,
) -> Register:
    """`asn_home_page`: the agreed home page of accounts whose name is a NIP or NI PPPK. `url`: the server's public address."""

    def reference(provider: str, ifi: str) -> str:
        return base64.b32encode(derived.mac("waiting/1", provider, ifi)[:10]).decode("ascii").lower()

    people, link_records = PeopleRecords(records), LinkRecords(records, asn_home_page)
    waiting = WaitingRecords(records, link_records, reference, account_term(f"{url}/people", ""))
    catalogue = CatalogueRecords(records)
    competences = Competences(CompetenceRecords(records), log)
    return Register(
        People(people, link_records, waiting, log, _new_id),
        Links(link_records, people, waiting, log, providers, _new_id),
        Programmes(catalogue, log, providers, competences),
        Batches(catalogue, log, rules),
        ProviderStandings(ProviderRecords(records), log, providers),
        competences,
        ChunkWriter(people, link_records, waiting, log, providers, RandomIds()),
    )


def _new_id() -> str:
    return str(uuid.uuid4())
