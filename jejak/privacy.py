"""What joins privacy to the rest: retention to the LRS's stores, erasure to queues, the download to everything that is kept."""

from __future__ import annotations

import base64

from credentials.evidence.vocabulary import vocabulary
from credentials.keys import Derived
from credentials.queues.statements import SOURCE_EXTENSION
from credentials.services.breaching import Breaching
from credentials.services.casefile import Casefile
from credentials.services.erasing import Erasing
from credentials.services.exporting import Exporting
from credentials.services.forgetting import Forgetting
from credentials.services.looking import Looking
from credentials.services.own_accounts import OwnAccounts
from credentials.services.projection.renaming import Renaming
from credentials.services.projector import CONSUMER
from credentials.services.reducing import Reducing
from credentials.services.retention import Periods, Retention
from credentials.stores.access import AccessStore
from credentials.stores.breaches import BreachRecords
from credentials.stores.cases import CaseRecords
from credentials.stores.decisions import DecisionLog
from credentials.stores.files import FileRecords
from credentials.stores.ledger import LedgerRecords
from credentials.stores.links import LinkRecords
from credentials.stores.people import PeopleRecords
from credentials.stores.waiting import WaitingRecords
from credentials.web.privacy import PrivacyServices
from jejak.reducing import LrsReducer
from jejak.settings import Settings
from lrs.clock import Clock
from lrs.ports import Stores


def make_privacy(
    stores: Stores,
    casefile: Casefile,
    looking: Looking,
    waiting: WaitingRecords,
    own: OwnAccounts,
    log: DecisionLog,
    clock: Clock,
    settings: Settings,
    derived: Derived,
) -> PrivacyServices:
    """The services, made."""
    records = log.records
    people, links, files = PeopleRecords(records), LinkRecords(records, settings.asn_page), FileRecords(records)
    cases, access = CaseRecords(records), AccessStore(records)

    def pseudonym(provider: str, ifi: str) -> str:
        return base64.b32encode(derived.mac("reduced-actor/1", provider, ifi)[:15]).decode("ascii").lower()

    reducer = LrsReducer(stores.reduction, own.account("nobody"), _read_by_evidence())
    reducing, forgetting = Reducing(reducer, Renaming(records), links, own, pseudonym), Forgetting(records, cases)
    periods = Periods(settings.retention_statements, settings.retention_documents, settings.retention_files, settings.retention_views)
    retention = Retention(periods, stores.feed, stores.documents, reducing, forgetting, log, clock, (CONSUMER,))
    breaches = BreachRecords(records)
    erasing = Erasing(
        casefile, people, links, waiting, own, files, reducing, forgetting, stores.clients, stores.documents, stores.reduction, log, clock
    )
    exporting = Exporting(
        looking,
        people,
        links,
        own,
        LedgerRecords(records),
        cases,
        files,
        access,
        breaches,
        log,
        stores.clients,
        stores.documents,
        stores.reduction,
    )
    return PrivacyServices(exporting, retention, Breaching(breaches, looking.persons, log, clock), erasing)


def _read_by_evidence() -> frozenset[str]:
    """Extensions whose values evidence and counting read, whatever they are."""
    words = vocabulary()
    weak = {name for name, _ in words.weak_extensions}
    return frozenset({*words.external_ids, *weak, words.event, words.batch, words.claimed, words.number, SOURCE_EXTENSION})
