"""Every table of the credential module. A repository declares its own; each is named here once, so that a store can make it."""

from __future__ import annotations

from typing import Any

from credentials.keys.key import ISSUER_KEYS
from credentials.keys.pdf_certificate import PDF_CERTIFICATES
from credentials.ports.records import Table
from credentials.stores.access import ACCESS_TABLES
from credentials.stores.account_requests import ACCOUNT_REQUEST_TABLES
from credentials.stores.attendance import ATTENDANCE_TABLES
from credentials.stores.breaches import BREACH_TABLES
from credentials.stores.cases import CASE_TABLES
from credentials.stores.catalogue import CATALOGUE_TABLES
from credentials.stores.certificates import ISSUING_TABLES
from credentials.stores.competences import COMPETENCE_TABLES
from credentials.stores.completions import COMPLETION_TABLES
from credentials.stores.corrections import CORRECTION_TABLES
from credentials.stores.decisions import DECISIONS
from credentials.stores.door import DOOR_TABLES
from credentials.stores.dossiers import PROJECTOR_TABLES
from credentials.stores.erasing import ERASING_TABLES
from credentials.stores.evidence_rules import EVIDENCE_RULE_TABLES
from credentials.stores.exclusions import EXCLUSION_TABLES
from credentials.stores.figures import FIGURE_TABLES
from credentials.stores.files import FILE_TABLES
from credentials.stores.leases import LEASES
from credentials.stores.ledger import LEDGER_TABLES
from credentials.stores.links import LINK_TABLES
from credentials.stores.log import LOG_TABLES
from credentials.stores.looks import LOOKS
from credentials.stores.people import PEOPLE_TABLES
from credentials.stores.providers import PROVIDER_TABLES
from credentials.stores.rules import RULE_TABLES
from credentials.stores.sharing import SHARING_TABLES
from credentials.stores.siasn import SIASN_TABLES
from credentials.stores.templates import TEMPLATES
from credentials.stores.views import VIEWS
from credentials.stores.waiting import WAITING_TABLES

TABLES: tuple[Table[Any], ...] = (
    DECISIONS,
    LOOKS,
    ISSUER_KEYS,
    PDF_CERTIFICATES,
    *ISSUING_TABLES,
    *LOG_TABLES,
    LEASES,
    *PEOPLE_TABLES,
    *LINK_TABLES,
    *CATALOGUE_TABLES,
    *COMPETENCE_TABLES,
    *PROVIDER_TABLES,
    *LEDGER_TABLES,
    *COMPLETION_TABLES,
    *PROJECTOR_TABLES,
    *SHARING_TABLES,
    *RULE_TABLES,
    *FIGURE_TABLES,
    *EVIDENCE_RULE_TABLES,
    *SIASN_TABLES,
    VIEWS,
    *ACCESS_TABLES,
    *CASE_TABLES,
    *ATTENDANCE_TABLES,
    *BREACH_TABLES,
    *ERASING_TABLES,
    *FILE_TABLES,
    *WAITING_TABLES,
    *DOOR_TABLES,
    *ACCOUNT_REQUEST_TABLES,
    *EXCLUSION_TABLES,
    *CORRECTION_TABLES,
    TEMPLATES,
)
