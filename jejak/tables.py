"""Every table of records that the product has: the credential module's, and those of the pages."""

from __future__ import annotations

from typing import Any

from credentials.ports.records import Table
from credentials.stores.tables import TABLES
from jejak.matching import MATCH_ATTEMPTS
from jejak.pages.records import PAGE_TABLES

PRODUCT_TABLES: tuple[Table[Any], ...] = (*TABLES, MATCH_ATTEMPTS, *PAGE_TABLES)
