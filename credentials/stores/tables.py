"""Every table of the credential module. A repository declares its own; each is named here once, so that a store can make it."""

from __future__ import annotations

from typing import Any

from credentials.ports.records import Table

TABLES: tuple[Table[Any], ...] = ()
