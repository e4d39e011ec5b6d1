"""The services of persons and catalogue over records, for tests: one provider, a clock that is set, ids that count."""

from __future__ import annotations

from itertools import count

from credentials.ports.records import Records
from credentials.services.batches import Batches
from credentials.services.competences import Competences
from credentials.services.links import Links
from credentials.services.people import People
from credentials.services.programmes import Programmes
from credentials.services.providers import ProviderStandings
from credentials.stores.catalogue import CatalogueRecords
from credentials.stores.competences import CompetenceRecords
from credentials.stores.decisions import DecisionLog
from credentials.stores.evidence_rules import EvidenceRuleRecords
from credentials.stores.links import LinkRecords
from credentials.stores.people import PeopleRecords
from credentials.stores.providers import ProviderRecords
from credentials.stores.waiting import WaitingRecords
from lrs.ports import Provider
from lrs.stores.memory import memory_stores
from tests.support.clock import SettableClock
from tests.support.learning import PROVIDER

ASN = "https://asn.test"
BY, OTHER = "administrator:rini", "administrator:budi"


class Desk:
    """Everything over one store of records."""

    def __init__(self, records: Records) -> None:
        self.clock = SettableClock()
        self.records = records
        self.log = DecisionLog(records, self.clock)
        self.providers = memory_stores(self.clock).clients
        self.people_records, self.link_records = PeopleRecords(records), LinkRecords(records, ASN)
        self.waiting = WaitingRecords(records, self.link_records, lambda provider, ifi: f"{hash((provider, ifi)) & 0xFFFFFFFF:08x}")
        self.competences = Competences(CompetenceRecords(records), self.log)
        self._ids = count(1)
        self.people = People(self.people_records, self.link_records, self.waiting, self.log, self.new_id)
        self.links = Links(self.link_records, self.people_records, self.waiting, self.log, self.providers, self.new_id)
        self.catalogue = CatalogueRecords(records)
        self.programmes = Programmes(self.catalogue, self.log, self.providers, self.competences)
        self.rules = EvidenceRuleRecords(records)
        self.batches = Batches(self.catalogue, self.log, self.rules)
        self.standings = ProviderStandings(ProviderRecords(records), self.log, self.providers)

    def new_id(self) -> str:
        return f"id-{next(self._ids)}"

    async def open(self) -> Desk:
        """With two providers."""
        await self.providers.add_provider(Provider(PROVIDER, "Balai Contoh"))
        await self.providers.add_provider(Provider("lain", "Balai Lain"))
        return self

    async def kinds(self) -> list[str]:
        """What was decided, in order."""
        return [one.kind for one in await self.log.read(0, 1000)]
