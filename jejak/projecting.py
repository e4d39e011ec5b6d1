"""What joins the projector to the rest: persons, catalogue, certificates, and the queue for weak evidence."""

from __future__ import annotations

from credentials.ports.records import Records
from credentials.services.persons import RegisteredPersons
from credentials.services.projection.cases import Register as Asked
from credentials.services.projection.engine import Equipment
from credentials.services.reserving import Reserving
from credentials.services.reviews import Reviews
from credentials.stores.cases import CaseRecords
from credentials.stores.corrections import CorrectionRecords
from credentials.stores.evidence_rules import EvidenceRuleRecords
from credentials.stores.exclusions import ExclusionRecords
from credentials.stores.people import PeopleRecords
from jejak.register import Register
from lrs.clock import Clock
from lrs.ports import Stores


def make_equipment(
    stores: Stores, records: Records, register: Register, rules: EvidenceRuleRecords, reserving: Reserving, clock: Clock
) -> Equipment:
    """What a projector, or a rebuild, works with."""
    asked = Asked(
        register.people.people,
        register.links.links,
        register.batches.catalogue,
        register.standings.profiles,
        rules,
        ExclusionRecords(records),
        CorrectionRecords(records),
    )
    reviews = Reviews(CaseRecords(records), RegisteredPersons(PeopleRecords(records), clock), clock)
    return Equipment(stores.feed, stores.statements, records, asked, register.links.waiting, reserving, reviews, clock)
